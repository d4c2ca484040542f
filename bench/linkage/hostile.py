"""Files that are made to break linkage: `python -m bench.linkage.hostile --records 1000000`.

All records equal, one phone or one case file for all, no names at all, names of a megabyte, marks and NUL bytes: each
must end, and with a bounded number of pairs a record.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.linkage.ground.measuring import sakha_link

MOST_PAIRS_OF_RECORD = 100
COLUMNS = "record_id,source,given_name,family_name,father_name,national_id,birth_date,mobile,county,address,file_no"
EQUAL = "زهرا,محمدی اصل,حسین,9990000018,1363/05/12,09123214567,کرج,خیابان بهار کوچه ۵ پلاک ۱۲"
SYLLABLES = ("با", "دا", "سا", "را", "نو", "مه", "کا", "شی", "گل", "پر", "تو", "می")
MEGABYTE = 1 << 20
LONG_NAMES = 40  # of a megabyte each


def all_equal(count: int) -> Iterator[str]:
    """One person, again and again, of one charity."""
    return (f"{EQUAL}," for _ in range(count))


def all_equal_in_files(count: int) -> Iterator[str]:
    """The same, each in a case file of its own."""
    return (f"{EQUAL},{place}" for place in range(count))


def one_phone(count: int) -> Iterator[str]:
    """Other names and dates, one phone."""
    return (f"{name(place)},{name(place * 7 + 3)},,,{date(place)},09123214567,کرج,," for place in range(count))


def nothing(count: int) -> Iterator[str]:
    """Empty cells only."""
    return ("," * 8 for _ in range(count))


def one_file(count: int) -> Iterator[str]:
    """Everybody in one case file."""
    return (f"{name(place)},{name(place % 900)},,,{date(place)},,,,1" for place in range(count))


def long_names(count: int) -> Iterator[str]:
    """A few names of a megabyte among others."""
    for place in range(count):
        given = "ش" * (MEGABYTE // 2) if place % (count // LONG_NAMES) == 0 else name(place)
        yield f"{given},{name(place * 7 + 3)},,,{date(place)},,,,"


def marks(count: int) -> Iterator[str]:
    """Right-to-left marks and NUL bytes in every name."""
    for place in range(count):
        yield f"\u200f\u202b{name(place)}\x00\u200f,\u2067{name(place * 7 + 3)}\u2069,,,{date(place)},,,,"


CASES: dict[str, Callable[[int], Iterator[str]]] = {
    "all records equal": all_equal, "… each in its own file": all_equal_in_files, "one phone for all": one_phone,
    "empty cells": nothing, "one case file for all": one_file, "names of a megabyte": long_names,
    "marks and NUL": marks,
}  # fmt: skip


def name(place: int) -> str:
    """Give some name."""
    parts = (place, place // 12, place // 144, place // 1_728)
    return "".join(SYLLABLES[part % len(SYLLABLES)] for part in parts)


def date(place: int) -> str:
    """Give some birth date."""
    return f"{1320 + place % 80}/{1 + place // 80 % 12}/{1 + place // 960 % 28}"


def main() -> int:
    """Link every case; the exit code tells whether one made too many pairs."""
    parser = argparse.ArgumentParser(prog="python -m bench linkage.hostile", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--only", nargs="*", default=list(CASES), choices=list(CASES))
    said = parser.parse_args()
    print(f"{said.records:,} records\n{'':<26}{'pairs/record':>13}{'people':>12}{'CPU s':>9}{'wall s':>9}{'GiB':>7}")
    worst = 0
    for case in said.only:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            write(folder / "RECORDS.csv", CASES[case](said.records))
            arguments = ("--report", str(folder / "report"))
            cost = sakha_link(folder / "RECORDS.csv", folder / "CLUSTERS.csv", *arguments, log=folder / "log")
            report = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
        pairs = report["pairs_compared"] / said.records
        worst |= pairs > MOST_PAIRS_OF_RECORD
        spent = f"{cost.cpu_seconds:>9.1f}{cost.wall_seconds:>9.1f}{cost.peak_gib:>7.2f}"
        print(f"{case:<26}{pairs:>13.1f}{report['people']:>12,}{spent}", flush=True)
    print(f"at most {MOST_PAIRS_OF_RECORD} pairs a record: {'BROKEN' if worst else 'holds'}")
    return int(worst)


def write(path: Path, rows: Iterator[str]) -> None:
    """Write the case with names of records and one source."""
    with path.open("w", encoding="utf-8") as out:
        out.write(f"{COLUMNS}\n")
        out.writelines(f"r{place},c,{row}\n" for place, row in enumerate(rows))


if __name__ == "__main__":
    sys.exit(main())

"""What joining the welfare extract costs beside reading it: `python -m bench.databanks.extract [--people N]`.

Generates a made-up nation, joins it province by province with cover and register indexes as the search for the
uncovered does, and reads the same columns of the same files with DuckDB alone. `--people 88000000` is the whole nation.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import django
import duckdb
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sakha.access.rules.sealing import (
    IndexKind,
    KeyRing,
    blind_index_many,
    generate_key_ring,
    index_pads,
    parse_key_ring,
)
from simulation.data_banks.nation import make_nation

MEMORY_MAX = 6_000_000_000
DECILES_MAX = 2
COVERED_SHARE = 0.1  # of the low people
KNOWN_SHARE = 0.03


def main() -> int:
    """Generate, read, join, compare; exit code 1 where memory went over its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3_000_000)
    parser.add_argument("--home", type=Path, help="folder of a nation that is kept")
    options = parser.parse_args()
    begin_without_database()
    with tempfile.TemporaryDirectory(prefix="sakha-nation-") as folder:
        home = options.home or Path(folder) / "nation"
        started = time.perf_counter()
        make_nation(home, people=options.people)
        print(f"made in {time.perf_counter() - started:,.0f} s (nothing where the folder was kept)")
        return compare(home)


def begin_without_database() -> None:
    """Let Django know its settings; nothing here opens a connection."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "sakha.settings",
        "DATABASE_URL": "postgresql://nobody@localhost/none",
        "SAKHA_SECRET_KEY": "a secret of the benchmark alone, forty letters and more",
        "SAKHA_KEYS": generate_key_ring(),
        "SAKHA_INSECURE_HTTP": "true",
    }
    django.setup()


def compare(home: Path) -> int:
    """Print both ways beside each other."""
    marks = [worked()]
    rows, reading = read_alone(home)
    marks.append(worked())
    ring = parse_key_ring(generate_key_ring())
    hashing = hash_alone(home, ring)
    marks.append(worked())
    learning, joining, found = join(home, ring, rows)
    marks.append(worked())
    of_reading, of_hashing, of_joining = (after - before for before, after in pairwise(marks))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    size = sum(path.stat().st_size for path in home.glob("*.parquet"))
    print(f"{rows:,} people in {len(list(home.glob('*.parquet')))} files, {size / 1e9:.2f} GB")
    print(f"  reading the same columns      {reading:>8.1f} s {rows / reading:>14,.0f} rows/s")
    print(f"  reading and indexing alone    {hashing:>8.1f} s {rows / hashing:>14,.0f} rows/s")
    print(f"  learning cover and register   {learning:>8.1f} s")
    print(
        f"  index, join, group, fetch     {joining:>8.1f} s {rows / joining:>14,.0f} rows/s   {joining / reading:.2f} x"
        f" of reading, {joining / hashing:.2f} x of reading and indexing"
    )
    print(
        f"  processor seconds             {of_reading:>8.1f} reading, {of_hashing:.1f} indexing,"
        f" {of_joining:.1f} learning and joining: {of_joining / of_reading:.2f} x, {of_joining / of_hashing:.2f} x"
    )
    print(f"  households that matter        {found:>8,}")
    print(f"  peak memory                   {peak / 1e9:>8.2f} GB (limit {MEMORY_MAX / 1e9:.0f})")
    return 0 if peak < MEMORY_MAX else 1


def worked() -> float:
    """Processor seconds of this process so far: what a busy machine does not change."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def read_alone(home: Path) -> tuple[int, float]:
    """Read every column that the join reads, and nothing else."""
    columns = (
        "national_id", "is_head", "household_no", "household_size", "official_decile", "decile_on", "county",
        "province", "mobile", "birth_on",
    )  # fmt: skip
    paths = [str(path) for path in sorted(home.glob("*.parquet"))]
    with duckdb.connect(config={"memory_limit": "3GB"}) as connection:
        started = time.perf_counter()
        looked = ", ".join(f"max({name})" for name in columns)
        row = connection.execute(f"SELECT count(*), {looked} FROM read_parquet($paths)", {"paths": paths}).fetchone()
        return (int(row[0]) if row else 0), time.perf_counter() - started


def hash_alone(home: Path, ring: KeyRing) -> float:
    """Read the low people and index their identifiers, which nobody can spare who joins by index; keep nothing."""
    from sakha.databanks.queries.welfare_extract import INDEX  # noqa: PLC0415 -- settings must stand before

    begins, ends = index_pads(ring, IndexKind.NATIONAL_ID)
    paths = [str(path) for path in sorted(home.glob("*.parquet"))]
    with duckdb.connect(config={"memory_limit": "3GB"}) as connection:
        started = time.perf_counter()
        connection.execute(
            f"SELECT max({INDEX}) FROM read_parquet($paths) WHERE official_decile BETWEEN 1 AND {DECILES_MAX}",
            {"paths": paths, "begins": begins, "ends": ends},
        ).fetchone()
        return time.perf_counter() - started


def join(home: Path, ring: KeyRing, total: int) -> tuple[float, float, int]:
    """Join as the search does, without the database; gives seconds of learning and of joining, and what was found."""
    from sakha.databanks.queries.welfare_extract import open_extract  # noqa: PLC0415 -- settings must stand before

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with open_extract(home) as extract, Progress(*columns) as bars:
        bar = bars.add_task("People", total=total)
        started = time.perf_counter()
        extract.learn("settling", index_lines(home, ring, COVERED_SHARE, "cover"))
        extract.learn("known", index_lines(home, ring, KNOWN_SHARE, "register"))
        learnt = time.perf_counter()
        found = known = 0
        for province, people in extract.provinces().items():
            extract.load(ring=ring, province=province, deciles_max=DECILES_MAX, progress=lambda _done, _all: None)
            known += sum(len(batch) for batch in extract.known_people())
            extract.known_deciles()
            found += sum(len(batch) for batch in extract.unsettled_households())
            bars.advance(bar, people)
        ended = time.perf_counter()
    print(f"  of the register in the low deciles: {known:,}")
    return learnt - started, ended - learnt, found


def index_lines(home: Path, ring: KeyRing, share: float, salt: str) -> Iterator[bytes]:
    """Indexes of a share of the low people, as the database would give them."""
    paths = [str(path) for path in sorted(home.glob("*.parquet"))]
    part, offset = round(1 / share), int(hashlib.sha256(salt.encode()).hexdigest(), 16) % 7
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        cursor = connection.execute(
            f"SELECT national_id FROM read_parquet($paths) WHERE official_decile <= {DECILES_MAX}"
            f" AND hash(national_id) % {part} = {offset % part}",
            {"paths": paths},
        )
        while batch := cursor.fetchmany(100_000):
            indexes = blind_index_many(ring, IndexKind.NATIONAL_ID, (row[0] for row in batch))
            yield b"".join(index.hex().encode() + b"\n" for index in indexes)


if __name__ == "__main__":
    sys.exit(main())

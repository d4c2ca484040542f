"""`python -m simulation.data_banks.nation --home DIR [--people N]`: the welfare extract of a made-up nation.

One Parquet file a province, streamed by DuckDB; with a pilot, its extract is the file of its province. Nobody in it
exists: outside the pilot the check digit of every national ID is wrong, so that no number can be a person's.
"""

import argparse
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulation.names import families, given_texts
from simulation.pilot import PilotPaths
from simulation.tables_out import DECILE_DAYS, PROVINCE_CODE

NATION = 88_000_000
MEMORY_LIMIT = "3GB"
# Thousands of people at the census of 1395, by the Statistical Centre's code: the shares of the provinces.
CENSUS = {
    "00": 1429, "01": 2531, "02": 3284, "03": 3910, "04": 3265, "05": 1952, "06": 4711, "07": 4851, "08": 3165,
    "09": 6435, "10": 5121, "11": 2775, "12": 1603, "13": 1738, "14": 948, "15": 1761, "16": 580, "17": 713,
    "18": 1163, "19": 1057, "20": 702, "21": 1139, "22": 1776, "23": 13268, "24": 1270, "25": 1292, "26": 1274,
    "27": 1869, "28": 863, "29": 769, "30": 2712,
}  # fmt: skip
# Households of one to seven people, and how many of a hundred there are: 3.3 people each, as at the census.
SIZES = (9, 21, 29, 26, 10, 4, 1)
STRIDE = 379_910_003  # prime to the room below, so that every number is another one
ROOM = 900_000_000
FIRST = 60_000_000

_SIZES_LIST = [size for size, share in enumerate(SIZES, start=1) for _ in range(share)]


def province_query(people_before: int, people: int, province: str) -> str:
    """Write the people of one province, households one after the other."""
    fresh, stale = DECILE_DAYS
    digits = " + ".join(f"(nine // {10 ** (10 - weight)} % 10) * {weight}" for weight in range(10, 1, -1))
    mean = sum(_SIZES_LIST) / len(_SIZES_LIST)
    return f"""
      WITH homes AS (
        SELECT range AS home, hash(range, {int(province) + 1}) AS drawn FROM range({round(people / mean)})),
      members AS (
        SELECT home, drawn, getvariable('sizes')[1 + (drawn % 100)::INTEGER] AS size,
               unnest(range(size)) AS place FROM homes),
      numbered AS (
        SELECT *, {FIRST} + (({people_before} + home * 7 + place) * {STRIDE} % {ROOM}) AS nine,
               hash(home, place, {int(province) + 1}) AS own FROM members),
      checked AS (
        SELECT *, ({digits}) % 11 AS rest FROM numbered)
      SELECT lpad((nine * 10 + (CASE WHEN rest < 2 THEN rest ELSE 11 - rest END + 1) % 10)::VARCHAR, 10, '0')
               AS national_id,
             place = 0 AS is_head, 'N{province}' || lpad(home::VARCHAR, 7, '0') AS household_no,
             size::SMALLINT AS household_size, (1 + drawn // 128 % 10)::SMALLINT AS official_decile,
             CASE WHEN drawn % 10 = 3 THEN DATE '{stale}' ELSE DATE '{fresh}' END AS decile_on,
             '{province}01' AS county, '{province}' AS province, drawn % 4 <> 0 AS urban,
             CASE WHEN place < 2 THEN '+98' || (9600000000 + own % 100000000)::VARCHAR END AS mobile,
             getvariable('given')[1 + (own // 8 % {len(given_texts())})::INTEGER] AS given_name,
             getvariable('family')[1 + (drawn // 8 % {len(families().names)})::INTEGER] AS family_name,
             DATE '1936-01-01' + (own // 16 % 32000)::INTEGER AS birth_on,
             CASE WHEN own % 2 = 0 THEN 'F' ELSE 'M' END AS gender
        FROM checked"""


def make_nation(
    home: Path, *, people: int = NATION, pilot: Path | None = None, told: Callable[[int, int], None] | None = None
) -> Path:
    """Write the extract with its manifest; a finished folder of the same size is used again."""
    manifest = home / "manifest.json"
    if manifest.is_file() and json.loads(manifest.read_text(encoding="utf-8")).get("people_asked") == people:
        return home
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    total, before = sum(CENSUS.values()), 0
    for number, (province, thousands) in enumerate(CENSUS.items(), start=1):
        path = home / f"province-{province}.parquet"
        share = round(people * thousands / total)
        if pilot is not None and province == PROVINCE_CODE:
            shutil.copyfile(PilotPaths(pilot).welfare, path)
        else:
            write_province(path, before, share, province)
        before += share * 3  # numbers are seven a household, of which a little more than three are used
        if told is not None:
            told(number, len(CENSUS))
    manifest.write_text(json.dumps(describe(home, people), indent=1), encoding="utf-8")
    return home


def write_province(path: Path, people_before: int, people: int, province: str) -> None:
    """Write one province's file."""
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "preserve_insertion_order": "false"}) as connection:
        words = {"given": list(given_texts()), "family": list(families().names), "sizes": _SIZES_LIST}
        for name, values in words.items():
            connection.execute(f"SET VARIABLE {name} = $values", {"values": values})
        target = str(path).replace("'", "''")
        query = province_query(people_before, people, province)
        connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def describe(home: Path, people: int) -> dict[str, object]:
    """Write the manifest: every file with its checksum and rows."""
    files = []
    with duckdb.connect() as connection:
        for path in sorted(home.glob("*.parquet")):
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            row = connection.execute("SELECT count(*) FROM read_parquet($path)", {"path": str(path)}).fetchone()
            files.append({"name": path.name, "sha256": digest, "rows": row[0] if row else 0})
    return {
        "bank": "welfare_extract", "extract_id": f"nation-{people}", "made_at": "2026-09-01T00:00:00+03:30",
        "observed_on": DECILE_DAYS[0], "format": "PARQUET", "files": files, "people_asked": people,
    }  # fmt: skip


def main() -> None:
    """Make the nation, with a bar."""
    parser = argparse.ArgumentParser(prog="python -m simulation.data_banks.nation", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder to make it in")
    parser.add_argument("--people", type=int, default=NATION, help="how many people (default 88000000)")
    parser.add_argument("--pilot", type=Path, help="a pilot whose extract is the file of its province")
    arguments = parser.parse_args()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bars:
        task = bars.add_task("Provinces", total=len(CENSUS))
        make_nation(
            arguments.home,
            people=arguments.people,
            pilot=arguments.pilot,
            told=lambda done, _total: bars.update(task, completed=done),
        )
    os.sync()


if __name__ == "__main__":
    main()

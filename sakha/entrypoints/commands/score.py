"""`sakha score`: scores a file of households by a model document with DuckDB, without any database server.

For what-if runs and examinations; the register's own households are scored in the database by `scoring.actions`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from sakha.scoring.rules.assessment import USUAL_EQUIVALENT
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.sql import compile_card

if TYPE_CHECKING:
    import argparse

DOCUMENTS: Final = Path(__file__).resolve().parent.parent.parent / "scoring" / "documents"
MODEL: Final = DOCUMENTS / "sakha-1398-1.toml"
EXIT_REFUSED: Final = 2
# Where a file has no size in hundredths of equivalent adults: the survey's own column, else the mean by persons.
SIZES: Final = {
    "equivalent_size": "equivalent_size",
    "ae_official": "round(ae_official * 100)",
    "hhsize": "100 + 65 * (hhsize - 1)",
}

# Thirty persons and more: a typing error must not leave 64 bits.
LARGEST_SIZE: Final = 3_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The households, the model and where the scores go."""
    parser.add_argument(
        "households", type=Path, help="CSV, CSV.gz or Parquet; columns as in the survey, empty = unknown"
    )
    parser.add_argument("--out", type=Path, required=True, help="CSV or Parquet to write")
    parser.add_argument("--model", type=Path, default=MODEL, help="model document (TOML)")
    parser.add_argument("--year", type=int, required=True, help="Jalali year of the prices in the file, such as 1405")
    parser.add_argument("--key", default="hh_id", help="column that names a household")


def run(arguments: argparse.Namespace) -> int:
    """Score and say how many households fell in each decile."""
    card = parse_card(arguments.model.read_text(encoding="utf-8"))
    with duckdb.connect() as connection:
        source = _source(connection, arguments.households)
        columns = set(source.columns)
        if arguments.key not in columns:
            _tell(f"{arguments.households} has no column {arguments.key}; name the household's column with --key")
            return EXIT_REFUSED
        source.create_view("households")
        _load_places(connection, card)
        known = sorted(name for variable in card.variables for name in variable.columns if name in columns)
        _tell(f"model {card.id} {card.version} ({card.sha[:12]}); prices of {arguments.year}")
        _tell(f"of the file's columns the model reads: {', '.join(known)}")
        connection.execute(f"CREATE TABLE scores AS {scores_query(card, columns, arguments.key, arguments.year)}")
        write = (
            connection.table("scores").write_parquet
            if _is_parquet(arguments.out)
            else connection.table("scores").write_csv
        )
        write(str(arguments.out))
        rows = connection.execute("SELECT decile, count(*) FROM scores GROUP BY decile ORDER BY decile").fetchall()
    _tell("households by decile: " + ", ".join(f"{decile}: {count}" for decile, count in rows))
    return 0


def scores_query(card: Card, columns: set[str], key: str, year: int) -> str:
    """The query over `households` and `places`: one row a household with all that a score says."""
    compiled = compile_card(card, "duckdb", year=year)
    facts = ", ".join(f"{_fact(name, columns)} AS {name}" for name in _names(card))
    sums = ", ".join(f"{tree} AS {name}" for name, tree in compiled.sums.items())
    low, high = card.table.lowest, card.table.highest
    factor = card.price_factor(year)
    return f"""
        WITH facts AS (SELECT "{key}" AS household, {facts} FROM households),
        summed AS (SELECT household, equivalent_size, {compiled.region_points} AS region_points,
            {compiled.region_level} AS region_level, {sums} FROM facts),
        scored AS (SELECT *, {compiled.score} AS score, {compiled.band} AS band FROM summed)
        SELECT household, scored.score, {len(card.variables)} - unknown_count AS known_count, decile, poor20_share,
            poor40_share, gap_rial * coalesce(equivalent_size, {USUAL_EQUIVALENT}) * {factor} // 100000
                * region_level // 1000 AS expected_gap_rial
        FROM scored JOIN places ON places.band = scored.band
            AND places.score = least(greatest(scored.score - region_points, {low}), {high})
        ORDER BY household"""  # noqa: S608 (the model document's own names; the key is quoted)


def _tell(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's answer


def _source(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    return connection.read_parquet(str(path)) if _is_parquet(path) else connection.read_csv(str(path))


def _is_parquet(path: Path) -> bool:
    return path.suffix == ".parquet"


def _names(card: Card) -> list[str]:
    return [name for variable in card.variables for name in variable.columns]


def _fact(name: str, columns: set[str]) -> str:
    if name == "equivalent_size":
        known = next((tree for column, tree in SIZES.items() if column in columns), "NULL")
        return f"CAST(CASE WHEN {known} > {LARGEST_SIZE} THEN {LARGEST_SIZE} ELSE {known} END AS bigint)"
    if name not in columns:
        return "CAST(NULL AS varchar)" if name == "county" else "CAST(NULL AS bigint)"
    # codes of counties lose their zeros wherever somebody took them for numbers
    return "lpad(CAST(county AS varchar), 4, '0')" if name == "county" else f"CAST({name} AS bigint)"


def _load_places(connection: duckdb.DuckDBPyConnection, card: Card) -> None:
    table = card.table
    connection.execute(
        "CREATE TABLE places (band integer, score integer, decile integer, poor20_share integer, poor40_share integer,"
        " gap_rial bigint)"
    )
    rows = [
        (band, score, place.decile, place.poor20_share, place.poor40_share, place.expected_gap_rial)
        for band in range(len(table.bands))
        for score in range(table.lowest, table.highest + 1)
        for place in [table.place_of(score, band)]
    ]
    lists = [list(column) for column in zip(*rows, strict=True)]
    unnested = ", ".join(["unnest(?::bigint[])"] * len(lists))
    connection.execute(f"INSERT INTO places SELECT {unnested}", lists)

"""`sakha score`: scores a file of households by a model document with DuckDB, without any database server.

For what-if runs and examinations; the register's own households are scored in the database by `scoring.actions`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import numpy as np

from sakha.scoring.rules.document import ModelDocumentInvalid, parse_card
from sakha.scoring.rules.file_places import (
    CREATE_PLACES,
    CREATE_WHERES,
    PLACES,
    WHERES,
    histogram_sql,
    place_rows,
    where_rows,
)
from sakha.scoring.rules.file_sql import TEXT, Heading, facts_sql, placed_sql, read_columns, scored_sql, strange_row
from sakha.scoring.rules.file_sums import CREATE_LOSTS, LOSTS, file_sums, lost_rows
from sakha.scoring.rules.placing import place_population
from sakha.vocabulary.jalali import TEHRAN, jalali_year

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from sakha.scoring.rules.card import Card
    from sakha.scoring.rules.places import ScoreTable

DOCUMENTS: Final = Path(__file__).resolve().parent.parent.parent / "scoring" / "documents"
MODEL: Final = DOCUMENTS / "sakha-1398-2.toml"
REGISTERS_MODEL: Final = DOCUMENTS / "sakha-1398-registers-2.toml"
EXIT_REFUSED: Final = 2
UNKNOWN_WORDS: Final = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "."]
OWN_LINES: Final = frozenset({"weight", "hhsize"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The households, the model, whose lines hold, and where the scores go."""
    parser.add_argument(
        "households", type=Path, help="CSV, CSV.gz or Parquet; columns as in the survey, empty = unknown"
    )
    parser.add_argument("--out", type=Path, required=True, help="CSV or Parquet to write")
    parser.add_argument("--model", type=Path, help="model document (TOML); the product's own if not given")
    parser.add_argument(
        "--registers-only", action="store_true", help="households nobody has visited: by what registers know"
    )
    parser.add_argument("--year", type=int, help="Jalali year of the prices; the file's column `year` if not given")
    parser.add_argument("--key", default="hh_id", help="column that names a household")
    parser.add_argument(
        "--placing", default="nation", help="lines to place by: nation, prices (of the province), urban_rural"
    )
    parser.add_argument(
        "--lines-of",
        choices=("model", "file"),
        help="the model's lines, or those of the file's own population; a file with weights is taken for a sample",
    )


def run(arguments: argparse.Namespace) -> int:
    """Score and say how many households fell in each decile; what can't be read or written is said in one sentence."""
    model = arguments.model or (REGISTERS_MODEL if arguments.registers_only else MODEL)
    try:
        card = parse_card(model.read_text(encoding="utf-8"))
    except ModelDocumentInvalid as refusal:
        return _refuse(f"{model}: {refusal.message}")
    except (OSError, UnicodeDecodeError):
        return _refuse(f"{model} is no model document that can be read")
    if arguments.placing not in card.placings:
        return _refuse(f"--placing is one of {', '.join(card.placings)}")
    try:
        with duckdb.connect() as connection:
            return _score_file(connection, card.placed_by(arguments.placing), arguments)
    except duckdb.Error as error:
        # the first line alone: those after it may show a household's row
        return _refuse(f"{arguments.households} was not scored: {str(error).splitlines()[0]}")


def _score_file(connection: duckdb.DuckDBPyConnection, card: Card, arguments: argparse.Namespace) -> int:
    source = _source(connection, arguments.households)
    columns = read_headings(source)
    key = arguments.key.lower()
    if key not in columns:
        return _refuse(f"{arguments.households} has no column {arguments.key}; name it with --key")
    source.create_view("households")
    year = arguments.year or _year(connection, columns)
    _tell_columns(card, columns, year)
    _tell_strange(connection, card, columns)
    lines_of = arguments.lines_of or ("file" if columns.keys() >= OWN_LINES else "model")
    _tell(f"placed by {card.placing}, by the lines of the {lines_of}")
    score_households(connection, card, facts_sql(card, columns, key), year=year, lines_of=lines_of)
    _tell(f"{connection.table('scored').shape[0]} households read and scored; writing {arguments.out}")
    answer = connection.sql(placed_sql(card, "scored", arguments.key, year=year))
    (answer.write_parquet if _is_parquet(arguments.out) else answer.write_csv)(str(arguments.out))
    rows = connection.execute(
        f"SELECT decile, count(*) FROM scored JOIN {PLACES} USING (place_key) GROUP BY decile ORDER BY decile"  # noqa: S608 (own names)
    ).fetchall()
    _tell("households by decile: " + ", ".join(f"{decile}: {count}" for decile, count in rows))
    return 0


def read_headings(source: duckdb.DuckDBPyRelation) -> dict[str, Heading]:
    """The file's columns by their name in small letters."""
    return {
        name.strip().lstrip("\ufeff").lower(): Heading(name, str(kind))
        for name, kind in zip(source.columns, source.types, strict=True)
    }


def score_households(
    connection: duckdb.DuckDBPyConnection, card: Card, facts: str, *, year: int, lines_of: str
) -> None:
    """Leave `scored` and the table of places, from which `placed_sql` answers; the file is read once."""
    # the file is always the side that streams: its rows keep their order, and the small tables are looked up
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    connection.execute(CREATE_WHERES)
    _load(connection, WHERES, where_rows(card))
    connection.execute(CREATE_LOSTS)
    _load(connection, LOSTS, lost_rows(file_sums(card)))
    connection.execute(f"CREATE TEMP TABLE scored AS {scored_sql(card, facts, year=year)}")
    connection.execute(CREATE_PLACES)
    _load(connection, PLACES, place_rows(_tables(connection, card, lines_of)))


def _tables(connection: duckdb.DuckDBPyConnection, card: Card, lines_of: str) -> Mapping[int, ScoreTable]:
    """The score tables by stratum: the document's, or those of the file's own population."""
    strata = card.active.strata
    if lines_of == "model":
        return {number: stratum.table for number, stratum in strata.items()}
    histograms: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for stratum, score, band, mass in connection.execute(histogram_sql("scored", len(card.table.bands))).fetchall():
        histograms[stratum].append((score, band, float(mass)))
    unit = card.unit_per_mille / 1000
    own = {number: place_population(strata[number], rows, unit=unit) for number, rows in histograms.items()}
    return {number: own.get(number, stratum.table) for number, stratum in strata.items()}


def _year(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Heading]) -> int:
    """The latest year in the file; without one, this year."""
    if "year" in columns:
        (year,) = connection.execute(
            f'SELECT max(TRY_CAST("{columns["year"].name}" AS integer)) FROM households'  # noqa: S608 (the file's own heading, found by name)
        ).fetchone() or (None,)
        if year is not None:
            return int(year)
    return jalali_year(datetime.now(tz=TEHRAN).date())


def _tell_columns(card: Card, columns: Mapping[str, Heading], year: int) -> None:
    names = read_columns(card)
    _tell(f"model {card.id} {card.version} ({card.sha[:12]}); prices of {year}")
    _tell("read: " + ", ".join(name for name in names if name in columns))
    if missing := [name for name in names if name not in columns]:
        _tell(f"not in the file, so unknown: {', '.join(missing)}")


def _tell_strange(connection: duckdb.DuckDBPyConnection, card: Card, columns: Mapping[str, Heading]) -> None:
    """Say where the cells stand that are no numbers and so are taken as unknown; never what is written there."""
    texts = {name: columns[name] for name in read_columns(card) if name in columns and columns[name].type == TEXT}
    if not texts:
        return
    parts = ", ".join(f"count({cell}), min({cell})" for cell in (strange_row(name, texts[name]) for name in texts))
    found = connection.execute(f"SELECT {parts} FROM (SELECT row_number() OVER () + 1 AS row_place, * FROM households)")  # noqa: S608 (headings are quoted)
    told = found.fetchone() or ()
    for name, count, row in zip(texts, told[::2], told[1::2], strict=True):
        if count:
            _tell(f"row {row}, column {name}: no number, so unknown" + f" (and {count - 1} more)" * (count > 1))


def _refuse(text: str) -> int:
    _tell(text)
    return EXIT_REFUSED


def _tell(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's answer


def _source(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    if _is_parquet(path):
        return connection.read_parquet(str(path))
    # a row that is too short is unknown where it ends, one that is too long is cut: neither stops the others
    return connection.read_csv(
        str(path), all_varchar=True, header=True, na_values=UNKNOWN_WORDS, null_padding=True, strict_mode=False
    )


def _is_parquet(path: Path) -> bool:
    return path.suffix == ".parquet"


def _load(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[float, ...]]) -> None:
    # as arrays, for thousands of parameters take longer than scoring a small file
    columns = {f"column_{place}": np.array(column) for place, column in enumerate(zip(*rows, strict=True))}
    connection.register("told", columns)
    connection.execute(f"INSERT INTO {table} FROM told")
    connection.unregister("told")

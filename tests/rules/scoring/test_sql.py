"""The card in SQL and in Python is one card. PostgreSQL is asked in tests/rooms/scoring."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
import sqlglot

from sakha.scoring.rules.evaluation import evaluate
from sakha.scoring.rules.sql import compile_card, compile_sql
from tests.rules.scoring.rows import YEAR, column_types, random_rows, shipped_card

CARD = shipped_card()
ROWS = random_rows(CARD, 3_000, seed=7)


@pytest.fixture(scope="module")
def rows_in_duckdb() -> Iterator[duckdb.DuckDBPyConnection]:
    types = column_types(CARD)
    columns = ", ".join(f"{name} {'varchar' if kind == 'text' else kind}" for name, kind in types.items())
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE facts (number integer, {columns})")
        lists = [list(range(len(ROWS))), *([row[name] for row in ROWS] for name in types)]
        unnested = ", ".join(
            f"unnest(?::{'varchar' if kind == 'text' else kind}[])" for kind in ("integer", *types.values())
        )
        connection.execute(f"INSERT INTO facts SELECT {unnested}", lists)
        yield connection


def test_duckdb_scores_like_python(rows_in_duckdb: duckdb.DuckDBPyConnection) -> None:
    query = f"SELECT {compile_sql(CARD, 'duckdb', year=YEAR)} FROM facts ORDER BY number"

    scores = [row[0] for row in rows_in_duckdb.execute(query).fetchall()]

    assert scores == [evaluate(CARD, row, year=YEAR).score for row in ROWS]


def test_duckdb_bands_like_python(rows_in_duckdb: duckdb.DuckDBPyConnection) -> None:
    card_sql = compile_card(CARD, "duckdb", year=YEAR)
    query = f"WITH {card_sql.storeys('facts')} SELECT {card_sql.score}, {card_sql.band} FROM summed ORDER BY number"

    found = rows_in_duckdb.execute(query).fetchall()

    expected = [evaluate(CARD, row, year=YEAR) for row in ROWS]
    assert found == [(one.score, one.band) for one in expected]
    assert {one.band for one in expected} == set(range(len(CARD.table.bands)))


def test_without_its_price_year_the_sql_would_differ(rows_in_duckdb: duckdb.DuckDBPyConnection) -> None:
    query = f"SELECT {compile_sql(CARD, 'duckdb', year=1398)} FROM facts ORDER BY number"

    scores = [row[0] for row in rows_in_duckdb.execute(query).fetchall()]

    assert scores != [evaluate(CARD, row, year=YEAR).score for row in ROWS]


def test_spark_reads_its_sql() -> None:
    """Spark itself is too heavy for every run; the other two dialects are executed for real."""
    text = compile_sql(CARD, "spark", year=YEAR)

    assert sqlglot.parse_one(f"SELECT {text} FROM facts", dialect="spark") is not None
    assert " DIV " in text

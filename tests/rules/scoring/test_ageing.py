"""Old facts: half of what they tell after each half-life, the same integers in SQL, and never zero."""

from __future__ import annotations

from random import Random

import duckdb

from sakha.scoring.rules.ageing import faded, trust_after
from sakha.scoring.rules.derived import EQUIVALENT_SIZE
from sakha.scoring.rules.evaluation import evaluate
from sakha.scoring.rules.sql import compile_card
from tests.rules.scoring.rows import YEAR, column_types, random_rows, shipped_card

CARD = shipped_card()
FACTS = [name for name in column_types(CARD) if name not in {"county", "urban", EQUIVALENT_SIZE}]


def aged_rows(count: int, seed: int) -> list[dict[str, int | str | None]]:
    chance = Random(seed)
    ages = [None, -1, 0, 2, 3, 5, 6, 11, 12, 13, 24, 47, 48, 100, 999]
    rows = random_rows(CARD, count, seed=seed)
    return [
        row | {f"{name}_age": chance.choice(ages) for name in FACTS} | {"equivalent_size_age": None} for row in rows
    ]


def test_trust_halves_with_each_half_life_and_ends_after_four() -> None:
    assert [trust_after(age, 12) for age in (None, 0, 2, 12, 24, 47, 48)] == [1000, 1000, 1000, 500, 250, 74, 0]
    assert trust_after(500, 0) == 1000
    assert (faded(-9, 500), faded(9, 500), faded(-9, 1000), faded(7, 0)) == (-4, 5, -9, 0)


def test_duckdb_scores_old_facts_like_python() -> None:
    rows, compiled = aged_rows(2_000, seed=3), compile_card(CARD, "duckdb", year=YEAR, is_aged=True)
    names = list(rows[0])
    with duckdb.connect() as connection:
        typed = ", ".join(f"{name} {'varchar' if name == 'county' else 'bigint'}" for name in names)
        connection.execute(f"CREATE TABLE facts (number integer, {typed})")
        arrays = ", ".join(
            ["unnest(?::integer[])", *(f"unnest(?::{'varchar' if name == 'county' else 'bigint'}[])" for name in names)]
        )
        lists = [list(range(len(rows))), *([row[name] for row in rows] for name in names)]
        connection.execute(f"INSERT INTO facts SELECT {arrays}", lists)
        query = f"WITH {compiled.storeys('facts')} SELECT {compiled.score}, {compiled.band} FROM summed ORDER BY number"
        found = connection.execute(query).fetchall()

    expected = [evaluate(CARD, row, year=YEAR) for row in rows]
    assert found == [(one.score, one.band) for one in expected]
    assert any(one.trust not in {0, 1000} for each in expected for one in each.contributions)
    assert all(each.score == sum(one.points for one in each.contributions) + each.expected_points for each in expected)


def test_facts_without_an_age_score_as_without_ageing() -> None:
    for row in random_rows(CARD, 300, seed=4):
        fresh = row | {f"{name}_age": 0 for name in FACTS}
        assert evaluate(CARD, fresh, year=YEAR) == evaluate(CARD, row, year=YEAR)


def test_an_old_fact_widens_what_is_said_of_a_household() -> None:
    row = next(row for row in random_rows(CARD, 60, seed=5) if None not in row.values())
    old = row | {f"{name}_age": 24 for name in FACTS}

    assert evaluate(CARD, old, year=YEAR).unknown_variance > evaluate(CARD, row, year=YEAR).unknown_variance

"""The language of need rules says the same in Python, DuckDB and PostgreSQL, and nothing else than what it names."""

from __future__ import annotations

from random import Random

import duckdb
import pytest
import sqlglot

from sakha.scoring.rules.needs import AID_COLUMNS, DERIVED, age_column, assess_needs, explain_needs, needs_to_sql
from sakha.scoring.rules.needs_language import LanguageMisusedError, parse_rule
from sakha.vocabulary.fact_names import FactName
from tests.rules.scoring.test_needs import PRICES, RULES

FACTS = frozenset({"a", "b", "c"})
VALUES = [None, None, -7, -1, 0, 1, 2, 3, 999, 1_000, 1_001, 30_000_000_000]
NUMBERS = ["a", "b", "c", "0", "3", "1_000", "-2", "price('kit')"]


def read(text: str, *, is_truth: bool = False):
    return parse_rule(text, facts=FACTS, prices={"kit"}, is_truth=is_truth)


def random_number(chance: Random, depth: int) -> str:
    if depth == 0:
        return chance.choice(NUMBERS)
    left, right = random_number(chance, depth - 1), random_number(chance, depth - 1)
    return chance.choice(
        [
            f"({left} + {right})", f"({left} - {right})", f"{left} * 3", f"min({left}, {right})",
            f"max({left}, {right}, 5)", f"share({left}, {chance.choice([1, 300, 1000])})",
            f"rounded({left}, {chance.choice([1, 7, 1_000])})", f"value_or({left}, {right})",
        ]
    )  # fmt: skip


def random_condition(chance: Random, depth: int) -> str:
    if depth == 0:
        comparison = chance.choice(["<", "<=", ">", ">=", "==", "!="])
        return chance.choice(
            [
                f"{random_number(chance, 1)} {comparison} {random_number(chance, 1)}",
                f"{random_number(chance, 1)} in (0, 1, 999)",
                f"known({random_number(chance, 1)})",
            ]
        )
    left, right = random_condition(chance, depth - 1), random_condition(chance, depth - 1)
    return chance.choice([f"({left} and {right})", f"({left} or {right})", f"not ({left})"])


def test_random_texts_over_random_rows_are_the_same_in_duckdb() -> None:
    chance = Random(5)
    rows = [{"a": chance.choice(VALUES), "b": chance.choice(VALUES), "c": chance.choice(VALUES), "price_kit": 50}
            for _ in range(60)]  # fmt: skip
    nodes = [read(random_number(chance, chance.choice([1, 2]))) for _ in range(60)]
    nodes += [read(random_condition(chance, chance.choice([0, 1, 2])), is_truth=True) for _ in range(60)]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE facts (number int, a bigint, b bigint, c bigint, price_kit bigint)")
        connection.executemany(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?)", [[n, *r.values()] for n, r in enumerate(rows)]
        )
        for node in nodes:
            text = node.tree().sql(dialect="duckdb")
            found = [row[0] for row in connection.execute(f"SELECT {text} FROM facts ORDER BY number").fetchall()]
            assert found == [node.answer(row) for row in rows], text


def random_need_row(chance: Random) -> dict[str, int | None]:
    names = sorted(
        {name.value for name in FactName} | DERIVED | AID_COLUMNS | {age_column(kind) for kind in RULES.kinds}
    )
    row: dict[str, int | None] = {}
    for name in names:
        if name.endswith(("_rial", "_monthly", "_paid", "_annual")):
            row[name] = chance.choice([None, 0, 1_999_999, 2_000_000, 30_000_000, 90_000_001, 3_000_000_000])
        elif name in {"tenure", "rent_per_mille"}:
            row[name] = chance.choice([None, 3, 4] if name == "tenure" else [200, 201, 300, 301])
        elif name.startswith("age_"):
            row[name] = chance.choice([None, 0, 90, 91, 365, 366, 2_000])
        else:
            row[name] = chance.choice([None, 0, 0, 1, 1, 2, 4, 5, 300, 301])
    return row | PRICES.at_place(chance.choice(["3001", "0101", None]))


def test_every_need_of_random_households_is_the_same_in_duckdb() -> None:
    chance = Random(11)
    rows = [random_need_row(chance) for _ in range(500)]
    sql = needs_to_sql(RULES, "duckdb")
    lower = ", ".join(f"{tree} AS {name}" for name, tree in sql.lower.items())
    upper = ", ".join(f"{tree} AS {name}" for name, tree in sql.upper.items())
    rows = [{**row, "number": number} for number, row in enumerate(rows)]
    columns = ", ".join(f"unnest(?::bigint[]) AS {name}" for name in rows[0])
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE facts AS SELECT {columns}", [[row[name] for row in rows] for name in rows[0]])
        query = f"SELECT * FROM (SELECT *, {upper} FROM (SELECT *, {lower} FROM facts)) ORDER BY number"
        answers = connection.execute(query)
        names = [column[0] for column in answers.description]
        found = [dict(zip(names, row, strict=True)) for row in answers.fetchall()]

    opened = set()
    for row, answer in zip(rows, found, strict=True):
        expected = {need.kind: need for _, need in explain_needs(RULES, row)}
        for kind in RULES.kinds:
            need, name = expected.get(kind), kind.name.lower()
            assert answer[f"amount_{name}"] == (need.amount if need else 0)
            assert answer[f"less_{name}"] == (need.less if need else 0)
            assert answer[f"severity_{name}"] == (need.severity if need else 0)
            assert answer[f"need_{name}"] == (need.target if need else 0)
            assert answer[f"left_{name}"] == (need.left if need else 0)
            opened |= {kind} if need else set()
    assert opened == set(RULES.kinds)


def test_amounts_net_of_aid_are_never_negative_nor_more_than_needed() -> None:
    chance = Random(3)
    for _ in range(2_000):
        for need in assess_needs(RULES, random_need_row(chance)):
            assert 0 < need.target <= need.amount
            assert 0 <= need.left <= need.target
            assert need.less >= 0


def test_spark_reads_the_rules() -> None:
    text = ", ".join(f"{tree} AS {name}" for name, tree in needs_to_sql(RULES, "spark").lower.items())

    assert sqlglot.parse_one(f"SELECT {text} FROM facts", dialect="spark") is not None


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "a.real", "a[0]", "a if b else c", "lambda: 1", "[a for a in b]", "'x'",
        "1.5", "a / b", "a // b", "a ** b", "f'{a}'", "secret", "price('gold')", "price(a)", "min(a)", "min(a, b > 1)",
        "share(a, b)", "rounded(a, 0)", "rounded(a, -5)", "share(a, per_mille=3)", "True", "99_999_999_999_999_999", "",
        "a; DROP TABLE facts", "a -- b", "value_or(a)", "print(a)", "a == 1", "(a, b)", "(yield a)",
    ],
)  # fmt: skip
def test_what_is_not_of_the_language_is_refused(text: str) -> None:
    with pytest.raises(LanguageMisusedError):
        read(text)


@pytest.mark.parametrize(
    "text", ["a", "a < b < c", "a in b", "a in (b, 1)", "a and b", "not a", "a is None", "(a := 1) > 0"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(LanguageMisusedError):
        read(text, is_truth=True)


def test_unknown_stays_unknown() -> None:
    assert read("min(a, 5)").answer({"a": None}) is None
    assert read("a + 1").answer({}) is None
    assert read("value_or(a, 4)").answer({"a": None}) == 4
    assert read("a > 1 and b > 1", is_truth=True).answer({"a": None, "b": 0}) is False
    assert read("a > 1 or b > 1", is_truth=True).answer({"a": None, "b": 2}) is True
    assert read("not (a > 1)", is_truth=True).answer({"a": None}) is None

"""Generated households for the benchmarks: a nation in Parquet by DuckDB, and rows at every threshold by numpy.

No survey is needed: every column is drawn by itself, so that nothing compresses as a real file would not. Columns are
of the narrowest type that holds them, as an export of a nation would be.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from sakha.scoring.rules.card import Card, Variable, VariableKind
from sakha.scoring.rules.derived import EQUIVALENT_SIZE, INCOMES, parts_of
from sakha.scoring.rules.evaluation import priced

# rial a year or a month of the survey's year, by the spread of incomes and bills; a third has none
MONEY = {"annual": 200_000_000, "bill": 200_000, "paid": 4_000_000}
COUNTS = {"rooms": (1, 6), "area_m2": (30, 220), "tenure": (1, 7), "hhsize": (1, 9), "n_pension_insured": (0, 3)}
YEARS = (0, 20)
MOST_TINY = 127


def write_nation(path: Path, card: Card, households: int, *, year: int, unknown_share: float = 0.1) -> None:
    """`households` rows with the columns that the card reads, a tenth of the values unknown."""
    place = next(variable for variable in card.variables if variable.kind is VariableKind.LOOKUP)
    counties = ", ".join(f"'{county}'" for county in sorted(place.counties or {}))
    names = [part for variable in card.variables for column in variable.columns for part in parts_of(column)]
    chances = _chances()
    factor = card.price_factor(year)
    drawn = ", ".join(
        f"CASE WHEN {next(chances)} >= {unknown_share} THEN {_draw(name, factor, chances)} END AS {name}"
        for name in dict.fromkeys(names)
        if name != "county"
    )
    with duckdb.connect(config={"threads": 2, "preserve_insertion_order": "false"}) as connection:
        connection.execute(
            f"COPY (SELECT range AS hh_id, ([{counties}])[1 + floor({next(chances)} * {len(place.counties or {})})"
            f"::integer] AS county, {drawn} FROM range({households})) TO '{path}' (FORMAT parquet)"
        )


def repeat_nation(drawn: Path, path: Path, times: int) -> None:
    """The same rows so many times, each household with a number of its own."""
    with duckdb.connect(config={"threads": 2, "preserve_insertion_order": "false"}) as connection:
        connection.execute(
            f"COPY (SELECT drawn.* REPLACE (hh_id + turn.range * (SELECT count(*) FROM '{drawn}') AS hh_id)"
            f" FROM '{drawn}' AS drawn, range({times}) AS turn) TO '{path}' (FORMAT parquet)"
        )


def _chances() -> Iterator[str]:
    """Numbers from 0 to 1 by a hash of the row: several times faster than a generator, and the same in every thread."""
    for number in itertools.count(1):
        yield f"((hash(range + {number * 1_000_000_007}) >> 11) / 9007199254740992)"


def _draw(name: str, factor: int, chances: Iterator[str]) -> str:
    if name == EQUIVALENT_SIZE:
        return f"(100 + 10 * floor({next(chances)} * 50))::smallint"
    if name.startswith("has_") or name == "urban":
        return f"({next(chances)} < 0.6)::tinyint"
    if name in COUNTS or name.endswith("_years"):
        low, high = COUNTS.get(name, YEARS)
        kind = "smallint" if high > MOST_TINY else "tinyint"
        return f"({low} + floor({next(chances)} * {high - low + 1}))::{kind}"
    ending, middle = next((ending, rial) for ending, rial in MONEY.items() if name.endswith(ending))
    rial = f"({middle * factor // 1000} * (0.2 + 3 * {next(chances)} * {next(chances)}))"
    kind = "bigint" if ending == "annual" else "integer"
    return f"CASE WHEN {next(chances)} < 0.35 THEN 0 ELSE {rial} END::{kind}"


def threshold_columns(
    card: Card, count: int, *, year: int, unknown_share: float, seed: int
) -> dict[str, NDArray[np.object_]]:
    """Columns of values at every threshold and one beside it, a share of them unknown, as the engines take them."""
    chance = np.random.default_rng(seed)
    columns: dict[str, NDArray[np.object_]] = {}
    size = np.full(count, 100, dtype=np.int64)
    for variable in card.variables:
        values = np.array(_telling(variable, card.factor_of(variable, year)), dtype=np.int64)
        if variable.kind is VariableKind.LOOKUP:
            places = [*(variable.counties or {}), *(variable.provinces or {}), "9901", "0399", ""]
            columns["county"] = np.array(places, dtype=object)[chance.integers(len(places), size=count)]
            columns["urban"] = chance.integers(2, size=count).astype(object)
        elif variable.name in INCOMES:
            told = -(-chance.choice(values, count) * size // 100)
            columns |= {
                part: (told * (number == 0)).astype(object) for number, part in enumerate(parts_of(variable.name))
            }
        elif variable.name == EQUIVALENT_SIZE:
            size = chance.choice(values[values >= 100], count)
            columns[variable.name] = size.astype(object)
        else:
            columns[variable.name] = chance.choice(values, count).astype(object)
    for column in columns.values():
        column[chance.random(count) < unknown_share] = None
    return columns


def _telling(variable: Variable, factor: int) -> list[int]:
    if variable.kind is VariableKind.LEVELS:
        return [0, *(code for level in variable.levels for code in level.codes), 99]
    limits = [priced(step.at, factor=factor) for step in variable.steps]
    return sorted({0, -5, *(near for at in limits for near in (at - 1, at, at + 1))})

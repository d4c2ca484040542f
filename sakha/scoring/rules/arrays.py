"""The card over columns of many households at once, with numpy: the same integers as `evaluation`, for examinations.

A column that isn't given is unknown for everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sakha.scoring.rules.card import (
    NOISE_UNIT,
    PROVINCE_DIGITS,
    SIGNAL_UNIT,
    Card,
    Variable,
    VariableKind,
)
from sakha.scoring.rules.derived import EQUIVALENT_SIZE, EQUIVALENT_UNIT, INCOMES, parts_of
from sakha.scoring.rules.evaluation import EXPECTATION_OFFSET, SQUARED_LOADING_UNIT, priced
from sakha.scoring.rules.places import EITHER

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """Values of one fact, and for whom they are known; unknown values are any number."""

    values: Ints
    known: Bools


@dataclass(frozen=True, slots=True)
class Households:
    """Facts of many households; places as text, empty where unknown."""

    county: NDArray[np.str_]
    facts: Mapping[str, Column]

    @property
    def size(self) -> int:
        """How many households."""
        return len(self.county)


@dataclass(frozen=True, slots=True)
class Scored:
    """What `evaluation` says of each household, and the points of each variable (0 where unknown)."""

    score: Ints
    band: Ints
    expected_points: Ints
    points: Ints
    known: Bools


def evaluate_arrays(card: Card, households: Households, *, year: int) -> Scored:
    """Score all of them; facts are fresh."""
    columns = [_points(card, variable, households, year=year) for variable in card.variables]
    points, known = np.column_stack([each[0] for each in columns]), np.column_stack([each[1] for each in columns])
    points = np.where(known, points, 0)
    expectations = [variable.expectation for variable in card.variables]
    loadings, signals, noises, informations = (
        np.array([getattr(each, name) for each in expectations], dtype=np.int64)
        for name in ("loading", "signal", "noise", "information")
    )
    loading, noise = ~known @ loadings, ~known @ noises
    weight = SIGNAL_UNIT + known @ informations
    shifted = loading * (points @ signals) + weight // 2 + EXPECTATION_OFFSET * weight
    expected = np.where(known.all(axis=1), 0, shifted // weight - EXPECTATION_OFFSET)
    variance = (noise + loading * loading * SQUARED_LOADING_UNIT // weight) // NOISE_UNIT
    tops = [band.up_to or 0 for band in card.table.bands[:-1]]
    band = np.searchsorted(np.array(tops, dtype=np.int64), variance, side="left").astype(np.int64)
    return Scored(points.sum(axis=1) + expected, band, expected, points, known)


def _points(card: Card, variable: Variable, households: Households, *, year: int) -> tuple[Ints, Bools]:
    if variable.kind is VariableKind.LOOKUP:
        return _place_points(variable, households)
    column = households.facts.get(variable.name) or _income(variable.name, households)
    if column is None:
        nothing = np.zeros(households.size, dtype=np.int64)
        return nothing, nothing.astype(bool)
    if variable.kind is VariableKind.LEVELS:
        points = np.full(households.size, variable.other, dtype=np.int64)
        for level in reversed(variable.levels):
            points[np.isin(column.values, level.codes)] = level.points
        return points, column.known
    factor = card.factor_of(variable, year)
    limits = np.array([priced(step.at, factor=factor) for step in variable.steps], dtype=np.int64)
    heights = np.array([variable.below, *(step.points for step in variable.steps)], dtype=np.int64)
    return heights[np.searchsorted(limits, column.values, side="right")], column.known


def _income(name: str, households: Households) -> Column | None:
    parts = [households.facts.get(part) for part in (*parts_of(name), EQUIVALENT_SIZE)]
    known = [part for part in parts if part is not None]
    if name not in INCOMES or len(known) < len(parts):
        return None
    *incomes, size = known
    is_known = np.logical_and.reduce([part.known for part in known]) & (size.values > 0)
    total = np.maximum(np.sum([income.values for income in incomes], axis=0), 0) * EQUIVALENT_UNIT
    return Column(total // np.where(is_known, size.values, 1), is_known)


def _place_points(variable: Variable, households: Households) -> tuple[Ints, Bools]:
    counties, inverse = np.unique(households.county, return_inverse=True)
    triples, known = np.zeros((len(counties), EITHER + 1), dtype=np.int64), np.zeros(len(counties), dtype=bool)
    for number, county in enumerate(counties.tolist()):
        found = (variable.counties or {}).get(county) or (variable.provinces or {}).get(county[:PROVINCE_DIGITS])
        known[number] = found is not None
        triples[number] = found or (0, 0, 0)
    urban = households.facts.get("urban")
    either = np.full(households.size, EITHER, dtype=np.int64)
    column = either if urban is None else np.where(urban.known, (urban.values >= 1).astype(np.int64), EITHER)
    return triples[inverse, column], known[inverse]

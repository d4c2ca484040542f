"""The score of one household and what each known and unknown thing contributes to it.

The same arithmetic as `sql`, for one row: explanations need it, and it is the law that the SQL is tested against.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sakha.scoring.rules.ageing import AGE_SUFFIX, TRUST_UNIT, faded, trust_after
from sakha.scoring.rules.card import (
    LOADING_UNIT,
    NOISE_UNIT,
    PER_MILLE,
    PROVINCE_DIGITS,
    SIGNAL_UNIT,
    Card,
    Variable,
    VariableKind,
)
from sakha.scoring.rules.derived import derive_incomes
from sakha.scoring.rules.places import EITHER

Row = Mapping[str, int | str | None]
EXPECTATION_OFFSET = 100_000
# a squared loading over the weight, in the unit of noise
SQUARED_LOADING_UNIT = SIGNAL_UNIT * NOISE_UNIT // LOADING_UNIT**2


@dataclass(frozen=True, slots=True)
class Contribution:
    """Points that one known variable adds (or takes), against the average household.

    `full_points` are those of a fresh fact; `trust` says how much of them an old one keeps, per mille.
    """

    variable: Variable
    value: int | None
    points: int
    full_points: int
    trust: int = TRUST_UNIT


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A score, split exactly: `score == sum of contributions + expected_points`."""

    score: int
    contributions: tuple[Contribution, ...]
    unknown: tuple[Variable, ...]
    expected_points: int
    unknown_variance: int
    band: int


def evaluate(card: Card, row: Row, *, year: int) -> Evaluation:
    """Score one household by its facts in prices of `year`; a missing fact or None is unknown, never zero.

    A fact with its age in months beside it (`rooms`, `rooms_age`) counts the less the older it is. Incomes for each
    equivalent adult follow from their parts.
    """
    row = {**row, **derive_incomes(row)}
    known: list[Contribution] = []
    unknown: list[Variable] = []
    for variable in card.variables:
        points = points_of(variable, row, factor=card.factor_of(variable, year))
        if points is None:
            unknown.append(variable)
        else:
            trust = trust_after(row.get(f"{variable.name}{AGE_SUFFIX}"), variable.half_life_months)
            known.append(Contribution(variable, _shown_value(variable, row), faded(points, trust), points, trust))
    expected, variance = expect_unknown(known, unknown)
    return Evaluation(
        score=sum(contribution.points for contribution in known) + expected,
        contributions=tuple(known),
        unknown=tuple(unknown),
        expected_points=expected,
        unknown_variance=variance,
        band=card.table.band_of(variance),
    )


def points_of(variable: Variable, row: Row, *, factor: int) -> int | None:
    """Points of one variable, or None where the fact is unknown; `factor` is `card.factor_of` it, per mille."""
    if variable.kind is VariableKind.LOOKUP:
        return _place_points(variable, row)
    value = row.get(variable.name)
    if not isinstance(value, int):
        return None
    if variable.kind is VariableKind.LEVELS:
        return next((level.points for level in variable.levels if value in level.codes), variable.other)
    points = variable.below
    for step in variable.steps:
        if value >= priced(step.at, factor=factor):
            points = step.points
    return points


def priced(threshold: int, *, factor: int) -> int:
    """A threshold in the prices of the year asked for."""
    return threshold * factor // PER_MILLE


def expect_unknown(known: list[Contribution], unknown: list[Variable]) -> tuple[int, int]:
    """Points expected for what is unknown or old, given what is known, and the variance that remains in squared points.

    One-factor regression: the general means of the household are estimated from the known variables and each unknown
    one is expected accordingly (study: taking unknown as zero lets hiding pay). An old fact is known in part: it tells
    `trust` of itself, and the rest is expected. All in integers, rounded half up.
    """
    old = [each for each in known if each.trust < TRUST_UNIT]
    if not unknown and not old:
        return 0, 0
    loading = TRUST_UNIT * sum(variable.expectation.loading for variable in unknown)
    loading += sum(each.variable.expectation.loading * (TRUST_UNIT - each.trust) for each in old)
    noise = TRUST_UNIT**2 * sum(variable.expectation.noise for variable in unknown)
    noise += sum(each.variable.expectation.noise * (TRUST_UNIT**2 - each.trust**2) for each in old)
    signal = sum(each.variable.expectation.signal * each.full_points * each.trust for each in known)
    weight = TRUST_UNIT * SIGNAL_UNIT + sum(each.variable.expectation.information * each.trust for each in known)
    divisor = weight * TRUST_UNIT
    shifted = loading * signal + divisor // 2 + EXPECTATION_OFFSET * divisor
    whole = loading // TRUST_UNIT
    variance = noise // TRUST_UNIT**2 + whole * whole * SQUARED_LOADING_UNIT * TRUST_UNIT // weight
    return shifted // divisor - EXPECTATION_OFFSET, variance // NOISE_UNIT


def _place_points(variable: Variable, row: Row) -> int | None:
    county, urban = row.get("county"), row.get("urban")
    if not isinstance(county, str):
        return None
    points = (variable.counties or {}).get(county) or (variable.provinces or {}).get(county[:PROVINCE_DIGITS])
    if points is None:
        return None
    return points[int(urban >= 1)] if isinstance(urban, int) else points[EITHER]


def _shown_value(variable: Variable, row: Row) -> int | None:
    value = row.get(variable.name)
    return value if isinstance(value, int) else None

"""The score of one household and what each known and unknown thing contributes to it.

The same arithmetic as `sql`, for one row: explanations need it, and it is the law that the SQL is tested against.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sakha.scoring.rules.card import (
    EITHER,
    LOADING_UNIT,
    NOISE_UNIT,
    PER_MILLE,
    PROVINCE_DIGITS,
    SIGNAL_UNIT,
    Card,
    Variable,
    VariableKind,
)

Row = Mapping[str, int | str | None]
EXPECTATION_OFFSET = 100_000
# a squared loading over the weight, in the unit of noise
SQUARED_LOADING_UNIT = SIGNAL_UNIT * NOISE_UNIT // LOADING_UNIT**2


@dataclass(frozen=True, slots=True)
class Contribution:
    """Points that one known variable adds (or takes), against the average household."""

    variable: Variable
    value: int | None
    points: int


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
    """Score one household by its facts in prices of `year`; a missing fact or None is unknown, never zero."""
    factor = card.price_factor(year)
    known: list[Contribution] = []
    unknown: list[Variable] = []
    for variable in card.variables:
        points = points_of(variable, row, factor=factor)
        if points is None:
            unknown.append(variable)
        else:
            known.append(Contribution(variable, _shown_value(variable, row), points))
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
    """Points of one variable, or None where the fact is unknown; `factor` is the price factor, per mille."""
    if variable.kind is VariableKind.LOOKUP:
        return _place_points(variable, row)
    value = row.get(variable.name)
    if not isinstance(value, int):
        return None
    if variable.kind is VariableKind.LEVELS:
        return next((level.points for level in variable.levels if value in level.codes), variable.other)
    points = variable.below
    for step in variable.steps:
        if value >= priced(step.at, variable, factor=factor):
            points = step.points
    return points


def priced(threshold: int, variable: Variable, *, factor: int) -> int:
    """A threshold in the prices of the year asked for."""
    return threshold * factor // PER_MILLE if variable.is_price_indexed else threshold


def expect_unknown(known: list[Contribution], unknown: list[Variable]) -> tuple[int, int]:
    """Points expected for what is unknown, given what is known, and the variance that remains in squared points.

    One-factor regression: the general means of the household are estimated from the known variables and each unknown
    one is expected accordingly (study: taking unknown as zero lets hiding pay). All in integers, rounded half up.
    """
    if not unknown:
        return 0, 0
    loading = sum(variable.expectation.loading for variable in unknown)
    noise = sum(variable.expectation.noise for variable in unknown)
    signal = sum(contribution.variable.expectation.signal * contribution.points for contribution in known)
    weight = SIGNAL_UNIT + sum(contribution.variable.expectation.information for contribution in known)
    shifted = loading * signal + weight // 2 + EXPECTATION_OFFSET * weight
    variance = noise + loading * loading * SQUARED_LOADING_UNIT // weight
    return shifted // weight - EXPECTATION_OFFSET, variance // NOISE_UNIT


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

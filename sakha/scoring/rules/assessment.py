"""One household assessed in Python: score, place, needs and priority, by the same integers as the SQL over all.

The row of facts is read by the queries; here is only what follows from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sakha.scoring.rules.card import PER_MILLE, Card
from sakha.scoring.rules.evaluation import Evaluation, evaluate
from sakha.scoring.rules.needs import AssessedNeed, assess_needs
from sakha.scoring.rules.places import Place
from sakha.scoring.rules.policy import Policies
from sakha.scoring.rules.priority import measure_priority

EQUIVALENT_UNIT = 100
# equivalent adults of the average household of the survey, where the size is not known
USUAL_EQUIVALENT = 250
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that scoring says about one household."""

    evaluation: Evaluation
    place: Place
    expected_gap_rial: int
    consumption_rial: int
    needs: tuple[AssessedNeed, ...]
    priority: int
    numbers: Mapping[str, int | None]
    """Everything that the rules of needs and priority read."""


def assess(card: Card, policies: Policies, row: Mapping[str, int | str | None], *, year: int) -> Assessment:
    """Assess one household by its row of facts, which also carries `waiting_days` and what aid is recorded.

    `committee_decile`, a committee's running decision, moves the place and all that follows from it, never the score.
    """
    evaluation = evaluate(card, row, year=year)
    region = card.region_of(row.get("county"))
    decided = row.get("committee_decile")
    placed = card.table.moved_to(evaluation.score - region.points, decided if isinstance(decided, int) else None)
    place = card.table.place_of(placed, evaluation.band)
    known = {name: value for name, value in row.items() if not isinstance(value, str)}
    money = _numbers_of_place(place, known, factor=card.price_factor(year), level=region.level_per_mille)
    cut = policies.cut_offs.decile_of(card, placed, row.get("urban"))
    numbers = known | money | policies.prices.at_place(row.get("county")) | {"cut_decile": cut}
    needs = assess_needs(policies.needs, numbers)
    priority = measure_priority(
        policies.weights, numbers, needs, gap_rial=place.expected_gap_rial, line_rial=card.scale.line20_rial
    )
    expected_gap, consumption = money["expected_gap_rial"] or 0, money["consumption_rial"] or 0
    return Assessment(evaluation, place, expected_gap, consumption, needs, priority, numbers)


def _numbers_of_place(place: Place, row: Mapping[str, int | None], *, factor: int, level: int) -> dict[str, int | None]:
    size = row.get("equivalent_size") or USUAL_EQUIVALENT
    unit = EQUIVALENT_UNIT * PER_MILLE
    consumption = place.middle_rial * size * factor // unit * level // PER_MILLE
    return {
        "decile": place.decile,
        "expected_gap_rial": place.expected_gap_rial * size * factor // unit * level // PER_MILLE,
        "consumption_rial": consumption,
        "consumption_annual_rial": consumption * MONTHS,
        "rent_per_mille": _ratio(row.get("rent_paid"), PER_MILLE, consumption),
        "health_per_mille": _ratio(row.get("health_cost_annual"), PER_MILLE, consumption * MONTHS),
        "persons_per_room_percent": _ratio(row.get("hhsize"), 100, row.get("rooms")),
    }


def _ratio(value: int | None, unit: int, by: int | None) -> int | None:
    return None if value is None or not by else value * unit // by


# The same numbers as SQL over the columns of a placed household; {factor} is the price factor of the year.
PLACE_NUMBERS_SQL = f"""
    gap_rial * COALESCE(equivalent_size, {USUAL_EQUIVALENT}) * {{factor}} / {EQUIVALENT_UNIT * PER_MILLE}
        * region_level / {PER_MILLE} AS expected_gap_rial,
    middle_rial * COALESCE(equivalent_size, {USUAL_EQUIVALENT}) * {{factor}} / {EQUIVALENT_UNIT * PER_MILLE}
        * region_level / {PER_MILLE} AS consumption_rial"""
RATIOS_SQL = f"""
    consumption_rial * {MONTHS} AS consumption_annual_rial,
    rent_paid * {PER_MILLE} / NULLIF(consumption_rial, 0) AS rent_per_mille,
    health_cost_annual * {PER_MILLE} / NULLIF(consumption_rial * {MONTHS}, 0) AS health_per_mille,
    hhsize * 100 / NULLIF(rooms, 0) AS persons_per_room_percent"""

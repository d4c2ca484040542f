"""What hiding does: each group of registers is hidden for a quarter of the households, by three ways to treat it.

Nobody should gain a place among the poorest because a register doesn't answer: the chance may rise by two points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from sakha.scoring.rules.accuracy import error_at, select_poorest
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.evaluation import Row, evaluate
from sakha.scoring.rules.survey import Bools, Floats, Ints, Survey

SEED = 1398
HIDDEN_SHARE = 0.25
BASE_YEAR = 1398
GROUPS: Mapping[str, tuple[str, ...]] = {
    "wages": ("wage_private_annual", "wage_public_annual"),
    "pension": ("pension_annual",),
    "banks and rents": ("interest_annual", "rent_income_annual"),
    "vehicles": ("has_car",),
    "bills": ("electricity_bill", "gas_bill", "water_bill"),
}


def unknown_lines(card: Card, survey: Survey) -> Iterator[str]:
    """In the sample, with the shipped card: error at 40 % and who is placed among the poorest 40 %."""
    rows: list[Row] = list(survey.rows())
    chance = np.random.default_rng(SEED)
    hidden = {name: chance.random(survey.size) < HIDDEN_SHARE for name in GROUPS}
    known = _score(card, rows)
    expected = _score(card, [_hide(row, number, hidden, None) for number, row in enumerate(rows)])
    zero = _score(card, [_hide(row, number, hidden, 0) for number, row in enumerate(rows)])
    counted = np.sum(list(hidden.values()), axis=0)
    yield "\na quarter of each of five registers hidden (shipped card, in the sample)"
    for name, scores in (("all known", known), ("expected from the rest", expected), ("taken as zero", zero)):
        yield _line(name, scores, survey, counted)
    for name, mask in hidden.items():
        alone = _score(card, [_hide(row, number, {name: mask}, None) for number, row in enumerate(rows)])
        rise = _placed(alone, survey)[mask] - _placed(known, survey)[mask]
        mean = np.average(rise, weights=survey.person_weight[mask])
        yield f"  hiding {name:<18} changes the chance to be among the poorest 40 % by {100 * mean:+.1f} points"


def _line(name: str, scores: Floats, survey: Survey, counted: Ints) -> str:
    weight = survey.person_weight
    several = counted >= 2
    placed = np.average(_placed(scores, survey)[several], weights=weight[several])
    truly = np.average(select_poorest(survey.consumption, weight, 0.4)[several], weights=weight[several])
    error = error_at(scores, survey, 0.4)
    return f"  {name:<24} e40 {error:.3f}; two or more hidden: placed among the poorest {placed:.3f}, truly {truly:.3f}"


def _placed(scores: Floats, survey: Survey) -> Floats:
    return select_poorest(scores, survey.person_weight, 0.4).astype(np.float64)


def _score(card: Card, rows: list[Row]) -> Floats:
    scores = [evaluate(card, row, year=BASE_YEAR).score for row in rows]
    # a thousandth by place in the file, so that equal scores are cut somewhere and always at the same place
    return np.array(scores, dtype=np.float64) + np.arange(len(scores)) / len(scores) / 1000


def _hide(row: Row, number: int, hidden: Mapping[str, Bools], value: int | None) -> Row:
    names = {name for group, mask in hidden.items() if mask[number] for name in GROUPS[group]}
    return {name: value if name in names else shown for name, shown in row.items()}

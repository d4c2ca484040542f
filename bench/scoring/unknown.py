"""What hiding does: `python -m bench.scoring.unknown [--survey FILE]`. Nobody should gain by a silent register.

Each bank is hidden for everybody, and a quarter of each for all together, by expected points and by unknown as zero;
and the card of registers alone, for households that nobody has visited, stands beside the whole card.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from bench.scoring.ground import SURVEY, read_ground, read_shipped
from sakha.scoring.rules.accuracy import calibration_error, error_at, select_poorest
from sakha.scoring.rules.arrays import Column, Households, Scored, evaluate_arrays
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.certainty import UNSURE_VARIANCE
from sakha.scoring.rules.modelling import score_out_of_fold
from sakha.scoring.rules.survey import Bools, FitPlan, Floats, Survey

SEED = 1398
HIDDEN_SHARE = 0.25
HIDDEN_SHARES = (0.0, 0.2, 0.4, 0.55, 0.7, 0.8, 0.9, 0.97)
BASE_YEAR = 1398
LIMIT = 0.02
REGISTERS_LIMIT = 0.29
BANKS: Mapping[str, tuple[str, ...]] = {
    "wages": ("wage_private_annual", "wage_public_annual"),
    "pensions": ("pension_annual",),
    "insurance": ("n_pension_insured",),
    "bank interest": ("interest_annual",),
    "tax, rents": ("rent_income_annual",),
    "vehicles": ("has_car",),
    "bills": ("electricity_bill", "gas_bill", "water_bill"),
}


def main() -> int:
    """Print everything; the exit code says whether hiding pays anywhere."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--survey", type=Path, default=SURVEY)
    path = options.parse_args().survey
    if not path.exists():
        print(f"The survey is not here: {path}")
        return 1
    ground, card = read_ground(path), read_shipped().placed_by("nation")
    worst = max(hiding_lines(card, ground.survey))
    for line in quarter_lines(card, ground.survey):
        print(line, flush=True)
    for line in sureness_lines(card, ground.survey):
        print(line, flush=True)
    missed = registers_error(ground.plan, ground.survey)
    print(f"largest rise {100 * worst:+.1f} points, at most {100 * LIMIT:.1f}  {_holds(worst <= LIMIT)}")
    print(
        f"registers alone, error at 40 % {missed:.3f}, at most {REGISTERS_LIMIT}  {_holds(missed <= REGISTERS_LIMIT)}"
    )
    return int(worst > LIMIT or missed > REGISTERS_LIMIT)


def hiding_lines(card: Card, survey: Survey) -> Iterator[float]:
    """Hide one bank for everybody; tell and give how much the mean chance of the poorest 40 % rises."""
    weight = survey.person_weight
    known = chances(card, _score(card, survey, {}))
    is_poor = select_poorest(survey.consumption, weight, 0.4)
    print("one bank hidden for everybody (shipped card, in the sample, chances in national prices)")
    for name, facts in BANKS.items():
        scored = _score(card, survey, {fact: np.ones(survey.size, dtype=bool) for fact in facts})
        chance = chances(card, scored)
        rise = float(np.average(chance - known, weights=weight))
        error = error_at(scored.score.astype(np.float64), survey, 0.4)
        calibration = calibration_error(chance, is_poor, weight)
        print(f"  {name:<16} mean chance {100 * rise:+.2f} points, e40 {error:.3f}, calibration {calibration:.3f}")
        yield rise


def quarter_lines(card: Card, survey: Survey) -> Iterator[str]:
    """A quarter of each bank hidden at once: expected points beside unknown taken as zero."""
    chance = np.random.default_rng(SEED)
    hidden: dict[str, Bools] = {}
    for facts in BANKS.values():
        mask = chance.random(survey.size) < HIDDEN_SHARE
        hidden |= dict.fromkeys(facts, mask)
    counted = np.sum([hidden[facts[0]] for facts in BANKS.values()], axis=0)
    several, weight = counted >= 2, survey.person_weight
    truly = np.average(select_poorest(survey.consumption, weight, 0.4)[several], weights=weight[several])
    yield f"a quarter of each hidden; of those with two or more hidden {100 * truly:.1f} % are among the poorest 40 %"
    for name, scored in (
        ("all known", _score(card, survey, {})),
        ("expected from the rest", _score(card, survey, hidden)),
        ("taken as zero", _score(card, survey, hidden, as_zero=True)),
    ):
        scores = scored.score + np.arange(survey.size) / survey.size / 1000
        placed = np.average(select_poorest(scores, weight, 0.4)[several], weights=weight[several])
        yield f"  {name:<24} e40 {error_at(scores, survey, 0.4):.3f}; placed there {100 * placed:.1f} %"


def sureness_lines(card: Card, survey: Survey) -> Iterator[str]:
    """How often the poorest 40 % are missed by how much is unknown; it says from where on a place is called unsure."""
    chance = np.random.default_rng(SEED)
    parts: list[Floats] = []
    weight, poor = survey.person_weight, select_poorest(survey.consumption, survey.person_weight, 0.4)
    for share in HIDDEN_SHARES:
        scored = _score(card, survey, {name: chance.random(survey.size) < share for name in survey.facts})
        placed = select_poorest(scored.score + chance.random(survey.size) / 1000, weight, 0.4)
        parts.append(np.column_stack([scored.band, weight, poor, placed]).astype(np.float64))
    band, mass, is_poor, is_placed = np.vstack(parts).T
    yield f"each fact hidden for a share of households ({', '.join(f'{share:.0%}' for share in HIDDEN_SHARES)})"
    tops = [one.up_to for one in card.table.bands]
    for number in np.unique(band).astype(int):
        of_poor = mass * (band == number) * is_poor
        missed = 1 - float((of_poor * is_placed).sum() / of_poor.sum())
        words = "sure" if (tops[number] or UNSURE_VARIANCE + 1) <= UNSURE_VARIANCE else "unsure"
        top = tops[number] or "more"
        yield f"  up to {top} squared points unknown: {missed:.3f} of the poorest 40 % missed; {words}"


def registers_error(plan: FitPlan, survey: Survey) -> float:
    """Error at 40 % of the card that knows only registers, out of fold."""
    scores = score_out_of_fold(plan.registered(), survey, survey.fold)
    return error_at(scores.astype(np.float64), survey, 0.4)


def chances(card: Card, scored: Scored) -> Floats:
    """The chance of the poorest 40 % as the score table tells it."""
    table = card.table
    shares = np.array([band.poor40_shares for band in table.bands])
    rows = np.clip(scored.score, table.lowest, table.highest) - table.lowest
    chance: Floats = shares[scored.band, rows] / 1000
    return chance


def _score(card: Card, survey: Survey, hidden: Mapping[str, Bools], *, as_zero: bool = False) -> Scored:
    everybody = np.ones(survey.size, dtype=bool)
    facts = {"urban": Column(survey.urban, everybody)}
    for name, values in survey.facts.items():
        if name in {"registered_income", "earned_income"}:
            continue
        mask = hidden.get(name, ~everybody)
        facts[name] = Column(np.where(mask, 0, values), everybody if as_zero else ~mask)
    county = np.array([f"{county:04d}" for county in survey.county])
    return evaluate_arrays(card, Households(county, facts), year=BASE_YEAR)


def _holds(holds: bool) -> str:  # noqa: FBT001 (a condition is the point)
    return "holds" if holds else "BROKEN"


if __name__ == "__main__":
    sys.exit(main())

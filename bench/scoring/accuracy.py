"""How well the card places persons on the real survey of 1398: `python -m bench.scoring.accuracy [--survey FILE]`.

Nobody is examined by a model that saw him: folds by sampling cluster, by province, and later seasons from earlier ones.
Every figure stands beside plainer and heavier models measured in the same run, and beside the target of the study.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.special import ndtr

from bench.scoring.ground import (
    SURVEY,
    Ground,
    Predict,
    boosted,
    boosted_on_everything,
    card_predictor,
    linear,
    out_of_fold,
    read_ground,
    read_shipped,
)
from sakha.scoring.rules.accuracy import (
    Accuracy,
    calibration_error,
    error_at,
    mean_of_percentiles,
    measure_accuracy,
    select_poorest,
)
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.modelling import score_out_of_fold
from sakha.scoring.rules.report import heading, place_survey, placing_lines, predict_log, show_accuracy
from sakha.scoring.rules.survey import Floats, Ints, Survey

EARLY_SEASONS = 2
TARGETS = {"e20": 0.37, "e40": 0.25, "rank": 0.79, "lead": 0.15, "urban": 0.36, "women": 0.03, "calibration": 0.02}


def main() -> int:
    """Print everything; the exit code says whether every target holds."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--survey", type=Path, default=SURVEY)
    path = options.parse_args().survey
    if not path.exists():
        print(f"The survey is not here: {path}")
        return 1
    ground = read_ground(path)
    card = read_shipped()
    survey = ground.survey
    print(f"{survey.size} households, official scale, errors in persons at fixed coverage")
    scores = score_out_of_fold(ground.plan, survey, survey.fold)
    prediction = predict_log(card, scores, survey)
    for line in split_lines(ground, prediction):
        print(line, flush=True)
    for placing in card.placings:
        for line in placing_lines(card.placed_by(placing), survey, scores):
            print(line, flush=True)
    print(*visit_lines(card, prediction, survey), flush=True)
    verdicts = [*verdict_lines(prediction, survey), *calibration_verdicts(card, survey, scores)]
    print("\n".join(verdicts))
    return 0 if all(line.endswith("holds") for line in verdicts) else 1


def split_lines(ground: Ground, prediction: Floats) -> Iterator[str]:
    """Accuracy by three splits, each model fitted anew."""
    survey = ground.survey
    card = card_predictor(ground.plan)
    yield "\nfive folds by sampling cluster\n" + heading()
    yield show_accuracy("card", measure_accuracy(prediction, survey, is_log=True))
    yield show_accuracy("mean of percentiles", measure_accuracy(mean_of_percentiles(survey), survey, is_log=False))
    yield show_accuracy("least squares, same facts", _measured(survey, survey.fold, linear))
    yield show_accuracy("LightGBM, same facts", _measured(survey, survey.fold, boosted))
    yield show_accuracy("LightGBM, every indicator", _ceiling(ground))
    without = replace(survey, consumption=ground.without_housing)
    yield show_accuracy("card, on consumption without housing", measure_accuracy(prediction, without, is_log=False))
    yield show_accuracy(
        "percentiles, without housing", measure_accuracy(mean_of_percentiles(without), without, is_log=False)
    )
    yield "\neach province by a card that never saw it\n" + heading()
    provinces = survey.county // 100
    for name, predict in (("card", card), ("least squares", linear)):
        yield show_accuracy(name, _measured(survey, provinces, predict))
    yield "\nautumn and winter by a card of spring and summer\n" + heading()
    late = ground.season > EARLY_SEASONS
    for name, predict in (("card", card), ("least squares", linear), ("LightGBM, same facts", boosted)):
        later = survey.take(late)
        yield show_accuracy(name, measure_accuracy(predict(survey.take(~late), later), later, is_log=True))


def visit_lines(card: Card, prediction: Floats, survey: Survey) -> Iterator[str]:
    """Visiting the fifth of persons whose placing is least sure: which share of wrong placements it finds."""
    weight = survey.person_weight
    cut = float(np.max(prediction[select_poorest(prediction, weight, 0.4)]))
    chance = ndtr((cut - prediction) / card.scale.sigma)
    risk = np.minimum(chance, 1 - chance)
    wrong = select_poorest(survey.consumption, weight, 0.4) != select_poorest(prediction, weight, 0.4)
    visited = select_poorest(-risk, weight, 0.2)
    share = weight[wrong & visited].sum() / weight[wrong].sum()
    yield f"visiting the least sure 20 % finds {share:.2f} of the wrong placements (target 0.40)"


def verdict_lines(prediction: Floats, survey: Survey) -> Iterator[str]:
    """The targets of the study, each with what was measured."""
    found = measure_accuracy(prediction, survey, is_log=True)
    plain = measure_accuracy(mean_of_percentiles(survey), survey, is_log=False)
    women, men = (error_at(prediction, survey, 0.4, survey.head_female == sex) for sex in (1, 0))
    urban = error_at(prediction, survey, 0.4, survey.urban == 1)
    yield _verdict("error at 20 %", found.errors[0.2], TARGETS["e20"])
    yield _verdict("error at 40 %", found.errors[0.4], TARGETS["e40"])
    yield _verdict("rank correlation (less than 1)", -found.spearman, -TARGETS["rank"])
    yield _verdict("lead on mean of percentiles, 20 %", found.errors[0.2] - plain.errors[0.2], -TARGETS["lead"])
    yield _verdict("lead on mean of percentiles, 40 %", found.errors[0.4] - plain.errors[0.4], -TARGETS["lead"])
    yield _verdict("urban poor left out at 40 %", urban, TARGETS["urban"])
    yield _verdict("woman-headed beyond man-headed", women - men, TARGETS["women"])


def calibration_verdicts(card: Card, survey: Survey, scores: Ints) -> Iterator[str]:
    """The errors of the chances by every placing, out of fold."""
    for placing in card.placings:
        placed = place_survey(card.placed_by(placing), survey, scores)
        for share, chance, is_poor in (
            (20, placed.chance20, placed.is_poor20),
            (40, placed.chance40, placed.is_poor40),
        ):
            error = calibration_error(chance, is_poor, placed.weight)
            yield _verdict(f"calibration at {share} %, {placing}", error, TARGETS["calibration"])


def _verdict(name: str, value: float, limit: float) -> str:
    return f"{name:<40}{value:>8.3f} at most {limit:>7.3f}  {'holds' if value <= limit else 'BROKEN'}"


def _measured(survey: Survey, fold: Ints, predict: Predict) -> Accuracy:
    return measure_accuracy(out_of_fold(survey, fold, predict), survey, is_log=True)


def _ceiling(ground: Ground) -> Accuracy:
    survey = ground.survey
    prediction = np.zeros(survey.size)
    for number in np.unique(survey.fold):
        inside = survey.fold == number
        prediction[inside] = boosted_on_everything(ground, inside)
    return measure_accuracy(prediction, survey, is_log=True)


if __name__ == "__main__":
    sys.exit(main())

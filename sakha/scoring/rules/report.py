"""The report of a fit: how well the card places persons, whom it leaves out, and how it stands beside plainer ways.

All figures are out of fold: five folds that keep sampling clusters whole.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from sakha.scoring.rules.accuracy import (
    Accuracy,
    calibration_error,
    error_at,
    mean_of_percentiles,
    measure_accuracy,
    predict_linear,
)
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.regions import Regions
from sakha.scoring.rules.survey import Bools, Floats, Ints, Survey

COVERAGE = 0.4
PROVINCE_FACTOR = 100


def write_report(card: Card, survey: Survey, scores: Ints) -> Iterator[str]:
    """Lines of the report, from out-of-fold scores."""
    prediction = predict_log(card, scores, survey)
    real, placed = real_survey(card, survey), prediction - region_logs(card, survey)
    yield f"{card.id} version {card.version}  {card.sha}"
    yield f"{survey.size} households; {len(card.variables)} variables; sigma {card.scale.sigma}; five folds by cluster"
    yield heading()
    yield show_accuracy("integer card", measure_accuracy(prediction, survey, is_log=True))
    yield show_accuracy("least squares on the same facts", measure_accuracy(_linear(survey), survey, is_log=True))
    percentiles = mean_of_percentiles(survey)
    yield show_accuracy("mean of percentiles", measure_accuracy(percentiles, survey, is_log=False))
    yield show_accuracy("card, both at the province's prices", measure_accuracy(placed, real, is_log=True))
    yield from fairness_lines(prediction, survey)
    yield "at the province's prices:"
    yield from fairness_lines(placed, real)
    yield from calibration_lines(card, scores, survey)


def predict_log(card: Card, scores: Ints, survey: Survey) -> Floats:
    """Log consumption per equivalent adult that a score stands for, in national prices."""
    logs = card.scale.unit_per_mille / 1000 * scores.astype(np.float64)
    mean = np.average(survey.log_consumption - logs, weights=survey.person_weight)
    prediction: Floats = logs + mean
    return prediction


def region_logs(card: Card, survey: Survey) -> Floats:
    """Log prices of each household's province, in whole points as the card takes them."""
    regions = Regions({}, {name: region.points for name, region in card.regions.items()})
    return card.scale.unit_per_mille / 1000 * regions.points_of(survey).astype(np.float64)


def real_survey(card: Card, survey: Survey) -> Survey:
    """The same households with consumption at the nation's prices."""
    regions = Regions({name: region.level_per_mille for name, region in card.regions.items()}, {})
    return replace(survey, consumption=regions.real_consumption(survey))


def heading() -> str:
    """The columns of `show_accuracy`."""
    return f"{'model':<40}{'R2':>7}{'rank':>7}{'e10':>7}{'e20':>7}{'e40':>7}{'exact':>7}{'near':>7}"


def show_accuracy(name: str, accuracy: Accuracy) -> str:
    """One line of figures."""
    r2 = "-" if accuracy.r2 is None else f"{accuracy.r2:.3f}"
    figures = [accuracy.spearman, *accuracy.errors.values(), accuracy.decile_exact, accuracy.decile_near]
    return f"{name:<40}{r2:>7}" + "".join(f"{figure:>7.3f}" for figure in figures)


def fairness_lines(prediction: Floats, survey: Survey) -> Iterator[str]:
    """Error at 40 % by group: the share of the truly poor of the group that is left out."""
    groups: dict[str, Bools] = {"urban": survey.urban == 1, "rural": survey.urban == 0}
    groups |= {"woman-headed": survey.head_female == 1, "man-headed": survey.head_female == 0}
    yield "left out of the poorest 40 %: " + ", ".join(
        f"{name} {error_at(prediction, survey, COVERAGE, among):.3f}" for name, among in groups.items()
    )
    provinces = survey.county // PROVINCE_FACTOR
    yield "by province code: " + ", ".join(
        f"{province:02d} {error_at(prediction, survey, COVERAGE, provinces == province):.2f}"
        for province in np.unique(provinces)
    )


def calibration_lines(card: Card, scores: Ints, survey: Survey) -> Iterator[str]:
    """Whether a stated chance of being poor, at the province's prices, is the true share."""
    logs = card.scale.unit_per_mille / 1000 * scores.astype(np.float64)
    prediction = card.scale.intercept + logs - region_logs(card, survey)
    real = real_survey(card, survey)
    scale = card.scale
    for share, line, cut in ((20, scale.line20_rial, scale.log_cut20), (40, scale.line40_rial, scale.log_cut40)):
        chance: Floats = ndtr((cut - prediction) / scale.sigma)
        error = calibration_error(chance, real.consumption < line, survey.person_weight)
        yield f"calibration error of the chance to be in the poorest {share} %: {error:.4f}"


def _linear(survey: Survey) -> Floats:
    prediction = np.zeros(survey.size)
    for fold in np.unique(survey.fold):
        inside = survey.fold == fold
        prediction[inside] = predict_linear(survey.take(~inside), survey.take(inside))
    return prediction

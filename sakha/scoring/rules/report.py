"""The report of a fit: how well the card places persons, whom it leaves out, and how it stands beside plainer ways.

All figures are out of fold: five folds that keep sampling clusters whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from sakha.scoring.rules.accuracy import (
    Accuracy,
    calibration_error,
    mean_of_percentiles,
    measure_accuracy,
    predict_linear,
    select_poorest,
)
from sakha.scoring.rules.boosting import is_boosting_available, predict_boosted
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.regions import Regions
from sakha.scoring.rules.survey import Bools, Floats, Ints, Survey

COVERAGE = 0.4
PROVINCE_FACTOR = 100


def write_report(card: Card, survey: Survey, scores: Ints) -> Iterator[str]:
    """Lines of the report, from out-of-fold scores."""
    prediction = predict_log(card, scores, survey)
    yield f"{card.id} version {card.version}  {card.sha}"
    yield f"{survey.size} households; {len(card.variables)} variables; five folds by cluster; errors in persons"
    yield heading()
    yield show_accuracy("integer card", measure_accuracy(prediction, survey, is_log=True))
    yield show_accuracy(
        "least squares on the same facts", measure_accuracy(_out_of_fold(survey, predict_linear), survey, is_log=True)
    )
    if is_boosting_available():
        boosted = measure_accuracy(_out_of_fold(survey, predict_boosted), survey, is_log=True)
        yield show_accuracy("LightGBM on the same facts", boosted)
    else:
        yield "LightGBM on the same facts: not measured, it could not be loaded here (libgomp1 is missing)"
    percentiles = mean_of_percentiles(survey)
    yield show_accuracy("mean of percentiles", measure_accuracy(percentiles, survey, is_log=False))
    for placing in card.placings.values():
        yield from placing_lines(card.placed_by(placing.name), survey, scores)


def placing_lines(card: Card, survey: Survey, scores: Ints) -> Iterator[str]:
    """What a placing gives and costs: whom it leaves out, and whether its chances are true."""
    placed = place_survey(card, survey, scores)
    scale = card.scale
    yield f"\nplaced by {card.placing!r}: sigma {scale.sigma}, lines {scale.line20_rial} and {scale.line40_rial} rial"
    yield from fairness_lines(placed)
    for share, chance, line in ((0.2, placed.chance20, placed.is_poor20), (0.4, placed.chance40, placed.is_poor40)):
        error = calibration_error(chance, line, placed.weight)
        yield f"calibration error of the chance to be in the poorest {share:.0%}: {error:.4f}"


@dataclass(frozen=True, slots=True)
class Placed:
    """Households as a placing sees them: who is poor by its lines, who is taken for poor, and with what chance."""

    survey: Survey
    weight: Floats
    is_poor20: Bools
    is_poor40: Bools
    is_taken20: Bools
    is_taken40: Bools
    chance20: Floats
    chance40: Floats

    def missed(self, among: Bools, share: float = COVERAGE) -> float:
        """Share of the poor persons of a group that is left out."""
        is_poor, is_taken = (
            (self.is_poor40, self.is_taken40) if share == COVERAGE else (self.is_poor20, self.is_taken20)
        )
        poor = self.weight[is_poor & among].sum()
        return float(1 - self.weight[is_poor & is_taken & among].sum() / poor) if poor else 0.0


def place_survey(card: Card, survey: Survey, scores: Ints) -> Placed:
    """Truth and placing of every household of a survey, lines drawn at a fixed share of persons in each stratum."""
    is_regional = card.active.is_regional
    consumption = real_survey(card, survey).consumption if is_regional else survey.consumption
    shifted = scores - (region_points(card, survey) if is_regional else 0)
    size = survey.size
    placed = Placed(
        survey=survey,
        weight=survey.person_weight,
        is_poor20=np.zeros(size, dtype=bool),
        is_poor40=np.zeros(size, dtype=bool),
        is_taken20=np.zeros(size, dtype=bool),
        is_taken40=np.zeros(size, dtype=bool),
        chance20=np.zeros(size),
        chance40=np.zeros(size),
    )
    numbers = np.array([card.active.stratum_number(int(urban)) for urban in survey.urban])
    for number in np.unique(numbers):
        inside = np.flatnonzero(numbers == number)
        law, weight = card.active.strata[int(number)].law, placed.weight[inside]
        levels = law.intercept + card.unit_per_mille / 1000 * shifted[inside].astype(np.float64)
        # a thousandth by place in the file, so that equal scores are cut somewhere and always at the same place
        order = levels + np.arange(len(inside)) / len(inside) / 1e6
        placed.is_poor20[inside] = select_poorest(consumption[inside], weight, 0.2)
        placed.is_poor40[inside] = select_poorest(consumption[inside], weight, COVERAGE)
        placed.is_taken20[inside] = select_poorest(order, weight, 0.2)
        placed.is_taken40[inside] = select_poorest(order, weight, COVERAGE)
        placed.chance20[inside] = ndtr((law.cut20 - levels) / law.sigma20)
        placed.chance40[inside] = ndtr((law.cut40 - levels) / law.sigma40)
    return placed


def predict_log(card: Card, scores: Ints, survey: Survey) -> Floats:
    """Log consumption per equivalent adult that a score stands for, in national prices."""
    logs = card.unit_per_mille / 1000 * scores.astype(np.float64)
    mean = np.average(survey.log_consumption - logs, weights=survey.person_weight)
    prediction: Floats = logs + mean
    return prediction


def region_points(card: Card, survey: Survey) -> Ints:
    """Prices of each household's province, in whole points as the card takes them."""
    return Regions({}, {name: region.points for name, region in card.regions.items()}).points_of(survey)


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


def fairness_lines(placed: Placed) -> Iterator[str]:
    """Whom the poorest 40 % leave out: the share of the truly poor of each group."""
    survey, everybody = placed.survey, np.ones(placed.survey.size, dtype=bool)
    groups: dict[str, Bools] = {"urban": survey.urban == 1, "rural": survey.urban == 0}
    groups |= {"woman-headed": survey.head_female == 1, "man-headed": survey.head_female == 0}
    yield (
        f"left out of the poorest 20 %: {placed.missed(everybody, 0.2):.3f}, of 40 %: {placed.missed(everybody):.3f}; "
        + (", ".join(f"{name} {placed.missed(among):.3f}" for name, among in groups.items()))
    )
    provinces = survey.county // PROVINCE_FACTOR
    yield "by province code: " + ", ".join(
        f"{province:02d} {placed.missed(provinces == province):.2f}" for province in np.unique(provinces)
    )


def _out_of_fold(survey: Survey, predict: Callable[[Survey, Survey], Floats]) -> Floats:
    prediction = np.zeros(survey.size)
    for fold in np.unique(survey.fold):
        inside = survey.fold == fold
        prediction[inside] = predict(survey.take(~inside), survey.take(inside))
    return prediction

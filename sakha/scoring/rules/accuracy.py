"""How well a score places persons: the figures of the study, computed the same way for every model.

Persons count (weight times household size). At fixed coverage exclusion and inclusion error are one number.
"""

from dataclasses import dataclass

import numpy as np

from sakha.scoring.rules.survey import Bools, Floats, Ints, Survey

SHARES = (0.1, 0.2, 0.4)
DECILES = 10


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Figures of one model on one set of households."""

    r2: float | None
    spearman: float
    errors: dict[float, float]
    decile_exact: float
    decile_near: float


def measure_accuracy(prediction: Floats, survey: Survey, *, is_log: bool) -> Accuracy:
    """All figures; `is_log` says that the prediction is log consumption, so that R2 has a meaning."""
    weight = survey.person_weight
    true_rank = rank_share(survey.consumption, weight)
    rank = rank_share(prediction, weight)
    distance = np.abs(_decile(true_rank) - _decile(rank))
    return Accuracy(
        r2=_weighted_r2(prediction, survey) if is_log else None,
        spearman=_weighted_correlation(true_rank, rank, weight),
        errors={share: error_at(prediction, survey, share) for share in SHARES},
        decile_exact=float(np.average(distance == 0, weights=weight)),
        decile_near=float(np.average(distance <= 1, weights=weight)),
    )


def error_at(prediction: Floats, survey: Survey, share: float, among: Bools | None = None) -> float:
    """Share of the truly poor persons (of a group) that the poorest `share` by prediction leaves out."""
    weight = survey.person_weight
    poor = select_poorest(survey.consumption, weight, share)
    selected = select_poorest(prediction, weight, share)
    if among is not None:
        poor = poor & among
    return float(1 - weight[poor & selected].sum() / weight[poor].sum())


def select_poorest(value: Floats, weight: Floats, share: float) -> Bools:
    """The poorest persons up to this share."""
    order = np.argsort(value, kind="stable")
    mass = np.cumsum(weight[order])
    chosen = np.zeros(len(value), dtype=bool)
    chosen[order[mass <= share * mass[-1]]] = True
    return chosen


def rank_share(value: Floats, weight: Floats) -> Floats:
    """Share of persons poorer than this household, ties in the middle."""
    unique, inverse = np.unique(value, return_inverse=True)
    mass = np.bincount(inverse, weights=weight, minlength=len(unique))
    top = np.cumsum(mass)
    middle: Floats = (top - mass / 2) / top[-1]
    return middle[inverse]


def calibration_error(chance: Floats, is_poor: Bools, weight: Floats) -> float:
    """Expected calibration error over ten groups of equal mass."""
    group = _decile(rank_share(chance, weight))
    total = 0.0
    for number in range(1, DECILES + 1):
        inside = group == number
        if weight[inside].sum() > 0:
            gap = np.average(chance[inside], weights=weight[inside]) - np.average(
                is_poor[inside], weights=weight[inside]
            )
            total += abs(float(gap)) * float(weight[inside].sum())
    return total / float(weight.sum())


def mean_of_percentiles(survey: Survey) -> Floats:
    """The published idea of the official decile, as far as the survey knows: registered income, interest, car."""
    facts, weight = survey.facts, survey.person_weight
    income = facts["wage_public_annual"] + facts["wage_private_annual"] + facts["pension_annual"]
    parts = (income, facts["interest_annual"], facts["has_car"])
    total: Floats = sum((rank_share(part.astype(np.float64), weight) for part in parts), np.zeros(survey.size))
    return total / len(parts)


def predict_linear(train: Survey, test: Survey) -> Floats:
    """Ordinary proxy means test: least squares on the plain facts with logs of money, no bounds, no thresholds."""
    names = sorted(train.facts)
    left = np.column_stack([np.ones(train.size), train.urban, *(_plain(train.facts[name]) for name in names)])
    right = np.column_stack([np.ones(test.size), test.urban, *(_plain(test.facts[name]) for name in names)])
    root = np.sqrt(train.person_weight)
    effects = np.linalg.lstsq(left * root[:, None], train.log_consumption * root, rcond=None)[0]
    prediction: Floats = right @ effects
    return prediction


def _plain(column: Ints) -> Floats:
    return np.log1p(np.maximum(column, 0) / 1e6) if column.max() > 1e5 else column.astype(np.float64)  # noqa: PLR2004


def _decile(rank: Floats) -> Ints:
    return np.minimum((rank * DECILES).astype(np.int64) + 1, DECILES)


def _weighted_r2(prediction: Floats, survey: Survey) -> float:
    truth, weight = survey.log_consumption, survey.weight
    mean = np.average(truth, weights=weight)
    return float(1 - np.sum(weight * (truth - prediction) ** 2) / np.sum(weight * (truth - mean) ** 2))


def _weighted_correlation(left: Floats, right: Floats, weight: Floats) -> float:
    first, second = left - np.average(left, weights=weight), right - np.average(right, weights=weight)
    bottom = float(np.sqrt(np.sum(weight * first**2) * np.sum(weight * second**2)))
    return float(np.sum(weight * first * second)) / bottom if bottom else 0.0

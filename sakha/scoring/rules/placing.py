"""What a score means: our decile, the chance of being poor and the expected gap, from the survey's own spread.

Log consumption given a score is Normal(intercept + unit * score, sigma), with sigma measured out of fold; where facts
are unknown the spread is wider, in bands. Everything is rounded to integers once, here, and stored in the document.
"""

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import numpy as np
from scipy.special import ndtr

from sakha.scoring.rules.survey import Floats, Ints

DECILE_CUTS = tuple(number / 10 for number in range(1, 10))
# squared points: up to a quarter, a half, one and two times the card's own variance of about 300
BAND_TOPS = (75, 150, 300, 600)
BAND_MIDDLES = (0, 112, 225, 450, 800)
GAP_ROUNDING_RIAL = 10_000
TABLE_MARGIN = 10
FACTOR_TURNS = 200


@dataclass(frozen=True, slots=True)
class Spread:
    """The law of log consumption given a score."""

    unit: float
    intercept: float
    sigma: float

    def widened(self, variance: int) -> float:
        """Sigma where so many squared points are unknown."""
        return sqrt(self.sigma**2 + self.unit**2 * variance)


def measure_spread(scores: Ints, log_consumption: Floats, weight: Floats, *, unit: float) -> Spread:
    """Intercept and sigma from out-of-fold scores."""
    rest = log_consumption - unit * scores
    intercept = float(np.average(rest, weights=weight))
    sigma = sqrt(float(np.average((rest - intercept) ** 2, weights=weight)))
    return Spread(unit, round(intercept, 4), round(sigma, 4))


def find_line(consumption: Floats, weight: Floats, share: float) -> int:
    """Monthly consumption per equivalent adult under which this share of persons lives, to whole thousands of rial."""
    order = np.argsort(consumption, kind="stable")
    mass = np.cumsum(weight[order])
    return int(round(float(consumption[order][np.searchsorted(mass, share * mass[-1])]), -3))


def find_cut(levels: Floats, weight: Floats, sigma: float, share: float) -> float:
    """The log consumption at which the mean chance to live below it is `share`: incomes are not quite log-normal."""
    low, high = float(levels.min()) - 5, float(levels.max()) + 5
    for _ in range(60):
        middle = (low + high) / 2
        is_low = float(np.average(ndtr((middle - levels) / sigma), weights=weight)) < share
        low, high = (middle, high) if is_low else (low, middle)
    return round(low, 4)


def cut_deciles(scores: Ints, weight: Floats) -> tuple[int, ...]:
    """Highest score of deciles 1 to 9, by a histogram of persons: equal scores share a decile."""
    lowest = int(scores.min())
    mass = np.cumsum(np.bincount(scores - lowest, weights=weight))
    share = mass / mass[-1]
    return tuple(lowest + int(np.argmin(np.abs(share - cut))) for cut in DECILE_CUTS)


def build_table(
    scores: Ints, weight: Floats, spread: Spread, *, line_rial: int, cuts: tuple[float, float]
) -> dict[str, Any]:
    """The `[table]` of the document: one column of places per band."""
    lowest, highest = int(scores.min()) - TABLE_MARGIN, int(scores.max()) + TABLE_MARGIN
    bands: list[dict[str, Any]] = []
    middles = [round(exp(spread.intercept + spread.unit * score), -4) for score in range(lowest, highest + 1)]
    for number, middle in enumerate(BAND_MIDDLES):
        sigma = spread.widened(middle)
        levels = [spread.intercept + spread.unit * score for score in range(lowest, highest + 1)]
        band: dict[str, Any] = {"up_to": BAND_TOPS[number]} if number < len(BAND_TOPS) else {}
        band["poor20"] = [_per_mille_under(level, sigma, cuts[0]) for level in levels]
        band["poor40"] = [_per_mille_under(level, sigma, cuts[1]) for level in levels]
        band["gap_rial"] = _expected_gaps(levels, sigma, line_rial)
        bands.append(band)
    return {
        "lowest": lowest,
        "decile_tops": list(cut_deciles(scores, weight)),
        "middle_rial": [int(middle) for middle in middles],
        "bands": bands,
    }


def _per_mille_under(level: float, sigma: float, cut: float) -> int:
    return round(1000 * float(ndtr((cut - level) / sigma)))


def _expected_gaps(levels: list[float], sigma: float, line: int) -> list[int]:
    """Posterior expected gap to the line; `E[(z - c)+]` of a log-normal c. Never rises with the score."""
    gaps: list[int] = []
    for level in levels:
        above = (log(line) - level) / sigma
        gap = line * float(ndtr(above)) - exp(level + sigma**2 / 2) * float(ndtr(above - sigma))
        rounded = round(gap / GAP_ROUNDING_RIAL) * GAP_ROUNDING_RIAL
        gaps.append(min([rounded, *gaps[-1:]]))
    return gaps


def measure_expectations(points: Ints, weight: Floats) -> list[dict[str, int]]:
    """One common factor in the points, by principal axes: how each variable moves with the general means."""
    centred = points - np.average(points, axis=0, weights=weight)
    covariance = (centred * weight[:, None]).T @ centred / weight.sum()
    variance = np.diag(covariance).copy()
    loading = np.sqrt(variance) / 2
    for _ in range(FACTOR_TURNS):
        noise = np.maximum(variance - loading**2, 0.1 * variance + 1e-6)
        scaled = covariance / np.sqrt(np.outer(noise, noise))
        np.fill_diagonal(scaled, (loading**2) / noise)
        values, vectors = np.linalg.eigh(scaled)
        first = vectors[:, -1] * np.sign(vectors[:, -1].sum()) * sqrt(max(float(values[-1]), 0.0))
        loading = np.maximum(first * np.sqrt(noise), 0.0)
    noise = np.maximum(variance - loading**2, 0.1 * variance + 1e-6)
    return [
        {
            "loading": round(100 * float(load)),
            "signal": round(10_000 * float(load / own)),
            "noise": round(100 * float(whole - load * load)),
        }
        for load, own, whole in zip(loading, noise, variance, strict=True)
    ]

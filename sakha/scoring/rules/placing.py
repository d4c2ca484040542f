"""What a score means: our decile, the chance of being poor and the expected gap, from the survey's own spread.

Log consumption given a score is Normal, with a spread measured out of fold; the chance to live under a line is a
probit of its own; where facts are unknown the spread is wider, in bands. All is rounded once, here, to integers.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import exp, log, sqrt
from typing import Any

import numpy as np
from scipy.special import ndtr

from sakha.scoring.rules.places import Band, Law, ScoreTable, Stratum
from sakha.scoring.rules.survey import Bools, Floats, Ints

DECILE_CUTS = tuple(number / 10 for number in range(1, 10))
LINES = (0.2, 0.4)
# squared points: up to a quarter, a half, one and two times the card's own variance of about 300
BAND_TOPS = (75, 150, 300, 600)
BAND_MIDDLES = (0, 112, 225, 450, 800)
GAP_ROUNDING_RIAL = 10_000
TABLE_MARGIN = 10
FACTOR_TURNS = 200
PROBIT_TURNS = 30
LEAST_DENSITY = 1e-12


@dataclass(frozen=True, slots=True)
class Examined:
    """Households that are placed together: scores of the final card, scores by cards that never saw them, the truth."""

    scores: Ints
    held_out: Ints
    consumption: Floats
    weight: Floats

    def take(self, chosen: Bools) -> "Examined":
        """The chosen households."""
        return Examined(self.scores[chosen], self.held_out[chosen], self.consumption[chosen], self.weight[chosen])


def measure_law(examined: Examined, *, unit: float) -> Law:
    """Level, spread, lines and chances, all from scores by cards that never saw the household."""
    weight, levels = examined.weight, unit * examined.held_out.astype(np.float64)
    rest = np.log(examined.consumption) - levels
    intercept = round(float(np.average(rest, weights=weight)), 4)
    sigma = round(sqrt(float(np.average((rest - intercept) ** 2, weights=weight))), 4)
    levels = levels + intercept
    low, high = (find_line(examined.consumption, weight, share) for share in LINES)
    (sigma20, cut20), (sigma40, cut40) = (
        fit_chance(levels, examined.consumption < line, weight, share)
        for line, share in zip((low, high), LINES, strict=True)
    )
    return Law(intercept, sigma, low, high, cut20, sigma20, cut40, sigma40)


def fit_chance(levels: Floats, is_poor: Bools, weight: Floats, share: float) -> tuple[float, float]:
    """Spread and cut of the chance to be poor at a level, by probit; then the chances' mean is made the share."""
    centre = float(np.average(levels, weights=weight))
    design = np.column_stack([np.ones(len(levels)), levels - centre])
    effects = np.array([0.0, -2.0])
    for _ in range(PROBIT_TURNS):
        index = design @ effects
        chance = np.clip(ndtr(index), LEAST_DENSITY, 1 - LEAST_DENSITY)
        density = np.maximum(np.exp(-(index**2) / 2) / sqrt(2 * np.pi), LEAST_DENSITY)
        mass = weight * density**2 / (chance * (1 - chance))
        moved = index + (is_poor - chance) / density
        weighted = design * mass[:, None]
        effects = np.linalg.solve(weighted.T @ design, weighted.T @ moved)
    sigma = round(-1 / float(effects[1]), 4)
    return sigma, find_cut(levels, weight, sigma, share)


def widened(sigma: float, unit: float, variance: int) -> float:
    """Sigma where so many squared points are unknown."""
    return sqrt(sigma**2 + unit**2 * variance)


def find_line(consumption: Floats, weight: Floats, share: float) -> int:
    """Monthly consumption per equivalent adult under which this share of persons lives, to whole thousands of rial."""
    order = np.argsort(consumption, kind="stable")
    mass = np.cumsum(weight[order])
    return int(round(float(consumption[order][np.searchsorted(mass, share * mass[-1])]), -3))


def find_cut(levels: Floats, weight: Floats, sigma: Floats | float, share: float) -> float:
    """The log consumption at which the mean chance to live below it is `share`."""
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


def build_stratum(examined: Examined, *, unit: float, urban: int) -> dict[str, Any]:
    """One `[[placings.strata]]` of the document."""
    law = measure_law(examined, unit=unit)
    lowest, highest = int(examined.scores.min()) - TABLE_MARGIN, int(examined.scores.max()) + TABLE_MARGIN
    scores = np.arange(lowest, highest + 1)
    bands: list[dict[str, Any]] = []
    for number, middle in enumerate(BAND_MIDDLES):
        band: dict[str, Any] = {"up_to": BAND_TOPS[number]} if number < len(BAND_TOPS) else {}
        bands.append(band | place_scores(law, scores, unit=unit, variance=middle))
    table = {
        "lowest": lowest,
        "decile_tops": list(cut_deciles(examined.scores, examined.weight)),
        "middle_rial": [int(round(exp(law.intercept + unit * score), -4)) for score in scores.tolist()],
        "bands": bands,
    }
    return {"urban": urban, "law": asdict(law), "table": table}


def place_scores(law: Law, scores: Ints, *, unit: float, variance: int) -> dict[str, list[int]]:
    """Chances per mille and gaps of scores, where so many squared points are unknown."""
    levels = law.intercept + unit * scores
    poor20 = ndtr((law.cut20 - levels) / widened(law.sigma20, unit, variance))
    poor40 = np.maximum(poor20, ndtr((law.cut40 - levels) / widened(law.sigma40, unit, variance)))
    return {
        "poor20": [round(1000 * chance) for chance in poor20.tolist()],
        "poor40": [round(1000 * chance) for chance in poor40.tolist()],
        "gap_rial": _expected_gaps(levels.tolist(), widened(law.sigma, unit, variance), law.line20_rial),
    }


def place_population(stratum: Stratum, histogram: Sequence[tuple[int, int, float]], *, unit: float) -> ScoreTable:
    """The table of a whole population (or a weighted sample of one) by its own histogram of score, band and persons.

    Spreads stay the document's; the lines move with the population, so that its poorest fifth is a fifth of it.
    """
    scores, bands, mass = (np.array(column) for column in zip(*histogram, strict=True))
    law, variances = stratum.law, np.array(BAND_MIDDLES)[bands]
    levels = law.intercept + unit * scores
    cuts = [
        find_cut(levels, mass, np.sqrt(sigma**2 + unit**2 * variances), share)
        for sigma, share in zip((law.sigma20, law.sigma40), LINES, strict=True)
    ]
    shift = cuts[0] - law.cut20
    moved = replace(law, intercept=law.intercept - shift, cut40=cuts[1] - shift)
    lowest = int(scores.min())
    placed = [
        place_scores(moved, np.arange(lowest, int(scores.max()) + 1), unit=unit, variance=middle)
        for middle in BAND_MIDDLES
    ]
    return ScoreTable(
        lowest=lowest,
        decile_tops=cut_deciles(scores, mass),
        middles_rial=tuple(round(exp(law.intercept + unit * score)) for score in range(lowest, int(scores.max()) + 1)),
        bands=tuple(
            Band(top, tuple(each["poor20"]), tuple(each["poor40"]), tuple(each["gap_rial"]))
            for top, each in zip((*BAND_TOPS, None), placed, strict=True)
        ),
    )


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

"""Prices of provinces: a score is in national prices, what it means is judged at the prices of the place.

The levels stand in the fit plan with their source; here they become whole points and real consumption.
"""

from dataclasses import dataclass
from math import log

import numpy as np

from sakha.scoring.rules.card import PER_MILLE
from sakha.scoring.rules.survey import FitPlan, Floats, Ints, Survey

COUNTIES_A_PROVINCE = 100


@dataclass(frozen=True, slots=True)
class Regions:
    """Price levels per mille and the same in points, by the province's two digits."""

    levels: dict[str, int]
    points: dict[str, int]

    def points_of(self, survey: Survey) -> Ints:
        """Points to take from each household's score."""
        return _by_province(self.points, survey, otherwise=0)

    def real_consumption(self, survey: Survey) -> Floats:
        """Consumption at the nation's prices."""
        real: Floats = survey.consumption * PER_MILLE / _by_province(self.levels, survey, otherwise=PER_MILLE)
        return real


def measure_regions(plan: FitPlan) -> Regions:
    """The plan's levels, and the same in points of its unit."""
    unit = plan.head["scale"]["unit_per_mille"] / PER_MILLE
    levels = dict(plan.head["regions"]["levels"])
    return Regions(levels, {province: round(log(level / PER_MILLE) / unit) for province, level in levels.items()})


def _by_province(numbers: dict[str, int], survey: Survey, *, otherwise: int) -> Ints:
    provinces, inverse = np.unique(survey.county // COUNTIES_A_PROVINCE, return_inverse=True)
    found: Ints = np.array([numbers.get(f"{province:02d}", otherwise) for province in provinces], dtype=np.int64)
    return found[inverse]

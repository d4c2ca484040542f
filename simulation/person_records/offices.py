"""The charities: where each sits, how large it is, and the habits of its form, its keyboard and its people."""

from dataclasses import dataclass

import numpy as np

from sakha.vocabulary.places import COUNTIES
from simulation.chance import Flags, Floats, Ints, chance, draw_index
from simulation.person_records.recipe import Recipe

RECORDS_OF_ONE = 400
CHARITIES_OF_COUNTY = 6
ALL_MEMBERS, SOME_MEMBERS, HEAD_ONLY, FILE_EACH = range(4)
LISTING_SHARES = (0.56, 0.2, 0.13, 0.11)
HEADS_MOBILE, OWN_MOBILE = range(2)
DATE_FORMS = 9
DATE_SHARES = (0.36, 0.12, 0.12, 0.08, 0.07, 0.08, 0.06, 0.08, 0.03)
GENDER_FORMS = 7


@dataclass(frozen=True, slots=True)
class Offices:
    """One entry a charity. `care` multiplies every slip of its people; `asks_*` is whether its form has the column."""

    counties: tuple[str, ...]
    county_weights: Floats
    county: Ints
    weight: Floats
    listing: Ints
    care: Floats
    arabic: Flags
    joint: Ints
    digits: Ints
    date_form: Ints
    gender_form: Ints
    id_form: Ints
    mobile_form: Ints
    mobile_of: Ints
    guardian_id: Floats
    worker: Flags
    one_cell: Flags
    honorific: Floats
    keeps_title: Floats
    id_gap: Floats
    asks_father: Flags
    asks_gender: Flags
    asks_postal: Flags
    asks_address: Flags
    file_form: Ints

    def __len__(self) -> int:
        """Count the charities."""
        return len(self.county)

    def draw_counties(self, rng: np.random.Generator, count: int) -> Ints:
        """Draw where people live."""
        return draw_index(rng, self.county_weights, count)

    def draw_in(self, rng: np.random.Generator, county: Ints) -> Ints:
        """Draw a charity of each given county, the large ones more often."""
        order = np.argsort(self.county, kind="stable")
        bounds = np.cumsum(self.weight[order])
        starts = np.searchsorted(self.county[order], np.arange(len(self.counties)), side="left")
        ends = np.searchsorted(self.county[order], np.arange(len(self.counties)), side="right") - 1
        low = np.where(starts[county] > 0, bounds[starts[county] - 1], 0.0)
        high = bounds[ends[county]]
        place = np.searchsorted(bounds, low + rng.random(len(county)) * (high - low), side="right")
        return np.asarray(order[np.minimum(place, ends[county])])


def make_offices(seed: int, recipe: Recipe, count: int) -> Offices:
    """Draw the charities; every county in use has at least one."""
    rng = chance(seed, "offices")
    codes = sorted(COUNTIES)
    used = min(len(codes), max(1, count // CHARITIES_OF_COUNTY))
    sizes = rng.lognormal(0, 0.8, used)
    county = np.r_[np.arange(used), draw_index(rng, sizes, count - used)]
    care = rng.choice([0.35, 0.8, 1.2, 2.4], count, p=[0.3, 0.3, 0.25, 0.15])
    gap = rng.choice([0.2, 0.7, 1.4, 3.0], count, p=[0.35, 0.3, 0.22, 0.13])
    return Offices(
        counties=tuple(sorted(rng.choice(codes, used, replace=False).tolist())),
        county_weights=sizes,
        county=county,
        weight=rng.lognormal(0, 1.0, count),
        listing=draw_index(rng, np.array(LISTING_SHARES), count),
        care=care / care.mean(),
        arabic=rng.random(count) < 0.3,
        joint=rng.integers(0, 3, count),
        digits=rng.choice(3, count, p=[0.6, 0.3, 0.1]),
        date_form=draw_index(rng, np.array(DATE_SHARES), count),
        gender_form=rng.integers(0, GENDER_FORMS, count),
        id_form=rng.choice(4, count, p=[0.6, 0.28, 0.07, 0.05]),
        mobile_form=rng.choice(5, count, p=[0.55, 0.2, 0.1, 0.1, 0.05]),
        mobile_of=rng.choice(2, count, p=[0.62, 0.38]),
        guardian_id=rng.choice([0.0, 0.02, 0.6], count, p=[0.88, 0.09, 0.03]),
        worker=rng.random(count) < recipe.worker_charities,
        one_cell=rng.random(count) < recipe.one_cell,
        honorific=rng.choice([0.0, 0.02, 0.35], count, p=[0.6, 0.28, 0.12]),
        keeps_title=rng.choice([0.95, 0.6, 0.1], count, p=[0.4, 0.4, 0.2]),
        id_gap=gap / gap.mean(),
        asks_father=rng.random(count) < 0.85,
        asks_gender=rng.random(count) < 0.72,
        asks_postal=rng.random(count) < 0.5,
        asks_address=rng.random(count) < 0.88,
        file_form=rng.integers(0, 4, count),
    )

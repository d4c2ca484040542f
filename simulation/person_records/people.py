"""Makes one portion of the country: clans of brothers, their households, the people in them, their papers."""

from dataclasses import dataclass

import numpy as np

from simulation.chance import Flags, Ints, chance
from simulation.names import birth_cohort
from simulation.people import EPOCH
from simulation.person_records.naming import draw_families, draw_given_names, family_pool
from simulation.person_records.numbers import NONE, NumberStock
from simulation.person_records.offices import Offices
from simulation.person_records.recipe import Recipe

HEAD, SPOUSE, ELDER, CHILD = range(4)
SLOTS, CHILD_SLOTS = 9, 6
TODAY = 20_758  # days from 1970 to 1405/08/10
YEAR = 365.2425
COUPLE, WIDOW, LONELY, OLD_COUPLE, THREE_GENERATIONS = range(5)
KIND_SHARES = (0.5, 0.2, 0.13, 0.08, 0.09)
HEAD_AGES = ((24, 58), (26, 60), (58, 90), (58, 86), (34, 56))
TWIN_SHARE, NAMESAKE_SHARE, COUSINS_MARRY = 0.02, 0.13, 0.1
REAL_EPOCH = np.datetime64(EPOCH)


@dataclass(frozen=True, slots=True)
class Homes:
    """One entry a household; `quarter` and `quarter_after` (of those who moved, else the same) are places to live."""

    clan: Ints
    kind: Ints
    foreign: Flags
    county: Ints
    quarter: Ints
    county_after: Ints
    quarter_after: Ints
    first: Ints
    size: Ints
    mobile: Ints


@dataclass(frozen=True, slots=True)
class Persons:
    """One entry a person, household by household; names are places in the pools, -1 where there is none."""

    home: Ints
    relation: Ints
    female: Flags
    birth: Ints
    other_birth: Ints
    given: Ints
    called: Ints
    family: Ints
    husband_family: Ints
    father: Ints
    grandfather: Ints
    title: Ints
    id_kind: Ints
    number: Ints
    mobile: Ints

    def __len__(self) -> int:
        """Count the people."""
        return len(self.home)

    def ages(self) -> Ints:
        """Ages in years today."""
        return np.asarray((TODAY - self.birth) / YEAR)


def make_homes(rng: np.random.Generator, recipe: Recipe, offices: Offices, count: int) -> Homes:
    """Draw clans of one to four households near each other, and how each household is made up."""
    sizes = rng.choice([1, 2, 3, 4], size=count, p=[0.55, 0.25, 0.13, 0.07])
    clan = np.repeat(np.arange(count), sizes)[:count]
    clan_foreign = rng.random(count) < recipe.foreign
    clan_county = offices.draw_counties(rng, count)
    county = clan_county[clan]
    elsewhere = rng.random(count) < 0.2
    county = np.where(elsewhere, offices.draw_counties(rng, count), county)
    quarter = county * 12 + rng.integers(0, 12, count)
    moved = rng.random(count) < recipe.moved
    far = moved & (rng.random(count) < 0.45)
    county_after = np.where(far, offices.draw_counties(rng, count), county)
    quarter_after = np.where(moved, county_after * 12 + rng.integers(0, 12, count), quarter)
    kind = rng.choice(len(KIND_SHARES), size=count, p=KIND_SHARES)
    blank = np.zeros(count, dtype=np.int64)
    return Homes(clan, kind, clan_foreign[clan], county, quarter, county_after, quarter_after, blank, blank, blank)


@dataclass(frozen=True, slots=True)
class Slots:
    """The seats of each household (households x SLOTS): who is there, of which sex, when born, who is a twin."""

    present: Flags
    female: Flags
    birth: Ints
    twin: Flags


def fill_slots(rng: np.random.Generator, homes: Homes) -> Slots:
    """Seat head, spouse, elder and children, with ages that fit each other."""
    count = len(homes.kind)
    bounds = np.array(HEAD_AGES)[homes.kind]
    head_age = bounds[:, 0] + rng.random(count) * (bounds[:, 1] - bounds[:, 0])
    female = rng.random((count, SLOTS)) < 0.49
    woman_heads = (homes.kind == WIDOW) | ((homes.kind == LONELY) & (rng.random(count) < 0.68))
    female[:, 0], female[:, 1] = woman_heads, True
    female[:, 2] = rng.random(count) < 0.72
    present = np.zeros((count, SLOTS), dtype=bool)
    present[:, 0] = True
    present[:, 1] = np.isin(homes.kind, (COUPLE, OLD_COUPLE, THREE_GENERATIONS))
    present[:, 2] = homes.kind == THREE_GENERATIONS
    ages = np.zeros((count, SLOTS))
    ages[:, 0] = head_age
    ages[:, 1] = np.maximum(head_age - rng.normal(4.5, 4, count), 15.5)
    ages[:, 2] = head_age + 17 + rng.random(count) * 16
    mother = np.where(woman_heads, ages[:, 0], ages[:, 1])
    wanted = rng.poisson(np.where(homes.foreign, 3.2, 1.9)) * np.isin(homes.kind, (COUPLE, WIDOW, THREE_GENERATIONS))
    twin = np.zeros((count, SLOTS), dtype=bool)
    age = mother - 16.5 - rng.gamma(2, 2.2, count)
    for seat in range(CHILD_SLOTS):
        column = SLOTS - CHILD_SLOTS + seat
        if seat:
            twin[:, column] = (rng.random(count) < TWIN_SHARE) & present[:, column - 1]
            age = np.where(twin[:, column], ages[:, column - 1], age - 1.2 - rng.gamma(2, 1.5, count))
        ages[:, column] = age
        present[:, column] = (wanted > seat) & (age > 0.05) & (age < 33)
    return Slots(present, female, (TODAY - ages * YEAR).astype(np.int64), twin & present)


def make_people(
    seed: int, portion: int, recipe: Recipe, offices: Offices, stock: NumberStock, count: int
) -> tuple[Homes, Persons]:
    """Make one portion of `count` households."""
    rng = chance(seed, f"people {portion}")
    homes = make_homes(rng, recipe, offices, count)
    slots = fill_slots(rng, homes)
    home, seat = np.nonzero(slots.present)
    relation = np.minimum(seat, CHILD)
    female, birth, twin = slots.female[home, seat], slots.birth[home, seat], slots.twin[home, seat]
    size = slots.present.sum(axis=1)
    first = np.cumsum(size) - size
    names = name_everybody(rng, homes, home, (relation, female, birth), first)
    foreign = homes.foreign[home]
    without = rng.random(len(home)) < np.where(foreign, recipe.foreign_without_id, recipe.without_id)
    id_kind, number = stock.draw_ids(rng, homes.county[home], foreign, twin)
    home_mobile = stock.draw_mobiles(count)
    own = (TODAY - birth > 16 * YEAR) & (rng.random(len(home)) < 0.55)
    mobile = np.where(relation == HEAD, home_mobile[home], 0)
    own &= relation != HEAD
    mobile[own] = stock.draw_mobiles(int(own.sum()))
    homes = Homes(
        homes.clan, homes.kind, homes.foreign, homes.county, homes.quarter, homes.county_after, homes.quarter_after,
        first, size, home_mobile,
    )  # fmt: skip
    people = Persons(
        home, relation, female, birth, other_births(rng, recipe, birth), names["given"],
        called_names(rng, recipe, female, birth, foreign), names["family"], names["husband"], names["father"],
        names["grandfather"], names["title"], np.where(without, NONE, id_kind), np.where(without, 0, number), mobile,
    )  # fmt: skip
    return homes, people


def name_everybody(
    rng: np.random.Generator, homes: Homes, home: Ints, who: tuple[Ints, Ints, Ints], first: Ints
) -> dict[str, Ints]:
    """Name all: the man line bears the clan's family, brothers one father, cousins now and then one given name."""
    relation, female, birth = who
    count, foreign = len(home), homes.foreign[home]
    clan, clans = homes.clan[home], int(homes.clan[-1]) + 1
    cohort = birth_cohort(birth)
    given = draw_given_names(rng, female, cohort, foreign)
    favourite = draw_given_names(
        rng, np.arange(4 * clans) % 2 == 1, np.full(4 * clans, 2), np.repeat(homes.foreign[first_of(homes.clan)], 4)
    )
    namesake = (rng.random(count) < NAMESAKE_SHARE) & (relation == CHILD)
    given = np.where(namesake, favourite[clan * 4 + 2 * rng.integers(0, 2, count) + female], given)
    given = part_siblings(rng, home, (given, female, cohort), foreign)
    clan_family = draw_families(rng, clans, homes.quarter[first_of(homes.clan)], homes.foreign[first_of(homes.clan)])
    own_family = draw_families(rng, count, homes.quarter[home], foreign)
    head_woman = female[first][home]
    married_in = (relation == SPOUSE) | ((relation == HEAD) & head_woman) | ((relation == ELDER) & female)
    stranger = married_in & (rng.random(count) > COUSINS_MARRY)
    family = np.where(stranger, own_family, clan_family[clan])
    men = np.zeros(count, dtype=bool)
    random_father = draw_given_names(rng, men, np.maximum(cohort - 1, 0), foreign)
    men_of_home = draw_given_names(rng, men[: len(homes.kind)], np.full(len(homes.kind), 2), homes.foreign)
    clan_elder = draw_given_names(rng, men[:clans], np.zeros(clans, dtype=np.int64), np.zeros(clans, dtype=bool))
    husband = np.where(head_woman, men_of_home[home], given[first][home])
    father = np.where(relation == CHILD, husband, np.where(married_in, random_father, clan_elder[clan]))
    father = np.where((relation == ELDER) & ~female, random_father, father)
    given = np.where((relation == ELDER) & ~female, clan_elder[clan], given)
    married = (relation == SPOUSE) | ((relation == HEAD) & head_woman & np.isin(homes.kind[home], (WIDOW, LONELY)))
    sayyid = np.where(stranger, rng.random(count), rng.random(clans)[clan]) < 0.05
    title = np.where(sayyid, np.where(female, rng.integers(0, 3, count) + 1, 1), 0)
    return {
        "given": given, "family": family, "father": father, "grandfather": clan_elder[clan], "title": title,
        "husband": np.where(married & stranger, clan_family[clan], -1),
    }  # fmt: skip


def first_of(groups: Ints) -> Ints:
    """Give the first position of each group of a sorted list."""
    return np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])


def part_siblings(rng: np.random.Generator, home: Ints, who: tuple[Ints, Ints, Ints], foreign: Ints) -> Ints:
    """Draw once more where two of one household bear one name; a few homes keep both (a child named after one lost)."""
    given, female, cohort = who
    key = home.astype(np.int64) * 4096 + given
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(home), dtype=bool)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    places = np.flatnonzero(again & (rng.random(len(home)) < 0.98))
    given = given.copy()
    given[places] = draw_given_names(rng, female[places], cohort[places], foreign[places])
    return given


def called_names(rng: np.random.Generator, recipe: Recipe, female: Ints, birth: Ints, foreign: Ints) -> Ints:
    """Draw the name by which somebody is called at home, -1 for most; commoner among the old."""
    share = recipe.called_otherwise * np.where(birth < -3_000, 1.8, 0.8)
    called = draw_given_names(rng, female, birth_cohort(birth), foreign)
    return np.where(rng.random(len(female)) < share, called, -1)


def other_births(rng: np.random.Generator, recipe: Recipe, birth: Ints) -> Ints:
    """Draw a second birth date for few: registered years late or early, often on a round day."""
    shifted = birth + (rng.choice([-2, -1, 1, 1, 2, 3], len(birth)) * YEAR).astype(np.int64)
    shifted += rng.integers(-120, 120, len(birth))
    share = recipe.two_birth_dates * np.where(birth < -1_000, 2.0, 0.6)
    return np.where(rng.random(len(birth)) < share, np.minimum(shifted, TODAY - 40), birth)


def family_text(place: int) -> str:
    """Give a family name by its place in the pool."""
    return family_pool().names[place]

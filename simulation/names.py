"""Gives people names as their generation bears them: given names by year of birth, families, سید, the father's name."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from simulation.chance import Floats, Ints, chance, draw_index
from simulation.households import Households
from simulation.people import CHILD, EPOCH, PARENT, SPOUSE, People
from simulation.shipped_tables import WeightedNames, family_names, given_name_rows

# Born before 1330, 1330-49, 1350-69, 1370-84, since 1385 (Gregorian years of the bounds).
COHORT_FROM = (1951, 1971, 1991, 2006)
# How much more often than its overall weight a name of each profile was given in each of these times. Profiles were
# assigned by hand; the anchors are the registry's reports on recent births and on older women.
PROFILES = {
    "old": (3.0, 2.0, 0.6, 0.1, 0.03),
    "middle": (0.5, 1.6, 1.6, 0.25, 0.05),
    "revolution": (0.1, 0.4, 1.6, 1.1, 0.3),
    "young": (0.02, 0.1, 0.9, 2.0, 0.7),
    "new": (0.0, 0.01, 0.05, 0.8, 5.0),
    "every": (0.8, 0.9, 1.0, 1.0, 0.7),
}
PLAIN, SAYYID, SAYYIDA, SADAT = range(4)
SAYYID_FAMILIES = frozenset(
    ("حسینی", "موسوی", "هاشمی", "رضوی", "طباطبائی", "مرتضوی", "علوی", "فاطمی", "سیدی", "سجادی", "قریشی", "میرحسینی")
)
SUFFIXES = ("زاده", "پور", "نژاد", "نیا", "فر", "وند", "لو")
SECOND_PARTS = (
    "اصل", "فرد", "تبار", "مقدم", "کیا", "راد", "تهرانی", "تبریزی", "کرجی", "اردبیلی", "زنجانی", "همدانی", "قزوینی",
    "خراسانی", "لرستانی", "کردستانی", "مازندرانی", "گیلانی", "اصفهانی", "شیرازی", "یزدی", "کرمانی", "طالقانی",
)  # fmt: skip
# The shipped families cover 28 % of people; the rest bear built ones: stem and suffix, or a second part.
COMMON_SHARE, SUFFIX_SHARE, SECOND_SHARE = 0.28, 0.42, 0.30
UNJOINED = frozenset("ادذرزژو")
ZWNJ = "\u200c"


@dataclass(frozen=True, slots=True)
class Names:
    """One entry a person: positions in `given_texts()` and `families().names`."""

    given: Ints
    family: Ints
    father: Ints


@cache
def given_texts() -> tuple[str, ...]:
    """Give all given names, then all with سید, with سیده, with سادات."""
    plain = [name for name, *_ in given_name_rows()]
    return (
        *plain,
        *(f"سید {name}" for name in plain),
        *(f"سیده {name}" for name in plain),
        *(f"{name} سادات" for name in plain),
    )


@cache
def families() -> WeightedNames:
    """Give the common families and the built ones, with weights."""
    common = family_names()
    known = set(common.names)
    stems: dict[str, float] = {}
    for name, gender, weight, cohort in given_name_rows():
        if gender == "male" and cohort != "new" and " " not in name:
            for suffix in SUFFIXES:
                joint = "" if name[-1] in UNJOINED else ZWNJ
                stems[f"{name}{joint}{suffix}"] = weight
    seconds = {
        f"{name} {second}": weight**0.7
        for name, weight in zip(common.names, common.weights.tolist(), strict=True)
        for second in SECOND_PARTS
    }
    shipped = dict(zip(common.names, common.weights.tolist(), strict=True))
    names: list[str] = []
    shares: list[float] = []
    for group, share in ((shipped, COMMON_SHARE), (stems, SUFFIX_SHARE), (seconds, SECOND_SHARE)):
        fresh = {name: weight for name, weight in group.items() if group is shipped or name not in known}
        total = sum(fresh.values())
        names += fresh
        shares += [share * weight / total for weight in fresh.values()]
    return WeightedNames(tuple(names), np.array(shares))


def name_people(seed: int, households: Households, people: People) -> Names:
    """Name everybody."""
    rng = chance(seed, "names")
    family, own_family = draw_families(rng, households, people)
    cohort = birth_cohort(people.birth)
    given = draw_given(rng, people.female, cohort)
    given = part_namesakes(rng, people, given, cohort)
    father = draw_given(rng, np.zeros(len(people), dtype=bool), np.maximum(cohort - 1, 0))
    children = people.relation == CHILD
    head = people.first[people.household]
    by_father = children & ~people.female[head]
    father[by_father] = given[head[by_father]]
    siblings = children & ~by_father
    father[siblings] = draw_given(rng, np.zeros(len(households), dtype=bool), np.full(len(households), 2))[
        people.household[siblings]
    ]
    title = draw_titles(rng, people, family, own_family)
    return Names(
        given=(given + title * len(given_name_rows())).astype(np.int16),
        family=family,
        father=father.astype(np.int16),
    )


def birth_cohort(birth: Ints) -> Ints:
    """Give the position of the time of birth."""
    bounds = [(np.datetime64(f"{year}-03-21") - np.datetime64(EPOCH)).astype(int) for year in COHORT_FROM]
    return np.searchsorted(np.array(bounds), birth, side="right").astype(np.int8)


@cache
def cohort_weights() -> Floats:
    """Give the weight of every given name by sex (0 male, 1 female) and cohort."""
    weights = np.zeros((2, len(COHORT_FROM) + 1, len(given_name_rows())))
    for index, (_, gender, weight, profile) in enumerate(given_name_rows()):
        weights[int(gender == "female"), :, index] = weight * np.array(PROFILES[profile])
    return weights


def draw_given(rng: np.random.Generator, female: Ints, cohort: Ints) -> Ints:
    """Draw given names by sex and time of birth."""
    given = np.zeros(len(female), dtype=np.int16)
    weights = cohort_weights()
    for sex in range(2):
        for number in range(weights.shape[1]):
            here = np.flatnonzero((female == bool(sex)) & (cohort == number))
            given[here] = draw_index(rng, weights[sex, number], len(here))
    return given


def part_namesakes(rng: np.random.Generator, people: People, given: Ints, cohort: Ints) -> Ints:
    """Draw once more for children whose brother or sister has the same name."""
    children = np.flatnonzero(people.relation == CHILD)
    key = people.household[children].astype(np.int64) * 4096 + given[children]
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(children), dtype=bool)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    chosen = children[again]
    given[chosen] = draw_given(rng, people.female[chosen], cohort[chosen])
    return given


def draw_families(rng: np.random.Generator, households: Households, people: People) -> tuple[Ints, Ints]:
    """Draw families: children bear their father's, wives keep their own; cousins marry now and then.

    Returns:
        Each person's family, and whether it is that of the household's man line.
    """
    weights = families().weights
    of_home = draw_index(rng, weights, len(households)).astype(np.int32)
    of_fathers = draw_index(rng, weights, len(households)).astype(np.int32)
    family = of_home[people.household]
    head_female = people.female[people.first[people.household]]
    children_of_women = (people.relation == CHILD) & head_female
    family[children_of_women] = of_fathers[people.household[children_of_women]]
    married_in = (people.relation == SPOUSE) | ((people.relation == PARENT) & people.female)
    strangers = np.flatnonzero(married_in & (rng.random(len(people)) > 0.12))
    family[strangers] = draw_index(rng, weights, len(strangers))
    return family, family == of_home[people.household]


def draw_titles(rng: np.random.Generator, people: People, family: Ints, own_family: Ints) -> Ints:
    """Draw who is a sayyid; it goes with the man line, and the names of women show it less often."""
    by_name = np.array([0.45 if name in SAYYID_FAMILIES else 0.03 for name in families().names])
    line = rng.random(int(people.household[-1]) + 1, dtype=np.float32)[people.household]
    alone = rng.random(len(people), dtype=np.float32)
    sayyid = np.where(own_family, line, alone) < by_name[family]
    draw = rng.random(len(people), dtype=np.float32)
    of_woman = np.where(draw < 0.15, SAYYIDA, np.where(draw < 0.4, SADAT, PLAIN))
    return np.where(~sayyid, PLAIN, np.where(people.female, of_woman, SAYYID)).astype(np.int16)

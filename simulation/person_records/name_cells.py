"""Fills the three name cells of every record: whole names at once by table, damage by hand where it falls."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from simulation.chance import Flags, Floats, Ints
from simulation.person_records.listing import Listing
from simulation.person_records.naming import family_pool, given_pool
from simulation.person_records.offices import Offices
from simulation.person_records.people import Persons
from simulation.person_records.recipe import Recipe
from simulation.person_records.spelling import (
    ARABIC,
    HOMOPHONES,
    JOINTS,
    LOOK_ALIKE,
    NICKNAMES,
    SECOND_HALVES,
    TITLES,
    exchange,
    honour,
    other_spellings,
    parts_of,
    slip,
    sprinkle,
)
from simulation.person_records.story import Story

Texts = npt.NDArray[np.object_]
WHOLE, OTHER_SPELLING, FIRST_LEFT_OUT, LAST_LEFT_OUT, INITIAL, NICKNAME = range(6)
ODDITY_SHARE = 0.012
LETTERS = 2  # Persian or Arabic keyboard


@dataclass(frozen=True, slots=True)
class Ground:
    """What every column is filled from."""

    recipe: Recipe
    offices: Offices
    people: Persons
    listing: Listing
    story: Story


@cache
def known_names() -> frozenset[str]:
    """The given names, for parting compounds."""
    return frozenset(name for name in given_pool() if len(name) > 2)


@cache
def parts_in_pool(family: bool) -> Ints:  # noqa: FBT001 - which of the two pools
    """Count the parts that could be left out of each name of a pool."""
    names = family_pool().names if family else given_pool()
    return np.array([len(parts_of(name, known_names())) for name in names])


def name_cells(rng: np.random.Generator, ground: Ground) -> tuple[Texts, Texts, Texts]:
    """Give given names, family names and fathers' names as keyed."""
    given = given_cells(rng, ground)
    family = family_cells(rng, ground)
    father = father_cells(rng, ground)
    listing, recipe, story = ground.listing, ground.recipe, ground.story
    care = ground.offices.care[listing.office]
    count = len(listing.person)
    swapped = rng.random(count) < recipe.swapped * care
    story.mark("swapped", swapped)
    given, family = np.where(swapped, family, given), np.where(swapped, given, family)
    one = np.flatnonzero(ground.offices.one_cell[listing.office])
    for place in one.tolist():
        given[place], family[place] = f"{given[place]} {family[place]}", ""
    story.mark("one_cell", ground.offices.one_cell[listing.office])
    lost = rng.random(count) < recipe.name_missing
    story.mark("name_lost", lost)
    which = rng.random(count) < 0.5
    given[lost & which] = ""
    family[lost & ~which] = ""
    return given, family, father


def given_cells(rng: np.random.Generator, ground: Ground) -> Texts:
    """Write given names: the called name for some, parts left out, titles kept or not, words of respect."""
    recipe, offices, people = ground.recipe, ground.offices, ground.people
    person, office = ground.listing.person, ground.listing.office
    count = len(person)
    called = (people.called[person] >= 0) & (rng.random(count) < recipe.called_used)
    ground.story.mark("called", called)
    base = np.where(called, people.called[person], people.given[person])
    variant = draw_variants(rng, ground, base, family=False)
    keeps = rng.random(count) < offices.keeps_title[office]
    title = np.where(keeps, people.title[person], 0)
    texts = render(rng, ground, (base, variant, title), family=False)
    damage(rng, ground, texts, "given")
    respected = np.flatnonzero(rng.random(count) < offices.honorific[office])
    for place in respected.tolist():
        texts[place] = honour(texts[place], rng, female=bool(people.female[person[place]]))
    return texts


def family_cells(rng: np.random.Generator, ground: Ground) -> Texts:
    """Write family names: the husband's for some women, parts left out; of refugees without one, what was put there."""
    recipe, people = ground.recipe, ground.people
    person = ground.listing.person
    count = len(person)
    husbands = (people.husband_family[person] >= 0) & (rng.random(count) < recipe.husbands_name)
    ground.story.mark("husbands_name", husbands)
    base = np.where(husbands, people.husband_family[person], people.family[person])
    variant = draw_variants(rng, ground, base, family=True)
    texts = render(rng, ground, (base, variant, np.zeros(count, dtype=np.int64)), family=True)
    damage(rng, ground, texts, "family")
    without = np.flatnonzero(texts == "")
    draws = rng.random(len(without))
    pool = given_pool()
    for place, draw in zip(without.tolist(), draws.tolist(), strict=True):
        if draw < 0.5:
            texts[place] = pool[people.father[person[place]]] if draw < 0.25 else "فاقد نام خانوادگی"
    return texts


def father_cells(rng: np.random.Generator, ground: Ground) -> Texts:
    """Write fathers' names; missing where the form has none, sometimes the grandfather's or the husband's."""
    recipe, people, office = ground.recipe, ground.people, ground.listing.office
    person = ground.listing.person
    count = len(person)
    wrong = rng.random(count) < recipe.father_wrong
    ground.story.mark("father_wrong", wrong)
    base = np.where(wrong, people.grandfather[person], people.father[person])
    variant = draw_variants(rng, ground, base, family=False)
    title = np.where((people.title[person] > 0) & (rng.random(count) < 0.3), 1, 0)
    texts = render(rng, ground, (base, variant, title), family=False)
    damage(rng, ground, texts, "father")
    missing = ~ground.offices.asks_father[office] | (rng.random(count) < recipe.father_missing - 0.1)
    texts[missing] = ""
    return texts


def draw_variants(rng: np.random.Generator, ground: Ground, base: Ints, *, family: bool) -> Ints:
    """Draw how each name is written this time."""
    recipe, count = ground.recipe, len(base)
    compound = parts_in_pool(family)[base] > 1
    draw = rng.random(count)
    variant = np.where(rng.random(count) < recipe.other_spelling, OTHER_SPELLING, WHOLE)
    left_out = compound & (draw < recipe.part_left_out)
    variant[left_out] = LAST_LEFT_OUT
    if not family:
        variant[left_out & (rng.random(count) < 0.45)] = FIRST_LEFT_OUT
        variant[draw > 1 - recipe.initial] = INITIAL
        variant[(draw < 1 - recipe.initial) & (draw > 1 - 2 * recipe.initial)] = NICKNAME
        ground.story.mark("short_name", np.isin(variant, (INITIAL, NICKNAME)))
    ground.story.mark("part_left_out", left_out)
    return variant


def render(rng: np.random.Generator, ground: Ground, what: tuple[Ints, Ints, Ints], *, family: bool) -> Texts:
    """Write each different name once and deal the texts out."""
    base, variant, title = what
    office = ground.listing.office
    joint = ground.offices.joint[office]
    joint = np.where(rng.random(len(base)) < 0.12, rng.integers(0, len(JOINTS), len(base)), joint)
    arabic = ground.offices.arabic[office].astype(np.int64)
    key = (((base.astype(np.int64) * 6 + variant) * len(TITLES) + title) * len(JOINTS) + joint) * LETTERS + arabic
    kinds, where = np.unique(key, return_inverse=True)
    names = family_pool().names if family else given_pool()
    texts = np.array([write_name(names, number, family=family) for number in kinds.tolist()], dtype=object)
    return np.asarray(texts[where])


def write_name(names: tuple[str, ...], key: int, *, family: bool) -> str:
    """Write one name as its key says."""
    key, arabic = divmod(key, LETTERS)
    key, joint = divmod(key, len(JOINTS))
    key, title = divmod(key, len(TITLES))
    place, variant = divmod(key, 6)
    name = names[place]
    if variant == OTHER_SPELLING:
        choices = other_spellings(name)
        name = choices[key % len(choices)]
    parts = parts_of(name, known_names())
    if len(parts) > 1 and not (set(parts[1:]) & SECOND_HALVES and not family):
        parts = {FIRST_LEFT_OUT: parts[1:], LAST_LEFT_OUT: parts[:-1]}.get(variant, parts)
    text = JOINTS[joint].join(parts)
    if family and len(parts) > 1 and parts[-1] not in SECOND_HALVES:
        text = " ".join((JOINTS[joint].join(parts[:-1]), parts[-1]))
    if variant == INITIAL:
        text = f"{text[:1]}."
    if variant == NICKNAME:
        text = NICKNAMES.get(name, text)
    if title == len(TITLES) - 1:
        text = f"{text} {TITLES[title]}"
    elif title:
        text = f"{TITLES[title]} {text}"
    return text.translate(ARABIC) if arabic else text


def damage(rng: np.random.Generator, ground: Ground, texts: Texts, field: str) -> None:
    """Let hands, ears and eyes err on some of the texts, by the care of each charity."""
    recipe, office = ground.recipe, ground.listing.office
    care = ground.offices.care[office]
    arabic = ground.offices.arabic[office]
    ways: tuple[tuple[str, Floats, Callable[[str], str]], ...] = (
        ("homophone", recipe.homophone * care, lambda text: exchange(text, rng, HOMOPHONES)),
        ("misread", recipe.misread * care, lambda text: exchange(text, rng, LOOK_ALIKE)),
        ("slip", recipe.slip * care, lambda text: slip(text, rng)),
        ("", np.full(len(office), ODDITY_SHARE), lambda text: sprinkle(text, rng)),
    )
    for word, share, change in ways:
        hit: Flags = rng.random(len(texts)) < share
        if word:
            ground.story.mark(f"{field}_{word}", hit)
        for place in np.flatnonzero(hit).tolist():
            text = change(texts[place]) if texts[place] else ""
            texts[place] = text.translate(ARABIC) if arabic[place] else text

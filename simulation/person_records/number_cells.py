"""Fills the cells that hold numbers: national IDs, mobiles, case numbers, as they are typed, left out or borrowed."""

import numpy as np

from simulation.chance import Flags, Ints
from simulation.person_records.name_cells import Ground, Texts
from simulation.person_records.numbers import FIDA, MOBILE_FROM, MOBILE_ROOM, NONE
from simulation.person_records.people import CHILD, Homes

DIGITS = (None, str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"), str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
AS_TEXT, AS_NUMBER, DASHED, SPACED = range(4)
FILLERS = (
    "0000000000",
    "1111111111",
    "1234567890",
    "9999999999",
    "0",
    "-",
    "ندارد",
    "نامشخص",
    "2222222222",
    "0123456789",
)
# Digits that look alike or lie beside each other on the number pad.
MISTAKEN = dict(zip("0123456789", ("56", "274", "135", "268", "175", "4620", "593", "841", "795", "86"), strict=True))


def mistype(number: str, rng: np.random.Generator) -> str:
    """Mistake, exchange, lose, double or add a digit."""
    kind = float(rng.random())
    place = int(rng.integers(0, len(number) - 1))
    if kind < 0.5:
        near = MISTAKEN[number[place]]
        return number[:place] + near[int(rng.integers(len(near)))] + number[place + 1 :]
    if kind < 0.75:
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if kind < 0.88:
        return number[:place] + number[place + 1 :]
    if kind < 0.94:
        return number[: place + 1] + number[place] + number[place + 1 :]
    other = int(rng.integers(0, 10))
    return number[:place] + str(other) + number[place + 1 :]


def id_cells(rng: np.random.Generator, ground: Ground, homes: Homes) -> Texts:
    """Write IDs: the own one, a relative's, the guardian's on children, a filler, none."""
    recipe, offices, people, story = ground.recipe, ground.offices, ground.people, ground.story
    person, office = ground.listing.person, ground.listing.office
    count = len(person)
    first = homes.first[people.home[person]]
    child = people.relation[person] == CHILD
    guardians = child & (rng.random(count) < offices.guardian_id[office])
    relative = first + rng.integers(0, 99, count) % homes.size[people.home[person]]
    borrowed = (rng.random(count) < recipe.id_of_relative) & (relative != person)
    owner = np.where(guardians, first, np.where(borrowed, relative, person))
    story.mark("id_of_other", owner != person)
    has = people.id_kind[owner] != NONE
    gap = recipe.id_missing * offices.id_gap[office] * np.where(child, 1.3, 0.85)
    missing = ~has | (rng.random(count) < gap)
    filler = missing & (rng.random(count) < recipe.id_filler / recipe.id_missing)
    wrong = ~missing & (rng.random(count) < recipe.id_mistyped * offices.care[office])
    story.mark("id_missing", missing)
    story.mark("id_mistyped", wrong)
    story.mark("no_id_at_all", people.id_kind[person] == NONE)
    lengths = np.where(people.id_kind[owner] == FIDA, 12, 10)
    texts = [
        "" if gone else str(number).zfill(length)
        for gone, number, length in zip(missing.tolist(), people.number[owner].tolist(), lengths.tolist(), strict=True)
    ]
    cells = np.array(texts, dtype=object)
    for place in np.flatnonzero(wrong).tolist():
        cells[place] = mistype(cells[place], rng)
    dress_numbers(cells, offices.id_form[office], (3, 9))
    for place in np.flatnonzero(filler).tolist():
        cells[place] = FILLERS[int(rng.integers(len(FILLERS)))]
    return dress_digits(cells, offices.digits[office])


def dress_numbers(cells: Texts, form: Ints, cuts: tuple[int, int]) -> None:
    """Write numbers as number cells (leading zeros are lost), with dashes or spaces."""
    for place in np.flatnonzero(form == AS_NUMBER).tolist():
        cells[place] = cells[place].lstrip("0")
    for kind, mark in ((DASHED, "-"), (SPACED, " ")):
        for place in np.flatnonzero(form == kind).tolist():
            text = cells[place]
            if len(text) == 10:
                cells[place] = mark.join((text[: cuts[0]], text[cuts[0] : cuts[1]], text[cuts[1] :]))


def dress_digits(cells: Texts, digits: Ints) -> Texts:
    """Write Persian or Arabic digits where the charity's people do."""
    for kind in (1, 2):
        table = DIGITS[kind]
        for place in np.flatnonzero(digits == kind).tolist():
            cells[place] = cells[place].translate(table)
    return cells


def mobile_cells(rng: np.random.Generator, ground: Ground, homes: Homes, visit_draw: Ints) -> Texts:
    """Write mobiles: the head's on all, the own one, a former one, the charity's worker's, a landline, two at once."""
    recipe, offices, people, story = ground.recipe, ground.offices, ground.people, ground.story
    person, office = ground.listing.person, ground.listing.office
    count = len(person)
    of_home = homes.mobile[people.home[person]]
    own = np.where(people.mobile[person] > 0, people.mobile[person], of_home)
    number = np.where(offices.mobile_of[office] == 1, own, of_home)
    changed = visit_draw[ground.listing.visit] < recipe.mobile_changed * 1000
    former = MOBILE_FROM + (number * 48_271 + visit_draw[ground.listing.visit] % 2 * 7_919) % MOBILE_ROOM
    number = np.where(changed, former, number)
    missing = rng.random(count) < recipe.mobile_missing * 0.85
    workers = offices.worker[office] & (missing | (rng.random(count) < 0.25))
    number = np.where(workers, MOBILE_FROM + (office * 16_807 + 12_345) % MOBILE_ROOM, number)
    story.mark("mobile_changed", changed)
    story.mark("mobile_missing", missing & ~workers)
    story.mark("workers_mobile", workers)
    cells = np.array([f"0{value}" for value in number.tolist()], dtype=object)
    for place in np.flatnonzero(rng.random(count) < recipe.mobile_mistyped).tolist():
        cells[place] = mistype(cells[place], rng)
    form = offices.mobile_form[office]
    shapes = (
        (1, lambda text: text.lstrip("0")),
        (2, lambda text: f"+98{text[1:]}"),
        (3, lambda text: f"{text[:4]} {text[4:7]} {text[7:]}"),
        (4, lambda text: f"{text[:4]}-{text[4:]}"),
    )
    for kind, shape in shapes:
        for place in np.flatnonzero(form == kind).tolist():
            cells[place] = shape(cells[place])
    odd = rng.random(count)
    for place in np.flatnonzero(odd < 0.012).tolist():
        cells[place] = f"021{(of_home[place] * 7) % 10**8:08d}"
    for place in np.flatnonzero((odd > 0.012) & (odd < 0.022)).tolist():
        cells[place] = f"{cells[place]} - 0{own[place]}"
    cells[missing & ~workers] = ""
    return dress_digits(cells, offices.digits[office])


def case_cells(ground: Ground) -> Texts:
    """Write the number of the case file as the charity numbers its files."""
    offices, listing = ground.offices, ground.listing
    forms = offices.file_form[listing.office].tolist()
    shapes = ("{}", "{:06d}", "ن-{}", "1403/{}")
    return np.array(
        [shapes[form].format(number) for form, number in zip(forms, listing.case_number.tolist(), strict=True)],
        dtype=object,
    )


def is_filled(cells: Texts) -> Flags:
    """Tell which cells have something in them."""
    return np.asarray(cells != "")

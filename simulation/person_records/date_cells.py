"""Fills birth dates and sexes: every usual form, the wrong day, the rough year, the date of another one."""

from functools import cache

import numpy as np

from sakha.vocabulary.jalali import to_jalali
from simulation.chance import Ints
from simulation.people import EPOCH
from simulation.person_records.name_cells import Ground, Texts
from simulation.person_records.number_cells import dress_digits
from simulation.person_records.people import TODAY, Homes

FIRST_DAY = -22_000  # 1288, older than anybody
SLASHED, SHORT, TWO_DIGIT, TOGETHER, GREGORIAN, DAY_FIRST, DASHED, GREGORIAN_DAY_FIRST, WITH_CLOCK = range(9)
YEAR_SHIFT, MONTH_SHIFT, DAY_SHIFT, SWAPPED, DIGITS_TURNED, OF_RELATIVE, DECADE, NEW_YEAR = range(8)
WRONG_SHARES = (0.24, 0.13, 0.2, 0.12, 0.08, 0.08, 0.05, 0.1)
GENDER_WORDS = (
    ("مرد", "زن"), ("مذکر", "مونث"), ("آقا", "خانم"), ("پسر", "دختر"), ("M", "F"), ("1", "2"), ("مذكر", "مؤنث"),
)  # fmt: skip


@cache
def jalali_table() -> Ints:
    """Year, month and day of every day that somebody living was born on."""
    from_epoch = EPOCH.toordinal()
    days = [to_jalali(EPOCH.fromordinal(from_epoch + day)) for day in range(FIRST_DAY, TODAY + 400)]
    return np.array(days, dtype=np.int64)


def date_cells(rng: np.random.Generator, ground: Ground, homes: Homes) -> Texts:
    """Write birth dates."""
    recipe, offices, people, story = ground.recipe, ground.offices, ground.people, ground.story
    person, office = ground.listing.person, ground.listing.office
    count = len(person)
    day = np.where(rng.random(count) < 0.5, people.birth[person], people.other_birth[person])
    story.mark("two_dates", people.birth[person] != people.other_birth[person])
    wrong = rng.random(count) < recipe.date_wrong * offices.care[office]
    kind = np.where(wrong, rng.choice(len(WRONG_SHARES), count, p=WRONG_SHARES), -1)
    story.mark("date_wrong", wrong)
    relative = homes.first[people.home[person]] + rng.integers(0, 99, count) % homes.size[people.home[person]]
    day = np.where(kind == OF_RELATIVE, people.birth[relative], day)
    day = np.where(kind == DAY_SHIFT, day + rng.choice([-10, -2, -1, 1, 1, 2, 10], count), day)
    day = np.clip(day, FIRST_DAY, TODAY - 1)
    parts = damage_parts(rng, jalali_table()[day - FIRST_DAY], kind)
    age_factor = np.where(people.ages()[person] > 45, 1.8, 0.6)
    rough = rng.random(count) < recipe.year_only * age_factor
    story.mark("year_only", rough)
    missing = rng.random(count) < recipe.date_missing
    story.mark("date_missing", missing)
    cells = write_dates(parts, day, offices.date_form[office], rough, np.isin(kind, (-1, DAY_SHIFT, OF_RELATIVE)))
    cells[missing] = ""
    return dress_digits(cells, offices.digits[office])


def damage_parts(rng: np.random.Generator, parts: Ints, kind: Ints) -> Ints:
    """Shift, swap or turn year, month and day."""
    count = len(parts)
    year, month, day = parts[:, 0], parts[:, 1], parts[:, 2]
    year = np.where(kind == YEAR_SHIFT, year + rng.choice([-2, -1, -1, 1, 1, 2], count), year)
    year = np.where(kind == DECADE, year + rng.choice([-10, 10], count), year)
    turned = year // 100 * 100 + year % 10 * 10 + year % 100 // 10
    year = np.where((kind == DIGITS_TURNED) & (turned < 1405), turned, year)
    month = np.where(kind == MONTH_SHIFT, (month - 1 + rng.choice([-1, 1, 1, 2], count)) % 12 + 1, month)
    swap = (kind == SWAPPED) & (day <= 12)
    month, day = np.where(swap, day, month), np.where(swap, month, day)
    month = np.where(kind == NEW_YEAR, 1, month)
    day = np.where(kind == NEW_YEAR, 1, np.minimum(day, np.where(month > 6, 30, 31)))
    return np.column_stack([np.minimum(year, 1405), month, day])


def write_dates(parts: Ints, day: Ints, form: Ints, rough: Ints, intact: Ints) -> Texts:
    """Write each date in its charity's form; a damaged one in a Gregorian form is written in Jalali, as it was read."""
    gregorian = np.isin(form, (GREGORIAN, GREGORIAN_DAY_FIRST, WITH_CLOCK)) & intact
    form = np.where(np.isin(form, (GREGORIAN, GREGORIAN_DAY_FIRST, WITH_CLOCK)) & ~intact, SLASHED, form)
    shown = np.where(gregorian, day, 0)
    key = (
        ((((parts[:, 0] * 13 + parts[:, 1]) * 32 + parts[:, 2]) * 9 + form) * 2 + rough) * 50_000
        + shown
        - (np.where(gregorian, FIRST_DAY, 0))
    )
    _, first, where = np.unique(key, return_index=True, return_inverse=True)
    rows = zip(parts[first].tolist(), day[first].tolist(), form[first].tolist(), rough[first].tolist(), strict=True)
    texts = np.array(
        [write_date(part, number, kind, rough=bool(year)) for part, number, kind, year in rows], dtype=object
    )
    return np.asarray(texts[where])


def write_date(parts: list[int], day: int, form: int, *, rough: bool) -> str:
    """Write one date."""
    year, month, number = parts
    if rough:
        return (f"{year}", f"{year}/00/00", f"{year}/01/01", f"{year}", f"{year}/1/1")[(day + form) % 5]
    if form in (GREGORIAN, GREGORIAN_DAY_FIRST, WITH_CLOCK):
        date = EPOCH.fromordinal(EPOCH.toordinal() + day)
        if form == GREGORIAN:
            return date.isoformat()
        return f"{date.day:02d}/{date.month:02d}/{date.year}" if form == GREGORIAN_DAY_FIRST else f"{date} 00:00:00"
    if form == TWO_DIGIT and year < 1400:
        return f"{year % 100:02d}/{month:02d}/{number:02d}"
    if form == DAY_FIRST:
        return f"{number:02d}/{month:02d}/{year}"
    patterns = {SHORT: "{}/{}/{}", TOGETHER: "{}{:02d}{:02d}", DASHED: "{}-{:02d}-{:02d}"}
    return patterns.get(form, "{}/{:02d}/{:02d}").format(year, month, number)


def gender_cells(rng: np.random.Generator, ground: Ground) -> Texts:
    """Write the sex in each charity's words."""
    person, office = ground.listing.person, ground.listing.office
    wrong = rng.random(len(person)) < ground.recipe.gender_wrong
    ground.story.mark("gender_wrong", wrong)
    female = (ground.people.female[person] != wrong).astype(np.int64)
    form = ground.offices.gender_form[office]
    words = np.array([*(word for pair in GENDER_WORDS for word in pair), ""], dtype=object)
    place = np.where(ground.offices.asks_gender[office], form * 2 + female, len(words) - 1)
    return np.asarray(words[place])

"""Turns a charity's caseload into the rows of its list, with all that goes wrong in one; remembers who each row is."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

import numpy as np

from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.headings import RecordField
from sakha.vocabulary.jalali import to_jalali
from sakha.vocabulary.places import COUNTIES
from simulation.chance import Ints, chance
from simulation.charities import Charity
from simulation.fact_cells import Cell, fact_cell
from simulation.identities import FIDA, NATIONAL
from simulation.names import families, given_texts
from simulation.people import CHILD, EPOCH, HEAD, PARENT, PILOT_ON, SPOUSE
from simulation.province import Province
from simulation.shipped_tables import places
from simulation.spelling import dress, dress_digits, slip, spell, wrong_digit
from simulation.styles import Column, Dates, Numbers, Style

NOTES = ("بازدید شد", "نیاز به پیگیری", "معرفی از مسجد محل", "در انتظار تحقیق", "کارت صادر شد", "تماس گرفته شد")
STREETS = (
    "خیابان شهید بهشتی",
    "خیابان امام",
    "خیابان گلستان",
    "بلوار ارم",
    "خیابان دوازدهم",
    "کوی فرهنگیان",
    "خیابان مطهری",
)
NOTHING, BAD_ID, NO_ID, BORROWED_ID, NO_NAME, AGAIN = "", "BAD_ID", "NO_ID", "BORROWED_ID", "NO_NAME", "AGAIN"
EMPTY_NAME_SHARE = 0.003
BORROWED_SHARE = 0.003
AGAIN_SHARE = 0.012
# Two-digit years are read as 13xx; people born since 1400 are written in full everywhere.
LAST_SHORT_YEAR = 1399


@dataclass(frozen=True, slots=True)
class CharityList:
    """A charity's list: headings, rows, and for each row who it really is and what is wrong with its ID or name."""

    headings: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    people: list[int]
    flaws: list[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row about to be written; `place` is the household's position among the charity's."""

    person: int
    household: int
    place: int
    flaw: str
    with_facts: bool


@cache
def jalali_day(day: int) -> tuple[int, int, int]:
    """Give the Jalali date of a day counted from 1970."""
    return to_jalali(EPOCH + timedelta(days=day))


class ListWriter:
    """Writes the list of one charity, column by column."""

    def __init__(self, province: Province, charity: Charity, style: Style) -> None:
        self.province, self.charity, self.style = province, charity, style
        self.rng = chance(province.seed, f"list {charity.code}")
        self.case_from = int(self.rng.integers(1, 4000))
        self.by_field: dict[RecordField, Callable[[Entry], Cell]] = {
            RecordField.CASE_NUMBER: lambda entry: dress_digits(str(self.case_from + entry.place), style),
            RecordField.GIVEN_NAME: self.given_name,
            RecordField.FAMILY_NAME: self.family_name,
            RecordField.FULL_NAME: self.full_name,
            RecordField.FATHER_NAME: self.father_name,
            RecordField.NATIONAL_ID: self.national_id,
            RecordField.FIDA_CODE: self.fida_code,
            RecordField.BIRTH_DATE: self.birth_date,
            RecordField.GENDER: self.gender,
            RecordField.RELATION: self.relation,
            RecordField.MOBILE: self.mobile,
            RecordField.COUNTY: self.county,
            RecordField.ADDRESS: self.address,
            RecordField.POSTAL_CODE: self.postal_code,
            RecordField.REGISTERED_ON: self.registered_on,
            RecordField.NOTE: self.note,
        }
        self.has_fida_column = any(column.holds is RecordField.FIDA_CODE for column in style.columns)

    def write(self, households: Sequence[int], facts: dict[FactName, Ints]) -> CharityList:
        """Write the list; `facts` has one value per household in the same order."""
        entries = self.entries(households)
        columns = [self.cells(column, entries, facts) for column in self.style.columns]
        return CharityList(
            headings=tuple(dress(column.heading, self.style) for column in self.style.columns),
            rows=list(zip(*columns, strict=True)),
            people=[entry.person for entry in entries],
            flaws=[entry.flaw for entry in entries],
        )

    def entries(self, households: Sequence[int]) -> list[Entry]:
        """Say which rows there are: every member or the head only, some of them twice."""
        style = self.style
        entries: list[Entry] = []
        for place, household in enumerate(households):
            first = int(self.province.people.first[household])
            size = int(self.province.households.size[household]) if style.lists_members else 1
            for person in range(first, first + size):
                facts = person == first or style.facts_on_every_row
                entries.append(Entry(person, household, place, self.draw_flaw(person), facts))
        draws = self.rng.random(len(entries)).tolist()
        again = [replace(entry, flaw=AGAIN) for entry, draw in zip(entries, draws, strict=True) if draw < AGAIN_SHARE]
        return entries + [entry for entry in again if entry.flaw == AGAIN]

    def draw_flaw(self, person: int) -> str:
        """Draw what is wrong with this row's ID or name."""
        if not self.province.identities.number[person]:
            return NO_ID
        flaws = (NO_NAME, BAD_ID, BORROWED_ID, NO_ID)
        shares = (EMPTY_NAME_SHARE, self.style.error_share, BORROWED_SHARE, self.style.missing_share)
        draw = float(self.rng.random())
        for flaw, share in zip(flaws, shares, strict=True):
            draw -= share
            if draw < 0:
                return flaw
        return NOTHING

    def cells(self, column: Column, entries: list[Entry], facts: dict[FactName, Ints]) -> list[Cell]:
        """Fill one column."""
        holds = column.holds
        if holds is None:
            return list(range(1, len(entries) + 1))
        if isinstance(holds, RecordField):
            write = self.by_field[holds]
            return [write(entry) for entry in entries]
        values = facts[holds].tolist()
        missing = (self.rng.random(len(entries)) < self.style.missing_share).tolist()
        return [
            None if lost or not entry.with_facts else fact_cell(holds, values[entry.place], self.style, entry.person)
            for entry, lost in zip(entries, missing, strict=True)
        ]

    def given_name(self, entry: Entry) -> Cell:
        """Write the given name."""
        if entry.flaw == NO_NAME:
            return None
        name = given_texts()[self.province.names.given[entry.person]]
        return spell(self.rng, name, self.style, female=bool(self.province.people.female[entry.person]), given=True)

    def family_name(self, entry: Entry) -> Cell:
        """Write the family name."""
        if entry.flaw == NO_NAME:
            return None
        name = families().names[self.province.names.family[entry.person]]
        return spell(self.rng, name, self.style, female=False, given=False)

    def full_name(self, entry: Entry) -> Cell:
        """Write both names in one cell."""
        if entry.flaw == NO_NAME:
            return None
        return f"{self.given_name(entry)} {self.family_name(entry)}"

    def father_name(self, entry: Entry) -> Cell:
        """Write the father's name."""
        if self.rng.random() < self.style.missing_share:
            return None
        name = given_texts()[self.province.names.father[entry.person]]
        return spell(self.rng, name, self.style, female=False, given=False)

    def national_id(self, entry: Entry) -> Cell:
        """Write the ID, a wrong one, a relative's one, or none; a foreigner's code where there is no other column."""
        identities = self.province.identities
        kind = identities.id_kind[entry.person]
        if entry.flaw == NO_ID or (kind == FIDA and self.has_fida_column):
            return None
        number = str(identities.number[entry.person])
        if entry.flaw == BORROWED_ID:
            first = int(self.province.people.first[entry.household])
            relative = (
                first if first != entry.person else first + int(self.province.households.size[entry.household]) - 1
            )
            number = str(identities.number[relative] or number)
        elif entry.flaw == BAD_ID and kind == NATIONAL:
            number = wrong_digit(self.rng, number)
        return self.number_cell(number, dashes=(3, 9))

    def fida_code(self, entry: Entry) -> Cell:
        """Write the foreigner's code."""
        identities = self.province.identities
        if entry.flaw == NO_ID or identities.id_kind[entry.person] != FIDA:
            return None
        return self.number_cell(str(identities.number[entry.person]), dashes=())

    def number_cell(self, number: str, dashes: tuple[int, ...]) -> Cell:
        """Write a long number as this charity keeps numbers; a number cell has no leading zero."""
        if self.style.numbers is Numbers.NUMBER:
            return int(number)
        if self.style.numbers is Numbers.DASHED:
            ends = (0, *dashes, len(number))
            number = "-".join(number[start:end] for start, end in itertools.pairwise(ends))
        return dress_digits(number, self.style)

    def mobile(self, entry: Entry) -> Cell:
        """Write a mobile: the own one, else the head's; sometimes none, sometimes an old one."""
        mobiles = self.province.identities.mobile
        number = int(mobiles[entry.person] or mobiles[self.province.people.first[entry.household]])
        draw = float(self.rng.random())
        if not number or draw < self.style.missing_share * 1.5:
            return None
        if draw > 0.96:
            number = 9_600_000_000 + (number * 7 + 13) % 10**8
        return self.number_cell(f"0{number}", dashes=(4, 7))

    def birth_date(self, entry: Entry) -> Cell:
        """Write the birth date in this charity's way, now and then only roughly."""
        draw = float(self.rng.random())
        day = int(self.province.people.birth[entry.person])
        if draw < self.style.missing_share:
            return None
        if draw > 1 - self.style.error_share:
            day -= 365
        return self.date_cell(day, rough=draw > 0.97)

    def date_cell(self, day: int, *, rough: bool) -> Cell:
        """Write a day."""
        year, month, number = jalali_day(day)
        dates = self.style.dates
        if rough or dates is Dates.YEAR_ONLY:
            return dress_digits(str(year), self.style)
        if dates is Dates.EXCEL:
            return EPOCH + timedelta(days=day)
        if dates is Dates.GREGORIAN:
            return dress_digits((EPOCH + timedelta(days=day)).isoformat(), self.style)
        if dates is Dates.TOGETHER:
            return dress_digits(f"{year}{month:02d}{number:02d}", self.style)
        if dates is Dates.TWO_DIGIT_YEAR and 1332 <= year <= LAST_SHORT_YEAR:
            return dress_digits(f"{year % 100}/{month}/{number}", self.style)
        return dress_digits(f"{year}/{month:02d}/{number:02d}", self.style)

    def gender(self, entry: Entry) -> Cell:
        """Write the gender."""
        words = ("زن", "مرد") if self.charity.place % 2 else ("مونث", "مذکر")
        return dress(words[0] if self.province.people.female[entry.person] else words[1], self.style)

    def relation(self, entry: Entry) -> Cell:
        """Write how the person stands to the head."""
        people = self.province.people
        female = bool(people.female[entry.person])
        relation = int(people.relation[entry.person])
        words = {
            HEAD: "سرپرست" if self.charity.place % 3 else "خود",
            SPOUSE: "همسر",
            CHILD: ("دختر" if female else "پسر") if self.charity.place % 2 else "فرزند",
            PARENT: "مادر" if female else "پدر",
        }
        return dress(words.get(relation, "سایر"), self.style)

    def county(self, entry: Entry) -> Cell:
        """Write the county."""
        code = places().counties[self.province.households.place[entry.household]]
        prefix = "شهرستان " if self.charity.place % 4 == 0 else ""
        return dress(prefix + COUNTIES[code].name, self.style)

    def address(self, entry: Entry) -> Cell:
        """Write an address, the same in every file but for its words."""
        if self.rng.random() < self.style.missing_share:
            return None
        household = entry.household
        street = STREETS[household % len(STREETS)]
        place = places().names[self.province.households.place[household]]
        alley = f"، کوچه {household % 37 + 1}" if self.rng.random() < 0.8 else ""
        number = f"، پلاک {household % 211 + 1}" if self.rng.random() < 0.7 else ""
        text = dress(f"{place}، {street}{alley}{number}", self.style)
        return slip(self.rng, text) if self.rng.random() < self.style.error_share else text

    def postal_code(self, entry: Entry) -> Cell:
        """Write a postal code of the strict pattern, made of the household's number."""
        if self.rng.random() < 0.3:
            return None
        digits = np.base_repr(entry.household + 8**7, 8).rjust(8, "0")[-8:]
        return dress_digits("31" + digits.translate(str.maketrans("01234567", "13456789")), self.style)

    def registered_on(self, entry: Entry) -> Cell:
        """Write when the household came to the charity."""
        day = (PILOT_ON - EPOCH).days - 20 - (entry.household * 7919 + self.charity.place) % 2900
        return self.date_cell(day, rough=False)

    def note(self, _entry: Entry) -> Cell:
        """Write a note, mostly none."""
        draw = float(self.rng.random())
        return dress(NOTES[int(draw * 1e6) % len(NOTES)], self.style) if draw < 0.2 else None

"""Reading the cells of a row by the mapping: identifiers, names, dates, words, places, facts.

Decides what each cell means and names every problem of the row, not only the first; whether the row contradicts
others is left to `contradictions`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from sakha.access.rules.key_ring import People
from sakha.access.rules.sealing import ID_INDEX_KINDS, require_people
from sakha.registry.rules.mapping import Column
from sakha.registry.rules.rows import ReadRow, RowProblem, problem_of
from sakha.registry.rules.sheets import Cell, SheetRow, show_cell
from sakha.registry.rules.words import BLANK_WORDS, GENDER_WORDS, RELATION_WORDS, Gender, Relation
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.fact_values import parse_fact
from sakha.vocabulary.headings import RecordField
from sakha.vocabulary.identifiers import (
    IdKind,
    MobileInvalid,
    parse_mobile,
    parse_person_identifier,
    parse_postal_code,
)
from sakha.vocabulary.jalali import ParsedDate, parse_date
from sakha.vocabulary.persian_text import clean_text, match_key
from sakha.vocabulary.places import find_county, find_province
from sakha.vocabulary.refusal import Refusal

AGE_MAX: Final = 120
NAME_LENGTH_MAX: Final = 80
TEXT_LENGTH_MAX: Final = 1000

# A day number of a spreadsheet whose date format was lost: 1927 to 2064. No Jalali or Gregorian date has five digits.
_SERIALS: Final = range(10_000, 60_001)
_SERIAL_EPOCH: Final = date(1899, 12, 30)
_SEVERAL: Final = re.compile(r"[/،,;؛|\n]|\s-\s|\sو\s|_")
_CACHED_MAX: Final = 50_000

_RELATIONS: Final = {match_key(word): relation for word, relation in RELATION_WORDS.items()}
_GENDERS: Final = {match_key(word): gender for word, gender in GENDER_WORDS.items()}
# Given names that people write in two words; the rest of a full name is then the family name.
_FIRST_PARTS: Final = frozenset(
    match_key(word)
    for word in (
        "محمد", "علی", "امیر", "غلام", "عبد", "سید", "سیده", "میر", "ملا", "حاج", "فاطمه", "زهرا", "ام", "بی", "نور",
        "شیر", "گل", "خان", "ابو", "ابوال", "شاه",
    )
)  # fmt: skip
_SECOND_PARTS: Final = frozenset(
    match_key(word)
    for word in (
        "رضا", "علی", "حسین", "حسن", "مهدی", "محمد", "امین", "جواد", "صادق", "باقر", "تقی", "نقی", "کاظم", "هادی",
        "اکبر", "اصغر", "الله", "اله", "زهرا", "سادات", "البنین", "بی", "خانم", "عباس", "طاها", "یاسین", "حسام",
        "ابراهیم", "قلی",
    )
)  # fmt: skip
_TITLES: Final = frozenset(match_key(word) for word in ("سید", "سیده", "حاج", "میر", "ملا"))


class NameMissing(Refusal):
    """A person without given or family name."""

    code: ClassVar[str] = "NAME_MISSING"
    sentence: ClassVar[str] = "نام و نام خانوادگی هر دو لازم است."


class NameInvalid(Refusal):
    """Digits, or far too long."""

    code: ClassVar[str] = "NAME_INVALID"
    sentence: ClassVar[str] = "نام نباید رقم داشته باشد یا بیش از اندازه بلند باشد."


class BirthDateImpossible(Refusal):
    """In the future, or too long ago for a living person."""

    code: ClassVar[str] = "BIRTH_DATE_IMPOSSIBLE"
    sentence: ClassVar[str] = "تاریخ تولد در آینده یا بیش از ۱۲۰ سال پیش است."


class WordUnknown(Refusal):
    """A word that is none of those a column may carry."""

    code: ClassVar[str] = "WORD_UNKNOWN"
    sentence: ClassVar[str] = "این واژه شناخته نشد؛ یکی از این‌ها را بنویسید: {words}."


class PlaceUnknown(Refusal):
    """A province or county that is not in the list, or a county of another province."""

    code: ClassVar[str] = "PLACE_UNKNOWN"
    sentence: ClassVar[str] = "استان یا شهرستان در فهرست کشور پیدا نشد."


class TextTooLong(Refusal):
    """A cell that holds a letter instead of a value."""

    code: ClassVar[str] = "TEXT_TOO_LONG"
    sentence: ClassVar[str] = "متن این خانه بیش از اندازه بلند است."


@dataclass(frozen=True, slots=True)
class Area:
    """The organisation's own province and county, for files that don't say where."""

    province: str
    county: str = ""


class RowReader:
    """Reads the rows of one file; what many rows repeat is worked out once."""

    def __init__(self, columns: Sequence[Column], *, area: Area, today: date, people: People | None = None) -> None:
        self._columns = [(column, self._reader_of(column)) for column in columns]
        self._headings = {column.field: column for column in columns}
        self._area = area
        self._today = today
        self._people = people
        self._seen: dict[tuple[int, str], Any] = {}

    def read(self, row: SheetRow, *, is_protected: bool = False) -> ReadRow:
        """Read every mapped cell, and name every problem."""
        problems: list[RowProblem] = []
        values: dict[Any, Any] = {}
        for column, read in self._columns:
            cell = row.cells[column.place]
            if cell == "":
                continue
            try:
                value = self._read_once(column, read, cell)
            except Refusal as refusal:
                problems.append(_problem(refusal, column))
                continue
            if value is not None:
                values[column.field] = value
        self._split_full_name(values)
        has_name_problem = any(problem.field in _NAME_FIELDS for problem in problems)
        for missing, field in self._missing(values):
            if not (has_name_problem and field in _NAME_FIELDS):
                problems.append(_problem(missing, self._headings.get(field), field))
        facts = {field.value: value for field, value in values.items() if isinstance(field, FactName)}
        return self._row(row, values, tuple(problems), facts, is_protected)

    def _read_once(self, column: Column, read: Callable[[Cell], Any], cell: Cell) -> Any:
        if not isinstance(cell, str) or column.field in _RARELY_REPEATED:
            return read(cell)
        key = (column.place, cell)
        if key in self._seen:
            return self._seen[key]
        value = read(cell)
        if len(self._seen) < _CACHED_MAX:
            self._seen[key] = value
        return value

    def _row(
        self, row: SheetRow, values: dict[Any, Any], problems: tuple[RowProblem, ...], facts: dict[str, int],
        is_protected: bool,  # noqa: FBT001 -- private
    ) -> ReadRow:  # fmt: skip
        id_kind, id_text = values.get(RecordField.NATIONAL_ID) or values.get(RecordField.FIDA_CODE) or (IdKind.NONE, "")
        birth: ParsedDate | None = values.get(RecordField.BIRTH_DATE)
        registered: ParsedDate | None = values.get(RecordField.REGISTERED_ON)
        province, county = self._place(values)
        urban = facts.get(FactName.URBAN)
        return ReadRow(
            number=row.number,
            cells=tuple(show_cell(cell) for cell in row.cells),
            problems=problems,
            case_number=values.get(RecordField.CASE_NUMBER, ""),
            id_kind=id_kind,
            id_text=id_text,
            given_name=values.get(RecordField.GIVEN_NAME, ""),
            family_name=values.get(RecordField.FAMILY_NAME, ""),
            father_name=values.get(RecordField.FATHER_NAME, ""),
            birth_on=birth.on if birth else None,
            birth_precision=birth.precision.value if birth else "",
            gender=values.get(RecordField.GENDER),
            relation=values.get(RecordField.RELATION),
            mobile=values.get(RecordField.MOBILE, ""),
            province=province,
            county=county,
            address=values.get(RecordField.ADDRESS, ""),
            postal_code=values.get(RecordField.POSTAL_CODE, ""),
            registered_on=registered.on if registered else None,
            note=values.get(RecordField.NOTE, ""),
            is_urban=None if urban is None else bool(urban),
            is_protected=is_protected,
            facts=facts,
        )

    def _place(self, values: dict[Any, Any]) -> tuple[str, str]:
        """A county brings its province; a row that says nothing lies where its organisation is."""
        province: str = values.get(RecordField.PROVINCE, "")
        county: str = values.get(RecordField.COUNTY, "")
        if county:
            found = find_county(county, province or self._area.province) or find_county(county)
            return (found.province_code, found.code) if found else (province or self._area.province, "")
        if province and province != self._area.province:
            return province, ""
        return self._area.province, self._area.county

    def _missing(self, values: dict[Any, Any]) -> list[tuple[Refusal, RecordField]]:
        missing: list[tuple[Refusal, RecordField]] = []
        for field in (RecordField.GIVEN_NAME, RecordField.FAMILY_NAME):
            if not values.get(field):
                at = field if field in self._headings else RecordField.FULL_NAME
                missing.append((NameMissing(), at))
                break
        county = values.get(RecordField.COUNTY)
        if county and not self._place(values)[1]:
            missing.append((PlaceUnknown(), RecordField.COUNTY))
        return missing

    def _split_full_name(self, values: dict[Any, Any]) -> None:
        full = values.pop(RecordField.FULL_NAME, "")
        if not full or (values.get(RecordField.GIVEN_NAME) and values.get(RecordField.FAMILY_NAME)):
            return
        given, family = split_full_name(full)
        values.setdefault(RecordField.GIVEN_NAME, given)
        values.setdefault(RecordField.FAMILY_NAME, family)

    def _reader_of(self, column: Column) -> Callable[[Cell], Any]:
        field = column.field
        if isinstance(field, FactName):
            return lambda cell: parse_fact(field, show_cell(cell), unit=column.unit, is_monthly=column.is_monthly)
        if field is RecordField.BIRTH_DATE:
            return lambda cell: read_birth_date(cell, self._today)
        if field in _IDENTIFIERS:
            return self._read_own_identifier
        return _READERS[field]

    def _read_own_identifier(self, cell: Cell) -> tuple[IdKind, str] | None:
        """Of other people than the house's it is this row's problem, not the file's end."""
        read = _read_identifier(cell)
        if read is not None:
            require_people(self._people, ID_INDEX_KINDS[read[0]], (read[1],))
        return read


def split_full_name(full: str) -> tuple[str, str]:
    """Part a full name: titles and the second word of a compound given name stay with the given name."""
    words = full.split(" ")
    taken = 0
    while taken < len(words) - 2 and match_key(words[taken]) in _TITLES:
        taken += 1
    taken += 1
    if (
        len(words) - taken > 1
        and match_key(words[taken - 1]) in _FIRST_PARTS
        and match_key(words[taken]) in _SECOND_PARTS
    ):
        taken += 1
    return " ".join(words[:taken]), " ".join(words[taken:])


def read_date(cell: Cell) -> ParsedDate | None:
    """A date cell, a day number that lost its format, or whatever people type."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _SERIALS:
        return parse_date((_SERIAL_EPOCH + timedelta(days=int(cell))).isoformat())
    if isinstance(cell, datetime):
        return parse_date(cell.date().isoformat())
    text = show_cell(cell)
    return None if _is_blank(text) else parse_date(text)


def read_birth_date(cell: Cell, today: date) -> ParsedDate | None:
    """A date on which a living person may have been born."""
    read = read_date(cell)
    if read is not None and not (today.year - AGE_MAX <= read.on.year and read.on <= today):
        raise BirthDateImpossible
    return read


def _read_identifier(cell: Cell) -> tuple[IdKind, str] | None:
    text = show_cell(cell)
    return None if _is_blank(text) else parse_person_identifier(text)


def _read_name(cell: Cell) -> str | None:
    text = clean_text(show_cell(cell))
    if _is_blank(text):
        return None
    if len(text) > NAME_LENGTH_MAX or any(sign.isdigit() for sign in text):
        raise NameInvalid
    return text


def _read_text(cell: Cell) -> str | None:
    text = clean_text(show_cell(cell))
    if len(text) > TEXT_LENGTH_MAX:
        raise TextTooLong
    return None if _is_blank(text) else text


def _read_case_number(cell: Cell) -> str | None:
    text = fold_digits(clean_text(show_cell(cell)))
    if len(text) > NAME_LENGTH_MAX:
        raise TextTooLong
    return None if _is_blank(text) else text


def _read_gender(cell: Cell) -> Gender | None:
    text = show_cell(cell)
    if _is_blank(text):
        return None
    found = _GENDERS.get(match_key(text))
    if found is None:
        raise WordUnknown(words="زن، مرد")
    return found


def _read_relation(cell: Cell) -> Relation | None:
    text = show_cell(cell)
    # Families are richer than five words: an unknown word is a relative, not a mistake.
    return None if _is_blank(text) else _RELATIONS.get(match_key(text), Relation.OTHER)


def _read_mobile(cell: Cell) -> str | None:
    """The first mobile number of a cell that holds several."""
    text = show_cell(cell)
    if _is_blank(text):
        return None
    for part in _SEVERAL.split(text):
        try:
            return parse_mobile(part)
        except MobileInvalid:
            continue
    return parse_mobile(text)


def _read_postal_code(cell: Cell) -> str | None:
    text = show_cell(cell)
    return None if _is_blank(text) else parse_postal_code(text)


def _read_province(cell: Cell) -> str | None:
    text = show_cell(cell)
    if _is_blank(text):
        return None
    found = find_province(text)
    if found is None:
        raise PlaceUnknown
    return found.code


def _is_blank(text: str) -> bool:
    return fold_digits(text).strip().lower() in BLANK_WORDS


def _problem(refusal: Refusal, column: Column | None, field: RecordField | None = None) -> RowProblem:
    if column is None:
        return problem_of(refusal, field_name=field.value if field else "")
    return problem_of(refusal, field_name=column.field.value, place=column.place, heading=column.heading)


_NAME_FIELDS: Final = (RecordField.GIVEN_NAME, RecordField.FAMILY_NAME, RecordField.FULL_NAME)
_RARELY_REPEATED: Final = frozenset({RecordField.NATIONAL_ID, RecordField.MOBILE, RecordField.FIDA_CODE})
_IDENTIFIERS: Final = frozenset({RecordField.NATIONAL_ID, RecordField.FIDA_CODE})
_READERS: Final[dict[RecordField, Callable[[Cell], Any]]] = {
    RecordField.CASE_NUMBER: _read_case_number,
    RecordField.GIVEN_NAME: _read_name,
    RecordField.FAMILY_NAME: _read_name,
    RecordField.FULL_NAME: _read_name,
    RecordField.FATHER_NAME: _read_name,
    RecordField.GENDER: _read_gender,
    RecordField.RELATION: _read_relation,
    RecordField.MOBILE: _read_mobile,
    RecordField.PROVINCE: _read_province,
    RecordField.COUNTY: _read_text,
    RecordField.ADDRESS: _read_text,
    RecordField.POSTAL_CODE: _read_postal_code,
    RecordField.REGISTERED_ON: read_date,
    RecordField.NOTE: _read_text,
}

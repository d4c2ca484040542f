"""What somebody types to find a person, understood: names, a number or the end of one, a telephone, a day or a year.

Decides what each word may be; which of it is looked up under which key is registry's, for only it has the keys.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from sakha.linkage.rules.desk_keys import TAIL_LENGTH, near_mobiles, near_national_ids, padded_national_id
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.identifiers import IdentifierInvalid, MobileInvalid, parse_mobile, parse_person_identifier
from sakha.vocabulary.jalali import (
    DateInvalid,
    DatePrecision,
    ParsedDate,
    from_jalali,
    parse_date,
    to_jalali,
    year_bounds,
)
from sakha.vocabulary.persian_text import clean_text, word_keys
from sakha.vocabulary.refusal import Refusal

TEXT_LENGTH_MAX: Final = 200
_WORDS_MAX: Final = 6
_LETTERS_MIN: Final = 2
_ID_LENGTHS: Final = range(8, 12)
_MOBILE_LENGTHS: Final = range(10, 15)
_GROUPED: Final = re.compile(r"(?<=\d)[\s\-]+(?=\d)")
_NUMBERS: Final = re.compile(r"\+?\d[\d/.\-]*")
# Eight digits may be a day or a number that lost two zeros; then it is looked up as both.
_DATE_LENGTHS: Final = (4, 6)


class QuestionUnclear(Refusal):
    """Too little to look anybody up by."""

    code: ClassVar[str] = "QUESTION_UNCLEAR"
    sentence: ClassVar[str] = "دست‌کم دو حرف از نام، یا بخشی از کد ملی، موبایل یا سال تولد را بنویسید."


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskQuestion:
    """Who is looked for. Empty texts and tuples are unknown.

    Names that are known to be given, family or father's name stand apart; `words` are those of which that is not
    known, in the order in which they were typed. `identifiers` and `mobiles` are exact, the `near_` ones are what a
    hand may have meant.
    """

    given_name: str = ""
    family_name: str = ""
    father_name: str = ""
    words: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    near_identifiers: tuple[str, ...] = ()
    id_tail: str = ""
    mobiles: tuple[str, ...] = ()
    near_mobiles: tuple[str, ...] = ()
    birth: ParsedDate | None = None
    gender: str = ""

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The ways in which the name may part into given and family name, the likeliest first."""
        # A given name with a father's and no family name is looked up by the father, not by that half alone.
        return tuple(dict.fromkeys((given, family) for given, family, father in self.readings if family or not father))

    @property
    def readings(self) -> tuple[tuple[str, str, str], ...]:
        """What the words may mean as given, family and father's name; the last one or two may be the father's."""
        if self.given_name or self.family_name:
            return ((self.given_name, self.family_name, self.father_name),)
        words = self.words[:_WORDS_MAX]
        whole = "".join(words)
        if not whole:
            return ()
        told = [(given, family, self.father_name) for given, family in [*_parts(words), (whole, ""), ("", whole)]]
        for length in (1, 2):
            father = "".join(words[-length:])
            told += [(given, family, father) for given, family in _parts(words[:-length])]
        if len(words) > 1:
            told.append(("".join(words[:-1]), "", words[-1]))
        return tuple(dict.fromkeys(told))

    @property
    def father(self) -> str:
        """The father's name: as told, else the last of several typed words, which it may be."""
        return self.father_name or (self.words[:_WORDS_MAX][-1] if len(self.words) > 1 else "")

    @property
    def birth_days(self) -> tuple[date, ...]:
        """The days that a birth date as told may mean: itself, and with day and month changed over."""
        if self.birth is None or self.birth.precision is DatePrecision.YEAR:
            return ()
        year, month, day = to_jalali(self.birth.on)
        try:
            turned = from_jalali(year, day, month)
        except (DateInvalid, ValueError):
            return (self.birth.on,)
        return tuple(dict.fromkeys((self.birth.on, turned)))

    @property
    def birth_span(self) -> tuple[date, date] | None:
        """The first and the last day of the year of birth, whichever calendar it was told in."""
        if self.birth is None:
            return None
        if self.birth.precision is DatePrecision.YEAR and (self.birth.on.month, self.birth.on.day) == (1, 1):
            return self.birth.on, date(self.birth.on.year, 12, 31)
        return year_bounds(to_jalali(self.birth.on)[0])


def make_question(  # noqa: PLR0913 -- one argument a field of a form
    *,
    given_name: str = "",
    family_name: str = "",
    father_name: str = "",
    identifier: str = "",
    mobile: str = "",
    birth: ParsedDate | None = None,
    gender: str = "",
) -> DeskQuestion:
    """A question from the fields of a form or a row; what can't be a number is left out, not refused."""
    exact, near, tail = _understand_identifier(fold_digits(identifier).strip())
    mobiles = _understand_mobile(mobile)
    return DeskQuestion(
        given_name=clean_text(given_name),
        family_name=clean_text(family_name),
        father_name=clean_text(father_name),
        identifiers=exact,
        near_identifiers=near,
        id_tail=tail,
        mobiles=mobiles,
        near_mobiles=tuple(near_mobiles(mobiles[0])) if mobiles else (),
        birth=birth,
        gender=gender,
    )


def understand_question(text: str) -> DeskQuestion:
    """A question from one line as it is typed. Raises: QuestionUnclear."""
    line = _GROUPED.sub("", fold_digits(clean_text(text)[:TEXT_LENGTH_MAX]))
    identifiers: list[str] = []
    near: list[str] = []
    tail = ""
    birth: ParsedDate | None = None
    mobiles: tuple[str, ...] = ()
    for number in _NUMBERS.findall(line):
        # Ten digits that begin with 9 may be a mobile without its zero, or a national ID.
        mobiles += _understand_mobile(number)
        if mobiles and number.startswith(("0", "+", "98")):
            continue
        told = _understand_birth(number)
        birth = birth or told
        if told is not None and (not number.isdigit() or len(number) in _DATE_LENGTHS):
            continue
        exact, others, end = _understand_identifier(number)
        identifiers += exact
        near += others
        tail = tail or end
    words = tuple(word for word in word_keys(_NUMBERS.sub(" ", line)) if not word.isdigit())
    question = DeskQuestion(
        words=words,
        identifiers=tuple(identifiers),
        near_identifiers=tuple(near),
        id_tail=tail,
        mobiles=mobiles,
        near_mobiles=tuple(near_mobiles(mobiles[0])) if mobiles else (),
        birth=birth,
    )
    has_number = identifiers or near or tail or mobiles
    if not has_number and len("".join(words)) < _LETTERS_MIN:
        raise QuestionUnclear(field="text")
    return question


def _parts(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Given and family name and the other way round, evenly long ones first; nothing of one word."""
    parts = [("".join(words[:cut]), "".join(words[cut:])) for cut in range(1, len(words))]
    parts.sort(key=lambda one: abs(len(one[0]) - len(one[1])))
    return [*parts, *((family, given) for given, family in parts)]


def _understand_identifier(number: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Exact identifiers, those a hand may have meant, and the end of one."""
    digits = "".join(sign for sign in number if sign.isdigit())
    try:
        exact: tuple[str, ...] = (parse_person_identifier(digits)[1],)
    except IdentifierInvalid:
        padded = padded_national_id(digits)
        exact = (padded,) if padded else ()
    near = tuple(one for one in near_national_ids(digits) if one not in exact) if len(digits) in _ID_LENGTHS else ()
    has_tail = TAIL_LENGTH <= len(digits) <= max(_ID_LENGTHS)
    return exact, near, digits[-TAIL_LENGTH:] if has_tail else ""


def _understand_mobile(text: str) -> tuple[str, ...]:
    digits = fold_digits(text)
    if sum(sign.isdigit() for sign in digits) not in _MOBILE_LENGTHS:
        return ()
    try:
        return (parse_mobile(text),)
    except MobileInvalid:
        return ()


def _understand_birth(number: str) -> ParsedDate | None:
    """A date with separators, eight digits that make one, or a year alone."""
    try:
        return parse_date(number)
    except DateInvalid:
        return None

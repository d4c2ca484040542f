"""What our sentences say in English: the catalogue, and how a shown value is said by it.

A value is a sentence of the catalogue, a pattern of one with its values in place, a day, a number, a row of such
parts, or somebody's own words, which stay as they are. Decides nothing about Persian pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Final

from sakha.entrypoints.kashi.segments import LETTER, has_words, turn_marks
from sakha.vocabulary.digits import (
    DECIMAL_SEPARATOR,
    THOUSANDS_SEPARATOR,
    fold_digits,
    persian_digits,
)
from sakha.vocabulary.jalali import MONTH_NAMES, DateInvalid, from_jalali
from sakha.vocabulary.places import COUNTIES, PROVINCES

CATALOGUE: Final = Path(__file__).parent / "english"
MONTHS: Final = (
    "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar", "Mehr", "Aban", "Azar", "Dey", "Bahman",
    "Esfand",
)  # fmt: skip
HOLE: Final = re.compile(r"\{[^{}]+\}")
_LETTERS_MIN: Final = 10  # a pattern with fewer letters of its own is believed only where its values can be said too
_SHORT: Final = 120  # longer rows of words with commas are somebody's own
# What is longer, or can be taken apart in more ways, is somebody's own: our sentences need some dozens of looks.
_LONG: Final = 400
_LOOKS: Final = 400
_TURNED: Final = {THOUSANDS_SEPARATOR: ",", DECIMAL_SEPARATOR: ".", "\N{LEFT-TO-RIGHT MARK}": ""}
_NUMBERS: Final = str.maketrans(_TURNED)
_MONTH: Final = "|".join(MONTH_NAMES)
_DAY: Final = re.compile(rf"(\d{{1,2}}) ({_MONTH}) (\d{{4}})")
_JALALI_MONTH: Final = re.compile(rf"({_MONTH})(?: (\d{{4}}))?")
_SHORT_DAY: Final = re.compile(r"(1[34]\d\d)/(\d\d)/(\d\d)")
_NEAR_DAYS: Final = {"امروز": "today", "دیروز": "yesterday", "فردا": "tomorrow"}
_AGES: Final = {"سال": "year", "ماه": "month", "هفته": "week", "روز": "day", "ساعت": "hour", "دقیقه": "minute"}
_AGE: Final = re.compile(rf"(\d+) ({'|'.join(_AGES)}) (پیش|دیگر|مانده)")
_SIDES_OF_NOW: Final = {"پیش": "ago", "دیگر": "from now", "مانده": "left"}
_SIZES: Final = {"هزار": " thousand", "میلیون": " million", "میلیارد": " billion", "": ""}
_MONEY: Final = re.compile(
    rf"([۰-۹٬٫]+)(?: ({'|'.join(filter(None, _SIZES))}))?( تومان)?( کمتر| بیشتر| در ماه| در سال)?"
)
_MORE: Final = {"": "", " کمتر": " less", " بیشتر": " more", " در ماه": " a month", " در سال": " a year"}
# Two values stand side by side in a few sentences; the first is a time.
_WHEN: Final = r"([۰-۹]+ \S+ پیش|.*?)"
# Of one the other word is said; only right before the word, so that no number's end is taken for it.
_NOUNS: Final = (
    "rooms", "signs", "needs", "gifts", "days", "hours", "months", "years", "rows", "households", "deliveries",
    "charities", "provinces", "counties", "organisations", "questions", "members", "payments", "parcels", "items",
    "files", "records", "weeks", "minutes",
)  # fmt: skip
_ONE: Final = re.compile(rf"(?<![\d,.])\b1 (people|{'|'.join(_NOUNS)})\b")
_COUNT: Final = re.compile(r"([۰-۹٬]+) (\D+)")
_UNITS: Final = ("parcel", "item", "piece", "set", "load", "hour")
_MANY: Final = re.compile(rf"\b((?!1 )[\d,]+) ({'|'.join(_UNITS)})\b")
_DRAWN: Final = re.compile(r">([^<>]+)</text>")
_ROWS: Final = (" ← ", " · ", "؛ ", "، ", ": ", " و ")
_JOINED: Final = {" ← ": " → ", " · ": " · ", "؛ ": "; ", "، ": ", ", ": ": ": ", " و ": " and "}
_WORDS: Final = re.compile(r'^(msgid|msgstr)? ?("(?:[^"\\]|\\.)*")$')


class CatalogueBroken(Exception):  # noqa: N818 -- named as a fact, as refusals are
    """A file of the catalogue that can't be read; names file and line."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A sentence with holes: how it is known, and what it says."""

    known_by: str
    shape: str
    holes: tuple[str, ...]
    says: str
    letters: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that can be said: sentences by themselves, and patterns, those with the most words first."""

    sentences: Mapping[str, str]
    patterns: tuple[_Pattern, ...]


def read_entries(path: Path) -> Iterator[tuple[str, str]]:
    """The entries of a gettext file, in its order: Persian and English.

    Raises:
        CatalogueBroken: when a line is neither an entry nor a comment.
    """
    part, found = "", {"msgid": "", "msgstr": ""}
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), 'msgid ""'], start=1):
        if not line.strip() or line.startswith("#"):
            continue
        words = _WORDS.match(line.strip())
        if words is None or not (words[1] or part):
            raise CatalogueBroken(f"{path.name}:{number}")
        if words[1] == "msgid":
            if found["msgid"]:
                yield found["msgid"], found["msgstr"]
            found = {"msgid": "", "msgstr": ""}
        part = words[1] or part
        found[part] += json.loads(words[2])


def make_catalogue(entries: Mapping[str, str]) -> Catalogue:
    """A catalogue of these entries; what was not translated yet is left out."""
    told = {said: english for said, english in entries.items() if english}
    sentences = {persian_digits(said): english for said, english in told.items() if not HOLE.search(said)}
    # a word of our own that is also a county's name stays the word
    places = {county.name: county.name_en for county in COUNTIES.values()}
    sentences = places | {province.name: province.name_en for province in PROVINCES.values()} | sentences
    # a segment of a template is known by its source, where a pattern is known by its shape
    sentences |= {said: english for said, english in told.items() if "{{" in said}
    patterns = [_pattern(said, english) for said, english in told.items() if HOLE.search(said) and "{{" not in said]
    return Catalogue(sentences, tuple(sorted(patterns, key=lambda one: (-one.letters, one.says))))


def _pattern(said: str, english: str) -> _Pattern:
    words = [persian_digits(part) for part in HOLE.split(said)]
    holes = tuple(HOLE.findall(said))
    between = [_WHEN if hole == "{when}" else "(.*?)" for hole in holes]
    shape = "".join(re.escape(part) + hole for part, hole in zip(words, [*between, ""], strict=True))
    return _Pattern(max(words, key=len), shape, holes, english, sum(map(_letters, words)))


@cache
def _compiled(shape: str) -> re.Pattern[str]:
    """A pattern's shape; most of thousands are never asked for."""
    return re.compile(shape, re.DOTALL)


def _letters(text: str) -> int:
    return len(LETTER.findall(text))


@cache
def catalogue() -> Catalogue:
    """The house's own, read once."""
    entries: dict[str, str] = {}
    for path in sorted(CATALOGUE.glob("*.po")):
        entries.update(read_entries(path))
    return make_catalogue(entries)


def say_segment(words: str) -> str:
    """What a segment of a template says, with its values where English has them; as it is where nobody told."""
    return catalogue().sentences.get(words) or catalogue().sentences.get(persian_digits(words), words)


@dataclass(slots=True)
class _Looks:
    """How a value is taken apart: what was found of its parts, and how many looks are left."""

    found: dict[str, str | None] = field(default_factory=dict)
    left: int = _LOOKS


def say(text: str) -> str:
    """What a shown value says; somebody's own words stay as they are."""
    looks = _Looks()
    said = _say(text, looks)
    return said if looks.left else text


def _say(text: str, looks: _Looks) -> str:
    bare = text.strip()
    if not bare or bare.isascii():
        return text
    if not has_words(bare):
        return _say_day(bare) or turn_marks(fold_digits(text).translate(_NUMBERS))
    if bare not in looks.found and looks.left:
        looks.left -= 1
        looks.found[bare] = _find(bare, looks)
    said = looks.found.get(bare)
    return text if said is None else text.replace(bare, said)


def say_drawing(drawn: str) -> str:
    """A drawing with its words said; they are our own, and its numbers."""
    return _DRAWN.sub(lambda found: f">{escape(say(unescape(found[1])))}</text>", drawn)


def _find(bare: str, looks: _Looks) -> str | None:
    whole = catalogue().sentences.get(persian_digits(bare))
    if whole is not None or len(bare) > _LONG:
        return whole
    fixed = _say_day(bare) or _say_money(bare)
    if fixed is not None:
        return fixed
    if " · " in bare:  # parts of their own, before a pattern reaches over them
        by_row = _say_row(bare, looks)
        if by_row is not None and not has_words(by_row):
            return by_row
    by_pattern = _say_pattern(bare, looks)
    if by_pattern is not None and not has_words(by_pattern):
        return by_pattern
    by_row = _say_row(bare, looks)
    if by_row is not None and not has_words(by_row):
        return by_row
    return _say_ended(bare, looks) or _say_count(bare, looks) or by_pattern or by_row


def _say_ended(bare: str, looks: _Looks) -> str | None:
    """A row of sentences that ends as one."""
    said = _say(bare[:-1], looks) if bare[-1] == "." else bare
    return None if has_words(said) else f"{said}."


def _say_count(bare: str, looks: _Looks) -> str | None:
    """«۲۰ قلم دارو»: so many, and what our words call them."""
    found = _COUNT.fullmatch(bare)
    if found is None:
        return None
    words = found[2].split(" ")
    for place in range(1, len(words)):
        unit, of = _say(" ".join(words[:place]), looks), _say(" ".join(words[place:]), looks)
        if not has_words(unit + of):
            return _of_count(f"{_say(found[1], looks)} {unit} of {of[0].lower()}{of[1:]}")
    said = _say(found[2], looks)
    return None if has_words(said) else _of_count(f"{_say(found[1], looks)} {said}")


def _say_money(bare: str) -> str | None:
    """«۲٫۵ میلیون تومان»: an amount in round words, and whether it is more or less than before."""
    found = _MONEY.fullmatch(persian_digits(bare))
    if found is None or not any(found.groups()[1:]):
        return None
    amount = fold_digits(found[1]).translate(_NUMBERS) + _SIZES[found[2] or ""]
    more = _MORE[found[4] or ""]
    return f"{amount}{' toman' if found[3] else ''}{more}"


def _say_day(bare: str) -> str | None:
    plain = fold_digits(bare)
    day, short, month = _DAY.fullmatch(plain), _SHORT_DAY.fullmatch(plain), _JALALI_MONTH.fullmatch(plain)
    age = _AGE.fullmatch(plain)
    if bare in _NEAR_DAYS:
        return _NEAR_DAYS[bare]
    if age is not None:
        return _of_count(f"{age[1]} {_AGES[age[2]]}s {_SIDES_OF_NOW[age[3]]}")
    if month is not None:
        return " ".join(filter(None, (MONTHS[MONTH_NAMES.index(month[1])], month[2])))
    if day is None and short is None:
        return None
    try:
        if day is not None:
            on = from_jalali(int(day[3]), MONTH_NAMES.index(day[2]) + 1, int(day[1]))
        else:
            on = from_jalali(*(int(part) for part in short.groups()))  # type: ignore[union-attr]  # one of the two
    except DateInvalid:
        return None
    return f"{on.day} {on:%B %Y}"


def _say_pattern(bare: str, looks: _Looks) -> str | None:
    """Say by the first pattern whose values can be said too, else by the first with words enough of its own."""
    shown, partly = persian_digits(bare), None
    for one in catalogue().patterns:
        if one.known_by not in shown:
            continue
        found = _compiled(one.shape).fullmatch(shown)
        if found is None:
            continue
        values = [_say(bare[slice(*found.span(place))], looks) for place in range(1, len(one.holes) + 1)]
        by_hole = dict(zip(one.holes, values, strict=True))
        said = _of_count(HOLE.sub(lambda hole, by=by_hole: by[hole[0]], one.says))  # type: ignore[misc]  # bound at once
        if not any(map(has_words, values)):
            return said
        partly = partly or (said if one.letters >= _LETTERS_MIN or one.known_by.endswith((")", ": ")) else None)
    return partly


def _of_count(words: str) -> str:
    """«1 rooms» as it is said of one, «2 item» as it is said of many."""

    def turn(found: re.Match[str]) -> str:
        noun = found[1]
        return "1 person" if noun == "people" else f"1 {noun[:-3]}y" if noun.endswith("ies") else f"1 {noun[:-1]}"

    return _MANY.sub(r"\1 \2s", _ONE.sub(turn, words))


def _say_row(bare: str, looks: _Looks) -> str | None:
    """Say a row of parts: by the mark at which every part can be said, else by one at which some can."""
    partly = None
    for mark in _ROWS:
        parts = bare.split(mark)
        if len(parts) == 1:
            continue
        said = [_say(part, looks) for part in parts]
        if not any(map(has_words, said)):
            return _JOINED[mark].join(said)
        is_ours = any(map(_was_said, parts, said)) and (mark == " · " or (len(bare) <= _SHORT and mark != " و "))
        if is_ours and partly is None:
            partly = _JOINED[mark].join(said)
    return partly


def _was_said(part: str, said: str) -> bool:
    return has_words(part) and not has_words(said)


def runs(text: str) -> Iterator[tuple[bool, str]]:
    """Somebody's own words and what stands between them, in their order."""
    letter = "[\u0621-\u064a\u0670-\u06d3\u06d5\u06fa-\u06ff]"
    own = re.compile(rf"{letter}(?:[^<>A-Za-z]*{letter})?")
    end = 0
    for found in own.finditer(text):
        if found.start() > end:
            yield False, turn_marks(fold_digits(text[end : found.start()]).translate(_NUMBERS))
        yield True, found[0]
        end = found.end()
    if end < len(text):
        yield False, turn_marks(fold_digits(text[end:]).translate(_NUMBERS))

"""What the words mean that a giver types: a kind of need, a place, or the code of a need.

Nothing of a household is searched.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sakha.giving.rules.terms import GIVEN_KINDS
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.persian_text import word_keys
from sakha.vocabulary.places import COUNTIES, PROVINCES

WORDS_MOST: Final = 4
_LETTERS_LEAST: Final = 2
# What people call a kind beside its own name.
_ALSO: Final = {
    NeedKind.CASH: "معیشت خرجی خرج مستمری",
    NeedKind.HEALTH: "دارو داروی بیماری بیمار جراحی دکتر بیمارستان سلامت",
    NeedKind.RENT: "کرایه مسکن رهن اجاره",
    NeedKind.DWELLING: "سقف مسکن بنایی بازسازی خانه",
    NeedKind.EDUCATION: "مدرسه کیف کتاب دانشجو دانش‌آموز دانشگاه آموزش",
    NeedKind.WORK: "شغل اشتغال خیاطی ابزار",
    NeedKind.DEBT: "قرض وام زندان بدهکار",
    NeedKind.ORPHAN: "ایتام یتیم کودک فرزند",
    NeedKind.SHOCK: "سیل زلزله آتش حادثه",
}


class NeedOrder(StrEnum):
    """Which need comes first: what was seen least, or what lacks least."""

    SEEN_LEAST = "seen"
    NEARLY_FULL = "left"


@dataclass(frozen=True, slots=True)
class Meant:
    """What one word may mean; a need fits where one of these fits it."""

    kinds: tuple[int, ...]
    provinces: tuple[str, ...]
    counties: tuple[str, ...]
    code: str


def read_words(text: str) -> tuple[Meant, ...]:
    """What each of the first words may mean; a need has to fit all of them."""
    found = []
    for word in text.split()[:WORDS_MOST]:
        keys = [key for key in word_keys(word) if len(key) >= _LETTERS_LEAST]
        found.append(_meant(keys, word.upper()[:8]))
    return tuple(found)


def _meant(keys: list[str], code: str) -> Meant:
    def fits(text: str) -> bool:
        known = word_keys(text)
        return bool(keys) and all(any(one.startswith(key) for one in known) for key in keys)

    return Meant(
        kinds=tuple(kind.value for kind in GIVEN_KINDS if fits(f"{NEED_KINDS[kind].name} {_ALSO.get(kind, '')}")),
        provinces=tuple(place for place, province in PROVINCES.items() if fits(province.name)),
        counties=tuple(place for place, county in COUNTIES.items() if fits(county.name)),
        code=code,
    )

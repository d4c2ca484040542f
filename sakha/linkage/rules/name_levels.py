"""How near two names are: letter by letter in one script, by what is heard in two.

`levels` decides what the other fields say; the engines find the same with `level_sql`.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sakha.linkage.rules.coding import HEARD
from sakha.linkage.rules.distance import changed_letters
from sakha.linkage.rules.record_view import RecordView
from sakha.linkage.rules.voices import is_latin


class Name(IntEnum):
    """Levels of given, family and father's names."""

    UNKNOWN = 0
    RARE = 1  # equal, and few have it
    USUAL = 2
    COMMON = 3
    HEARD = 4  # letters of one sound: صغری, سغری; or one voice in two scripts: محسن, Mohsen
    SLIP = 5
    PART = 6  # one begins or ends with the other: محمد, محمدرضا
    NEAR = 7
    DIFFERENT = 8
    CROSSED = 9  # given and family name in each other's place, or parted elsewhere


SLIP_LETTERS: Final = 5  # one edit in fewer letters makes another name: علی, ولی
LONG_LETTERS: Final = 8
NEAR_LETTERS: Final = 4
NEAR_LONG_LETTERS: Final = 6
PART_LETTERS: Final = 3
LONG_SIGNS: Final = 8  # of a voice, which has fewer of them than a name has letters
NEAR_SIGNS: Final = 4


@dataclass(frozen=True, slots=True)
class _Name:
    code: str
    sound: str
    voice: str
    band: int = 0


def name_levels(left: RecordView, right: RecordView) -> tuple[Name, Name, Name]:
    """Give the levels of given, family and father's name."""
    given, family, father = (_name_level(one, other) for one, other in zip(_names(left), _names(right), strict=True))
    return given, family, father


def count_edits(left: str, right: str) -> int:
    """Count up to 3 edits; two letters in each other's place are one."""
    edits = changed_letters(left, right, 2)
    is_changed_over = edits == 2 and len(left) == len(right) and sorted(left) == sorted(right)  # noqa: PLR2004 -- two places
    return 1 if is_changed_over else edits


def is_part(left: str, right: str, shorter: int) -> bool:
    """Tell whether one begins or ends with the other, which has so many letters."""
    return left[:shorter] == right[:shorter] or left[-shorter:] == right[-shorter:]


def _names(view: RecordView) -> tuple[_Name, _Name, _Name]:
    return (
        _Name(view.given, view.given_sound, view.given_voice, view.given_band),
        _Name(view.family, view.family_sound, view.family_voice, view.family_band),
        _Name(view.father, view.father_sound, view.father_voice),
    )


def _name_level(one: _Name, other: _Name) -> Name:
    left, right = one.code, other.code
    if not left or not right:
        return Name.UNKNOWN
    if left == right:
        return Name(Name.RARE + one.band)
    return _written_level(one, other) if is_latin(left) == is_latin(right) else _voice_level(one, other)


def _written_level(one: _Name, other: _Name) -> Name:
    """Compare two names of one script, letter by letter: Zahra and Zohreh have one voice, and are sisters."""
    left, right = one.code, other.code
    if left.translate(HEARD) == right.translate(HEARD):
        return Name.HEARD
    shorter, longer = sorted((len(left), len(right)))
    edits = count_edits(left, right)
    if (edits == 1 and longer >= SLIP_LETTERS) or (edits == 2 and longer >= LONG_LETTERS):  # noqa: PLR2004 -- two edits
        return Name.SLIP
    if shorter >= PART_LETTERS and is_part(left, right, shorter):
        return Name.PART
    is_near = (edits == 1 and longer >= NEAR_LETTERS) or (edits == 2 and longer >= NEAR_LONG_LETTERS)  # noqa: PLR2004
    return Name.NEAR if is_near or one.sound == other.sound else Name.DIFFERENT


def _voice_level(one: _Name, other: _Name) -> Name:
    """Compare a name in Persian letters with one in Latin letters."""
    left, right = one.voice, other.voice
    if left == right:
        return Name.HEARD
    shorter, longer = sorted((len(left), len(right)))
    if shorter >= PART_LETTERS and is_part(left, right, shorter):
        return Name.PART  # before a slip: حمید and Hamideh are brother and sister
    edits = count_edits(left, right)
    # never a slip: one other sign may be the vowel by which twins are told apart (فرشید, Farshad)
    is_near = (edits == 1 and longer >= NEAR_SIGNS) or (edits == 2 and longer >= LONG_SIGNS)  # noqa: PLR2004 -- two edits
    return Name.NEAR if is_near or one.sound == other.sound else Name.DIFFERENT

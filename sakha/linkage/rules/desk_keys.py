"""By which keys a person is looked up at once: skeletons of names, and numbers as a hand mistypes them.

Decides the keys alone. They are made once when a person is written and again from what is asked; both must come from
here. Raise `DESK_VERSION` when a key changes: rows of another version are made anew by a job.
"""

from functools import lru_cache
from typing import Final

from sakha.linkage.rules.names import name_key
from sakha.vocabulary.identifiers import national_id_check_digit

DESK_VERSION: Final = 1
SKELETON_LENGTH: Final = 40
TAIL_LENGTH: Final = 7  # of a national ID: enough to be rare, and what people read out when the beginning is worn off
_ID_LENGTH: Final = 10
_ID_LENGTH_MIN: Final = 8
_MOBILE_FIXED: Final = 4  # the first letters of "+989…" no hand can change
_DIGITS: Final = "0123456789"

# One ASCII letter a sound, so that a column collated "C" holds it in one byte a letter and answers prefixes by range.
_LETTERS: Final = dict(zip("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی", "abptsjchxdzrzJsSsztzaqfqkglmnvhy", strict=True))
_TABLE: Final = str.maketrans(_LETTERS)
# What is written or left out as it is heard; at the beginning of a word it is always written.
_VOWELS: Final = str.maketrans("", "", "avhy")


@lru_cache(maxsize=65_536)
def name_skeleton(name: str) -> str:
    """The sounds of a name without what comes and goes in writing: «طاهره», «تاهره» and «طاهرة» are one.

    The skeleton of a name's beginning is the beginning of its skeleton, so half a name is found while it is typed.
    """
    sounds = "".join(letter for letter in name_key(name).translate(_TABLE) if letter.isascii() and letter.isalnum())
    return (sounds[:1] + sounds[1:].translate(_VOWELS))[:SKELETON_LENGTH]


def near_national_ids(digits: str) -> list[str]:
    """The national IDs from which a hand makes these digits: one digit wrong, two neighbours changed over, one lost.

    Only numbers that can exist, so a mistyped one leaves about ten; a right one has others as near, which is why they
    weigh less than the number itself.
    """
    found: set[str] = set()
    if len(digits) == _ID_LENGTH:
        for place, digit in enumerate(digits):
            found.update(digits[:place] + other + digits[place + 1 :] for other in _DIGITS if other != digit)
        found.update(_changed_over(digits))
    elif len(digits) == _ID_LENGTH - 1:
        found.update(digits[:place] + one + digits[place:] for place in range(_ID_LENGTH) for one in _DIGITS)
    elif len(digits) == _ID_LENGTH + 1:
        found.update(digits[:place] + digits[place + 1 :] for place in range(len(digits)))
    return sorted(one for one in found - {digits} if _may_exist(one))


def padded_national_id(digits: str) -> str:
    """The ten digits of a number that lost the zeros it begins with; empty where that makes none."""
    padded = digits.zfill(_ID_LENGTH)
    return padded if _ID_LENGTH_MIN <= len(digits) < _ID_LENGTH and _may_exist(padded) else ""


def near_mobiles(mobile: str) -> list[str]:
    """The mobiles with one digit otherwise, or two neighbours changed over."""
    fixed, digits = mobile[:_MOBILE_FIXED], mobile[_MOBILE_FIXED:]
    found = {digits[:place] + other + digits[place + 1 :] for place in range(len(digits)) for other in _DIGITS}
    found.update(_changed_over(digits))
    return sorted(fixed + one for one in found - {digits})


def _changed_over(digits: str) -> list[str]:
    return [
        digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        for place in range(len(digits) - 1)
    ]  # fmt: skip


def _may_exist(digits: str) -> bool:
    return len(set(digits)) > 1 and national_id_check_digit(digits[:-1]) == digits[-1]

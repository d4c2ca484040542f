"""A whole name written in one cell: where the given name ends and the family name begins.

Decides the place by the words alone; what is written in two cells stays as it is.
"""

from typing import Final

from sakha.linkage.rules.coding import code_name
from sakha.linkage.rules.names import HONORIFICS
from sakha.vocabulary.persian_text import match_key, word_keys

_LONGEST: Final = 200
_WHOLE_WORDS: Final = 3  # a given name of two words and one word of the family's

# First and second words of given names that are written apart: محمد رضا, فاطمه زهرا, عبد الله.
_FIRST_WORDS: Final = frozenset(
    match_key(word)
    for word in (
        "محمد", "علی", "امیر", "غلام", "عبد", "ابو", "شاه", "گل", "نور", "فاطمه", "زهرا", "حسین", "حسن", "احمد", "خدا",
        "قربان", "رحمت", "نعمت", "بی‌بی", "ماه", "ام", "اله", "ولی", "سیف", "روح", "عزت", "عبدال", "سید", "میر",
    )
)  # fmt: skip
_SECOND_WORDS: Final = frozenset(
    match_key(word)
    for word in (
        "رضا", "علی", "حسین", "حسن", "مهدی", "محمد", "امین", "جواد", "صادق", "تقی", "نقی", "کاظم", "باقر", "هادی",
        "امیر", "عباس", "اکبر", "اصغر", "طاها", "یاسین", "پارسا", "سام", "حیدر", "الله", "اله", "الرضا", "الحسین",
        "العلی", "زهرا", "فاطمه", "زینب", "بانو", "نسا", "سلطان", "البنین", "خانم", "کلثوم", "بخش", "قلی", "ابراهیم",
    )
)  # fmt: skip


def part_whole_name(text: str) -> tuple[str, str]:
    """Give the codes of the given and of the family name in one text; the family's is empty where one word stands."""
    words = word_keys(text[:_LONGEST])
    first = next((place for place, word in enumerate(words) if word not in HONORIFICS), len(words))
    end = first + 1
    left = len(words) - first
    if left >= _WHOLE_WORDS and words[first] in _FIRST_WORDS and words[end] in _SECOND_WORDS:
        end += 1
    while end < len(words) and words[end] in HONORIFICS:
        end += 1
    return code_name(" ".join(words[:end])), code_name(" ".join(words[end:])) if end < len(words) else ""

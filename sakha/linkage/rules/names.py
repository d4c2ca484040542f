"""Names as they are compared: honorifics away, compounds joined, letters of one sound told apart last, either script.

Makes the codes that engines compare (`code_name`), and decides how near two names are at the desk; what that means for
two records is `identity`.
"""

import re
from enum import IntEnum
from typing import Final

from sakha.linkage.rules.coding import code_key
from sakha.linkage.rules.distance import edit_distance
from sakha.linkage.rules.voices import voice
from sakha.vocabulary.persian_text import match_key, word_keys


class NameLevel(IntEnum):
    """How near two names are; from CLOSE on they may well be one name."""

    DIFFERENT = 0
    UNKNOWN = 1
    CLOSE = 2
    EQUAL = 3


HONORIFICS: Final = frozenset(
    match_key(word)
    for word in (
        "سید", "سیده", "سیّد", "سادات", "السادات", "میر", "حاج", "حاجی", "حاجیه", "ملا", "مشهدی", "مشدی", "کربلایی",
        "کبلایی", "شیخ", "مرحوم", "مرحومه", "شهید", "خانم", "آقا", "آقای", "بانو", "بی‌بی", "دکتر", "مهندس", "استاد",
    )
)  # fmt: skip
# Honorifics as whoever writes names in Latin letters writes them; no word of them is a given name, as Shahid (شاهد) is.
LATIN_HONORIFICS: Final = frozenset(
    (
        "mr", "mrs", "ms", "miss", "dr", "eng", "seyed", "seyyed", "sayed", "sayyed", "sayyid", "syed", "seyedeh",
        "seyyedeh", "sayyedeh", "seyede", "seyyede", "sadat", "haj", "haji", "hajj", "hajji", "hajieh", "mir", "molla",
        "mulla", "mullah", "mashhadi", "mashadi", "karbalaei", "karbalai", "sheikh", "shaikh", "sheykh", "marhoum",
        "marhum", "marhoom", "khanom", "khanoom", "khanum", "agha", "aqa", "aghaye", "aqaye", "banoo", "banu",
        "bibi",
    )
)  # fmt: skip
# Honorifics that are written together with the name; what remains must still be a name.
_JOINED_BEFORE: Final = ("سیده", "سید")
_JOINED_AFTER: Final = ("السادات", "سادات")
# Seyedali, Seyedehzahra; but Seyedehsan is سید احسان.
_JOINED_LATIN: Final = re.compile("s(?:[ae]y+|y)[ei]d(?:eh(?!san$|te))?(?=...)")
_SHORTEST_NAME: Final = 3
_LONGEST_NAME: Final = 200

# Letters of one sound; the name of God is written with one ل or two.
_SOUNDS: Final = str.maketrans("طصثذضظغحع", "تسسزززقها")
_GOD: Final = ("الله", "اله")

# One edit in five letters, two in eight: below that, other names are as near («حسن» and «حسین», brothers often).
_LETTERS_FOR_ONE_EDIT: Final = 5
_LETTERS_FOR_TWO_EDITS: Final = 8


def name_key(name: str) -> str:
    """Give a name without honorifics, its parts joined: «سیّد محمّد رضا» and «محمدرضا» are one."""
    parts = word_keys(name)
    bare = parts if HONORIFICS.isdisjoint(parts) else [part for part in parts if part not in HONORIFICS] or parts
    return _without_joined("".join(bare)).replace(*_GOD)


def code_name(name: str) -> str:
    """Give a name without honorifics as ASCII, one byte a letter; equal for every spelling that `name_key` folds.

    An initial («م.») is no name: it would differ from the name that it stands for.
    """
    name = name[:_LONGEST_NAME]
    key = name_key(name)
    if key[:1].isascii():
        key = "".join(bare_latin(word_keys(name))) or key
    code = code_key(key)
    return code if len(code) > 1 else ""


def bare_latin(words: list[str]) -> list[str]:
    """Give the words of a name without honorifics in Latin letters, unless nothing else stands there."""
    return [_JOINED_LATIN.sub("", word, count=1) for word in words if word not in LATIN_HONORIFICS] or words


def compare_names(left: str, right: str) -> NameLevel:
    """Say how near two given, family or father's names are."""
    if left and left == right:
        return NameLevel.EQUAL
    return compare_name_keys(name_key(left), name_key(right))


def compare_name_keys(left: str, right: str) -> NameLevel:
    """Say how near two names are, given their keys."""
    if not left or not right:
        return NameLevel.UNKNOWN
    if left == right:
        return NameLevel.EQUAL
    if left[:1].isascii() != right[:1].isascii():
        left, right = voice(code_key(left)), voice(code_key(right))
    if _is_part(left, right) or is_slip(left.translate(_SOUNDS), right.translate(_SOUNDS)):
        return NameLevel.CLOSE
    return NameLevel.DIFFERENT


def is_slip(left: str, right: str) -> bool:
    """Tell whether two words differ by no more than typing does."""
    longer = max(len(left), len(right))
    allowed = (longer >= _LETTERS_FOR_ONE_EDIT) + (longer >= _LETTERS_FOR_TWO_EDITS)
    return left == right or (allowed > 0 and edit_distance(left, right, allowed) <= allowed)


def _is_part(left: str, right: str) -> bool:
    shorter, longer = (left, right) if len(left) < len(right) else (right, left)
    return len(shorter) >= _SHORTEST_NAME and (longer.startswith(shorter) or longer.endswith(shorter))


def _without_joined(key: str) -> str:
    for prefix in _JOINED_BEFORE:
        if key.startswith(prefix) and len(key) - len(prefix) >= _SHORTEST_NAME:
            key = key[len(prefix) :]
            break
    for suffix in _JOINED_AFTER:
        if key.endswith(suffix) and len(key) - len(suffix) >= _SHORTEST_NAME:
            return key[: -len(suffix)]
    return key

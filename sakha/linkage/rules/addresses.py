"""Places and addresses as they are compared: provinces and counties by code, addresses by their telling words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

from sakha.linkage.rules.coding import code_key
from sakha.linkage.rules.voices import is_latin, voice
from sakha.vocabulary.persian_text import match_key, word_keys
from sakha.vocabulary.places import COUNTIES, PROVINCES, County, Province, find_county, find_province

LONGEST_ADDRESS: Final = 30
PAIR_BITS: Final = 61  # of each of the two numbers; a prime, so that pairs spread
_LONGEST_TEXT: Final = 300
_LONGEST_PLACE: Final = 60

# What every address has: kinds of ways and doors, and their short forms.
_GENERIC: Final = frozenset(
    match_key(word)
    for word in (
        "خیابان", "خ", "کوچه", "ک", "پلاک", "پ", "بلوار", "بلوک", "واحد", "طبقه", "ط", "کوی", "میدان", "م", "فلکه",
        "شهرک", "روستای", "روستا", "محله", "بن‌بست", "بن", "بست", "منزل", "جنب", "روبروی", "روبرو", "نبش", "خ.", "ده",
        "شهر", "شهید", "ایران", "استان", "شهرستان", "بخش", "دهستان", "آدرس", "پشت", "نرسیده", "به", "از", "بعد",
        "ساختمان", "فرعی", "اصلی", "و", "در", "street", "st", "road", "rd", "avenue", "ave", "place",
        "close", "crescent", "drive", "court", "circle", "circuit", "lane", "way", "parade",
    )
)  # fmt: skip
_DIGITS: Final = re.compile(r"\d+|\D+")


def read_address(text: str) -> tuple[str, int, int]:
    """Give the telling words of an address and then its numbers, coded, without what all addresses have.

    The two numbers beside it hold a bit for each pair of neighbouring letters in its words: in whichever order they
    stand and whatever is left out or mistyped, two spellings of one address have most bits in common.
    """
    if not text:
        return "", 0, 0
    words: list[str] = []
    numbers: list[str] = []
    for word in word_keys(text[:_LONGEST_TEXT]):
        for part in _DIGITS.findall(word) if not word.isalpha() else (word,):
            if part in _GENERIC:
                continue
            (numbers if part.isdigit() else words).append(part)
    code = code_key("".join(words)[: LONGEST_ADDRESS - 10] + "".join(numbers)[-10:])
    return code, *_letter_pairs(words)


def _letter_pairs(words: list[str]) -> tuple[int, int]:
    bits = 0
    for word in words:
        coded = code_key(word)
        for one, other in pairwise(coded.encode("ascii")):
            bits |= 1 << (one * 31 + other * 17) % (2 * PAIR_BITS)
    return bits & ((1 << PAIR_BITS) - 1), bits >> PAIR_BITS


@lru_cache(maxsize=20_000)
def read_province(text: str) -> str:
    """Give the code of a province, or the match key of what isn't one."""
    if not text:
        return ""
    found = find_province(text[:_LONGEST_PLACE])
    if found:
        return found.code
    written = code_key(match_key(text[:_LONGEST_PLACE]))
    return _by_voice(written, _PROVINCE_VOICES)


@lru_cache(maxsize=50_000)
def read_county(text: str, province: str) -> str:
    """Give the code of a county, or the match key of what isn't one."""
    if not text:
        return ""
    province = province if province.isdigit() else ""
    found = find_county(text[:_LONGEST_PLACE], province or None)
    if found:
        return found.code
    written = code_key(match_key(text[:_LONGEST_PLACE]))
    return _by_voice(written, _COUNTY_VOICES, province)


def _by_voice(written: str, voices: Mapping[str, tuple[str, ...]], province: str = "") -> str:
    """Give the code of the one place that sounds like what was written in Latin letters, else what was written."""
    if not is_latin(written):
        return written
    codes = [code for code in voices.get(voice(written), ()) if code.startswith(province)]
    return codes[0] if len(codes) == 1 else written


def _codes_by_voice(places: Iterable[Province | County]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for place in places:
        for name in (place.name, place.name_en):
            found[voice(code_key(match_key(name)))][place.code] = None
    return {sound: tuple(codes) for sound, codes in found.items()}


_PROVINCE_VOICES: Final = _codes_by_voice(PROVINCES.values())
_COUNTY_VOICES: Final = _codes_by_voice(COUNTIES.values())

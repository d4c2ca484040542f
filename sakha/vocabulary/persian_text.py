"""Persian text in three forms: as it is shown, as it is compared, and as it is sorted.

Keyboards write the same word with different code points; nothing else in the house needs to know that.
"""

import re
import unicodedata
from typing import Final

from sakha.vocabulary.digits import ARABIC_DIGITS, PERSIAN_DIGITS

ZWNJ: Final = "\u200c"
MASK: Final = "•••"  # always three, so that a name's length isn't told

# The Persian alphabet in dictionary order; sort_key writes it as the ASCII characters from "@" to "`".
ALPHABET: Final = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"

_LETTER_TWINS: Final = {
    "ي": "ی", "ى": "ی", "ې": "ی", "ے": "ی", "ك": "ک", "ڪ": "ک", "ة": "ه", "ۃ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه",
    "ۂ": "ه",
    "ٱ": "ا", "ٲ": "ا", "ٳ": "ا",
}  # fmt: skip
_MARKS: Final = "\u0640\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad"
_INVISIBLE: Final = re.compile(f"[{_MARKS}\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_PRESENTATION_FORMS: Final = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]+")
_BLANKS: Final = re.compile(r"\s+")
_JOINERS: Final = re.compile(f"{ZWNJ}*( ){ZWNJ}*|{ZWNJ}+")
_SHOWN: Final = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک"} | dict(zip(ARABIC_DIGITS, PERSIAN_DIGITS, strict=True)),
)


def clean_text(text: str) -> str:
    """Give the form that is kept and shown: Persian letters, one space, the half-space kept where it joins a word."""
    whole = _PRESENTATION_FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    # signs that are not seen go first: gone from between two marks, they would leave these in another order
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", whole)).translate(_SHOWN)
    return _JOINERS.sub(lambda found: found[1] or ZWNJ, _BLANKS.sub(" ", visible)).strip(f" {ZWNJ}")


def match_key(text: str) -> str:
    """Give the form in which two texts are compared: letters and digits only, every spelling of a letter folded.

    Spaces, half-spaces, vowel signs, hamzas, punctuation and letter case make no difference: «رضائي» = «رضایی».
    """
    return text.translate(_KEY_TABLE)


def word_keys(text: str) -> list[str]:
    """Give the match key of each word; spaces, half-spaces and punctuation part words."""
    return text.translate(_WORD_TABLE).split()


def sort_key(text: str) -> str:
    """Give a text whose order by code point is the Persian dictionary's order of the words (Latin words come last)."""
    return _BLANKS.sub(" ", text.translate(_SORT_TABLE)).strip()


def mask_name(name: str) -> str:
    """Show only the first letter of each part of a name: «م••• ر•••»."""
    return " ".join(part[0] + MASK for part in clean_text(name).split())


class _KeyTable(dict[int, str]):
    """How each character is compared; worked out when a character is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if code <= _LAST_REMEMBERED:
            self[code] = folded
        return folded


class _WordTable(dict[int, str]):
    """As the key table, but what stands between words becomes a space."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # Signs over letters and invisible marks stand inside words; only the half-space parts them.
        is_inside = unicodedata.category(character) in {"Mn", "Me", "Cf", "Lm"} and character != ZWNJ
        folded = _KEY_TABLE[code] or ("" if is_inside or character == "ء" else " ")
        if code <= _LAST_REMEMBERED:
            self[code] = folded
        return folded


class _SortTable(dict[int, str]):
    """How each character is ordered; worked out when a character is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character == "آ":
            ordered = "@"
        elif character.isspace():
            ordered = " "
        else:
            ordered = "".join(_ORDER.get(part, part) for part in _fold_character(character))
        if code <= _LAST_REMEMBERED:
            self[code] = ordered
        return ordered


_LAST_REMEMBERED: Final = 0xFFFF  # bounds the tables' memory
_ORDER: Final = {letter: chr(ord("@") + place) for place, letter in enumerate(ALPHABET)}
_KEY_TABLE: Final = _KeyTable()
_WORD_TABLE: Final = _WordTable()
_SORT_TABLE: Final = _SortTable()


def _fold_character(character: str) -> str:
    # NFKD takes letters apart from their hamza, madda and vowel signs, which then fall away as marks.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(_fold_part(part) for part in parts)


def _fold_part(part: str) -> str:
    if part in {"ء", "\u0640"} or not part.isalnum():
        return ""
    digit = unicodedata.digit(part, None)
    return _LETTER_TWINS.get(part, part) if digit is None else str(digit)

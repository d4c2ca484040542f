"""Identity numbers, phones and postal codes as keyed, read for comparison: nothing is refused, dummies are nothing.

Decides what a keyed number is and how far an ID may be trusted; `vocabulary.identifiers` is for what must be right.
"""

import re
from enum import IntEnum
from typing import Final

from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.persian_text import match_key


class IdTrust(IntEnum):
    """How far an ID may be believed: unreadable or none, without a check digit, with a right check digit."""

    NONE = 0
    UNCHECKED = 1
    CHECKED = 2
    SHARED = 3  # right, but more than one person uses it
    PADDED = 4  # right with lost zeros put back: or another digit was lost, and it is right by chance


_LONGEST: Final = 40
_NATIONAL: Final = 10
_FEWEST_DIGITS: Final = 4
_TRUSTS: Final = {10: IdTrust.CHECKED, 9: IdTrust.PADDED, 8: IdTrust.PADDED}  # of a right one, by its length as keyed
# Letters that are typed and scanned for digits.
_LOOK_ALIKE: Final = str.maketrans("OoQIlSBZ", "00011582")
_NOT_KEY: Final = re.compile(r"[^0-9A-Za-z]+")
_FRACTION: Final = re.compile(r"\.0+$")
_SCIENTIFIC: Final = re.compile(r"\d\.\d+[eE]\+?\d{1,2}")  # what a spreadsheet leaves of a long number
_DUMMY_IDS: Final = frozenset({"1234567890", "0123456789", "9876543210", "0987654321", "1234567891", "123456789"})
_MOBILE: Final = re.compile(r"(?:0{0,2}98|0+)?(9\d{9})")
_MOBILE_ENDS: Final = (0, 1, 2)  # zeros eaten or added before the nine
_PHONE: Final = re.compile(r"\d{7,12}")
_FEWEST_DIFFERENT: Final = 3
_DUMMY_MOBILES: Final = frozenset({"9123456789", "9121234567", "9120000000", "9121111111", "9000000000", "9999999999"})


def read_id(text: str) -> tuple[str, IdTrust]:
    """Read an ID as keyed: leading zeros put back where the check digit then is right, dummies are nothing."""
    if len(text) == _NATIONAL and text.isascii() and text.isdigit():
        compact = text
    else:
        typed = fold_digits(text[:_LONGEST]).strip()
        compact = "" if _SCIENTIFIC.fullmatch(typed) else _NOT_KEY.sub("", _FRACTION.sub("", typed))
    if len(compact) < _FEWEST_DIGITS or compact in _DUMMY_IDS:
        return "", IdTrust.NONE
    if not compact.isdigit():
        seeming = compact.translate(_LOOK_ALIKE)
        if not (seeming.isdigit() and len(seeming) in range(_NATIONAL - 2, _NATIONAL + 1)):
            return compact.upper()[:20], IdTrust.UNCHECKED
        compact = seeming
    if compact == compact[0] * len(compact):
        return "", IdTrust.NONE
    # three lost zeros are too many to believe in: no office's numbers begin so, and one in eleven passes by chance
    if _NATIONAL - 2 <= len(compact) <= _NATIONAL:
        whole = compact.zfill(_NATIONAL)
        if whole[3:9] != "000000" and _is_checked(whole):
            return whole, _TRUSTS[len(compact)]
        return whole, IdTrust.UNCHECKED
    return compact[:20], IdTrust.UNCHECKED


def _is_checked(ten: str) -> bool:
    # `vocabulary.identifiers.national_id_check_digit`, written out for millions of IDs; a test holds them together
    a, b, c, d, e, f, g, h, i, check = ten.encode()
    rest = (10 * a + 9 * b + 8 * c + 7 * d + 6 * e + 5 * f + 4 * g + 3 * h + 2 * i - 54 * 48) % 11
    return check - 48 == (rest if rest < 2 else 11 - rest)  # noqa: PLR2004 -- the rule's own


def read_phone(text: str) -> str:
    """Read the first phone of a text: ten digits of a mobile, or the digits of another line; dummies are nothing."""
    digits = _NOT_KEY.sub("", _FRACTION.sub("", fold_digits(text[:_LONGEST]).strip()))
    found = _MOBILE.match(digits)
    number = found[1] if found else (digits if _PHONE.fullmatch(digits) else "")
    is_dummy = number in _DUMMY_MOBILES or len(set(number[1:])) < _FEWEST_DIFFERENT
    return "" if is_dummy else number


def read_postal_code(text: str) -> str:
    """Read a postal code: digits, or the letters and digits of another country's; dummies are nothing."""
    compact = _NOT_KEY.sub("", _FRACTION.sub("", fold_digits(text[:_LONGEST]).strip())).upper()
    is_dummy = len(compact) < _FEWEST_DIGITS or len(set(compact)) == 1 or compact in _DUMMY_IDS
    return "" if is_dummy else compact[:12]


_MALE: Final = ("مرد", "مذکر", "پسر", "آقا", "آقای", "ذکور", "male", "m", "man", "boy", "1")
_FEMALE: Final = ("زن", "مونث", "مؤنث", "دختر", "خانم", "اناث", "female", "f", "woman", "girl", "2")
_GENDERS: Final = {match_key(word): "M" for word in _MALE} | {match_key(word): "F" for word in _FEMALE}


def read_gender(text: str) -> str:
    """Read a gender as M or F, or nothing."""
    return _GENDERS.get(match_key(text[:_LONGEST]), "")

"""Digits: any keyboard's in, ASCII stored, Persian shown."""

from typing import Final

PERSIAN_DIGITS: Final = "۰۱۲۳۴۵۶۷۸۹"
ARABIC_DIGITS: Final = "٠١٢٣٤٥٦٧٨٩"
THOUSANDS_SEPARATOR: Final = "٬"
DECIMAL_SEPARATOR: Final = "٫"

_TO_ASCII: Final = str.maketrans(PERSIAN_DIGITS + ARABIC_DIGITS, "0123456789" * 2)
_TO_PERSIAN: Final = str.maketrans("0123456789" + ARABIC_DIGITS, PERSIAN_DIGITS * 2)


def fold_digits(text: str) -> str:
    """Turn Persian and Arabic digits into ASCII digits and leave everything else alone."""
    return text if text.isascii() else text.translate(_TO_ASCII)


def persian_digits(shown: str | int) -> str:
    """Turn ASCII and Arabic digits into Persian digits, for the screen."""
    return str(shown).translate(_TO_PERSIAN)


def group_thousands(number: int) -> str:
    """Write a whole number in Persian digits with «٬» between thousands."""
    grouped = f"{abs(number):,}".replace(",", THOUSANDS_SEPARATOR).translate(_TO_PERSIAN)
    return f"\N{MINUS SIGN}{grouped}" if number < 0 else grouped

"""Birth dates as anybody writes them, read for comparison: what can be read is read, nothing is refused.

Decides the Jalali and the Gregorian reading of a text; intake, which refuses what is ambiguous, uses the vocabulary.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import jdatetime

from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.jalali import DateInvalid, DatePrecision, parse_date, to_jalali

# What one record says of a birth: YYYYMMDD or YYYY in the Jalali and in the Gregorian calendar, empty when unknown.
Birth = tuple[str, str]

UNKNOWN: Final[Birth] = ("", "")
_JALALI_YEARS: Final = range(1250, 1500)
_GREGORIAN_YEARS: Final = range(1870, 2121)
_LONGEST: Final = 60
_CLOCK: Final = re.compile(r"[T ]+\d{1,2}:\d{2}.*$")
_NUMBERS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_SERIALS: Final = range(8_000, 60_000)  # days since 1899-12-30: what a spreadsheet shows of a date taken for a number
_SERIAL_START: Final = date(1899, 12, 30)
_MONTHS: Final = 12
_DAYS: Final = 31
_LONG_YEAR: Final = 4
_THREE: Final = 3
_NEW_CENTURY: Final = 6  # two-digit years up to here are of 1400
_DATE_DIGITS: Final = 8
_SHORT_DATE_DIGITS: Final = 6
_SERIAL_DIGITS: Final = 5


@lru_cache(maxsize=200_000)
def read_birth(text: str) -> Birth:
    """Read a birth date in any form; two-digit years, eaten zeros, either calendar and either order are understood."""
    typed = fold_digits(text[:_LONGEST]).strip()
    if not typed:
        return UNKNOWN
    if _LETTERS.search(typed.replace("T", " ")):
        return _named(typed)
    numbers = _NUMBERS.findall(_CLOCK.sub("", typed))
    if len(numbers) == 1 or (len(numbers) == 2 and numbers[1] == "0"):  # noqa: PLR2004 -- 1345.0 of a spreadsheet
        return _one_number(numbers[0])
    if len(numbers) == 2:  # noqa: PLR2004 -- year and month
        return _year(max(numbers, key=len))
    return _three_numbers(numbers[:_THREE]) if len(numbers) >= _THREE else UNKNOWN


def _named(typed: str) -> Birth:
    try:
        parsed = parse_date(typed)
    except DateInvalid:
        return UNKNOWN
    if parsed.precision is DatePrecision.YEAR:
        return f"{to_jalali(parsed.on)[0]:04d}", ""
    return _both(parsed.on)


def _one_number(digits: str) -> Birth:
    if len(digits) == _DATE_DIGITS:
        if int(digits[:4]) in _JALALI_YEARS or int(digits[:4]) in _GREGORIAN_YEARS:
            return _three_numbers([digits[:4], digits[4:6], digits[6:]])
        return _three_numbers([digits[:2], digits[2:4], digits[4:]])
    if len(digits) == _SHORT_DATE_DIGITS:
        return _three_numbers([digits[:2], digits[2:4], digits[4:]])
    if len(digits) == _SERIAL_DIGITS and int(digits) in _SERIALS:
        return _both(_SERIAL_START + timedelta(days=int(digits)))
    return _year(digits)


def _year(digits: str) -> Birth:
    year = int(digits[:_LONG_YEAR])
    if len(digits) == 2:  # noqa: PLR2004 -- a year without its century
        year += 1400 if year <= _NEW_CENTURY else 1300
    elif len(digits) == _THREE and digits[0] in "34":
        year += 1000
    if year in _JALALI_YEARS:
        return str(year), ""
    return ("", str(year)) if year in _GREGORIAN_YEARS else UNKNOWN


def _three_numbers(parts: list[str]) -> Birth:
    lengths = [len(part) for part in parts]
    if max(lengths) > _LONG_YEAR:
        return UNKNOWN
    first, second, third = (int(part) for part in parts)
    if lengths[0] >= _THREE:
        year, month, day = _whole_year(first), second, third
    elif lengths[2] >= _THREE:
        year, month, day = _whole_year(third), second, first
    elif first > _DAYS or third <= _DAYS:
        year, month, day = _short_year(first), second, third
    else:
        year, month, day = _short_year(third), second, first
    if month > _MONTHS >= day:
        month, day = day, month
    return _dated(year, month, day)


def _whole_year(year: int) -> int:
    return year + 1000 if 300 <= year < 420 else year  # noqa: PLR2004 -- a lost first digit: 363 for 1363


def _short_year(year: int) -> int:
    return year + (1400 if year <= _NEW_CENTURY else 1300)


def _dated(year: int, month: int, day: int) -> Birth:
    is_jalali = year in _JALALI_YEARS
    if not is_jalali and year not in _GREGORIAN_YEARS:
        return UNKNOWN
    if not (1 <= month <= _MONTHS and 1 <= day <= _DAYS):
        return (str(year), "") if is_jalali else ("", str(year))
    keyed = f"{year:04d}{month:02d}{day:02d}"
    for lost in range(_THREE + 1):  # a day that the month doesn't have stands for its last
        try:
            on = jdatetime.date(year, month, day - lost).togregorian() if is_jalali else date(year, month, day - lost)
        except ValueError:
            continue
        jalali, gregorian = _both(on)
        return (keyed, gregorian) if is_jalali else (jalali, keyed)
    return UNKNOWN


def _both(on: date) -> Birth:
    year, month, day = to_jalali(on)
    return f"{year:04d}{month:02d}{day:02d}", f"{on:%Y%m%d}"

"""Birth dates as anybody writes them, read for comparison: what can be read is read, nothing is refused.

Decides the Jalali and the Gregorian reading of a text; intake, which refuses what is ambiguous, uses the vocabulary.
"""

import re
from bisect import bisect_right
from datetime import date, timedelta
from typing import Final

from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.jalali import DateInvalid, DatePrecision, from_jalali, parse_date, to_jalali

# What one record says of a birth: YYYYMMDD or YYYY in the Jalali and in the Gregorian calendar, empty when unknown.
Birth = tuple[str, str]

UNKNOWN: Final[Birth] = ("", "")
_JALALI_YEARS: Final = range(1250, 1500)
_GREGORIAN_YEARS: Final = range(1870, 2121)
_LONGEST: Final = 60
_USUAL: Final = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
_CLOCK: Final = re.compile(r"[T ]+\d{1,2}:\d{2}.*$")
_NUMBERS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_SERIALS: Final = range(8_000, 60_000)  # days since 1899-12-30: what a spreadsheet shows of a date taken for a number
_SERIAL_START: Final = date(1899, 12, 30)
_ENGLISH_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_MONTH: Final = re.compile("|".join(_ENGLISH_MONTHS), re.IGNORECASE)
_AGE: Final = "ساله"
_SHORT_YEARS: Final = 99
_NEW_GREGORIAN_CENTURY: Final = 30
_MONTHS: Final = 12
_DAYS: Final = 31
_LONG_YEAR: Final = 4
_THREE: Final = 3
_NEW_CENTURY: Final = 6  # two-digit years up to here are of 1400
_DATE_DIGITS: Final = 8
_SHORT_DATE_DIGITS: Final = 6
_SERIAL_DIGITS: Final = 5


def read_birth(text: str) -> Birth:
    """Read a birth date in any form; two-digit years, eaten zeros, either calendar and either order are understood."""
    typed = fold_digits(text[:_LONGEST]).strip()
    usual = _USUAL.fullmatch(typed)
    if usual:
        return _three_numbers(list(usual.groups()))
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
        return _among_words(typed)
    if parsed.precision is DatePrecision.YEAR:
        return f"{to_jalali(parsed.on)[0]:04d}", ""
    return _both(parsed.on)


def _among_words(typed: str) -> Birth:
    """Read the numbers beside English months (3-Aug-84) or other words (متولد 1363); an age is no date."""
    numbers, month = _NUMBERS.findall(typed), _ENGLISH_MONTH.search(typed)
    if month and len(numbers) == 2:  # noqa: PLR2004 -- day and year
        day, year = sorted(map(int, numbers)) if len(numbers[1]) < _LONG_YEAR else map(int, numbers)
        year += 0 if year > _SHORT_YEARS else 1900 if year > _NEW_GREGORIAN_CENTURY else 2000
        return _dated(year, _ENGLISH_MONTHS.index(month[0].lower()) + 1, day)
    if month or _AGE in typed:
        return UNKNOWN
    if len(numbers) == 1:
        return _one_number(numbers[0])
    return _three_numbers(numbers) if len(numbers) == _THREE else UNKNOWN


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
    if is_jalali:
        ordinal = _YEAR_STARTS[year - _JALALI_YEARS.start] + _days_before(month) + day - 1
        return keyed, _digits(date.fromordinal(ordinal))
    for lost in range(_THREE + 1):  # a day that the month doesn't have stands for its last
        try:
            return _both(date(year, month, day - lost))[0], keyed
        except ValueError:
            continue
    return UNKNOWN


# The first day of each Jalali year, from the calendar library: counting on from there is fifty times as quick.
_YEAR_STARTS: Final = [from_jalali(year, 1, 1).toordinal() for year in (*_JALALI_YEARS, _JALALI_YEARS.stop)]
_LONG_MONTHS: Final = 6  # of 31 days; the others have 30, the last as many as the year leaves


def _days_before(month: int) -> int:
    return 31 * (month - 1) - max(0, month - 1 - _LONG_MONTHS)


def _both(on: date) -> Birth:
    ordinal = on.toordinal()
    place = bisect_right(_YEAR_STARTS, ordinal) - 1
    if not 0 <= place < len(_YEAR_STARTS) - 1:
        return UNKNOWN
    rest = ordinal - _YEAR_STARTS[place]
    long_days = 31 * _LONG_MONTHS
    month, day = divmod(rest, 31) if rest < long_days else divmod(rest - long_days, 30)
    month += 1 if rest < long_days else 1 + _LONG_MONTHS
    return f"{_JALALI_YEARS.start + place:04d}{month:02d}{day + 1:02d}", _digits(on)


def _digits(on: date) -> str:
    return f"{on.year:04d}{on.month:02d}{on.day:02d}"

"""Jalali dates at the edge, Gregorian dates inside: reading what people write, showing what people read.

What can be read in two ways is refused, never guessed. The calendar itself is jdatetime's.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

import jdatetime

from sakha.vocabulary.digits import fold_digits, persian_digits
from sakha.vocabulary.persian_text import match_key
from sakha.vocabulary.refusal import Refusal

TEHRAN: Final = ZoneInfo("Asia/Tehran")
MONTH_NAMES: Final = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip


class DatePrecision(StrEnum):
    """How much of a date is known."""

    DAY = "DAY"
    YEAR = "YEAR"


class DateFault(StrEnum):
    """Why a date can't be read."""

    EMPTY = "EMPTY"
    SHAPE = "SHAPE"
    AMBIGUOUS = "AMBIGUOUS"
    YEAR = "YEAR"
    MONTH = "MONTH"
    DAY = "DAY"


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A date as read; with precision YEAR, `on` is the first day of that year."""

    on: date
    precision: DatePrecision


_WHY: Final = {
    DateFault.EMPTY: "خالی است",
    DateFault.SHAPE: "آن را مانند ۱۴۰۵/۰۸/۱۲ بنویسید",
    DateFault.AMBIGUOUS: "دو جور خوانده می‌شود؛ سال را چهاررقمی و اول بنویسید، مانند ۱۴۰۵/۰۸/۱۲",
    DateFault.YEAR: "سال آن پذیرفتنی نیست",
    DateFault.MONTH: "ماه باید از ۱ تا ۱۲ باشد",
    DateFault.DAY: "این ماه چنین روزی ندارد",
}


class DateInvalid(Refusal):
    """A date that can't be read for certain; `reason` says why."""

    code: ClassVar[str] = "DATE_INVALID"
    sentence: ClassVar[str] = "تاریخ درست نیست: {why}."

    def __init__(self, *, reason: DateFault = DateFault.SHAPE, field: str = "") -> None:
        super().__init__(field=field, reason=reason.value, why=_WHY[reason])
        self.reason = reason


# Years in which living people were born or records were made, with room on both sides; the two ranges don't meet.
_JALALI_YEARS: Final = range(1250, 1500)
_GREGORIAN_YEARS: Final = range(1870, 2121)
# A two-digit year is read only where it can't be a day; all these are of the thirteenth century (1332 to 1399).
_SHORT_YEARS: Final = range(32, 100)
_CENTURY: Final = 1300
_LONGEST: Final = 100  # no date is longer; a whole page in a cell must cost no time
_MONTHS: Final = 12
_LONG_YEAR: Final = 4
_SHORT_YEAR: Final = 2

_CLOCK: Final = re.compile(
    r"(?:\s*[T،,]\s*|\s+|\s*ساعت\s*)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$"
)
_MARKS: Final = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff'\"]")
_BETWEEN: Final = re.compile(r"\s*[/\\.\-\u2010-\u2015\u2212,،٫٬_:]\s*|\s+")
_NUMBERS: Final = re.compile(r"\d+(?: \d+){0,2}")
_NAMED: Final = re.compile(r"(\d{1,4})(?: ?(?:ام|م)(?= ))? ?([^\W\d_][^\d]*?) ?(?:ماه)? ?(?:سال)? ?(\d{2,4})")
_DIGITS_TOGETHER: Final = {6: (2, 2, 2), 8: (4, 2, 2)}
_MONTH_BY_KEY: Final = {match_key(name): number for number, name in enumerate(MONTH_NAMES, start=1)} | {
    match_key("امرداد"): 5,
}


def parse_date(text: str) -> ParsedDate:
    """Read a Jalali or Gregorian date in any usual form, or a year alone.

    Raises:
        DateInvalid: when it is no date, or could be two different ones.
    """
    typed = _MARKS.sub("", fold_digits(text)).strip()
    if not typed:
        raise DateInvalid(reason=DateFault.EMPTY)
    if len(typed) > _LONGEST:
        raise DateInvalid(reason=DateFault.SHAPE)
    plain = _CLOCK.sub("", typed)
    spaced = _BETWEEN.sub(" ", plain).strip()
    named = _NAMED.search(spaced)
    if named is not None:
        return _named_date(named)
    if _NUMBERS.fullmatch(spaced) is None:
        raise DateInvalid(reason=DateFault.SHAPE)
    parts = spaced.split(" ")
    if re.fullmatch(r"\d{4} 0", spaced) or len(parts) == 1:
        return _one_number(parts[0])
    if len(parts) == 2:  # noqa: PLR2004 -- a year and a month
        return _year_alone(parts[0] if len(parts[0]) == _LONG_YEAR else parts[1])
    return _three_numbers(parts[0], parts[1], parts[2])


def to_jalali(on: date) -> tuple[int, int, int]:
    """Give the Jalali year, month and day of a date."""
    year, month, day = jdatetime.GregorianToJalali(on.year, on.month, on.day).getJalaliList()
    return int(year), int(month), int(day)


def from_jalali(year: int, month: int, day: int) -> date:
    """Give the date of a Jalali year, month and day.

    Raises:
        DateInvalid: when the calendar has no such day.
    """
    if not 1 <= month <= _MONTHS:
        raise DateInvalid(reason=DateFault.MONTH)
    try:
        on: date = jdatetime.date(year, month, day).togregorian()
    except ValueError:
        raise DateInvalid(reason=DateFault.DAY) from None
    return on


def show_date(on: date) -> str:
    """Write a date in words: «۱۲ آبان ۱۴۰۵»."""
    year, month, day = to_jalali(on)
    return persian_digits(f"{day} {MONTH_NAMES[month - 1]} {year}")


def show_date_short(on: date) -> str:
    """Write a date in digits: «۱۴۰۵/۰۸/۱۲»."""
    year, month, day = to_jalali(on)
    return persian_digits(f"{year:04d}/{month:02d}/{day:02d}")


def show_moment(at: datetime) -> str:
    """Write a moment as Tehran's clocks show it: «۱۲ آبان ۱۴۰۵، ساعت ۱۴:۳۰»."""
    if at.tzinfo is None:
        message = "a moment without a time zone can't be shown"
        raise ValueError(message)
    local = at.astimezone(TEHRAN)
    return f"{show_date(local.date())}، ساعت {persian_digits(f'{local:%H:%M}')}"


def jalali_year(on: date) -> int:
    """Give the Jalali year of a date: 1405."""
    return to_jalali(on)[0]


def jalali_month(on: date) -> int:
    """Give the Jalali month of a date as one number: 140508."""
    year, month, _ = to_jalali(on)
    return year * 100 + month


def month_bounds(month: int) -> tuple[date, date]:
    """Give the first and the last day of a month such as 140508."""
    year, number = divmod(month, 100)
    first = from_jalali(year, number, 1)
    following = from_jalali(year + 1, 1, 1) if number == _MONTHS else from_jalali(year, number + 1, 1)
    return first, following - timedelta(days=1)


def month_ends(on: date, count: int) -> tuple[date, ...]:
    """Give the last days of the months before a day's own, the newest first."""
    ends: list[date] = []
    for _ in range(count):
        ends.append(month_bounds(jalali_month(ends[-1] if ends else on))[0] - timedelta(days=1))
    return tuple(ends)


def year_bounds(year: int) -> tuple[date, date]:
    """Give the first and the last day of a Jalali year."""
    return from_jalali(year, 1, 1), from_jalali(year + 1, 1, 1) - timedelta(days=1)


def month_name(month: int) -> str:
    """Name a month: 8 is «آبان», 140508 is «آبان ۱۴۰۵»."""
    if month <= _MONTHS:
        return MONTH_NAMES[month - 1]
    year, number = divmod(month, 100)
    return f"{MONTH_NAMES[number - 1]} {persian_digits(year)}"


_AGES: Final = ((365, "سال"), (30, "ماه"), (7, "هفته"), (1, "روز"))


def show_age_ago(days: int) -> str:
    """Say how long ago something was, in the largest fitting unit: «۳ هفته پیش»; negative days lie ahead."""
    if days in {0, 1, -1}:
        return {0: "امروز", 1: "دیروز", -1: "فردا"}[days]
    size, unit = next((size, unit) for size, unit in _AGES if abs(days) >= size)
    return f"{persian_digits(abs(days) // size)} {unit} {'پیش' if days > 0 else 'دیگر'}"


def _one_number(digits: str) -> ParsedDate:
    if len(digits) == _LONG_YEAR:
        return _year_alone(digits)
    widths = _DIGITS_TOGETHER.get(len(digits))
    if widths is None:
        raise DateInvalid(reason=DateFault.SHAPE)
    if len(digits) == 8 and not _is_year(int(digits[:4])):  # noqa: PLR2004 -- eight digits with the year at the end
        return _three_numbers(digits[:2], digits[2:4], digits[4:])
    first, second = widths[0], widths[0] + widths[1]
    return _three_numbers(digits[:first], digits[first:second], digits[second:])


def _year_alone(digits: str) -> ParsedDate:
    year = int(digits)
    if len(digits) != _LONG_YEAR:
        raise DateInvalid(reason=DateFault.SHAPE)
    if year in _JALALI_YEARS:
        return ParsedDate(from_jalali(year, 1, 1), DatePrecision.YEAR)
    if year in _GREGORIAN_YEARS:
        return ParsedDate(date(year, 1, 1), DatePrecision.YEAR)
    raise DateInvalid(reason=DateFault.YEAR)


def _three_numbers(first: str, second: str, third: str) -> ParsedDate:
    if len(first) == _LONG_YEAR:
        return _year_month_day(int(first), int(second), int(third))
    if len(third) == _LONG_YEAR:
        return _day_month_year(int(first), int(second), int(third))
    if max(len(first), len(third)) > _SHORT_YEAR:
        raise DateInvalid(reason=DateFault.SHAPE)
    is_first_year, is_third_year = int(first) in _SHORT_YEARS, int(third) in _SHORT_YEARS
    if is_first_year == is_third_year:
        raise DateInvalid(reason=DateFault.AMBIGUOUS)
    if is_first_year:
        return _year_month_day(_CENTURY + int(first), int(second), int(third))
    return _year_month_day(_CENTURY + int(third), int(second), int(first))


def _year_month_day(year: int, month: int, day: int) -> ParsedDate:
    if not _is_year(year):
        raise DateInvalid(reason=DateFault.YEAR)
    if month == 0 and day == 0:  # "1345/00/00" is how forms write a year alone
        return _year_alone(str(year))
    if not 1 <= month <= _MONTHS:
        raise DateInvalid(reason=DateFault.MONTH)
    if year in _JALALI_YEARS:
        return ParsedDate(from_jalali(year, month, day), DatePrecision.DAY)
    try:
        return ParsedDate(date(year, month, day), DatePrecision.DAY)
    except ValueError:
        raise DateInvalid(reason=DateFault.DAY) from None


def _day_month_year(first: int, second: int, year: int) -> ParsedDate:
    # Jalali dates are never written month first; Gregorian ones are, by spreadsheets of another country.
    if year in _GREGORIAN_YEARS and first != second and 1 <= first <= _MONTHS:
        if second > _MONTHS:
            return _year_month_day(year, first, second)
        raise DateInvalid(reason=DateFault.AMBIGUOUS)
    return _year_month_day(year, second, first)


def _named_date(named: re.Match[str]) -> ParsedDate:
    words = named[2].split()
    month = next((found for word in words if (found := _MONTH_BY_KEY.get(match_key(word)))), None)
    if month is None:
        raise DateInvalid(reason=DateFault.SHAPE)
    day, year = (named[3], named[1]) if len(named[1]) == _LONG_YEAR else (named[1], named[3])
    if len(year) == _SHORT_YEAR and int(year) in _SHORT_YEARS:
        year = str(_CENTURY + int(year))
    if int(year) not in _JALALI_YEARS:
        raise DateInvalid(reason=DateFault.YEAR)
    return _year_month_day(int(year), month, int(day))


def _is_year(year: int) -> bool:
    return year in _JALALI_YEARS or year in _GREGORIAN_YEARS

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sakha.vocabulary import jalali
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.jalali import DateFault, DateInvalid, DatePrecision, ParsedDate, parse_date

# Leap years of the calendar as published (Institute of Geophysics), to hold the library to something outside it.
LEAP_YEARS = {1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412}


def reason(text: str) -> DateFault:
    with pytest.raises(DateInvalid) as caught:
        parse_date(text)
    return caught.value.reason


def test_every_jalali_day_from_1300_to_1450_shows_and_parses_back() -> None:
    day, last = jalali.from_jalali(1300, 1, 1), jalali.from_jalali(1451, 1, 1)
    while day < last:
        expected = ParsedDate(day, DatePrecision.DAY)
        assert parse_date(jalali.show_date_short(day)) == expected
        assert parse_date(jalali.show_date(day)) == expected
        assert jalali.from_jalali(*jalali.to_jalali(day)) == day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("jalali_day", "gregorian_day"),
    [((1357, 11, 22), date(1979, 2, 11)), ((1400, 1, 1), date(2021, 3, 21)), ((1403, 12, 30), date(2025, 3, 20)),
     ((1365, 5, 23), date(1986, 8, 14)), ((1300, 1, 1), date(1921, 3, 21))],
)  # fmt: skip
def test_known_days_convert(jalali_day: tuple[int, int, int], gregorian_day: date) -> None:
    assert jalali.from_jalali(*jalali_day) == gregorian_day
    assert jalali.to_jalali(gregorian_day) == jalali_day


def test_leap_years_are_the_published_ones() -> None:
    assert {year for year in range(1370, 1413) if jdatetime.date(year, 1, 1).isleap()} == LEAP_YEARS
    assert reason("1404/12/30") is DateFault.DAY


@pytest.mark.parametrize(
    "typed",
    ["1365/5/23", "1365/05/23", "۱۳۶۵/۰۵/۲۳", "١٣٦٥/٠٥/٢٣", "1365-05-23", "1365.05.23", "1365 05 23", "1365\\5\\23",
     "65/5/23",
     "۶۵/۰۵/۲۳", "23/05/1365", "23/5/65", "23-5-65", "13650523", "23051365", "650523", "۲۳ مرداد ۱۳۶۵",
     "23 امرداد ماه 65",
     "پنجشنبه ۲۳ مرداد ۱۳۶۵", "1365 مرداد 23", "1986-08-14", "1986/8/14", "14/08/1986", "8/14/1986",
     "1986-08-14 00:00:00",
     "1986-08-14T00:00:00Z", "1986-08-14T00:00:00.000+03:30", "19860814", "1365/05/23 ساعت 12:30", " 1365/05/23 ",
     "\u202a1365/05/23\u202c", "1365 / 05 / 23", "1365-05/23", "1365،05،23", "'1365/05/23"],
)  # fmt: skip
def test_one_day_is_read_from_every_form_it_is_kept_in(typed: str) -> None:
    assert parse_date(typed) == ParsedDate(date(1986, 8, 14), DatePrecision.DAY)


@pytest.mark.parametrize(
    "typed", ["1365", "۱۳۶۵", "1365.0", "1365/00/00", "1365/0/0", "1365/05", "05/1365", "13650000"]
)
def test_a_year_alone_is_its_first_day(typed: str) -> None:
    assert parse_date(typed) == ParsedDate(date(1986, 3, 21), DatePrecision.YEAR)


def test_a_gregorian_year_alone_is_its_first_day() -> None:
    assert parse_date("1986") == ParsedDate(date(1986, 1, 1), DatePrecision.YEAR)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", DateFault.EMPTY), ("  ", DateFault.EMPTY), ("ندارد", DateFault.SHAPE), ("45000", DateFault.SHAPE),
        ("65", DateFault.SHAPE), ("1365/13/01", DateFault.MONTH), ("1365/23/05", DateFault.MONTH),
        ("1365/07/31", DateFault.DAY),
        ("1365/12/30", DateFault.DAY), ("1365/05/00", DateFault.DAY), ("1165/05/23", DateFault.YEAR),
        ("3065/05/23", DateFault.YEAR),
        ("1700/05/23", DateFault.YEAR), ("02/05/12", DateFault.AMBIGUOUS), ("65/05/66", DateFault.AMBIGUOUS),
        ("3/4/1986", DateFault.AMBIGUOUS), ("29/02/1985", DateFault.DAY), ("1985-02-29", DateFault.DAY),
        ("365/05/23", DateFault.SHAPE), ("1/2/3/4", DateFault.SHAPE), ("1365 " * 100_000, DateFault.SHAPE),
        ("۲۳ گل ۱۳۶۵", DateFault.SHAPE), ("9999", DateFault.YEAR),
        ("1365/0/5", DateFault.MONTH), ("0000/00/00", DateFault.YEAR), ("23 مرداد 1986", DateFault.YEAR),
    ],
)  # fmt: skip
def test_what_is_no_date_or_two_dates_is_refused_with_its_reason(typed: str, why: DateFault) -> None:
    assert reason(typed) is why


def test_the_same_figures_twice_are_not_ambiguous() -> None:
    assert parse_date("4/4/1986").on == date(1986, 4, 4)


@given(some.dates(date(1921, 3, 21), date(2072, 3, 19)))
def test_gregorian_days_go_round_too(day: date) -> None:
    assert parse_date(day.isoformat()) == ParsedDate(day, DatePrecision.DAY)
    assert parse_date(f"{day:%Y%m%d}") == ParsedDate(day, DatePrecision.DAY)


@given(some.text() | some.text("0123456789۰۱۲۳/-. :Tم"))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        parsed = parse_date(text)
    except DateInvalid:
        return
    assert 1870 <= parsed.on.year <= 2121


def test_dates_are_shown_in_words_and_in_digits() -> None:
    assert jalali.show_date(date(2026, 11, 3)) == "۱۲ آبان ۱۴۰۵"
    assert jalali.show_date_short(date(2026, 11, 3)) == "۱۴۰۵/۰۸/۱۲"


def test_moments_are_shown_by_the_clocks_of_tehran_without_summer_time() -> None:
    assert jalali.show_moment(datetime(2026, 11, 2, 21, 0, tzinfo=UTC)) == "۱۲ آبان ۱۴۰۵، ساعت ۰۰:۳۰"
    assert jalali.show_moment(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)) == "۱۰ تیر ۱۴۰۵، ساعت ۱۵:۳۰"


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        jalali.show_moment(datetime(2026, 11, 2, 21, 0))  # noqa: DTZ001 -- the mistake under test


def test_months_have_numbers_names_and_bounds() -> None:
    assert jalali.jalali_month(date(2026, 11, 3)) == 140508
    assert jalali.jalali_year(date(2026, 11, 3)) == 1405
    assert jalali.month_name(8) == "آبان"
    assert jalali.month_name(140508) == "آبان ۱۴۰۵"
    assert jalali.month_bounds(140508) == (date(2026, 10, 23), date(2026, 11, 21))
    for day in (date(2026, 10, 23), date(2026, 11, 21)):
        assert jalali.month_ends(day, 2) == (date(2026, 10, 22), date(2026, 9, 22))
    assert jalali.month_ends(date(2026, 11, 21), 0) == ()


def test_months_and_years_meet_without_a_gap() -> None:
    months = [year * 100 + month for year in range(1300, 1450) for month in range(1, 13)]
    bounds = [jalali.month_bounds(month) for month in months]

    assert all(later[0] - earlier[1] == timedelta(days=1) for earlier, later in pairwise(bounds))
    assert [fold_digits(jalali.month_name(month)).split()[1] for month in months[:1]] == ["1300"]
    assert jalali.year_bounds(1403) == (bounds[103 * 12][0], bounds[103 * 12 + 11][1])


@pytest.mark.parametrize(
    ("days", "shown"),
    [(0, "امروز"), (1, "دیروز"), (3, "۳ روز پیش"), (7, "۱ هفته پیش"), (20, "۲ هفته پیش"), (45, "۱ ماه پیش"),
     (800, "۲ سال پیش"),
     (-1, "فردا"), (-3, "۳ روز دیگر")],
)  # fmt: skip
def test_age_is_told_in_the_largest_fitting_unit(days: int, shown: str) -> None:
    assert jalali.show_age_ago(days) == shown

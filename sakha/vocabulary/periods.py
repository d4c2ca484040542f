"""Periods: the stretch of Jalali time in which a need exists once."""

from datetime import date
from functools import lru_cache
from typing import Final

from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import jalali_month, jalali_year, month_bounds, month_name, year_bounds
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedPeriod

ONCE: Final = 0  # the period of a need that opens once
_FIRST_MONTH: Final = 100_000  # months are six digits, years four


@lru_cache(maxsize=1024)
def period_of(kind: NeedKind, on: date) -> int:
    """Give the period in which a day falls: 140508 for monthly kinds, 1405 for yearly ones, else 0."""
    match NEED_KINDS[kind].period:
        case NeedPeriod.MONTHLY:
            return jalali_month(on)
        case NeedPeriod.YEARLY:
            return jalali_year(on)
        case NeedPeriod.ONCE:
            return ONCE


def period_bounds(period: int) -> tuple[date, date] | None:
    """Give the first and the last day of a period; None for the one that never ends."""
    if period == ONCE:
        return None
    return month_bounds(period) if period >= _FIRST_MONTH else year_bounds(period)


def show_period(period: int) -> str:
    """Name a period: «آبان ۱۴۰۵», «سال ۱۴۰۵», «یک بار»."""
    if period == ONCE:
        return "یک بار"
    return month_name(period) if period >= _FIRST_MONTH else f"سال {persian_digits(period)}"

"""Writes of the observatory: counting a province as of a day."""

from sakha.observatory.actions.reckoning import (
    DayReckoned,
    DaysNotReckonedError,
    end_of_day,
    find_first_missed_day,
    reckon_days,
    reckon_province,
    sum_nation,
)

__all__ = [
    "DayReckoned",
    "DaysNotReckonedError",
    "end_of_day",
    "find_first_missed_day",
    "reckon_days",
    "reckon_province",
    "sum_nation",
]

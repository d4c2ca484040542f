"""Writes of the observatory: counting a province as of a day."""

from sakha.observatory.actions.reckoning import (
    DayReckoned,
    DaysNotReckonedError,
    find_first_missed_day,
    reckon_days,
    reckon_province,
)

__all__ = ["DayReckoned", "DaysNotReckonedError", "find_first_missed_day", "reckon_days", "reckon_province"]

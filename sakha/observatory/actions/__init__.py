"""Writes of the observatory: counting a province as of a day."""

from sakha.observatory.actions.reckoning import DayReckoned, reckon_days, reckon_province

__all__ = ["DayReckoned", "reckon_days", "reckon_province"]

"""Writes one fact into one cell as a charity would: in words, counts, or toman by the month."""

from datetime import date
from functools import cache
from typing import TypeAlias

from sakha.vocabulary.fact_names import FACTS, SCHOOLING, TENURES, FactName, FactUnit
from sakha.vocabulary.money import MoneyUnit
from simulation.spelling import dress, dress_digits
from simulation.styles import Digits, Style

Cell: TypeAlias = str | int | date | None
MONTHS = 12


def fact_cell(name: FactName, value: int, style: Style, turn: int) -> Cell:
    """Write a value; `turn` varies the words."""
    unit = FACTS[name].unit
    if name is FactName.TENURE:
        words = words_of(value)
        return dress(words[turn % len(words)], style)
    if name is FactName.HEAD_FEMALE:
        return dress("زن" if value else "مرد", style)
    if unit is FactUnit.YES_NO:
        return dress(style.yes_no[0 if value else 1], style)
    if unit is FactUnit.YEARS and name is not FactName.HEAD_AGE and turn % 4:
        return dress(schooling_word(value), style)
    if unit in {FactUnit.RIAL_MONTHLY, FactUnit.RIAL_YEARLY}:
        value = money_amount(unit, value, style)
    return value if style.digits is Digits.ASCII else dress_digits(str(value), style)


def money_amount(unit: FactUnit, rial: int, style: Style) -> int:
    """Give the amount in the unit and time in which this charity counts."""
    amount = rial // MONTHS if unit is FactUnit.RIAL_YEARLY and style.monthly else rial
    return amount // 10 if style.money is MoneyUnit.TOMAN else amount


@cache
def words_of(tenure: int) -> tuple[str, ...]:
    """Give the words for a tenure, the most usual three."""
    return tuple(word for word, code in TENURES.items() if code == tenure)[:3]


@cache
def schooling_word(years: int) -> str:
    """Give the word for the highest level that these years reach."""
    reached = [(level, word) for word, level in SCHOOLING.items() if level <= years]
    return max(reached, key=lambda pair: pair[0])[1]

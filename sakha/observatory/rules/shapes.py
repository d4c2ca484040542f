"""What a figure is: its unit, its owner, its definition, its value.

Decides nothing about whose rows are counted: the queries and the database's policies do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FigureUnit(StrEnum):
    """In what a figure is counted."""

    PERSON = "نفر"
    HOUSEHOLD = "خانوار"
    TIME = "بار"
    RIAL = "ریال"
    MESSAGE = "پیامک"
    CHARITY = "خیریه"
    GIFT = "کمک"
    RECORD = "رکورد"
    APPEAL = "اعتراض"
    PERCENT = "درصد"
    GRIEVANCE = "پیام"
    DAY = "روز"


class FigureOwner(StrEnum):
    """Who answers for a figure: whose rows it counts."""

    REGISTER = "دفتر ثبت نیازمندان"
    SEARCH = "جست‌وجوی بی‌پوشش‌ها"
    LEDGER = "دفتر کمک‌ها"
    APPEALS = "رسیدگی به اعتراض‌ها"
    VOICES = "صدای مردم"
    BODIES = "دفتر نهادها"


@dataclass(frozen=True, slots=True)
class FigureDefinition:
    """A figure's name, unit, owner, meaning in Persian words, and the one query that makes it (parameter: province)."""

    code: str
    title: str
    unit: FigureUnit
    owner: FigureOwner
    meaning: str
    sql: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's value in one province."""

    code: str
    title: str
    value: int
    unit: FigureUnit
    sentence: str

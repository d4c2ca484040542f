"""Figures and their shapes: what a page of a province shows, and how evenly help is spread.

Decides nothing about whose rows are counted: the queries and the database's policies do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sakha.vocabulary.refusal import Refusal


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
    trend: tuple[int, ...] = ()


class ProvinceUnknown(Refusal):
    """No such province, or not the actor's."""

    code = "PROVINCE_UNKNOWN"
    sentence = "این استان شناخته نیست یا در محدودهٔ شما نیست."


def lorenz_curve(amounts: Sequence[int], point_count: int = 20) -> tuple[tuple[float, float], ...]:
    """Points (share of households, share of help), from those who got least; from (0, 0) to (1, 1).

    Empty when nothing was given: there is no curve of nothing.
    """
    total = sum(amounts)
    if total <= 0:
        return ()
    ordered = sorted(amounts)
    wanted = {round(step * len(ordered) / point_count) for step in range(1, point_count + 1)} | {len(ordered)}
    points, running = [(0.0, 0.0)], 0
    for place, amount in enumerate(ordered, start=1):
        running += amount
        if place in wanted:
            points.append((place / len(ordered), running / total))
    return tuple(points)


def gini_index(amounts: Sequence[int]) -> float:
    """Gini coefficient (0 everybody alike, towards 1 one gets all) of the amounts; 0 when nothing was given.

    G = 2 * sum(i * x_i) / (n * sum(x)) - (n + 1) / n, x sorted from the least (Sen 1973).
    """
    total, count = sum(amounts), len(amounts)
    if total <= 0:
        return 0.0
    weighted = sum(place * amount for place, amount in enumerate(sorted(amounts), start=1))
    return 2 * weighted / (count * total) - (count + 1) / count

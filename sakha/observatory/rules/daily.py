"""Figures of a day: what is counted once a day and read ever after, its breakdowns, and ratios made of the counts.

Decides which counts exist and what is made of them; where the rows come from is said by the queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final

from sakha.observatory.rules.shapes import FigureOwner, FigureUnit
from sakha.vocabulary.places import COUNTIES, PROVINCES
from sakha.vocabulary.refusal import Refusal

PERCENT: Final = 100
# The year that is looked back on: 365 days up to the day.
YEAR_DAYS: Final = 365
# Edges of the histogram of help, in rial: from 100,000 toman, each a tenth above the one before, to about 14 billion
# toman. A household without help stands before the first.
WORTH_EDGES: Final[tuple[int, ...]] = (1, *(1_000_000 * 11**step // 10**step for step in range(125)))
DAYS_MAX: Final = 999
UNKNOWN: Final = "0"


class Breakdown(StrEnum):
    """By what a figure of a day is divided. PROVINCE and COUNTY divide every figure; the others those that say so."""

    PROVINCE = "PROVINCE"
    COUNTY = "COUNTY"
    DECILE = "DECILE"
    KIND = "KIND"
    GIVER = "GIVER"
    BODY = "BODY"
    SEX = "SEX"
    SETTLEMENT = "SETTLEMENT"
    DISABILITY = "DISABILITY"
    FACT = "FACT"
    MATTER = "MATTER"
    WORTH = "WORTH"
    DAYS = "DAYS"


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyFigure:
    """A count or a sum of a source's rows as of the end of a day, by province and county and by each of `parts`.

    `value` and `where` and the expressions of `parts` are SQL over the columns of the source.
    """

    code: str
    title: str
    unit: FigureUnit
    owner: FigureOwner
    meaning: str
    source: str
    value: str = "count(*)"
    where: str = "true"
    parts: Mapping[Breakdown, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioFigure:
    """A percentage of sums of figures of the same place and day; absent where there is nothing to divide by."""

    code: str
    title: str
    owner: FigureOwner
    meaning: str
    over: str
    under: tuple[str, ...]
    unit: FigureUnit = FigureUnit.PERCENT


@dataclass(frozen=True, slots=True, kw_only=True)
class MedianFigure:
    """The median of a histogram of days; absent where nothing was counted."""

    code: str
    title: str
    owner: FigureOwner
    meaning: str
    of: str
    unit: FigureUnit = FigureUnit.DAY


AnyFigure = DailyFigure | RatioFigure | MedianFigure


@dataclass(frozen=True, slots=True)
class Place:
    """The nation (both empty), a province, or one of its counties."""

    province: str = ""
    county: str = ""

    @property
    def name(self) -> str:
        """As it is written on a page."""
        if self.county:
            return COUNTIES[self.county].name if self.county in COUNTIES else "شهرستان نامعلوم"
        return PROVINCES[self.province].name if self.province else "ایران"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigure:
    """A figure of a place as of a day; `value` is None where there was nothing to divide by or to take a median of."""

    code: str
    title: str
    unit: FigureUnit
    value: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a figure: the key as it is kept, its name on a page, its value."""

    key: str
    name: str
    value: int


@dataclass(frozen=True, slots=True)
class PartFigures:
    """One part with several figures of it; what is zero, or has nothing to divide by, is left out."""

    key: str
    name: str
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Lorenz:
    """The curve of help among the needy and its Gini index; no points where nothing was given."""

    points: tuple[tuple[float, float], ...]
    gini: float


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Up to when a place was counted, and when: of the nation the oldest of its provinces'."""

    on: date
    until_at: datetime
    province_count: int


class PlaceUnknown(Refusal):
    """No such place, or outside the actor's area."""

    code: ClassVar[str] = "PLACE_UNKNOWN"
    sentence: ClassVar[str] = "این جا شناخته نیست یا در محدودهٔ شما نیست."


def ratio_of(over: int, under: int) -> int | None:
    """Whole percent, half up; None where there is nothing to divide by."""
    return (2 * PERCENT * over + under) // (2 * under) if under else None

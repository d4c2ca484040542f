"""A report's content: what is written and in which order, without paper or sheet. Drawing is left to the doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, TypeAlias

from sakha.observatory.rules.shapes import FigureUnit
from sakha.vocabulary.refusal import Refusal


class ReportKind(StrEnum):
    """For whom it is written."""

    MONTHLY = "MONTHLY"
    """A province's month: beside the month before."""
    COUNCIL = "COUNCIL"
    """The pilot for the national council: beside the eve of the opening, else the first counted month's end."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit; None where there was nothing to divide by."""

    value: int | None
    unit: FigureUnit


Value: TypeAlias = str | Measure


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with its heading and the sentence that says what it counts."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A figure over the last months, oldest first; None before it was first counted."""

    title: str
    unit: FigureUnit
    months: tuple[str, ...]
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report of a place as of the end of a day."""

    kind: ReportKind
    title: str
    place: str
    on: date
    counted_until: datetime
    lead: str
    findings: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    courses: tuple[Course, ...]
    curve: tuple[tuple[float, float], ...]
    gini: float
    definitions: tuple[tuple[str, str], ...]


class NothingCounted(Refusal):
    """The place had not been counted yet on that day."""

    code: ClassVar[str] = "NOTHING_COUNTED"
    sentence: ClassVar[str] = "تا این روز هنوز چیزی از این جا شمرده نشده است."

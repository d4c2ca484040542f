"""What the pages of finding and of identity questions show, made ready for their templates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """Somebody whom the search found."""

    household_id: int
    code: str
    name: str
    line: str
    identifier: str
    agrees: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundScreen:
    """The answer to a search."""

    rows: tuple[FoundRow, ...] = ()
    elsewhere_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question in the queue."""

    question_id: int
    title: str
    when: str
    is_row: bool
    waits_for_second: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """One field of both sides, and what it says: `points` bits for one person (above 0) or against."""

    name: str
    left: str
    right: str
    words: str
    sign: str
    kind: str
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideScreen:
    """One of the two."""

    title: str
    code: str
    household_id: int | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionScreen:
    """Both sides of a question beside each other."""

    question_id: int
    left: SideScreen
    right: SideScreen
    compared: tuple[ComparedRow, ...]
    summary: str
    is_row: bool
    waits_for_second: bool
    is_first_mine: bool
    may_answer: bool
    may_take_back: bool

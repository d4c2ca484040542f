"""Reads an agency's list of the people it covers: national ID, from, to, kind.

Decides which rows can be used and what is wrong with the others; what a list changes is decided by the actions.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import ClassVar, Final

from sakha.access.rules.key_ring import People
from sakha.access.rules.sealing import IndexKind, require_people
from sakha.vocabulary.identifiers import parse_national_id
from sakha.vocabulary.jalali import parse_date
from sakha.vocabulary.persian_text import clean_text, match_key
from sakha.vocabulary.refusal import Refusal

_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "national_id": ("national_id", "کد ملی", "کدملی", "شماره ملی"),
    "from": ("from", "از تاریخ", "از", "تاریخ شروع"),
    "to": ("to", "تا تاریخ", "تا", "تاریخ پایان"),
    "kind": ("kind", "نوع", "نوع حمایت", "نوع خدمت"),
}
_REQUIRED: Final = ("national_id", "from")
_KIND_LENGTH_MAX: Final = 120

# A list that ends this share of an organisation's coverage at once is more likely cut off than true. Our own rule.
SHRINK_SHARE_MAX: Final = 0.5
_SHRINK_MATTERS_FROM: Final = 50


class CoverageListUnreadable(Refusal):
    """No table with the needed headings."""

    code: ClassVar[str] = "COVERAGE_LIST_UNREADABLE"
    sentence: ClassVar[str] = "فهرست خوانده نشد: {reason}"


class SpanReversed(Refusal):
    """The row ends before it begins."""

    code: ClassVar[str] = "SPAN_REVERSED"
    sentence: ClassVar[str] = "تاریخ پایان پیش از تاریخ شروع است."


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """One person of the list."""

    national_id: str = field(repr=False)
    from_on: date
    to_on: date | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """Why a row could not be used: never what stood in it."""

    row_number: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageList:
    """A list as read. Several rows of one person are one: the span around them all, the kinds side by side."""

    rows: tuple[CoverageRow, ...]
    problems: tuple[RowProblem, ...]


def read_coverage_list(content: bytes, *, people: People | None = None) -> CoverageList:
    """Read a CSV in UTF-8, parted by commas, semicolons or tabs, of the people whom the house is of.

    Raises:
        CoverageListUnreadable: not UTF-8, or without the needed headings.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CoverageListUnreadable(reason="متن آن UTF-8 نیست.") from None
    heading, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    columns = _find_columns(next(reader, []))
    persons: dict[str, CoverageRow] = {}
    problems: list[RowProblem] = []
    for row_number, cells in _told_rows(reader):
        read = _read_row(row_number, cells, columns, people)
        if isinstance(read, RowProblem):
            problems.append(read)
        else:
            known = persons.get(read.national_id)
            persons[read.national_id] = read if known is None else _join(known, read)
    return CoverageList(rows=tuple(persons.values()), problems=tuple(problems))


def is_shrinking_too_much(*, active_count: int, ending_count: int) -> bool:
    """Whether a list ends so much that it is more likely cut off than true."""
    return active_count >= _SHRINK_MATTERS_FROM and ending_count > active_count * SHRINK_SHARE_MAX


def _find_columns(headings: Sequence[str]) -> dict[str, int]:
    keys = [match_key(heading) for heading in headings]
    columns = {
        name: keys.index(match_key(word))
        for name, words in _HEADINGS.items()
        for word in words
        if match_key(word) in keys
    }
    missing = [name for name in _REQUIRED if name not in columns]
    if missing:
        raise CoverageListUnreadable(reason=f"این ستون‌ها نیست: {', '.join(missing)}")
    return columns


def _told_rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    return ((number, cells) for number, cells in enumerate(reader, start=2) if any(cell.strip() for cell in cells))


def _read_row(
    row_number: int, cells: Sequence[str], columns: Mapping[str, int], people: People | None
) -> CoverageRow | RowProblem:
    told = {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()}
    column = "national_id"
    try:
        national_id = parse_national_id(told["national_id"])
        require_people(people, IndexKind.NATIONAL_ID, (national_id,))
        column = "from"
        from_on = _read_date(told["from"])
        column = "to"
        to_on = _read_date(told["to"]) if told.get("to") else None
        if to_on is not None and to_on < from_on:
            raise SpanReversed(field="to")
    except Refusal as refusal:
        return RowProblem(row_number=row_number, column=column, code=refusal.code, message=refusal.message)
    kind = clean_text(told.get("kind", ""))[:_KIND_LENGTH_MAX]
    return CoverageRow(national_id=national_id, from_on=from_on, to_on=to_on, kind=kind)


@lru_cache(maxsize=10_000)
def _read_date(text: str) -> date:
    return parse_date(text).on


def _join(known: CoverageRow, told: CoverageRow) -> CoverageRow:
    kinds = dict.fromkeys(kind for kind in (*known.kind.split("، "), told.kind) if kind)
    return CoverageRow(
        national_id=known.national_id,
        from_on=min(known.from_on, told.from_on),
        to_on=None if known.to_on is None or told.to_on is None else max(known.to_on, told.to_on),
        kind="، ".join(kinds)[:_KIND_LENGTH_MAX],
    )

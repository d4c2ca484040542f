"""Tables to take along as CSV, marked as Unicode and without formulas. What they tell is decided by the pages."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from django.http import HttpResponse

Cell: TypeAlias = str | int | float
_FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r")


def give_table(name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Answer with a file of this name."""
    answer = HttpResponse("\N{BYTE ORDER MARK}", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(answer).writerows([heads, *([write_cell(cell) for cell in row] for row in rows)])
    return answer


def write_cell(cell: Cell) -> Cell:
    """Keep a table program from reading a name as a formula: such words begin with an apostrophe, numbers stay."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_MARKS) else cell

"""The rows that could not be taken, as a right-to-left Excel file to correct and send again.

Keeps the original columns, colours the cells that are wrong and says why in a last column.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from xlsxwriter import Workbook

from sakha.registry.rules.rows import RowProblem
from sakha.vocabulary.digits import persian_digits

REASON_HEADING: Final = "دلیل (هنگام فرستادن دوباره خوانده نمی‌شود)"
ROW_HEADING: Final = "سطر در پروندهٔ شما"
_SHEET: Final = "سطرهای نیازمند اصلاح"
_WIDTH: Final = 18
_REASON_WIDTH: Final = 60
_WRONG: Final = {"bg_color": "#FBE3D6", "border": 1, "border_color": "#C0562F"}
_FONT: Final = {"font_name": "Vazirmatn", "font_size": 11, "reading_order": 2, "valign": "top"}


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A row with its cells as text and everything that is wrong with it."""

    number: int
    cells: tuple[str, ...]
    problems: tuple[RowProblem, ...]


def build_problem_workbook(headings: Sequence[str], rows: Iterable[ProblemRow]) -> bytes:
    """Build the workbook. Cells are text, so that no number loses its zeros again."""
    target = BytesIO()
    with Workbook(target, {"in_memory": True, "constant_memory": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_SHEET)
        plain = book.add_format({**_FONT, "num_format": "@"})
        wrong = book.add_format({**_FONT, "num_format": "@", **_WRONG})
        reason = book.add_format({**_FONT, "text_wrap": True})
        title = book.add_format({**_FONT, "bold": True, "bg_color": "#E6EEF5", "text_wrap": True})
        sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(headings) - 1, 0), _WIDTH)
        sheet.set_column(len(headings), len(headings), _REASON_WIDTH)
        for place, heading in enumerate([*headings, REASON_HEADING, ROW_HEADING]):
            sheet.write_string(0, place, heading, title)
        for line, row in enumerate(rows, start=1):
            _write_row(sheet, line, row, len(headings), (plain, wrong, reason))
    return target.getvalue()


def _write_row(sheet: Any, line: int, row: ProblemRow, width: int, formats: tuple[Any, Any, Any]) -> None:
    plain, wrong, reason = formats
    places = {problem.place for problem in row.problems}
    for place in range(width):
        text = row.cells[place] if place < len(row.cells) else ""
        sheet.write_string(line, place, text, wrong if place in places else plain)
    sheet.write_string(line, width, "\n".join(_sentence(problem) for problem in row.problems), reason)
    sheet.write_string(line, width + 1, persian_digits(row.number), reason)


def _sentence(problem: RowProblem) -> str:
    return f"«{problem.heading}»: {problem.reason}" if problem.heading else problem.reason

"""A report as PDF: A4 from right to left, tables that go on over pages with their heads, a few charts.

fpdf2 with HarfBuzz, as receipts (docs/decisions/0097). The same report is always the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fpdf.enums import MethodReturnValue, XPos, YPos

from sakha.entrypoints.kashi.paper import BRAND, DEEP, INK, LINE, QUIET, SAFFRON, WASH
from sakha.entrypoints.reports.charts import draw_courses, draw_curve, has_course
from sakha.entrypoints.reports.frame import MARGIN, WIDTH, Paper, open_report, write_title
from sakha.entrypoints.reports.values import show_gini, write_value
from sakha.observatory.rules.reports import Report, ReportTable, Value
from sakha.vocabulary.jalali import show_date, show_moment

_ROW: Final = 6.7
_NAME_SHARE: Final = 0.34
_CELL_GAP: Final = 4.0
_HEAD_LINE: Final = 5.2
_ROWS_TOGETHER: Final = 14
_LAST_TOGETHER: Final = 3


def draw_report(report: Report) -> bytes:
    """Return the PDF."""
    paper = open_report(report)
    _write_head(paper, report)
    _write_findings(paper, report)
    first, *others = report.tables
    _write_table(paper, first)
    if courses := [one for one in report.courses if has_course(one)]:
        draw_courses(paper, courses)
    if report.curve:
        gini = show_gini(report.gini)
        draw_curve(paper, report.curve, f"ضریب جینی {gini}؛ هرچه منحنی به خط برابری نزدیک‌تر، پخش عادلانه‌تر.")
    for table in others:
        _write_table(paper, table)
    _write_definitions(paper, report)
    return bytes(paper.output())


def _write_head(paper: Paper, report: Report) -> None:
    paper.set_fill_color(*DEEP)
    paper.rect(0, 0, 210, 44, style="F")
    paper.set_fill_color(*SAFFRON)
    paper.rect(0, 44, 210, 1.6, style="F")
    paper.set_xy(MARGIN, 9)
    paper.set_text_color(255, 255, 255)
    paper.set_font("vazir", size=10)
    paper.cell(WIDTH, 6, "سخا، سامانهٔ ملی خیر و احسان", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font("vazir", "B", 21)
    paper.cell(WIDTH, 12, f"{report.title}، {report.place}", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font("vazir", size=10)
    paper.cell(WIDTH, 7, report.lead, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_y(52)


def _write_findings(paper: Paper, report: Report) -> None:
    for said in report.findings:
        top = paper.get_y()
        paper.set_fill_color(*SAFFRON)
        paper.rect(MARGIN + WIDTH - 2, top + 2.6, 2, 2, style="F")
        paper.set_xy(MARGIN, top)
        paper.set_font("vazir", size=11)
        paper.set_text_color(*INK)
        paper.multi_cell(WIDTH - 5, 7.4, said, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(1)


def _write_table(paper: Paper, table: ReportTable) -> None:
    widths = _widths(paper, table)
    head_height = _head_height(paper, table.heads, widths)
    whole = len(table.rows) <= _ROWS_TOGETHER
    write_title(paper, table.title, table.note, room=24 + head_height + (len(table.rows) if whole else 3) * _ROW)
    _write_heads(paper, table.heads, widths, head_height)
    for number, row in enumerate(table.rows):
        # the last rows go on to a new page together: none stands there alone under the heads
        rest = len(table.rows) - number
        if paper.will_page_break((_LAST_TOGETHER if rest == _LAST_TOGETHER else 1) * _ROW):
            paper.add_page()
            _write_heads(paper, table.heads, widths, head_height)
        _write_row(paper, row, widths, is_shaded=bool(number % 2))
    paper.ln(3)


def _widths(paper: Paper, table: ReportTable) -> list[float]:
    """From the right: what each column's words need, and the same of what is left for each but the name's."""
    needed = []
    for column, head in enumerate(table.heads):
        paper.set_font("vazir", "B", 9.5)
        values = max(paper.get_string_width(write_value(row[column])) for row in table.rows)
        words = max((paper.get_string_width(word) for word in head.split()), default=0)
        needed.append(max(values, words) + _CELL_GAP)
    needed[0] = max(needed[0], WIDTH * _NAME_SHARE)
    over = sum(needed) - WIDTH
    needed[0] -= max(over, 0)
    return [needed[0], *(width + max(-over, 0) / (len(needed) - 1) for width in needed[1:])]


def _head_height(paper: Paper, heads: Sequence[str], widths: Sequence[float]) -> float:
    paper.set_font("vazir", "B", 9)
    lines = [
        paper.multi_cell(width - 2, _HEAD_LINE, head or " ", dry_run=True, output=MethodReturnValue.LINES)
        for width, head in zip(widths, heads, strict=True)
    ]
    return max(len(found) for found in lines if isinstance(found, list)) * _HEAD_LINE + 3


def _write_heads(paper: Paper, heads: Sequence[str], widths: Sequence[float], height: float) -> None:
    top, right = paper.get_y(), MARGIN + WIDTH
    paper.set_fill_color(*BRAND)
    paper.rect(MARGIN, top, WIDTH, height, style="F")
    paper.set_text_color(255, 255, 255)
    paper.set_font("vazir", "B", 9)
    for number, (width, head) in enumerate(zip(widths, heads, strict=True)):
        right -= width
        paper.set_xy(right + 1, top + 1.5)
        paper.multi_cell(width - 2, _HEAD_LINE, head or " ", align="L" if number else "R")
    paper.set_xy(MARGIN, top + height)


def _write_row(paper: Paper, row: Sequence[Value], widths: Sequence[float], *, is_shaded: bool) -> None:
    top, right = paper.get_y(), MARGIN + WIDTH
    if is_shaded:
        paper.set_fill_color(*WASH)
        paper.rect(MARGIN, top, WIDTH, _ROW, style="F")
    paper.set_text_color(*INK)
    for number, (width, value) in enumerate(zip(widths, row, strict=True)):
        right -= width
        paper.set_font("vazir", "B" if number else "", 9.5)
        paper.set_xy(right + 1, top)
        paper.cell(width - 2, _ROW, write_value(value), align="L" if number else "R")
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.15)
    paper.line(MARGIN, top + _ROW, MARGIN + WIDTH, top + _ROW)
    paper.set_xy(MARGIN, top + _ROW)


def _write_definitions(paper: Paper, report: Report) -> None:
    note = (
        f"هر عدد یک بار تعریف شده است؛ شمرده تا {show_moment(report.counted_until)}، برای پایان {show_date(report.on)}."
    )
    write_title(paper, "تعریف‌ها", note, room=40)
    for title, meaning in report.definitions:
        if paper.will_page_break(14):
            paper.add_page()
        paper.set_x(MARGIN)
        paper.set_text_color(*INK)
        paper.set_font("vazir", "B", 9)
        paper.cell(WIDTH, 5.4, title, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        paper.set_text_color(*QUIET)
        paper.set_font("vazir", size=9)
        paper.multi_cell(WIDTH, 5.2, meaning, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        paper.ln(1.2)

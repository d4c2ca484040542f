"""A report as an Excel workbook, from right to left: a sheet a table, numbers as numbers, definitions at the end."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from xlsxwriter import Workbook

from sakha.entrypoints.reports.values import COUNT_FORMAT, NOTHING, NUMBER_FORMATS, cell_number
from sakha.observatory.rules.reports import Measure, Report, ReportTable, Value
from sakha.vocabulary.jalali import TEHRAN, show_date, show_moment

_FONT: Final = {"font_name": "Vazirmatn", "font_size": 11, "reading_order": 2, "valign": "vcenter"}
_HEAD: Final = {"bold": True, "bg_color": "#0B6265", "font_color": "#FFFFFF", "text_wrap": True}
_NAME_WIDTH, _WIDTH, _WORDS_WIDTH = 34, 20, 90
_SHEET_LONGEST: Final = 31
_FIRST_ROW: Final = 3


def write_workbook(report: Report) -> bytes:
    """Return the file; of the same report always the same bytes."""
    target = BytesIO()
    with Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        at = report.counted_until.astimezone(TEHRAN).replace(tzinfo=None)
        book.set_properties({"title": f"{report.title}، {report.place}", "author": "سخا", "created": at})
        looks = _Looks(book)
        _write_cover(book, report, looks)
        for table in report.tables:
            _write_table(book, table, looks)
        _write_courses(book, report, looks)
        _write_definitions(book, report, looks)
    return target.getvalue()


class _Looks:
    """The formats of cells, made once a book."""

    def __init__(self, book: Any) -> None:
        self.plain = book.add_format({**_FONT, "text_wrap": True})
        self.quiet = book.add_format({**_FONT, "font_color": "#465B5E", "text_wrap": True})
        self.title = book.add_format({**_FONT, "bold": True, "font_size": 16, "font_color": "#0B6265"})
        self.head = book.add_format({**_FONT, **_HEAD})
        self.numbers = {unit: book.add_format({**_FONT, "num_format": form}) for unit, form in NUMBER_FORMATS.items()}
        self.count = book.add_format({**_FONT, "num_format": COUNT_FORMAT})


def _sheet(book: Any, name: str) -> Any:
    sheet = book.add_worksheet(name.replace(":", "")[:_SHEET_LONGEST])
    sheet.right_to_left()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    return sheet


def _write_cover(book: Any, report: Report, looks: _Looks) -> None:
    sheet = _sheet(book, "گزارش")
    sheet.set_column(0, 0, _WORDS_WIDTH)
    sheet.write_string(0, 0, f"{report.title}، {report.place}", looks.title)
    sheet.write_string(1, 0, report.lead, looks.quiet)
    for line, said in enumerate(report.findings, start=_FIRST_ROW):
        sheet.write_string(line, 0, said, looks.plain)
    below = _FIRST_ROW + len(report.findings) + 1
    sheet.write_string(below, 0, f"شمرده تا {show_moment(report.counted_until)}", looks.quiet)


def _write_table(book: Any, table: ReportTable, looks: _Looks) -> None:
    sheet = _sheet(book, table.title)
    sheet.set_column(0, 0, _NAME_WIDTH)
    sheet.set_column(1, len(table.heads), _WIDTH)
    sheet.write_string(0, 0, table.title, looks.title)
    sheet.write_string(1, 0, table.note, looks.quiet)
    sheet.freeze_panes(_FIRST_ROW + 1, 1)
    sheet.repeat_rows(_FIRST_ROW)
    for place, head in enumerate(table.heads):
        sheet.write_string(_FIRST_ROW, place, head, looks.head)
    for line, row in enumerate(table.rows, start=_FIRST_ROW + 1):
        for place, value in enumerate(row):
            _write_value(sheet, line, place, value, looks)


def _write_value(sheet: Any, line: int, place: int, value: Value, looks: _Looks) -> None:
    if isinstance(value, str):
        sheet.write_string(line, place, value, looks.plain)
        return
    number = cell_number(value)
    if number is None:
        sheet.write_string(line, place, NOTHING, looks.quiet)
    else:
        sheet.write_number(line, place, number, looks.numbers.get(value.unit, looks.count))


def _write_courses(book: Any, report: Report, looks: _Looks) -> None:
    if not report.courses:
        return
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (month, *(Measure(one.values[place], one.unit) for one in report.courses))
        for place, month in enumerate(report.courses[0].months)
    )
    heads = ("ماه", *(one.title for one in report.courses))
    _write_table(book, ReportTable("ماه به ماه", f"تا پایان {show_date(report.on)}.", heads, rows), looks)


def _write_definitions(book: Any, report: Report, looks: _Looks) -> None:
    rows: tuple[tuple[Value, ...], ...] = report.definitions
    table = ReportTable("تعریف‌ها", "هر عدد یک بار تعریف شده است.", ("عدد", "تعریف"), rows)
    _write_table(book, table, looks)
    book.get_worksheet_by_name("تعریف‌ها").set_column(1, 1, _WORDS_WIDTH)

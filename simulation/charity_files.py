"""Writes the charities' lists as files: workbooks and text tables, with titles above the headings as they really are.

Also writes whom each row is truly about; the files themselves are all that a charity would hand over.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.jalali import show_date_short
from sakha.vocabulary.places import COUNTIES
from simulation.chance import Ints
from simulation.charities import Charity
from simulation.fact_cells import Cell
from simulation.people import PILOT_ON
from simulation.province import Progress, Province
from simulation.records import CharityList, ListWriter
from simulation.spelling import dress
from simulation.styles import Medium, Style

# Workbooks carry the day on which they were made; it stands still, so that the bytes do.
MADE_AT = datetime(2026, 11, 1, 8, 0)  # noqa: DTZ001 -- a workbook's own property has no time zone
DELIMITERS = {Medium.CSV: ",", Medium.CSV_BOM: ",", Medium.CSV_SEMICOLON: ";"}


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """Whom one row of one file is about; `row` counts from 1 with titles and headings, as a spreadsheet shows it."""

    charity: int
    file: str
    row: int
    person: int
    flaw: str


def file_name(charity: Charity, style: Style) -> str:
    """Name the file after its charity's number, kind and county."""
    county = COUNTIES[charity.county].name_en.lower()
    kind = "centre" if charity.kind == "CHARITY_CENTRE" else "charity"
    return f"{charity.code[2:]}-{kind}-{county}.{'xlsx' if style.medium is Medium.XLSX else 'csv'}"


def write_files(
    province: Province, facts: dict[FactName, Ints], folder: Path, progress: Progress
) -> Iterator[list[WrittenRow]]:
    """Write every charity's file; `facts` has one value per line of the caseload."""
    caseload = province.coverage.caseload
    for number, (charity, style) in enumerate(zip(province.charities, province.styles, strict=True)):
        chosen = caseload.charity == number
        own = {name: values[chosen] for name, values in facts.items()}
        listed = ListWriter(province, charity, style).write(caseload.household[chosen].tolist(), own)
        name = file_name(charity, style)
        top = titles(charity, style)
        if style.medium is Medium.XLSX:
            write_workbook(folder / name, top, listed)
        else:
            write_text(folder / name, top, listed, style.medium)
        progress("files", number + 1, len(province.charities))
        yield [
            WrittenRow(number, f"files/{name}", len(top) + 2 + place, person, flaw)
            for place, (person, flaw) in enumerate(zip(listed.people, listed.flaws, strict=True))
        ]


def titles(charity: Charity, style: Style) -> list[str]:
    """Give the lines above the headings."""
    lines = (charity.name, f"فهرست خانواده‌های تحت پوشش تا تاریخ {show_date_short(PILOT_ON)}", "")
    return [dress(line, style) for line in lines[: style.title_rows]]


def write_workbook(path: Path, top: list[str], listed: CharityList) -> None:
    """Write a workbook with one sheet, right to left."""
    workbook = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy/mm/dd"})
    workbook.set_properties({"created": MADE_AT, "author": "", "comments": "داده‌های ساختگی"})
    day = workbook.add_format({"num_format": "yyyy/mm/dd"})
    sheet = workbook.add_worksheet("لیست")
    sheet.right_to_left()
    for row, line in enumerate(top):
        sheet.write_string(row, 0, line)
    for column, heading in enumerate(listed.headings):
        sheet.write_string(len(top), column, heading)
    for row, cells in enumerate(listed.rows, start=len(top) + 1):
        for column, cell in enumerate(cells):
            write_cell(sheet, (row, column), cell, day)
    workbook.close()


def write_cell(sheet: xlsxwriter.worksheet.Worksheet, place: tuple[int, int], cell: Cell, day: object) -> None:
    """Write one cell by its type."""
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(*place, cell)
    elif isinstance(cell, int):
        sheet.write_number(*place, cell)
    else:
        sheet.write_datetime(*place, cell, day)


def write_text(path: Path, top: list[str], listed: CharityList, medium: Medium) -> None:
    """Write a text table."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=DELIMITERS[medium], lineterminator="\r\n")
    for line in top:
        writer.writerow([line, *[""] * (len(listed.headings) - 1)])
    writer.writerow(listed.headings)
    writer.writerows([show(cell) for cell in row] for row in listed.rows)
    encoding = "utf-8-sig" if medium is Medium.CSV_BOM else "utf-8"
    path.write_bytes(lines.getvalue().encode(encoding))


def show(cell: Cell) -> str:
    """Write a cell as text."""
    if cell is None:
        return ""
    return cell.strftime("%Y/%m/%d") if isinstance(cell, date) else str(cell)

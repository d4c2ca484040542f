"""From the bytes of a file to headings and rows, as a charity really keeps it.

Decides encoding, delimiter, which sheet and which row carries the headings; what a heading means is left to `mapping`.
"""

import csv
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from itertools import islice
from typing import ClassVar, Final, TypeAlias

from python_calamine import CalamineError, CalamineWorkbook

from sakha.vocabulary.refusal import Refusal

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta

CONTENT_LENGTH_MAX: Final = 25 * 1024 * 1024
UNPACKED_LENGTH_MAX: Final = 500 * 1024 * 1024
ROW_COUNT_MAX: Final = 200_000
COLUMN_COUNT_MAX: Final = 120

# Titles, logos and dates stand above the headings; more than this many rows of them was never met.
_HEADING_SEARCH_ROWS: Final = 40
# One known word may stand in any title («کد ملی» in an instruction); two in one row are headings.
_KNOWN_HEADINGS_MIN: Final = 2
_DELIMITERS: Final = (",", ";", "\t", "|")
_ZIP_MARK: Final = b"PK\x03\x04"
_OLE_MARK: Final = b"\xd0\xcf\x11\xe0"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


class FileTooLarge(Refusal):
    """More bytes, rows or columns than the intake takes at once."""

    code: ClassVar[str] = "FILE_TOO_LARGE"
    sentence: ClassVar[str] = "پرونده بزرگ‌تر از اندازهٔ مجاز است. آن را به چند پروندهٔ کوچک‌تر بخش کنید."


class FileUnreadable(Refusal):
    """Neither a workbook nor a text table."""

    code: ClassVar[str] = "FILE_UNREADABLE"
    sentence: ClassVar[str] = "این پرونده خوانده نشد. پروندهٔ اکسل (xlsx یا xls) یا CSV بدون گذرواژه بفرستید."


class HeadingsMissing(Refusal):
    """No row looks like headings."""

    code: ClassVar[str] = "HEADINGS_MISSING"
    sentence: ClassVar[str] = "سطر عنوان ستون‌ها پیدا نشد. نام ستون‌ها را در یک سطر، بالای داده‌ها بنویسید."


class FileEmpty(Refusal):
    """Headings without rows."""

    code: ClassVar[str] = "FILE_EMPTY"
    sentence: ClassVar[str] = "زیر عنوان ستون‌ها هیچ سطری نیست."


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with the number that the user sees beside it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its headings; every row has as many cells as there are headings."""

    headings: tuple[str, ...]
    heading_row: int
    rows: tuple[SheetRow, ...]


def read_sheet(content: bytes, is_known: Callable[[str], bool]) -> Sheet:
    """Read the table of a file.

    `is_known` says of a heading whether it is understood or remembered; the row with the most such headings wins.

    Raises: FileTooLarge, FileUnreadable, HeadingsMissing, FileEmpty.
    """
    if len(content) > CONTENT_LENGTH_MAX:
        raise FileTooLarge
    is_workbook = content.startswith((_ZIP_MARK, _OLE_MARK))
    tables = _read_workbook(content) if is_workbook else [_read_text(content)]
    best: tuple[int, int, Sequence[Sequence[Cell]]] | None = None
    for table in tables:
        score, place = _find_headings(table, is_known)
        if best is None or score > best[0]:
            best = (score, place, table)
    if best is None or best[0] < _KNOWN_HEADINGS_MIN:
        raise HeadingsMissing
    return _cut_sheet(best[2], best[1])


def show_cell(cell: Cell | None) -> str:
    """The cell as text, as a person would type it: whole numbers without a point, dates as year-month-day."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool | int):
        return str(int(cell))
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _read_workbook(content: bytes) -> list[list[list[Cell]]]:
    _require_honest_zip(content)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        tables: list[list[list[Cell]]] = []
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.total_height > ROW_COUNT_MAX or sheet.total_width > COLUMN_COUNT_MAX * 10:
                raise FileTooLarge
            tables.append(sheet.to_python(skip_empty_area=False))
    except (CalamineError, OSError, ValueError) as error:
        raise FileUnreadable from error
    return tables


def _require_honest_zip(content: bytes) -> None:
    """A few kilobytes may unpack to gigabytes: look at the sizes in the list of contents first."""
    if not content.startswith(_ZIP_MARK):
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED_LENGTH_MAX:
                raise FileTooLarge
    except zipfile.BadZipFile as error:
        raise FileUnreadable from error


def _read_text(content: bytes) -> list[list[Cell]]:
    text = _decode(content)
    if "\x00" in text:
        raise FileUnreadable
    delimiter = max(_DELIMITERS, key=lambda sign: _cell_count(text, sign))
    try:
        rows: list[list[Cell]] = [list(row) for row in islice(_rows(text, delimiter), ROW_COUNT_MAX + 1)]
    except csv.Error as error:
        raise FileUnreadable from error
    if len(rows) > ROW_COUNT_MAX:
        raise FileTooLarge
    return rows


def _rows(text: str, delimiter: str) -> "csv._reader":  # type: ignore[name-defined]
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter)


def _decode(content: bytes) -> str:
    """Windows-1256 is what old charity programs write; it reads any bytes, so it comes last."""
    if content.startswith(_UTF16_MARKS):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("windows-1256", errors="replace")


def _cell_count(text: str, delimiter: str) -> int:
    try:
        return sum(len(row) for row in islice(_rows(text, delimiter), _HEADING_SEARCH_ROWS))
    except csv.Error:
        return 0


def _find_headings(table: Sequence[Sequence[Cell]], is_known: Callable[[str], bool]) -> tuple[int, int]:
    """The number of known headings in the best row, and its place."""
    best, place = 0, 0
    for number, row in enumerate(islice(table, _HEADING_SEARCH_ROWS)):
        texts = {_heading_text(cell) for cell in row if isinstance(cell, str)}
        score = sum(1 for text in texts if text and is_known(text))
        if score > best:
            best, place = score, number
    return best, place


def _heading_text(cell: Cell) -> str:
    return " ".join(show_cell(cell).split())


def _cut_sheet(table: Sequence[Sequence[Cell]], place: int) -> Sheet:
    texts = [_heading_text(cell) for cell in table[place]]
    width = max((column + 1 for column, text in enumerate(texts) if text), default=0)
    if width > COLUMN_COUNT_MAX:
        raise FileTooLarge
    headings = tuple(text or f"ستون {column + 1}" for column, text in enumerate(texts[:width]))
    rows: list[SheetRow] = []
    for number, row in enumerate(table[place + 1 :], start=place + 2):
        cells = tuple(row[:width]) + ("",) * (width - len(row))
        if not any(cell != "" for cell in cells) or _repeats(cells, texts):
            continue
        rows.append(SheetRow(number, cells))
    if not rows:
        raise FileEmpty
    return Sheet(headings=headings, heading_row=place + 1, rows=tuple(rows))


def _repeats(cells: Sequence[Cell], texts: Sequence[str]) -> bool:
    """Printed lists repeat their headings on every page. Few rows begin like one, so few are compared in full."""
    return _heading_text(cells[0]) == texts[0] and all(
        _heading_text(cell) == text for cell, text in zip(cells, texts, strict=False)
    )

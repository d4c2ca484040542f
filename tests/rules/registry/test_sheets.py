"""A table is found in whatever a charity sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from xlsxwriter import Workbook

from sakha.registry.rules.mapping import is_known_heading
from sakha.registry.rules.sheets import (
    FileEmpty,
    FileTooLarge,
    FileUnreadable,
    HeadingsMissing,
    Sheet,
    read_sheet,
    show_cell,
)

HEADINGS = ["ردیف", "نام", "نام خانوادگی", "کد ملی"]
ROWS = [["1", "زهرا", "رضایی", "0013542419"], ["2", "علی", "کریمی", "0499370899"]]


def known(heading: str) -> bool:
    return is_known_heading(heading, {})


def read(content: bytes, is_known: Callable[[str], bool] = known) -> Sheet:
    return read_sheet(content, is_known)


def text(rows: list[list[str]], delimiter: str = ",") -> str:
    return "\r\n".join(delimiter.join(row) for row in rows)


def excel(rows: list[list[object]], *, before: list[list[object]] = ()) -> bytes:
    target = BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        if before:
            book.add_worksheet("راهنما").write_row(0, 0, before[0])
        sheet = book.add_worksheet("فهرست")
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    return target.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16"])
def test_text_is_read_in_every_encoding_and_with_every_delimiter(encoding: str, delimiter: str) -> None:
    sheet = read(text([HEADINGS, *ROWS], delimiter).encode(encoding))

    assert sheet.headings == tuple(HEADINGS)
    assert [row.cells for row in sheet.rows] == [tuple(row) for row in ROWS]


def test_old_arabic_keyboard_in_windows_1256_is_understood() -> None:
    content = text([["نام", "نام خانوادگي", "كد ملي"], ["علي", "كريمي", "0499370899"]]).encode("windows-1256")

    sheet = read(content)

    assert sheet.rows[0].cells == ("علي", "كريمي", "0499370899")


def test_headings_are_found_below_titles_and_rows_keep_the_numbers_that_the_user_sees() -> None:
    sheet = read(excel([["خیریهٔ مهر"], ["فهرست خانوارها", "", "آبان ۱۴۰۵"], [], HEADINGS, *ROWS]))

    assert sheet.heading_row == 4
    assert [row.number for row in sheet.rows] == [5, 6]


def test_sheet_with_most_known_headings_is_taken() -> None:
    sheet = read(excel([HEADINGS, *ROWS], before=[["این پرونده چه دارد", "نام"]]))

    assert sheet.headings == tuple(HEADINGS)


def test_blank_rows_and_repeated_headings_are_left_out() -> None:
    sheet = read(text([HEADINGS, ROWS[0], ["", "", "", ""], HEADINGS, ROWS[1]]).encode())

    assert [row.number for row in sheet.rows] == [2, 5]


def test_remembered_headings_count_as_known() -> None:
    content = text([["aa", "bb"], ["زهرا", "رضایی"]]).encode()

    with pytest.raises(HeadingsMissing):
        read(content)
    assert read(content, {"aa", "bb"}.__contains__).headings == ("aa", "bb")


def test_column_without_heading_is_named_by_its_place() -> None:
    assert read(text([["نام", "", "کد ملی"], ["ا", "ب", "پ"]]).encode()).headings == ("نام", "ستون 2", "کد ملی")


def test_short_rows_are_filled_up() -> None:
    assert read(text([HEADINGS, ["1", "زهرا"]]).encode()).rows[0].cells == ("1", "زهرا", "", "")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"PK\x03\x04 not a zip at all", FileUnreadable),
        (b"\x89PNG\r\n\x1a\n\x00\x00", FileUnreadable),
        (text([HEADINGS]).encode(), FileEmpty),
        ("سلام، این یک نامه است".encode(), HeadingsMissing),
        (b"a" * (26 * 1024 * 1024), FileTooLarge),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read(content)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (12.0, "12"),
        (12.5, "12.5"),
        (13542419, "13542419"),
        (True, "1"),
        (None, ""),
        (" متن ", "متن"),
        (datetime(1990, 5, 1, 3, 4), "1990-05-01"),  # noqa: DTZ001 -- as a spreadsheet gives it
    ],
)
def test_cell_is_shown_as_a_person_would_type_it(cell: object, shown: str) -> None:
    assert show_cell(cell) == shown

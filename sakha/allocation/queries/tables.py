"""Files of comma-separated values into tables: nothing is guessed, and what cannot be read is refused with its place.

The header is read here and every column is text until it is checked, so that no file means something else by its looks.
What the columns mean for a run is left to `files`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from sakha.vocabulary.refusal import Refusal

_MOST_TOGETHER: Final = 4 * 10**18  # sums stay within 64 bits
_LINE: Final = re.compile(r"CSV Error on Line: (\d+)")


class FileUnreadable(Refusal):
    """The file is no table of comma-separated values."""

    code = "ALLOCATION_FILE_UNREADABLE"
    sentence = "پرونده‌ی «{file}» خوانده نشد: جدولی با ویرگول (CSV) به خط UTF-8 لازم است. {reason}"


class ColumnMissing(Refusal):
    """A column that nothing can stand for is missing."""

    code = "ALLOCATION_COLUMN_MISSING"
    sentence = "پرونده‌ی «{file}» ستون «{column}» را ندارد."


class ColumnRepeated(Refusal):
    """Two columns bear one name."""

    code = "ALLOCATION_COLUMN_REPEATED"
    sentence = "پرونده‌ی «{file}» ستون «{column}» را بیش از یک بار دارد."


class RowUnreadable(Refusal):
    """One row is broken: too many or too few cells, an open quote, letters that are no UTF-8."""

    code = "ALLOCATION_ROW_UNREADABLE"
    sentence = (
        "پرونده‌ی «{file}»، ردیف {row}: شمار خانه‌ها با سرستون یکی نیست، گیومه‌ای باز مانده، یا نویسه‌ها UTF-8 نیستند."
    )


class CellInvalid(Refusal):
    """One cell cannot be read as what its column holds."""

    code = "ALLOCATION_CELL_INVALID"
    sentence = "پرونده‌ی «{file}»، ردیف {row}، ستون «{column}»: {wanted}"


class NameRepeated(Refusal):
    """Two rows bear one name."""

    code = "ALLOCATION_NAME_REPEATED"
    sentence = "پرونده‌ی «{file}»، ردیف {row}، ستون «{column}»: این شناسه پیش‌تر آمده است."


class SumTooLarge(Refusal):
    """All amounts together are more than can be counted exactly."""

    code = "ALLOCATION_SUM_TOO_LARGE"
    sentence = "پرونده‌ی «{file}»، ستون «{column}»: جمع مبلغ‌ها بزرگ‌تر از آن است که دقیق شمرده شود."


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is read: what an empty cell or a missing column means (None: it must be there), and the wanted form.

    `reading` is SQL over the text `{0}` and gives NULL where the text is not what is wanted.
    """

    otherwise: str | None
    reading: str = "{0}"
    wanted: str = ""


def whole_number(otherwise: str | None, least: int, most: int, wanted: str) -> Column:
    """Digits only, or digits and nothing but zeros behind the point; empty stays empty where that is allowed."""
    # nearly every cell is written as the number would be: only the others are looked at by pattern
    number = (
        "CASE WHEN TRY_CAST({0} AS bigint)::varchar = {0} OR regexp_full_match({0}, '[0-9]+([.]0*)?')"
        " THEN TRY_CAST({0} AS bigint) END"
    )
    within = f"CASE WHEN {number} BETWEEN {least} AND {most} THEN {number} END"
    return Column(otherwise, within, wanted)


def load_table(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str, columns: Mapping[str, Column], *, leave: str = ""
) -> None:
    """Read a file into a table in one pass, checked. Raises all refusals of this module but NameRepeated.

    `leave` names a column that is not kept.
    """
    header = _read_header(path, columns)
    source = connection.read_csv(
        str(path), header=True, auto_detect=False, columns=dict.fromkeys(header, "VARCHAR"), delimiter=",",
        quotechar='"', escapechar='"', strict_mode=True,
    ) if _is_plain(path) else None  # fmt: skip
    if source is None:
        raise FileUnreadable(file=path.name, reason="")
    source.create_view(f"{table}_file")
    texts = ", ".join(f"{_text(name, column, header)} AS {name}" for name, column in columns.items())
    connection.execute(f"CREATE VIEW {table}_text AS SELECT {texts} FROM {table}_file")
    kept = {name: column for name, column in columns.items() if name != leave}
    values = ", ".join(f"{column.reading.format(name)} AS {name}" for name, column in kept.items())
    try:
        connection.execute(f"CREATE TABLE {table} AS SELECT {values} FROM {table}_text")
    except duckdb.Error as trouble:
        line = _LINE.search(str(trouble))
        if line is None:
            raise FileUnreadable(file=path.name, reason=str(trouble).splitlines()[0][:200]) from None
        raise RowUnreadable(file=path.name, row=int(line[1])) from None
    _refuse_wrong_cells(connection, path, table, kept)
    connection.execute(f"DROP VIEW {table}_text")
    connection.execute(f"DROP VIEW {table}_file")
    _refuse_large_sum(connection, path, table)


def refuse_repeated(connection: duckdb.DuckDBPyConnection, path: Path, table: str, column: str) -> None:
    """Refuse two rows of one name."""
    total, distinct = connection.execute(f"SELECT count(*), count(DISTINCT hash({column})) FROM {table}").fetchall()[0]
    if total == distinct:
        return
    again = connection.execute(
        f"SELECT list_sort(list(rowid))[2] + 2 FROM {table} GROUP BY {column} HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
    ).fetchall()
    if again:
        raise NameRepeated(field=column, file=path.name, row=again[0][0], column=column)


def _is_plain(path: Path) -> bool:
    """Whether the file is there, and no zero byte stands at its beginning (as in UTF-16)."""
    try:
        with path.open("rb") as stream:
            return b"\0" not in stream.read(4096)
    except OSError:
        return False


def _read_header(path: Path, columns: Mapping[str, Column]) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = [name.strip() for name in next(csv.reader(stream, strict=True), [])]
    except (OSError, UnicodeDecodeError, csv.Error) as trouble:
        raise FileUnreadable(file=path.name, reason=str(trouble).replace(str(path), path.name)[:200]) from None
    for name in header:
        if name in columns and header.count(name) > 1:
            raise ColumnRepeated(field=name, file=path.name, column=name)
    for name, column in columns.items():
        if column.otherwise is None and name not in header:
            raise ColumnMissing(field=name, file=path.name, column=name)
    # what is not ours may be called anything
    return [name if name in columns else f"other {place}" for place, name in enumerate(header)]


def _text(name: str, column: Column, header: list[str]) -> str:
    """The text of a cell; an empty one means the same as a missing column."""
    otherwise = column.otherwise or ""
    if name not in header:
        return f"'{otherwise}'"
    trimmed = f"trim({name})"
    return f"coalesce({f'nullif({trimmed}, {chr(39) * 2})' if otherwise else trimmed}, '{otherwise}')"


def _refuse_wrong_cells(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str, columns: Mapping[str, Column]
) -> None:
    counts = connection.execute(
        f"SELECT count(*), {', '.join(f'count({name})' for name in columns)} FROM {table}"
    ).fetchall()[0]
    wrong = [name for name, count in zip(columns, counts[1:], strict=True) if count < counts[0]]
    if not wrong:
        return
    first = {
        name: connection.execute(f"SELECT min(rowid) + 2 FROM {table} WHERE {name} IS NULL").fetchall()[0][0]
        for name in wrong
    }
    name = min(wrong, key=lambda one: first[one])
    raise CellInvalid(field=name, file=path.name, row=first[name], column=name, wanted=columns[name].wanted)


def _refuse_large_sum(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    total = connection.execute(f"SELECT coalesce(sum(amount), 0) FROM {table}").fetchall()[0][0]
    if int(total) > _MOST_TOGETHER:
        raise SumTooLarge(field="amount", file=path.name, column="amount")

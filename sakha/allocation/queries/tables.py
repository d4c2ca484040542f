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
_FIRST_ROWS: Final = 100_000
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

    `reading` is SQL over the text `{0}` and gives NULL where the text is not what is wanted; `quick` reads the bare
    cell as nearly all are written and gives NULL where it cannot; `kept` is what the table keeps of the value. A list's
    cells are few different texts: the table keeps numbers for those that stand in the first rows, and others as text
    in `{column}_else`; blanks are left to who reads the list.
    """

    otherwise: str | None
    reading: str = "{0}"
    wanted: str = ""
    quick: str = ""
    kept: str = "{0}"
    is_list: bool = False


def whole_number(otherwise: str | None, least: int, most: int, wanted: str) -> Column:
    """Digits only, or digits and nothing but zeros behind the point; empty stays empty where that is allowed."""
    number = "TRY_CAST({0} AS bigint)"
    return Column(
        otherwise,
        f"CASE WHEN regexp_full_match({{0}}, '[0-9]+([.]0*)?') THEN {number} END",
        wanted,
        quick=f"CASE WHEN {number}::varchar = {{0}} THEN {number} END",
        kept=f"CASE WHEN {{0}} BETWEEN {least} AND {most} THEN {{0}} END",
    )


def load_table(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str, columns: Mapping[str, Column], *, leave: str = ""
) -> None:
    """Read a file into a table, checked. Raises all refusals of this module but NameRepeated.

    `leave` names a column that is not kept. The lists' types are called `{table}_{column}`.
    """
    header = _read_header(path, columns)
    source = connection.read_csv(
        str(path), header=True, auto_detect=False, columns=dict.fromkeys(header, "VARCHAR"), delimiter=",",
        quotechar='"', escapechar='"', strict_mode=True,
    ) if _is_plain(path) else None  # fmt: skip
    if source is None:
        raise FileUnreadable(file=path.name, reason="")
    source.create_view(f"{table}_file")
    kept = {name: column for name, column in columns.items() if name != leave}
    values = ", ".join(f"{_value(table, name, column, header)} AS {name}" for name, column in kept.items())
    lists = [name for name, column in kept.items() if column.is_list and name in header]
    within = ", ".join(f"{column.kept.format(name)} AS {name}" for name, column in kept.items())
    values, within = (
        ", ".join([values, *(_else(table, name) for name in lists)]),
        ", ".join([within, *(f"{name}_else" for name in lists)]),
    )
    try:
        _make_lists(connection, table, lists)
        connection.execute(f"CREATE TABLE {table} AS SELECT {within} FROM (SELECT {values} FROM {table}_file)")
    except duckdb.Error as trouble:
        line = _LINE.search(str(trouble))
        if line is None:
            raise FileUnreadable(file=path.name, reason=str(trouble).splitlines()[0][:200]) from None
        raise RowUnreadable(file=path.name, row=int(line[1])) from None
    _refuse_wrong_cells(connection, path, table, {name: kept[name] for name in kept if name not in lists})
    connection.execute(f"DROP VIEW {table}_file")
    _refuse_large_sum(connection, path, table)


def _make_lists(connection: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> None:
    """A first look at the file: which texts the lists hold in the first rows."""
    if not names:
        return
    found = ", ".join(f"list(DISTINCT coalesce({name}, '')) AS {name}" for name in names)
    connection.execute(
        f"CREATE TEMP TABLE {table}_lists AS SELECT {found} FROM (FROM {table}_file LIMIT {_FIRST_ROWS})"
    )
    for name in names:
        texts = f"SELECT '' AS text UNION SELECT unnest({name}) FROM {table}_lists ORDER BY text"
        connection.execute(f"CREATE TYPE {table}_{name} AS ENUM ({texts})")
    connection.execute(f"DROP TABLE {table}_lists")


def refuse_repeated(connection: duckdb.DuckDBPyConnection, path: Path, table: str, column: str) -> None:
    """Refuse two rows of one name."""
    marks = connection.execute(f"SELECT hash({column}) AS mark FROM {table}").fetchnumpy()["mark"]
    marks.sort()
    if not (marks[1:] == marks[:-1]).any():
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


def _value(table: str, name: str, column: Column, header: list[str]) -> str:
    """SQL of a cell's value; an empty cell means the same as a missing column."""
    otherwise = column.otherwise or ""
    if name not in header:
        return column.reading.format(f"'{otherwise}'")
    if column.is_list:
        return f"TRY_CAST(coalesce({name}, '') AS {table}_{name})"
    trimmed = f"trim({name})"
    text = f"coalesce({f'nullif({trimmed}, {chr(39) * 2})' if otherwise else trimmed}, '{otherwise}')"
    slowly = column.reading.format(text)
    return f"coalesce({column.quick.format(name)}, {slowly})" if column.quick else f"({slowly})"


def _else(table: str, name: str) -> str:
    return f"CASE WHEN TRY_CAST({name} AS {table}_{name}) IS NULL THEN {name} END AS {name}_else"


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

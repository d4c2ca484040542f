"""Reading a file of records: which columns it has, and in which row and column it is wrong.

What is wrong is refused with a sentence that names the place and never repeats what stands there.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np

from sakha.linkage.queries.engine import Engine, UnreadableError
from sakha.linkage.rules.record_view import RECORD_COLUMNS
from sakha.vocabulary.refusal import Refusal

COLUMNS: Final = ("record_id", "source", *RECORD_COLUMNS, "file_no")
_LONGEST_CELL: Final = 1 << 28
_TOGETHER: Final = 50_000


class RecordFileInvalid(Refusal):
    """A file that can't be linked."""

    code: ClassVar[str] = "LINK_FILE_INVALID"
    sentence: ClassVar[str] = "پرونده خوانده نشد: {why}."


class FileMissing(RecordFileInvalid):
    """There is no such file."""

    code = "LINK_FILE_MISSING"
    sentence = "پروندهٔ {file} پیدا نشد."


class FolderMissing(RecordFileInvalid):
    """There is no folder to write into."""

    code = "LINK_FOLDER_MISSING"
    sentence = "پوشهٔ {folder} نیست. نخست آن را بسازید."


class FileEmpty(RecordFileInvalid):
    """Nothing stands in the file, not even names of columns."""

    code = "LINK_FILE_EMPTY"
    sentence = "پروندهٔ {file} خالی است. ردیف اول باید نام ستون‌ها باشد."


class ColumnMissing(RecordFileInvalid):
    """A column without which nothing can be done."""

    code = "LINK_COLUMN_MISSING"
    sentence = "پروندهٔ {file} ستون {column} ندارد."


class ColumnRepeated(RecordFileInvalid):
    """Two columns have one name."""

    code = "LINK_COLUMN_REPEATED"
    sentence = "در پروندهٔ {file} ستون {column} دو بار آمده است."


class RowBroken(RecordFileInvalid):
    """A row with more or fewer cells than there are columns."""

    code = "LINK_ROW_BROKEN"
    sentence = "ردیف {row} پروندهٔ {file} به‌جای {expected} ستون {found} ستون دارد."


class EncodingWrong(RecordFileInvalid):
    """Not UTF-8."""

    code = "LINK_ENCODING_WRONG"
    sentence = "پروندهٔ {file} از ردیف {row} به بعد UTF-8 نیست. آن را با قالب CSV UTF-8 ذخیره کنید."


class RecordIdWrong(RecordFileInvalid):
    """An identifier is missing or stands twice."""

    code = "LINK_RECORD_ID_WRONG"
    sentence = "در ردیف {row} پروندهٔ {file}، ستون {column} {why}."


@dataclass(frozen=True, slots=True)
class RecordFile:
    """What of a file could be used."""

    path: Path
    columns: tuple[str, ...]
    count: int

    @property
    def has_files(self) -> bool:
        """Whether the records say in which case file they stand."""
        return "file_no" in self.columns


def require_ready(out: Path, *read: Path | None) -> None:
    """Check before the long work that the folder of `out` is there and so are the files that are read later.

    Raises:
        RecordFileInvalid: naming what is missing.
    """
    for path in read:
        if path is not None and not path.is_file():
            raise FileMissing(file=path.name)
    if not out.resolve().parent.is_dir():
        raise FolderMissing(folder=out.parent.name)


def read_record_file(engine: Engine, path: Path, *, table: str = "records", is_new: bool = True) -> RecordFile:
    """Load a file as texts; columns it lacks are empty, others are left out.

    Raises:
        RecordFileInvalid: when it can't be read, naming row and column.
    """
    header, delimiter = _header(path, "record_id")
    try:
        engine.load_csv(path, "file_rows", header, delimiter)
    except UnreadableError:
        _load_slowly(engine, path, header, delimiter)
    cells = ", ".join(f"coalesce({name}, '') AS {name}" if name in header else f"'' AS {name}" for name in COLUMNS)
    engine.table(table, f"SELECT rid, {cells}, {str(is_new).lower()} AS is_new FROM file_rows")
    engine.drop("file_rows")
    _require_ids(engine, table, path)
    count = int(engine.fetch(f"SELECT count(*) AS rows FROM {table}")["rows"][0])
    return RecordFile(path, tuple(name for name in COLUMNS if name in header), count)


def read_truth(path: Path) -> dict[str, str]:
    """Read who is who: `record_id`, `person_id`.

    Raises:
        RecordFileInvalid: when it can't be read.
    """
    header, delimiter = _header(path, "record_id", "person_id")
    record, person = header.index("record_id"), header.index("person_id")
    return {row[record]: row[person] for _number, row in _rows(path, len(header), delimiter)}


def _header(path: Path, *needed: str) -> tuple[list[str], str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            first = lines.readline(1 << 16)
    except OSError:
        raise FileMissing(file=path.name) from None
    except UnicodeDecodeError:
        raise EncodingWrong(file=path.name, row=1) from None
    if not first.strip():
        raise FileEmpty(file=path.name)
    delimiter = max(",;\t", key=first.count)
    header = [name.strip().lower().replace(" ", "_") for name in next(csv.reader([first], delimiter=delimiter))]
    for name in needed:
        if name not in header:
            raise ColumnMissing(field=name, file=path.name, column=name)
    for name in set(header) & {*COLUMNS, *needed}:
        if header.count(name) > 1:
            raise ColumnRepeated(field=name, file=path.name, column=name)
    return [name if name in {*COLUMNS, *needed} else f"other_{place}" for place, name in enumerate(header)], delimiter


def _rows(path: Path, width: int, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    number = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.reader(lines, delimiter=delimiter)
            next(rows)
            for row in rows:
                number += 1
                if len(row) != width:
                    if not any(row):
                        continue
                    raise RowBroken(file=path.name, row=number, expected=width, found=len(row))
                yield number, row
    except UnicodeDecodeError:
        raise EncodingWrong(file=path.name, row=number + 1) from None
    except csv.Error:
        raise RowBroken(file=path.name, row=number + 1, expected=width, found=0) from None


def _load_slowly(engine: Engine, path: Path, header: list[str], delimiter: str) -> None:
    """Row by row, which bears what the fast way doesn't, and knows the row that is wrong."""
    wanted = [place for place, name in enumerate(header) if name in COLUMNS]
    names = [header[place] for place in wanted]
    portion: list[list[str]] = []
    none = ", ".join(["CAST(0 AS BIGINT) AS rid", *(f"'' AS {name}" for name in names)])
    engine.table("file_rows", f"SELECT {none} LIMIT 0")
    start = 1
    for _number, row in _rows(path, len(header), delimiter):
        portion.append([row[place] for place in wanted])
        if len(portion) == _TOGETHER:
            start = _put(engine, names, portion, start)
            portion = []
    if portion:
        _put(engine, names, portion, start)


def _put(engine: Engine, names: list[str], portion: list[list[str]], start: int) -> int:
    columns = {
        name: np.array(cells, dtype=object) for name, cells in zip(names, zip(*portion, strict=True), strict=True)
    }
    engine.put("file_portion", {"rid": np.arange(start, start + len(portion), dtype=np.int64), **columns})
    engine.append("file_rows", "SELECT * FROM file_portion")
    return start + len(portion)


def _require_ids(engine: Engine, table: str, path: Path) -> None:
    wrong = engine.fetch(
        "SELECT rid, again FROM"
        " (SELECT rid, record_id, row_number() OVER (PARTITION BY record_id ORDER BY rid) AS again"
        f" FROM {table} WHERE record_id = '' OR record_id IN (SELECT record_id FROM {table} GROUP BY record_id"
        " HAVING count(*) > 1)) AS doubtful WHERE record_id = '' OR again > 1 ORDER BY rid LIMIT 1"
    )
    if len(wrong["rid"]):
        is_repeated = int(wrong["again"][0]) > 1
        why = "تکراری است یا خالی مانده است" if is_repeated else "خالی است"
        raise RecordIdWrong(
            field="record_id", file=path.name, row=int(wrong["rid"][0]) + 1, column="record_id", why=why
        )

"""Reads the welfare data bank's extract, a Parquet file of all people of a province, as a stream.

Decides what a usable extract is; which of its people matter is left to coordination.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final

import duckdb

from sakha.vocabulary.refusal import Refusal

MEMORY_LIMIT: Final = "1GB"
BATCH_ROWS: Final = 50_000
COLUMNS: Final = (
    "national_id", "is_head", "household_no", "household_size", "official_decile", "decile_on", "county", "province",
    "urban", "mobile", "given_name", "family_name", "birth_on", "gender",
)  # fmt: skip

# The bank writes no decile as null, and a file may carry numbers that lost their leading zeros.
_ID: Final = "lpad(CAST(national_id AS VARCHAR), 10, '0')"
_LOW: Final = (
    "FROM read_parquet($path) WHERE official_decile BETWEEN 1 AND $deciles_max"
    " AND lpad(CAST(province AS VARCHAR), 2, '0') = $province"
)


class ExtractUnreadable(Refusal):
    """The file is not there, is no Parquet, or lacks columns."""

    code: ClassVar[str] = "EXTRACT_UNREADABLE"
    sentence: ClassVar[str] = "فایل بانک رفاه خوانده نشد: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LowDecileHousehold:
    """A household of the extract, told by its head; the mobile is the head's, or else the oldest member's."""

    household_no: str
    head_national_id: str
    mobile: str
    household_size: int
    official_decile: int
    decile_on: date
    county: str


def low_decile_people(
    path: Path, *, province: str, deciles_max: int, batch_rows: int = BATCH_ROWS
) -> Iterator[Sequence[tuple[str, str]]]:
    """National ID and household number of everyone in a low official decile, in batches."""
    query = f"SELECT {_ID}, CAST(household_no AS VARCHAR) {_LOW}"
    with _opened(path) as connection:
        cursor = connection.execute(query, _parameters(path, province, deciles_max))
        while batch := cursor.fetchmany(batch_rows):
            yield batch


def low_decile_households(
    path: Path, *, province: str, deciles_max: int, batch_rows: int = BATCH_ROWS
) -> Iterator[Sequence[LowDecileHousehold]]:
    """The households of the same people; one without a head in the extract can't be invited and is left out."""
    query = f"""
        SELECT CAST(household_no AS VARCHAR),
               any_value({_ID}) FILTER (is_head),
               coalesce(any_value(CAST(mobile AS VARCHAR)) FILTER (is_head AND mobile IS NOT NULL AND mobile <> ''),
                        arg_min(CAST(mobile AS VARCHAR), birth_on) FILTER (mobile IS NOT NULL AND mobile <> ''), ''),
               coalesce(max(household_size), count(*))::INTEGER,
               min(official_decile)::INTEGER,
               max(CAST(decile_on AS DATE)),
               any_value(lpad(CAST(county AS VARCHAR), 4, '0'))
        {_LOW} GROUP BY household_no HAVING bool_or(is_head)
    """
    with _opened(path) as connection:
        cursor = connection.execute(query, _parameters(path, province, deciles_max))
        while batch := cursor.fetchmany(batch_rows):
            yield [LowDecileHousehold(**dict(zip(LowDecileHousehold.__slots__, row, strict=True))) for row in batch]


def low_decile_count(path: Path, *, province: str, deciles_max: int) -> int:
    """How many people the stream will bring, for a progress bar."""
    with _opened(path) as connection:
        row = connection.execute(f"SELECT count(*) {_LOW}", _parameters(path, province, deciles_max)).fetchone()
    return int(row[0]) if row else 0


def _parameters(path: Path, province: str, deciles_max: int) -> dict[str, Any]:
    return {"path": str(path), "province": province, "deciles_max": deciles_max}


@contextmanager
def _opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of our own, in memory, that spills to a folder of its own and fetches nothing from outside."""
    if not path.is_file():
        raise ExtractUnreadable(field="extract", reason="فایل پیدا نشد.")
    with tempfile.TemporaryDirectory(prefix="sakha-extract-") as folder:
        connection = duckdb.connect(
            config={
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": folder,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "preserve_insertion_order": "false",
            }
        )
        try:
            _require_columns(connection, path)
            yield connection
        finally:
            connection.close()


def _require_columns(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}).fetchall()
    except duckdb.Error:
        raise ExtractUnreadable(field="extract", reason="این فایل پارکت نیست.") from None
    missing = [name for name in COLUMNS if name not in {row[0] for row in described}]
    if missing:
        raise ExtractUnreadable(field="extract", reason=f"این ستون‌ها نیست: {', '.join(missing)}")

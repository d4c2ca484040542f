"""Needs and funds as files: read them into columns with DuckDB, refuse what cannot be read with its row and column.

Names stay in DuckDB; the rules see numbers only. What the columns mean is said in `docs/allocation.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import duckdb
import numpy as np

from sakha.allocation.rules.problem import NO_RANK, Codes, Conditions, Fund, Ints, NeedColumns, Place
from sakha.vocabulary.refusal import Refusal

NEED_COLUMNS: Final = {
    "need_id": None, "household_id": "", "province": "", "county": "", "category": "", "types": "", "tier": None,
    "amount": None, "already": "0", "divisible": "1", "score": "0", "registered_on": "",
}  # fmt: skip
FUND_COLUMNS: Final = {
    "fund_id": None, "amount": None, "provinces": "", "counties": "", "categories": "", "types_any": "",
    "types_all": "", "types_none": "", "max_tier": "", "need_ids": "", "max_per_household": "", "received_on": "",
    "expires_on": "",
}  # fmt: skip
_LARGEST: Final = 10**16  # rials: far above the country's yearly budget, far below 64 bits
_BETWEEN: Final = "\x1f"


class FileUnreadable(Refusal):
    """The file is no table of comma-separated values."""

    code = "ALLOCATION_FILE_UNREADABLE"
    sentence = "پرونده‌ی «{file}» خوانده نشد: جدولی با ویرگول (CSV) به خط UTF-8 لازم است. {reason}"


class ColumnMissing(Refusal):
    """A column that nothing can stand for is missing."""

    code = "ALLOCATION_COLUMN_MISSING"
    sentence = "پرونده‌ی «{file}» ستون «{column}» را ندارد."


class CellInvalid(Refusal):
    """One cell cannot be read as what its column holds."""

    code = "ALLOCATION_CELL_INVALID"
    sentence = "پرونده‌ی «{file}»، ردیف {row}، ستون «{column}»: {wanted}"


class NameRepeated(Refusal):
    """Two rows bear one name."""

    code = "ALLOCATION_NAME_REPEATED"
    sentence = "پرونده‌ی «{file}»، ردیف {row}، ستون «{column}»: این شناسه پیش‌تر آمده است."


_WANTED: Final = {
    "tier": "عدد درست از ۱ به بالا",
    "amount": "ریال، عدد درست و نامنفی",
    "already": "ریال، عدد درست و نامنفی",
    "divisible": "۱ یا ۰",
    "score": "عدد",
    "need_id": "شناسه نباید خالی باشد",
    "fund_id": "شناسه نباید خالی باشد",
    "max_tier": "عدد درست از ۱ به بالا، یا خالی",
    "max_per_household": "ریال، عدد درست و نامنفی، یا خالی",
}
# What a cell must be; a row where one of these is not true is refused.
_NEED_CHECKS: Final = {
    "need_id": "need_id <> ''",
    "tier": "coalesce(TRY_CAST(tier AS integer) BETWEEN 1 AND 1000, false)",
    "amount": f"coalesce(TRY_CAST(amount AS bigint) BETWEEN 0 AND {_LARGEST}, false) AND amount NOT LIKE '%.%'",
    "already": f"coalesce(TRY_CAST(already AS bigint) BETWEEN 0 AND {_LARGEST}, false) AND already NOT LIKE '%.%'",
    "divisible": "divisible IN ('0', '1')",
    "score": "isfinite(TRY_CAST(score AS double)) IS TRUE",
}


@dataclass(frozen=True, slots=True)
class AllocationFiles:
    """One run's needs and funds, with the connection that knows their names."""

    connection: duckdb.DuckDBPyConnection
    needs: NeedColumns
    funds: tuple[Fund, ...]
    fund_ids: tuple[str, ...]
    expires_on: tuple[str, ...]
    sources: ClassVar[tuple[str, str]] = ("needs", "funds")

    def find_need(self, need_id: str) -> int | None:
        """Row of a need by its name."""
        found = self.connection.execute("SELECT rowid FROM needs WHERE need_id = ?", [need_id]).fetchall()
        return int(found[0][0]) if found else None

    def need_names(self, rows: Sequence[int]) -> list[str]:
        """Names of some needs, in the order of the rows."""
        found = self.connection.execute(
            "SELECT rowid, need_id FROM needs WHERE rowid IN (SELECT unnest(?::bigint[]))", [list(map(int, rows))]
        ).fetchall()
        names = dict(found)
        return [names[int(row)] for row in rows]


@contextmanager
def open_files(needs: Path, funds: Path, *, memory: str = "1500MB") -> Iterator[AllocationFiles]:
    """Read both files. Raises FileUnreadable, ColumnMissing, CellInvalid, NameRepeated."""
    with duckdb.connect(config={"memory_limit": memory, "preserve_insertion_order": True}) as connection:
        _load(connection, needs, "raw_needs", NEED_COLUMNS)
        _check(connection, needs, "raw_needs", _NEED_CHECKS)
        connection.execute(
            "CREATE TABLE needs AS SELECT need_id, household_id, province || chr(31) || county AS place, category,"
            " types, CAST(tier AS integer) AS tier, CAST(amount AS bigint) AS amount, CAST(already AS bigint) AS"
            " already, divisible = '1' AS divisible, CAST(score AS double) AS score, registered_on FROM raw_needs"
        )
        connection.execute("DROP VIEW raw_needs")
        _refuse_repeated(connection, needs, "needs", "need_id")
        rows = _read_funds(connection, funds)
        limited = any(row["max_per_household"] for row in rows)
        columns = _read_needs(connection, with_households=limited)
        expires = sorted({row["expires_on"] for row in rows}, key=lambda on: (not on, on))
        read = tuple(_fund(row, expires.index(row["expires_on"]), _named(connection, row)) for row in rows)
        yield AllocationFiles(
            connection, columns, read, tuple(row["fund_id"] for row in rows), tuple(row["expires_on"] for row in rows)
        )


def _load(connection: duckdb.DuckDBPyConnection, path: Path, name: str, wanted: dict[str, str | None]) -> None:
    try:
        source = connection.read_csv(str(path), header=True, all_varchar=True, strict_mode=True, delimiter=",")
        columns = set(source.columns)
        source.create_view(f"{name}_file")
    except (duckdb.Error, OSError) as trouble:
        raise FileUnreadable(file=path.name, reason=str(trouble).splitlines()[0][:200]) from None
    for column, otherwise in wanted.items():
        if otherwise is None and column not in columns:
            raise ColumnMissing(field=column, file=path.name, column=column)
    picked = ", ".join(
        f"coalesce(trim({column}), '') AS {column}" if column in columns else f"'{otherwise}' AS {column}"
        for column, otherwise in wanted.items()
    )
    # an empty cell means the same as a missing column
    filled = ", ".join(
        f"coalesce(nullif({column}, ''), '{otherwise}') AS {column}" if otherwise else column
        for column, otherwise in wanted.items()
    )
    connection.execute(f"CREATE VIEW {name} AS SELECT {filled} FROM (SELECT {picked} FROM {name}_file)")


def _check(connection: duckdb.DuckDBPyConnection, path: Path, name: str, checks: dict[str, str]) -> None:
    wrong = ", ".join(f"count(*) FILTER (WHERE NOT ({test})) AS {column}" for column, test in checks.items())
    try:
        counts = connection.execute(f"SELECT {wrong} FROM {name}").fetchall()[0]
    except duckdb.Error as trouble:
        raise FileUnreadable(file=path.name, reason=str(trouble).splitlines()[0][:200]) from None
    for (column, test), count in zip(checks.items(), counts, strict=True):
        if count:
            row = connection.execute(
                f"SELECT row FROM (SELECT row_number() OVER () + 1 AS row, * FROM {name})"
                f" WHERE NOT ({test}) ORDER BY row LIMIT 1"
            ).fetchall()[0][0]
            raise CellInvalid(field=column, file=path.name, row=row, column=column, wanted=_WANTED[column])


def _refuse_repeated(connection: duckdb.DuckDBPyConnection, path: Path, table: str, column: str) -> None:
    total, distinct = connection.execute(f"SELECT count(*), count(DISTINCT hash({column})) FROM {table}").fetchall()[0]
    if total == distinct:
        return
    again = connection.execute(
        f"SELECT max(rowid) + 2 FROM {table} GROUP BY {column} HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
    ).fetchall()
    if again:
        raise NameRepeated(field=column, file=path.name, row=again[0][0], column=column)


def _read_needs(connection: duckdb.DuckDBPyConnection, *, with_households: bool) -> NeedColumns:
    codes, lists = {}, {}
    for column in ("place", "category", "types"):
        values = [row[0] for row in connection.execute(f"SELECT DISTINCT {column} FROM needs ORDER BY 1").fetchall()]
        connection.execute(f"CREATE TYPE {column}_code AS ENUM (SELECT DISTINCT {column} FROM needs ORDER BY 1)")
        found = connection.execute(
            f"SELECT enum_code({column}::{column}_code)::integer AS code FROM needs"
        ).fetchnumpy()
        codes[column], lists[column] = np.asarray(found["code"], dtype=np.int32), values
    numbers = connection.execute("SELECT tier, amount, already FROM needs").fetchnumpy()
    places = tuple(Place(*value.split(_BETWEEN)) for value in lists["place"])
    type_sets = tuple(_names(value) for value in lists["types"])
    distinct = sorted(set(type_sets), key=sorted)
    number = {one: index for index, one in enumerate(distinct)}
    return NeedColumns(
        place=codes["place"],
        category=codes["category"],
        types=np.array([number[one] for one in type_sets] or [0], dtype=np.int32)[codes["types"]],
        tier=np.asarray(numbers["tier"], dtype=np.int32),
        amount=np.asarray(numbers["amount"], dtype=np.int64),
        already=np.asarray(numbers["already"], dtype=np.int64),
        rank=_read_ranks(connection, len(codes["place"])),
        household=_read_households(connection, len(codes["place"])) if with_households else codes["place"][:0],
        places=places,
        categories=tuple(lists["category"]),
        type_sets=tuple(distinct),
    )


def _read_ranks(connection: duckdb.DuckDBPyConnection, count: int) -> Ints:
    """All-or-nothing needs by tier, then the higher score, then who waits longer, then name."""
    ranks = np.full(count, NO_RANK, dtype=np.int64)
    rows = connection.execute(
        "SELECT rowid FROM needs WHERE NOT divisible"
        " ORDER BY tier, score DESC, nullif(registered_on, '') NULLS LAST, need_id"
    ).fetchnumpy()["rowid"]
    ranks[np.asarray(rows, dtype=np.int64)] = np.arange(len(rows))
    return ranks


def _read_households(connection: duckdb.DuckDBPyConnection, count: int) -> Codes:
    """Numbers of households; a need without one is a household of its own."""
    named = "CASE WHEN household_id = '' THEN need_id ELSE household_id END, household_id = ''"
    marks = connection.execute(f"SELECT hash({named}) AS mark FROM needs").fetchnumpy()["mark"]
    _, codes = np.unique(np.asarray(marks), return_inverse=True)
    return codes.astype(np.int32).reshape(count)


def _read_funds(connection: duckdb.DuckDBPyConnection, path: Path) -> list[dict[str, str]]:
    _load(connection, path, "raw_funds", FUND_COLUMNS)
    whole = "coalesce(TRY_CAST({0} AS bigint) BETWEEN {1} AND {2}, false) AND {0} NOT LIKE '%.%'"
    checks = {
        "fund_id": "fund_id <> ''",
        "amount": whole.format("amount", 0, _LARGEST),
        "max_tier": f"max_tier = '' OR {whole.format('max_tier', 1, 1000)}",
        "max_per_household": f"max_per_household = '' OR {whole.format('max_per_household', 0, _LARGEST)}",
    }
    _check(connection, path, "raw_funds", checks)
    connection.execute("CREATE TABLE funds AS SELECT * FROM raw_funds")
    _refuse_repeated(connection, path, "funds", "fund_id")
    cursor = connection.execute(f"SELECT {', '.join(FUND_COLUMNS)} FROM funds ORDER BY rowid")
    return [dict(zip(FUND_COLUMNS, row, strict=True)) for row in cursor.fetchall()]


def _named(connection: duckdb.DuckDBPyConnection, row: dict[str, str]) -> tuple[int, ...] | None:
    names = _names(row["need_ids"])
    if not names:
        return None
    found = connection.execute(
        "SELECT rowid FROM needs WHERE need_id IN (SELECT unnest(?::varchar[])) ORDER BY 1", [sorted(names)]
    ).fetchall()
    return tuple(int(one[0]) for one in found)


def _names(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split("|") if part.strip())


def _fund(row: dict[str, str], expires_rank: int, named: tuple[int, ...] | None) -> Fund:
    return Fund(
        amount=int(row["amount"]),
        conditions=Conditions(
            provinces=_names(row["provinces"]),
            counties=_names(row["counties"]),
            categories=_names(row["categories"]),
            types_any=_names(row["types_any"]),
            types_all=_names(row["types_all"]),
            types_none=_names(row["types_none"]),
            max_tier=int(row["max_tier"]) if row["max_tier"] else None,
            needs=named,
        ),
        max_per_household=int(row["max_per_household"]) if row["max_per_household"] else None,
        expires_rank=expires_rank,
    )

"""Needs and funds of a run: what each column means, and the tables as the numbers that the rules see.

Names stay in DuckDB. How a file becomes a table is left to `tables`; what the columns mean is said in
`docs/allocation.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import duckdb
import numpy as np

from sakha.allocation.queries.tables import Column, load_table, refuse_repeated, whole_number
from sakha.allocation.rules.problem import NO_RANK, Codes, Conditions, Fund, Ints, NeedColumns, Place

_Value = TypeVar("_Value", str, tuple[str, ...])
_LARGEST: Final = 2**53 - 1  # rials of one cell: the levels are floats, which hold whole numbers exactly up to here
_HIGHEST_TIER: Final = 1000
_NAME: Final = "nullif({0}, '')"
_RIALS: Final = "ریال، عدد درست و نامنفی، تا ۹۰۰۷۱۹۹۲۵۴۷۴۰۹۹۱"
_TIER: Final = "عدد درست از ۱ تا ۱۰۰۰"
_DATE: Final = "تاریخ به شکل ۲۰۲۶-۰۱-۳۱ یا ۱۴۰۴-۱۱-۱۱، یا خالی"
# A day (of either calendar, for a Jalali one is no Gregorian date in every month) or a moment, as text that sorts.
_DASHED: Final = "replace({0}, '/', '-')"
_DAY: Final = (
    "CASE WHEN {0} = '' THEN '' WHEN TRY_CAST({0} AS timestamp) IS NOT NULL"
    " THEN strftime(TRY_CAST({0} AS timestamp), '%Y-%m-%d %H:%M:%S')"
    f" WHEN regexp_full_match({_DASHED}, '[0-9]{{{{4}}}}-(0?[1-9]|1[0-2])-(0?[1-9]|[12][0-9]|3[01])')"
    f" THEN concat_ws('-', split_part({_DASHED}, '-', 1), lpad(split_part({_DASHED}, '-', 2), 2, '0'),"
    f" lpad(split_part({_DASHED}, '-', 3), 2, '0')) END"
)
_PLAIN_DAY: Final = "CASE WHEN {0} LIKE '____-__-__' AND TRY_CAST({0} AS date) IS NOT NULL THEN {0} END"
_PLAIN_FLAG: Final = "CASE {0} WHEN '1' THEN true WHEN '0' THEN false END"
_SCORE: Final = "CASE WHEN isfinite(TRY_CAST({0} AS double)) THEN TRY_CAST({0} AS double) END"
_NEED_COLUMNS: Final = {
    "need_id": Column(None, _NAME, "شناسه نباید خالی باشد"),
    # nobody asks for a household's name, only which needs have the same; 0 for a need of its own
    "household_id": Column("", "CASE WHEN {0} = '' THEN 0::ubigint ELSE hash({0}) END"),
    "province": Column("", is_list=True),
    "county": Column("", is_list=True),
    "category": Column("", is_list=True),
    "types": Column("", is_list=True),
    "tier": whole_number(None, 1, 1000, _TIER),
    "amount": whole_number(None, 0, _LARGEST, _RIALS),
    "already": whole_number("0", 0, _LARGEST, _RIALS),
    "divisible": Column("1", "CASE WHEN {0} IN ('0', '1') THEN {0} = '1' END", "۱ یا ۰", quick=_PLAIN_FLAG),
    "score": Column("0", _SCORE, "عدد", quick=_SCORE),
    # only among whole needs does it matter who waits longer
    "registered_on": Column("", _DAY, _DATE, _PLAIN_DAY, "CASE WHEN divisible THEN left({0}, 0) ELSE {0} END"),
}
_FUND_COLUMNS: Final = {
    "fund_id": Column(None, _NAME, "شناسه نباید خالی باشد"),
    "amount": whole_number(None, 0, _LARGEST, _RIALS),
    "provinces": Column(""),
    "counties": Column(""),
    "categories": Column(""),
    "types_any": Column(""),
    "types_all": Column(""),
    "types_none": Column(""),
    # no limit: one that nothing reaches
    "max_tier": whole_number("1000", 1, 1000, f"{_TIER}، یا خالی"),
    "need_ids": Column(""),
    "max_per_household": whole_number(str(_LARGEST), 0, _LARGEST, f"{_RIALS}، یا خالی"),
    "received_on": Column("", _DAY, _DATE, _PLAIN_DAY),
    "expires_on": Column("", _DAY, _DATE, _PLAIN_DAY),
}


@dataclass(frozen=True, slots=True)
class AllocationFiles:
    """One run's needs and funds, with the connection that knows their names."""

    connection: duckdb.DuckDBPyConnection
    needs: NeedColumns
    funds: tuple[Fund, ...]
    fund_ids: tuple[str, ...]
    expires_on: tuple[str, ...]

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
    """Read both files. Raises the refusals of `tables`."""
    with duckdb.connect(config={"memory_limit": memory, "preserve_insertion_order": True}) as connection:
        load_table(connection, funds, "funds", _FUND_COLUMNS)
        refuse_repeated(connection, funds, "funds", "fund_id")
        rows = connection.execute(f"SELECT {', '.join(_FUND_COLUMNS)} FROM funds ORDER BY rowid").fetchall()
        read = [dict(zip(_FUND_COLUMNS, row, strict=True)) for row in rows]
        limited = any(row["max_per_household"] < _LARGEST for row in read)
        load_table(connection, needs, "needs", _NEED_COLUMNS, leave="" if limited else "household_id")
        refuse_repeated(connection, needs, "needs", "need_id")
        columns = _read_needs(connection, with_households=limited)
        named = _read_named(connection)
        expires = sorted({row["expires_on"] for row in read}, key=lambda on: (not on, on))
        yield AllocationFiles(
            connection,
            columns,
            tuple(_fund(row, expires.index(row["expires_on"]), named.get(place)) for place, row in enumerate(read)),
            tuple(row["fund_id"] for row in read),
            tuple(row["expires_on"].removesuffix(" 00:00:00") for row in read),
        )


def _read_needs(connection: duckdb.DuckDBPyConnection, *, with_households: bool) -> NeedColumns:
    numbers = connection.execute("SELECT tier, amount, already FROM needs").fetchnumpy()
    count = len(numbers["tier"])
    names, codes = {}, {}
    for column in ("province", "county", "category"):
        texts, cells = _read_list(connection, column, count)
        names[column], codes[column] = _merge([text.strip() for text in texts], cells)
    texts, cells = _read_list(connection, "types", count)
    type_sets, types = _merge([tuple(sorted(_names(text))) for text in texts], cells)
    county_count = max(len(names["county"]), 1)
    pairs, place = _merge(
        [(province, county) for province in names["province"] for county in names["county"]],
        codes["province"] * np.int32(county_count) + codes["county"],
    )
    return NeedColumns(
        place=place,
        category=codes["category"],
        types=types,
        tier=np.asarray(numbers["tier"], dtype=np.int32),
        amount=np.asarray(numbers["amount"], dtype=np.int64),
        already=np.asarray(numbers["already"], dtype=np.int64),
        rank=_read_ranks(connection, count),
        household=_read_households(connection, count) if with_households else place[:0],
        places=tuple(Place(*pair) for pair in pairs),
        categories=tuple(names["category"]),
        type_sets=tuple(frozenset(one) for one in type_sets),
    )


def _read_list(connection: duckdb.DuckDBPyConnection, column: str, count: int) -> tuple[list[str], Codes]:
    """The texts of a list and the number of each cell's."""
    kinds = connection.execute("SELECT 1 FROM duckdb_types() WHERE type_name = ?", [f"needs_{column}"]).fetchall()
    if not kinds or not count:  # the file has no such column
        return [""][:count], np.zeros(count, dtype=np.int32)
    texts = list(connection.execute(f"SELECT enum_range(NULL::needs_{column})").fetchall()[0][0])
    found = connection.execute(f"SELECT coalesce(enum_code({column})::integer, 0) AS code FROM needs").fetchnumpy()
    codes = np.asarray(found["code"], dtype=np.int32)
    number: dict[str, int] = {}
    for row, text in connection.execute(
        f"SELECT rowid, {column}_else FROM needs WHERE {column}_else IS NOT NULL"
    ).fetchall():
        codes[row] = len(texts) + number.setdefault(text, len(number))
    return [*texts, *number], codes


def _merge(values: list[_Value], codes: Codes) -> tuple[list[_Value], Codes]:
    """The values that occur, in order and once each, and the numbers of the cells among them."""
    occurs = np.bincount(codes, minlength=len(values)) > 0
    found = sorted({value for value, is_there in zip(values, occurs.tolist(), strict=True) if is_there})
    number = {value: index for index, value in enumerate(found)}
    return found, np.array([number.get(value, 0) for value in values] or [0], dtype=np.int32)[codes]


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
    marks = connection.execute("SELECT household_id AS mark FROM needs").fetchnumpy()["mark"]
    alone = marks == 0
    codes = np.zeros(count, dtype=np.int32)
    shared, codes[~alone] = np.unique(marks[~alone], return_inverse=True)
    codes[alone] = len(shared) + np.arange(np.count_nonzero(alone))
    return codes


def _read_named(connection: duckdb.DuckDBPyConnection) -> dict[int, tuple[int, ...]]:
    """Rows of the needs that each fund names, by the fund's row; a name that no need bears leads to nothing."""
    rows: dict[int, list[int]] = defaultdict(list)
    for fund, need in connection.execute(
        "SELECT named.fund, needs.rowid FROM (SELECT DISTINCT rowid AS fund, trim(unnest(string_split(need_ids, '|')))"
        " AS name FROM funds WHERE trim(need_ids, ' |') <> '') AS named LEFT JOIN needs ON needs.need_id = named.name"
        " ORDER BY 1, 2"
    ).fetchall():
        rows[fund].extend([] if need is None else [need])
    return {fund: tuple(needs) for fund, needs in rows.items()}


def _names(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split("|") if part.strip())


def _fund(row: dict[str, str], expires_rank: int, named: tuple[int, ...] | None) -> Fund:
    max_tier, most = int(row["max_tier"]), int(row["max_per_household"])
    return Fund(
        amount=int(row["amount"]),
        conditions=Conditions(
            provinces=_names(row["provinces"]),
            counties=_names(row["counties"]),
            categories=_names(row["categories"]),
            types_any=_names(row["types_any"]),
            types_all=_names(row["types_all"]),
            types_none=_names(row["types_none"]),
            max_tier=max_tier if max_tier < _HIGHEST_TIER else None,
            needs=named,
        ),
        max_per_household=most if most < _LARGEST else None,
        expires_rank=expires_rank,
    )

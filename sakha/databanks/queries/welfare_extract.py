"""Joins the welfare data bank's extract, all people of a province or the nation, with what the database knows.

All stays in DuckDB, streaming and within a memory limit: the low deciles are indexed there, joined there with indexes
that the database gave, and only what matters comes out. Which people matter is decided by coordination.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, TypeAlias

import duckdb

from sakha.access.rules.sealing import IndexKind, KeyRing, People, PeopleMixed, index_pads
from sakha.vocabulary.identifiers import SIMULATED_PREFIX
from sakha.vocabulary.refusal import Refusal

Progress: TypeAlias = Callable[[int, int], None]
Learned: TypeAlias = Literal["settling", "known"]

MEMORY_LIMIT: Final = "3GB"
BATCH_ROWS: Final = 50_000
TELL_SECONDS: Final = 0.2
COLUMNS: Final = (
    "national_id", "is_head", "household_no", "household_size", "official_decile", "decile_on", "county", "province",
    "urban", "mobile", "given_name", "family_name", "birth_on", "gender",
)  # fmt: skip

# The bank writes no decile as null, and a file may carry numbers that lost their leading zeros.
_ID: Final = "lpad(CAST(national_id AS VARCHAR), 10, '0')"
_PROVINCE: Final = "lpad(CAST(province AS VARCHAR), 2, '0')"
_LOW: Final = f"FROM read_parquet($paths) WHERE official_decile BETWEEN 1 AND $deciles_max AND {_PROVINCE} = $province"
# HMAC-SHA256 as RFC 2104 defines it, cut to sixteen bytes: the index under which the database keeps people.
INDEX: Final = f"unhex(left(sha256($ends || unhex(sha256($begins || encode({_ID})))), 32))"
# Whoever is simulated in a house of real people, or real in one of simulated ones.
_OTHERS: Final = f"starts_with({_ID}, '{SIMULATED_PREFIX}') <> $is_simulated"
_MOBILE: Final = "nullif(CAST(mobile AS VARCHAR), '')"
_LOAD: Final = f"""
    CREATE OR REPLACE TEMP TABLE low AS
    SELECT {INDEX} AS subject_index, CAST(household_no AS VARCHAR) AS household_no, is_head, {_ID} AS national_id,
           {_MOBILE} AS mobile, birth_on, household_size, official_decile, CAST(decile_on AS DATE) AS decile_on,
           lpad(CAST(county AS VARCHAR), 4, '0') AS county
    {_LOW}
"""
_SETTLE: Final = """
    CREATE OR REPLACE TEMP TABLE settled AS
    SELECT DISTINCT household_no FROM low SEMI JOIN settling USING (subject_index)
"""
_HOUSEHOLDS: Final = """
    SELECT household_no,
           any_value(national_id) FILTER (is_head),
           coalesce(any_value(mobile) FILTER (is_head), arg_min(mobile, birth_on) FILTER (mobile IS NOT NULL), ''),
           coalesce(max(household_size), count(*))::INTEGER, min(official_decile)::INTEGER, max(decile_on),
           any_value(county)
"""


class ExtractUnreadable(Refusal):
    """The file is not there, is no Parquet, or lacks columns."""

    code: ClassVar[str] = "EXTRACT_UNREADABLE"
    sentence: ClassVar[str] = "فایل بانک رفاه خوانده نشد: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LowDecileHousehold:
    """A household of the extract, told by its head; the mobile is the head's, or else the oldest member's."""

    household_no: str
    head_national_id: str = field(repr=False)
    mobile: str = field(repr=False)
    household_size: int
    official_decile: int
    decile_on: date
    county: str


class ExtractJoin:
    """An extract beside the indexes that the database gave; one province at a time is held."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], folder: Path) -> None:
        self._connection = connection
        self._paths = [str(path) for path in paths]
        self._folder = folder
        self.has_learnt = False
        self._files: dict[str, list[str]] = {}
        for name in ("settling", "known"):
            connection.execute(f"CREATE TEMP TABLE {name} (subject_index BLOB)")

    def learn(self, name: Learned, hex_lines: Iterable[bytes]) -> None:
        """Take indexes from the database, one a line in hexadecimal.

        `settling`: whoever settles their household, by cover or protection. `known`: of whom the database asks.
        """
        self.has_learnt = True
        path = self._folder / f"{name}.csv"
        with path.open("wb") as lines:
            lines.writelines(hex_lines)
        self._connection.execute(
            f"INSERT INTO {name} SELECT DISTINCT unhex(line) FROM read_csv($path, columns = {{'line': 'VARCHAR'}},"  # noqa: S608 -- a literal of ours
            " header = false, delim = ',', quote = '', escape = '')",
            {"path": str(path)},
        )
        path.unlink()

    def provinces(self) -> dict[str, int]:
        """The provinces of the extract, each with its people."""
        rows = self._connection.execute(
            f"SELECT {_PROVINCE}, filename, count(*) FROM read_parquet($paths, filename = true)"  # noqa: S608 -- constants
            " GROUP BY ALL ORDER BY ALL",
            {"paths": self._paths},
        ).fetchall()
        self._files = {}
        people: dict[str, int] = {}
        for province, path, count in rows:
            self._files.setdefault(str(province), []).append(str(path))
            people[str(province)] = people.get(str(province), 0) + int(count)
        return people

    def load(self, *, ring: KeyRing, province: str, deciles_max: int, progress: Progress) -> int:
        """Hold the people of a province's low deciles, indexed; tells how many they are.

        Raises: PeopleMixed, as all that makes an index; such an extract is read whole or not at all.
        """
        # of many files only those are read that hold the province, where it is known which do
        paths = self._files.get(province, self._paths)
        chosen = {"paths": paths, "province": province, "deciles_max": deciles_max}
        total = self._count(f"SELECT count(*) {_LOW}", chosen)
        if ring.people is not None and self._count(
            f"SELECT count(*) {_LOW} AND {_OTHERS}", chosen | {"is_simulated": ring.people is People.SIMULATED}
        ):
            raise PeopleMixed
        begins, ends = index_pads(ring, IndexKind.NATIONAL_ID)
        self._execute_telling(_LOAD, chosen | {"begins": begins, "ends": ends}, total, progress)
        self._connection.execute(_SETTLE)
        return total

    def known_people(self, *, batch_rows: int = BATCH_ROWS) -> Iterator[Sequence[tuple[bytes, str]]]:
        """Index and household number of the low people whom the database knows."""
        yield from self._batches(
            "SELECT subject_index, household_no FROM low SEMI JOIN known USING (subject_index)", batch_rows
        )

    def known_deciles(self) -> dict[str, tuple[int, date]]:
        """The decile of the households of those people, with its day."""
        rows = self._connection.execute(
            """SELECT household_no, min(official_decile)::INTEGER, max(decile_on)
                 FROM low SEMI JOIN (SELECT DISTINCT household_no FROM low SEMI JOIN known USING (subject_index))
                   USING (household_no) GROUP BY household_no HAVING bool_or(is_head)"""
        ).fetchall()
        return {number: (decile, day) for number, decile, day in rows}

    def household_counts(self) -> tuple[int, int]:
        """How many households of low deciles there are, and how many of them are settled."""
        row = self._connection.execute(
            """SELECT count(*), count(settled.household_no)
                 FROM (SELECT household_no FROM low GROUP BY household_no HAVING bool_or(is_head)) AS home
                 LEFT JOIN settled USING (household_no)"""
        ).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def unsettled_households(self, *, batch_rows: int = BATCH_ROWS) -> Iterator[Sequence[LowDecileHousehold]]:
        """The households that nobody settles; one without a head in the extract can't be invited and is left out."""
        query = (
            f"{_HOUSEHOLDS} FROM low ANTI JOIN settled USING (household_no)"
            " GROUP BY household_no HAVING bool_or(is_head)"
        )
        names = LowDecileHousehold.__slots__
        for batch in self._batches(query, batch_rows):
            yield [LowDecileHousehold(**dict(zip(names, row, strict=True))) for row in batch]

    def _batches(self, query: str, batch_rows: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        cursor = self._connection.execute(query)
        while batch := cursor.fetchmany(batch_rows):
            yield batch

    def _count(self, query: str, parameters: dict[str, Any]) -> int:
        row = self._connection.execute(query, parameters).fetchone()
        return int(row[0]) if row else 0

    def _execute_telling(self, query: str, parameters: dict[str, Any], total: int, progress: Progress) -> None:
        """Run a long statement beside, and tell how far it is."""
        with ThreadPoolExecutor(1) as beside:
            running: Future[Any] = beside.submit(self._connection.execute, query, parameters)
            while not running.done():
                progress(min(total, int(total * max(0.0, self._connection.query_progress()) / 100)), total)
                wait([running], timeout=TELL_SECONDS)
            running.result()
        progress(total, total)


@contextmanager
def open_extract(path: Path, *, memory_limit: str = MEMORY_LIMIT) -> Iterator[ExtractJoin]:
    """Open a file, or a folder of files, in a DuckDB of our own that spills to its own folder and fetches nothing.

    Raises:
        ExtractUnreadable: there is no such file, it is no Parquet, or columns are missing.
    """
    paths = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not paths or not all(one.is_file() for one in paths):
        raise ExtractUnreadable(field="extract", reason="فایل پیدا نشد.")
    with tempfile.TemporaryDirectory(prefix="sakha-extract-") as folder:
        connection = duckdb.connect(
            config={
                "memory_limit": memory_limit,
                "temp_directory": folder,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "preserve_insertion_order": "false",
            }
        )
        try:
            connection.execute("SET enable_progress_bar = true")
            connection.execute("SET enable_progress_bar_print = false")
            for one in paths:
                _require_columns(connection, one)
            yield ExtractJoin(connection, paths, Path(folder))
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

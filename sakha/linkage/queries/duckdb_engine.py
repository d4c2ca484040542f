"""The embedded engine: DuckDB in a folder of its own that is deleted at the end, with bounded memory."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import duckdb
import numpy as np

from sakha.linkage.queries.engine import Columns, Reader, UnreadableError

# Beyond this DuckDB writes to its folder. What a join holds while it runs can't be written away and grows with the
# records: five million ended at 1,400 MB, and took 7.1 GiB with more and with Python's own arrays.
MEMORY_MB: Final = 1_400
_MORE_MB_A_MILLION: Final = 300
# Never more than half of the machine's: Python's arrays and whatever else runs there need the rest.
_PART_OF_MACHINE: Final = 2
_MILLION: Final = 1_000_000
_LONGEST_LINE: Final = 1 << 23
_BETWEEN: Final = "\x1f"  # parts what a reader says; no reading has it


class DuckDbEngine:
    """Tables in one DuckDB file."""

    def __init__(self, memory_mb: int | None = None) -> None:
        # who names a limit means it
        self._may_grow = memory_mb is None
        self._memory_mb = MEMORY_MB if memory_mb is None else memory_mb

    def __enter__(self) -> Self:
        """Start in a new folder."""
        self._folder = tempfile.mkdtemp(prefix="sakha-link-")
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{self._memory_mb}MB",
            "temp_directory": os.path.join(self._folder, "spill"),  # noqa: PTH118 -- DuckDB takes texts
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        self._connection = duckdb.connect(os.path.join(self._folder, "link.duckdb"), config=settings)  # noqa: PTH118
        self._connection.execute("SET checkpoint_threshold = '8GB'")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and delete the folder."""
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def load_csv(self, path: Path, table: str, columns: Sequence[str], delimiter: str) -> None:
        """Load the text columns of a file; what the file lacks is empty."""
        names = dict.fromkeys(columns, "VARCHAR")
        try:
            self._connection.execute(
                f"CREATE OR REPLACE TABLE {table} AS SELECT row_number() OVER () AS rid, * FROM read_csv(?,"
                " header = true, columns = ?, delim = ?, quote = '\"', escape = '\"', auto_detect = false,"
                f" max_line_size = {_LONGEST_LINE})",
                [str(path), names, delimiter],
            )
        except duckdb.Error as error:
            raise UnreadableError from error
        self._give_room(table)

    def _give_room(self, table: str) -> None:
        """Let DuckDB take more memory for a large file; never less than before."""
        if not self._may_grow:
            return
        count = self._connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        allowed = room_mb(count, _machine_mb())
        if allowed > self._memory_mb:
            self._memory_mb = allowed
            self._connection.execute(f"SET memory_limit = '{allowed}MB'")

    def table(self, name: str, query: str) -> None:
        """Make a table of a query's rows."""
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS {_in_own_words(query)}")

    def append(self, name: str, query: str) -> None:
        """Add a query's rows to a table."""
        self._connection.execute(f"INSERT INTO {name} {_in_own_words(query)}")

    def fetch(self, query: str) -> Columns:
        """Give a query's columns as arrays."""
        fetched: dict[str, Any] = self._connection.execute(query).fetchnumpy()
        return {name: np.ma.getdata(array) for name, array in fetched.items()}

    def put(self, name: str, columns: Columns) -> None:
        """Make a table of arrays."""
        arrays = columns  # noqa: F841 -- DuckDB finds it by its name
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arrays")

    def read_values(self, name: str, query: str, reader: Reader, types: dict[str, str]) -> None:
        """Let DuckDB call the reader row by row, which costs no copies and no memory."""
        raw = [column[0] for column in self._connection.execute(f"DESCRIBE {query}").fetchall()]

        def read(cell: str) -> str:
            return _BETWEEN.join(map(str, reader(cell)))

        def read_both(cell: str, other: str) -> str:
            return _BETWEEN.join(map(str, reader(cell, other)))

        function = read if len(raw) == 1 else read_both
        self._connection.create_function("read_cells", function, ["VARCHAR"] * len(raw), "VARCHAR")
        try:
            self.table(f"{name}_read", f"SELECT *, read_cells({', '.join(raw)}) AS cells_read FROM ({query})")
        finally:
            self._connection.remove_function("read_cells")
        parts = ", ".join(
            f"CAST(split_part(cells_read, chr({ord(_BETWEEN)}), {place}) AS {kind}) AS {column}"
            for place, (column, kind) in enumerate(types.items(), start=1)
        )
        self.table(name, f"SELECT {', '.join(raw)}, {parts} FROM {name}_read")
        self.drop(f"{name}_read")

    def save(self, query: str, path: Path) -> None:
        """Write a query's rows as Parquet."""
        self._connection.query(query).write_parquet(str(path))

    def load(self, path: Path, table: str) -> None:
        """Load Parquet as a table."""
        self._connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM read_parquet(?)", [str(path)])
        self._give_room(table)

    def drop(self, *names: str) -> None:
        """Forget tables."""
        for name in names:
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")


def room_mb(count: int, machine_mb: int) -> int:
    """Give the memory for so many records on such a machine."""
    wanted = MEMORY_MB + _MORE_MB_A_MILLION * (count // _MILLION)
    return max(MEMORY_MB, min(wanted, machine_mb // _PART_OF_MACHINE))


def _machine_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000


def _in_own_words(query: str) -> str:
    return query.replace("key_of(", "hash(")


def open_engine() -> DuckDbEngine:
    """Give the engine, not yet started."""
    return DuckDbEngine()

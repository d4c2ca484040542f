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

# Beyond this DuckDB writes to its folder; with Python's own arrays a register of five million stays under 6 GiB.
MEMORY_MB: Final = 1_400
_LONGEST_LINE: Final = 1 << 23
_READ_TOGETHER: Final = 200_000
_NUMPY_TYPES: Final = {"VARCHAR": object, "INT": np.int32, "BIGINT": np.int64}


class DuckDbEngine:
    """Tables in one DuckDB file."""

    def __init__(self, memory_mb: int = MEMORY_MB) -> None:
        self._memory_mb = memory_mb

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
        """Read the rows in portions, so that memory doesn't grow with the file."""
        source = self._connection.cursor()
        rows = source.execute(query)
        raw_names = [column[0] for column in rows.description or ()]
        described = ", ".join([*(f"{raw} VARCHAR" for raw in raw_names), *(f"{c} {t}" for c, t in types.items())])
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} ({described})")
        while portion := rows.fetchmany(_READ_TOGETHER):
            raw = list(zip(*portion, strict=True))
            read = list(zip(*(reader(*row) for row in portion), strict=True))
            arrays = {column: np.array(values, dtype=object) for column, values in zip(raw_names, raw, strict=True)}
            for (column, kind), values in zip(types.items(), read, strict=True):
                arrays[column] = np.array(values, dtype=_NUMPY_TYPES[kind])
            self._connection.execute(f"INSERT INTO {name} SELECT * FROM arrays")
        source.close()

    def drop(self, *names: str) -> None:
        """Forget tables."""
        for name in names:
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")


def _in_own_words(query: str) -> str:
    return query.replace("key_of(", "hash(")


def open_engine() -> DuckDbEngine:
    """Give the engine, not yet started."""
    return DuckDbEngine()

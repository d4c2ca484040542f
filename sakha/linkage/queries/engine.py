"""What an engine must do, and which one is taken. All SQL is written once, in DuckDB's words.

DuckDB is embedded and is the usual one; Spark is for registers that no one machine holds, and is installed apart.
"""

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Final, Protocol, Self

import numpy.typing as npt

from sakha.vocabulary.refusal import Refusal

ENGINES: Final = {"duckdb": "sakha.linkage.queries.duckdb_engine", "spark": "sakha.linkage.queries.spark_engine"}

Columns = dict[str, npt.NDArray[Any]]
# Reads one or more texts of a record into the values of its comparable columns.
Reader = Callable[..., tuple[object, ...]]


class EngineMissing(Refusal):
    """The engine asked for isn't installed, or can't start."""

    code: ClassVar[str] = "LINK_ENGINE_MISSING"
    sentence: ClassVar[str] = (
        "موتور «{engine}» نصب نیست یا راه نمی‌افتد. آن را نصب کنید یا با ‎--engine duckdb‎ ادامه دهید."
    )


class UnreadableError(Exception):
    """An engine can't read a file by itself."""


class Engine(Protocol):
    """Tables by name, made by SQL."""

    def __enter__(self) -> Self:
        """Start."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and leave nothing behind."""

    def load_csv(self, path: Path, table: str, columns: Sequence[str], delimiter: str) -> None:
        """Load the text columns of a file as `table`, with `rid` counting its rows from 1.

        Raises:
            UnreadableError: when the file isn't as it should be.
        """

    def table(self, name: str, query: str) -> None:
        """Make a table of a query's rows."""

    def append(self, name: str, query: str) -> None:
        """Add a query's rows to a table."""

    def fetch(self, query: str) -> Columns:
        """Give a query's columns as arrays."""

    def put(self, name: str, columns: Columns) -> None:
        """Make a table of arrays."""

    def read_values(self, name: str, query: str, reader: Reader, types: dict[str, str]) -> None:
        """Make a table of a query's rows (`raw`, …) and what the reader says of them, in columns of these types."""

    def save(self, query: str, path: Path) -> None:
        """Write a query's rows as Parquet."""

    def load(self, path: Path, table: str) -> None:
        """Load Parquet as a table."""

    def drop(self, *names: str) -> None:
        """Forget tables."""


def open_engine(name: str) -> Engine:
    """Give an engine by name.

    Raises:
        EngineMissing: when there is none of that name here.
    """
    try:
        module = importlib.import_module(ENGINES[name])
    except (KeyError, ImportError):
        raise EngineMissing(engine=name) from None
    engine: Engine = module.open_engine()
    return engine

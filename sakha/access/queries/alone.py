"""One statement that is a transaction of its own, for the few paths where a millisecond counts.

Bound by the server and planned once a connection, and asked of libpq itself: what cursors do around a statement costs
several times the answer (docs/decisions/0098). The statement tells for whom it works; nothing is left behind.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import count
from types import NoneType
from typing import Any, Final, LiteralString
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connection
from psycopg import Connection, Cursor
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.types.range import Range

_PLACE: Final = "%s"


class _Line:
    """What is prepared on a connection, and how its answers are read."""

    def __init__(self, line: "Connection[Any]") -> None:
        self.names: dict[str, bytes] = {}
        # Made of the connection itself it would hold it, and no closed one were ever let go.
        self.transformer = Transformer(line.adapters)


_lines: Final[WeakKeyDictionary["Connection[Any]", _Line]] = WeakKeyDictionary()


def fetch_alone(statement: LiteralString, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All the rows that the statement gives. Inside a transaction it is a part of that one.

    Lists come as lists, or written already by `write_list`.
    """
    with connection.wrap_database_errors:
        pool: Any = getattr(connection, "pool", None)  # the framework's own kind of PostgreSQL connection has one
        if connection.connection is None and pool is not None:
            with _taken(pool) as line:
                return _ask(line, statement, values)
        connection.ensure_connection()
        rows: list[tuple[Any, ...]] = Cursor(connection.connection).execute(statement, values).fetchall()
        return rows


@contextmanager
def _taken(pool: Any) -> Iterator["Connection[Any]"]:
    """A connection straight from the pool, in no transaction."""
    if pool.closed:
        pool.open()
    line: Connection[Any] = pool.getconn()
    try:
        if not line.autocommit:
            line.set_autocommit(True)
        yield line
    finally:
        pool.putconn(line)  # a broken one is replaced there


def _ask(line: "Connection[Any]", statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    known = _lines.get(line)
    if known is None:
        known = _lines[line] = _Line(line)
    name = known.names.get(statement)
    if name is None:
        name = f"sakha_{len(known.names)}".encode()
        _require(line.pgconn.prepare(name, _numbered(statement)), ExecStatus.COMMAND_OK)
        known.names[statement] = name
    written: list[Any] = [write_value(one) for one in values]  # the stub knows of no NULL
    result = line.pgconn.exec_prepared(name, written)
    _require(result, ExecStatus.TUPLES_OK)
    known.transformer.set_pgresult(result)
    return known.transformer.load_rows(0, result.ntuples, tuple)


def write_value(value: Any) -> bytes | None:
    """A value in PostgreSQL's own letters; which type it is says the statement."""
    match value:
        case None:
            return None
        case str():
            return value.encode()
        case bool() | bytes():
            raise TypeError("ambiguous in letters; write it as a list or a number")
        case int() | UUID():
            return str(value).encode()
        case date() | datetime():
            return value.isoformat().encode()
        case Range():
            return f"[{value.lower},{value.upper})".encode()
        case list():
            return write_list(value).encode()
    raise TypeError(type(value).__name__)


def write_list(values: Sequence[Any]) -> str:
    """A list in PostgreSQL's own letters: of a thousand values in a tenth of the time that a cursor takes."""
    if set(map(type, values)) == {int}:  # as Python shows a list, but for the brackets
        return f"{{{str(list(values))[1:-1]}}}"
    try:
        return f"{{{','.join([_WRITERS[type(one)](one) for one in values])}}}"
    except KeyError as unknown:
        raise TypeError(str(unknown)) from None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    int: str,
    NoneType: lambda _: "NULL",
    bytes: lambda one: f'"\\\\x{one.hex()}"',
    str: _quoted,
    UUID: str,
}


def _numbered(statement: str) -> bytes:
    """Places by number, as the server counts them."""
    numbers = count(1)
    first, *rest = statement.split(_PLACE)
    return (first + "".join(f"${next(numbers)}{part}" for part in rest)).encode()


def _require(result: PGresult, status: ExecStatus) -> None:
    if result.status != status:
        raise error_from_result(result)

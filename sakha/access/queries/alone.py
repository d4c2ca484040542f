"""One statement that is a transaction of its own, for the few paths where a millisecond counts.

Bound by the server and planned once a connection: making SQL text of arrays, as cursors of the framework do, costs more
than the whole answer. The statement itself tells for whom it works; nothing is left behind on the connection.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, LiteralString

from django.db import connection
from psycopg import Connection, Cursor

_AT_ONCE: Final = 0  # uses of a statement before its plan is kept


def fetch_alone(statement: LiteralString, values: Sequence[Any]) -> tuple[Any, ...]:
    """The one row that the statement gives. Inside a transaction it is a part of that one."""
    with connection.wrap_database_errors, _line() as line:
        threshold = line.prepare_threshold
        line.prepare_threshold = _AT_ONCE
        try:
            row = Cursor(line).execute(statement, values).fetchone()
        finally:
            line.prepare_threshold = threshold
    if row is None:
        raise LookupError("the statement gives no row")
    return row


@contextmanager
def _line() -> Iterator[Connection]:
    """The connection that this thread works on, else one straight from the pool."""
    pool: Any = getattr(connection, "pool", None)  # the framework's own kind of PostgreSQL connection has one
    if connection.connection is not None or pool is None:
        connection.ensure_connection()
        yield connection.connection
        return
    if pool.closed:
        pool.open()
    line: Connection = pool.getconn()
    try:
        if not line.autocommit:
            line.set_autocommit(True)
        yield line
    finally:
        pool.putconn(line)

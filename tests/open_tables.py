"""The negative control of row-level security: tables without it for a while, as if nobody had guarded them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql


@contextmanager
def without_row_security(owner_cursor: psycopg.Cursor, tables: Iterable[str]) -> Iterator[None]:
    """Let every role read these tables until the end, whatever happens meanwhile."""
    names = [sql.Identifier(table) for table in tables]
    try:
        for name in names:
            owner_cursor.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(name))
        yield
    finally:
        for name in names:
            owner_cursor.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name))

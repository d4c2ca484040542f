"""Whether database, keys and program are of the same people, asked before any command works."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from sakha.access.queries.houses import require_house
from sakha.entrypoints.commands.database import close_connections


def is_migrated() -> bool:
    """Whether the database has the table that says of whom it is, and this account may read it.

    Privileges are given when all migrations are done: after one that failed the table stands and nobody may read it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(has_table_privilege(to_regclass('access_house'), 'SELECT'), false)")
        return bool(cursor.fetchone()[0])


def check() -> None:
    """Refuse a house of other people. A database without tables, or of an older version, is nobody's yet.

    Raises: HouseMixed.
    """
    if is_migrated():
        require_house(is_demonstration=settings.SAKHA.is_demonstration)
    if not connection.in_atomic_block:
        close_connections()  # whoever forks web processes hands no connection on

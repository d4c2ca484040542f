"""Whether database, keys and program are of the same people, asked before any command works."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from sakha.access.queries.houses import require_house
from sakha.entrypoints.commands.database import close_connections


def check() -> None:
    """Refuse a house of other people. A database without tables, or of an older version, is nobody's yet.

    Raises: HouseMixed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('access_house') IS NOT NULL")
        (is_there,) = cursor.fetchone()
    if is_there:
        require_house(is_demonstration=settings.SAKHA.is_demonstration)
    if not connection.in_atomic_block:
        close_connections()  # whoever forks web processes hands no connection on

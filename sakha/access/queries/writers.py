"""Who is still writing into a table: asked, so that nobody is locked out by it (decision 0076)."""

from typing import Final

from django.db import connection

# Whoever may have drawn an id and not committed: an insert takes this lock before it draws, and keeps it to its end.
_WRITERS: Final = """
    SELECT virtualtransaction FROM pg_locks
     WHERE locktype = 'relation' AND granted AND pid IS DISTINCT FROM pg_backend_pid() AND relation = %s::regclass
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""


def writers_of(table: str) -> set[str]:
    """The transactions of others that may still write a row with an id drawn before."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [table])
        return {row[0] for row in cursor.fetchall()}

"""What a connection sees of every table, for the tests that try all of them as a stranger and without a scope."""

from typing import Final

import psycopg
from psycopg import sql

REFUSED: Final = -1

_TELL: Final = (
    "SELECT set_config('sakha.scope', %s, true), set_config('sakha.organisation_id', %s, true),"
    " set_config('sakha.user_id', %s, true), set_config('sakha.province', %s, true),"
    " set_config('sakha.county', %s, true)"
)

# Everybody's eyes that must see nothing of a household in Karaj: told as the database is told.
NO_SCOPE: Final = ("", "", "", "", "")
STRANGERS: Final[dict[str, tuple[str, str, str, str, str]]] = {
    "no scope": NO_SCOPE,
    "an organisation that does not exist": ("ORGANISATION", "2147483647", "9223372036854775807", "30", "3001"),
    "a scope without an organisation": ("ORGANISATION", "", "", "", ""),
    "a scope that does not exist": ("EVERYTHING", "1", "1", "30", "3001"),
    "a county office elsewhere": ("COUNTY", "", "9223372036854775807", "99", "9901"),
    "a county office without a county": ("COUNTY", "", "9223372036854775807", "", ""),
    "a province office elsewhere": ("PROVINCE", "", "9223372036854775807", "99", ""),
    "a province office without a province": ("PROVINCE", "", "9223372036854775807", "", ""),
}
# What the table of sessions holds must be read before anybody is known; see docs/security.md.
SEEN_BEFORE_A_SCOPE: Final = frozenset({"django_session", "django_migrations"})


def tell(cursor: psycopg.Cursor, scope: tuple[str, str, str, str, str]) -> None:
    """Tell the database the scope, for the transaction that is open."""
    cursor.execute(_TELL, scope)


def all_tables(cursor: psycopg.Cursor) -> list[str]:
    """Every table of ours and of the libraries, partitions left out: they are reached through their parent."""
    cursor.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
    )
    return [row[0] for row in cursor.fetchall()]


def visible_row_counts(cursor: psycopg.Cursor) -> dict[str, int]:
    """Rows of every table that this connection sees now; REFUSED where it has no privilege to read at all.

    Call it inside a transaction, after `tell`; each table is asked in a savepoint.
    """
    counts: dict[str, int] = {}
    for table in all_tables(cursor):
        try:
            with cursor.connection.transaction():
                cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
                counts[table] = cursor.fetchone()[0]
        except psycopg.errors.InsufficientPrivilege:
            counts[table] = REFUSED
    return counts


def tables_without_row_security(cursor: psycopg.Cursor) -> set[str]:
    """Tables on which row-level security is not enabled, procrastinate's queue and Django's own left out."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relrowsecurity AND relname !~ '^(procrastinate|django)_' AND relname !~ '^auth_'"
    )
    return {row[0] for row in cursor.fetchall()}

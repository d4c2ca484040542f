"""Grants the application's role exactly what each room's `apps.py` says, and revokes the rest.

Decides nothing itself. Runs as the owner after every migration, so that a table nobody named stays closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from psycopg import sql

if TYPE_CHECKING:
    import psycopg

# Tables that libraries bring; rooms name their own.
LIBRARY_PRIVILEGES = {
    "django_session": "SELECT, INSERT, UPDATE, DELETE",
    "django_migrations": "SELECT",  # the readiness page compares it with the code
}
QUEUE_TABLE_PREFIX = "procrastinate_"


def _declared_tables() -> dict[str, str]:
    declared = dict(LIBRARY_PRIVILEGES)
    for config in apps.get_app_configs():
        declared.update(getattr(config, "app_privileges", {}))
    return declared


def _declared_functions() -> set[str]:
    return {name for config in apps.get_app_configs() for name in getattr(config, "app_functions", ())}


def apply_privileges(owner: psycopg.Connection, app_role: str) -> None:
    """Revoke everything from the application's role, then grant what the rooms declare. One transaction.

    Raises:
        LookupError: a declared table or function does not exist.
    """
    with owner.transaction(), owner.cursor() as cursor:
        role = sql.Identifier(app_role)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}",
            "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}",
        ):
            cursor.execute(sql.SQL(statement).format(role))
        _grant_tables(cursor, role)
        _grant_functions(cursor, role)


def _grant_tables(cursor: psycopg.Cursor, role: sql.Identifier) -> None:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    present = {str(name) for (name,) in cursor.fetchall()}
    declared = _declared_tables()
    if missing := set(declared) - present:
        raise LookupError(f"Declared in an apps.py, but not in the database: {sorted(missing)}")
    declared |= {name: "SELECT, INSERT, UPDATE, DELETE" for name in present if name.startswith(QUEUE_TABLE_PREFIX)}
    for table, privileges in declared.items():
        cursor.execute(sql.SQL("GRANT {} ON TABLE {} TO {}").format(sql.SQL(privileges), sql.Identifier(table), role))
        if "INSERT" in privileges:
            _grant_sequences(cursor, table, role)


def _grant_sequences(cursor: psycopg.Cursor, table: str, role: sql.Identifier) -> None:
    cursor.execute(
        """SELECT s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid JOIN pg_class t ON t.oid = d.refobjid
            WHERE s.relkind = 'S' AND t.relname = %s AND t.relnamespace = 'public'::regnamespace""",
        [table],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(sql.Identifier(name), role))


def _grant_functions(cursor: psycopg.Cursor, role: sql.Identifier) -> None:
    # functions of extensions belong to the superuser and stay as they are
    cursor.execute(
        """SELECT p.oid::regprocedure::text, p.proname FROM pg_proc p
            WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole AND p.prokind = 'f'"""
    )
    declared, found = _declared_functions(), set()
    for signature, name in cursor.fetchall():
        routine = sql.SQL(signature)
        cursor.execute(sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC, {}").format(routine, role))
        if name in declared or name.startswith(QUEUE_TABLE_PREFIX):
            cursor.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(routine, role))
            found.add(name)
    if missing := declared - found:
        raise LookupError(f"Declared in an apps.py, but not in the database: {sorted(missing)}")

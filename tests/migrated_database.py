"""One migrated database for every worker and run: made once for this schema, then copied, for migrating is dear.

Decides which template belongs to the schema as it is written; what stands in a test's own database is conftest's.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

PRODUCT = Path(__file__).resolve().parent.parent / "sakha"
PREFIX = "template_sakha_"
_LOCK = 7_250_991  # whoever makes or copies a template holds it: nobody copies a half-made one


def name_template() -> str:
    """Name the template of the schema as it is written: every migration, every SQL file, the libraries' versions."""
    written = hashlib.sha256(f"{version('django')} {version('procrastinate')}".encode())
    for path in sorted([*PRODUCT.glob("*/migrations/*.py"), *PRODUCT.rglob("*.sql"), *PRODUCT.glob("*/apps.py")]):
        written.update(str(path.relative_to(PRODUCT)).encode() + path.read_bytes())
    return PREFIX + written.hexdigest()[:16]


def copy_migrated_database(owner_url: str, name: str) -> None:
    """Make the database `name` with the whole schema, from the template; make that first where it is missing."""
    template = name_template()
    with psycopg.connect(owner_url, autocommit=True) as owner, _locked(owner):
        found = owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,)).fetchone()
        if found is None:
            _make_template(owner, owner_url, template)
        drop_database(owner, name)
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(owner: psycopg.Connection, name: str) -> None:
    """Drop it, with whoever is connected. An autovacuum at work there belongs to the superuser, and is waited for."""
    until = time.monotonic() + 60
    while True:
        try:
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


@contextmanager
def _locked(owner: psycopg.Connection) -> Iterator[None]:
    owner.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        yield
    finally:
        owner.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


def _make_template(owner: psycopg.Connection, owner_url: str, template: str) -> None:
    """Migrate a new database, and give it the template's name when it is whole. Those of older schemas go."""
    from django.core.management import call_command
    from django.db import connection

    from sakha.entrypoints.commands.database import as_owner

    for (older,) in owner.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (PREFIX,)):
        drop_database(owner, older)
    making = f"making_sakha_{os.getpid()}"
    drop_database(owner, making)
    owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(making)))
    kept = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = making
    try:
        with as_owner(urlunsplit(urlsplit(owner_url)._replace(path=f"/{making}"))):
            call_command("migrate", interactive=False, verbosity=0)
    finally:
        connection.settings_dict["NAME"] = kept
    owner.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(template)))

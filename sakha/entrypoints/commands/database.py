"""Prepares the database: roles, migrations, privileges. Only here the owner's password is used.

Decides that the application's role owns nothing and may do only what each room's `apps.py` grants it.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql

from sakha.entrypoints.commands.embedded_postgres import Server
from sakha.entrypoints.commands.privileges import apply_privileges

DATABASE = "sakha"
OWNER_ROLE = "sakha_owner"
APP_ROLE = "sakha_app"


@dataclass(frozen=True, slots=True)
class DatabaseAddresses:
    """The two doors of one database: as the application and as the owner (empty where only the app's is known)."""

    app_url: str
    owner_url: str


def home_folder() -> Path:
    """Where an installation keeps what it makes: database, keys, built assets (`SAKHA_HOME`, default .sakha)."""
    return Path(os.environ.get("SAKHA_HOME", ".sakha")).resolve()


def embedded_server() -> Server:
    """The server of this installation, running or not."""
    return Server(home_folder() / "postgres")


def open_database() -> DatabaseAddresses:
    """Find the database to use: DATABASE_URL, or the embedded server, started where it does not run.

    Puts both addresses into the environment, where the settings read them.
    """
    if os.environ.get("DATABASE_URL"):
        return DatabaseAddresses(os.environ["DATABASE_URL"], os.environ.get("DATABASE_OWNER_URL", ""))
    server = embedded_server().start()
    addresses = make_roles(server, database=DATABASE)
    os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = addresses.app_url, addresses.owner_url
    return addresses


def make_roles(server: Server, *, database: str) -> DatabaseAddresses:
    """Make owner, application role and database on a server of our own; repeating changes nothing."""
    owner_word, app_word = (
        keep_word(server.home / f"{role}.password", secrets.token_urlsafe(24)) for role in (OWNER_ROLE, APP_ROLE)
    )
    with psycopg.connect(server.url(), autocommit=True) as superuser:
        superuser.execute("SELECT pg_advisory_lock(hashtext('sakha.make_roles'))")  # any number of starters at once
        for role, word in ((OWNER_ROLE, owner_word), (APP_ROLE, app_word)):
            if not superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                superuser.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(word)
                    )
                )
        superuser.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER_ROLE)))  # for test databases
        # the owner may end the application's sessions: a migration must not wait for a forgotten one
        superuser.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP_ROLE), sql.Identifier(OWNER_ROLE)))
        if not superuser.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            superuser.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER_ROLE))
            )
    return DatabaseAddresses(
        server.url(database, user=APP_ROLE, password=app_word),
        server.url(database, user=OWNER_ROLE, password=owner_word),
    )


def keep_word(file: Path, fresh: str) -> str:
    """Return the secret in `file`, readable by this account alone; written once, whole, whoever comes first."""
    if not file.exists():
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # 0600 from its first moment
        with os.fdopen(descriptor, "w") as opened:
            opened.write(fresh)
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):  # somebody else was first: theirs counts
            os.link(name, file)
        Path(name).unlink()
    return file.read_text()


def role_of(url: str) -> str:
    """Name of the role in a database address."""
    return unquote(urlsplit(url).username or "")


def migrate_database(addresses: DatabaseAddresses) -> None:
    """Bring the schema up to the code as the owner, then grant the application's role what the rooms declare.

    Raises:
        OwnerUnknownError: there is no DATABASE_OWNER_URL.
    """
    if not addresses.owner_url:
        raise OwnerUnknownError
    with as_owner(addresses.owner_url):
        call_command("migrate", interactive=False, verbosity=0)
    with psycopg.connect(addresses.owner_url) as owner:
        apply_privileges(owner, role_of(addresses.app_url))


def analyze_database(addresses: DatabaseAddresses) -> None:
    """Tell the planner what a bulk load changed, as the owner; without the owner's address autovacuum will, later."""
    if addresses.owner_url:
        with psycopg.connect(addresses.owner_url, autocommit=True) as owner:
            owner.execute("ANALYZE")


@contextmanager
def as_owner(owner_url: str) -> Iterator[None]:
    """Let Django's connection be the owner's for a moment: for migrations only."""
    kept = dict(connection.settings_dict)
    parts = urlsplit(owner_url)
    close_connections()
    connection.settings_dict.update(USER=unquote(parts.username or ""), PASSWORD=unquote(parts.password or ""))
    try:
        yield
    finally:
        close_connections()
        connection.settings_dict.update(USER=kept["USER"], PASSWORD=kept["PASSWORD"])


def close_connections() -> None:
    """End this thread's connection and the pool behind it."""
    connection.close()
    held = connections[DEFAULT_DB_ALIAS]  # the proxy `connection` hides what it is
    if isinstance(held, DatabaseWrapper):
        held.close_pool()


class OwnerUnknownError(RuntimeError):
    """DATABASE_OWNER_URL is missing: only the owner may change the schema (docs/operating.md)."""

    def __str__(self) -> str:
        return str(self.__doc__)

"""The ground that tests stand on: a real PostgreSQL, made by its owner and used as the application's role."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import hypothesis
import psycopg
import pytest
from django.conf import settings
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
TEST_HOME = ROOT / ".sakha" / "test"

# The gate tries the same examples each time, however slow the machine; to look for new ones: SAKHA_TEST_EXAMPLES=new
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("new", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("SAKHA_TEST_EXAMPLES", "same"))


def _prepare_environment() -> None:
    """Settings of the test run, before Django reads them. An external server comes by DATABASE_URL and its owner's."""
    (TEST_HOME / "static").mkdir(parents=True, exist_ok=True)  # a page without assets may be the first that is asked
    os.environ["SAKHA_HOME"] = str(TEST_HOME)
    os.environ["SAKHA_SECRET_KEY"] = "a secret of the tests alone, forty letters and more"
    os.environ["SAKHA_INSECURE_HTTP"] = "true"
    os.environ["SAKHA_HOSTS"] = "localhost,127.0.0.1,testserver"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop lives in the main thread
    if not os.environ.get("DATABASE_URL"):
        server = Server(TEST_HOME / "postgres").start(fsync="off", shared_buffers="256MB", max_connections="300")
        addresses = make_roles(server, database="sakha")
        os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = addresses.app_url, addresses.owner_url
    os.environ.setdefault("SAKHA_KEYS", generate_key_ring())
    os.environ["DJANGO_SETTINGS_MODULE"] = "sakha.settings"
    # hashing is dear by design, and a test's time is better spent elsewhere
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


from sakha.access.rules.sealing import generate_key_ring  # noqa: E402
from sakha.entrypoints.commands.database import apply_privileges, make_roles, role_of  # noqa: E402
from sakha.entrypoints.commands.embedded_postgres import Server  # noqa: E402
from tests.migrated_database import copy_migrated_database, drop_database  # noqa: E402

_prepare_environment()


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def test_database_name() -> str:
    return "test_sakha_" + os.environ.get("PYTEST_XDIST_WORKER", "one") + f"_{os.getpid()}"


@pytest.fixture(scope="session")
def app_url(test_database_name: str) -> str:
    return _with_database(os.environ["DATABASE_URL"], test_database_name)


@pytest.fixture(scope="session")
def owner_url(test_database_name: str) -> str:
    return _with_database(os.environ["DATABASE_OWNER_URL"], test_database_name)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, test_database_name: str, app_url: str, owner_url: str) -> Iterator[None]:
    """Make the test database as the owner from the migrated one, grant; then run as the application's role."""
    from django.db import connection

    with django_db_blocker.unblock():
        connection.close()
        connection.close_pool()
        copy_migrated_database(os.environ["DATABASE_OWNER_URL"], test_database_name)
        connection.settings_dict["NAME"] = test_database_name
        with psycopg.connect(owner_url) as owner:
            apply_privileges(owner, role_of(app_url))
    yield
    with django_db_blocker.unblock():
        connection.close()
        connection.close_pool()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        drop_database(owner, test_database_name)


@pytest.fixture(scope="session")
def _reference_tables(django_db_setup, owner_url: str) -> frozenset[str]:
    """Tables that migrations filled: they survive the sweep after a test with committed rows."""
    with psycopg.connect(owner_url) as owner:
        names = [row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return frozenset(
            name
            for name in names
            if owner.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(name))).fetchone()[0]
        )


@pytest.fixture
def committed(django_db_blocker, owner_url: str, _reference_tables: frozenset[str]) -> Iterator[None]:
    """Let a test commit for real (races, jobs, other connections); everything is swept away afterwards."""
    from django.db import connection

    with django_db_blocker.unblock():
        yield
        connection.close()
    _sweep(owner_url, _reference_tables)


# A table into which nothing was ever written since it was last emptied has no block.
_WRITTEN = """
    SELECT relname FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"""


def _sweep(owner_url: str, kept: frozenset[str]) -> None:
    """Empty what was written into, and whatever refers to it: emptying all tables takes three times as long."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("SET lock_timeout = '20s'")
        swept = [sql.Identifier(name) for (name,) in owner.execute(_WRITTEN) if name not in kept]
        if not swept:
            return
        truncate = sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(sql.SQL(", ").join(swept))
        with owner.transaction():  # whoever says of whom a database is says it for ever: tests alone begin anew
            owner.execute("ALTER TABLE access_house DISABLE TRIGGER access_house_not_emptied")
            owner.execute(truncate)
            owner.execute("ALTER TABLE access_house ENABLE TRIGGER access_house_not_emptied")


@pytest.fixture(scope="module")
def committed_for_module(django_db_blocker, owner_url: str, _reference_tables: frozenset[str]) -> Iterator[None]:
    """The same for tests that all look at one long walk."""
    from django.db import connection

    with django_db_blocker.unblock():
        yield
        connection.close()
    _sweep(owner_url, _reference_tables)


@pytest.fixture
def owner_cursor(django_db_setup, owner_url: str) -> Iterator[psycopg.Cursor]:
    """A cursor of the owner, committing at once: for negative controls and for looking past row-level security."""
    with psycopg.connect(owner_url, autocommit=True) as owner, owner.cursor() as cursor:
        yield cursor


@pytest.fixture
def new_connection(django_db_setup, app_url: str) -> Iterator[Callable[[], psycopg.Connection]]:
    """Make independent connections as the application's role, all closed at the end."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(psycopg.connect(app_url, autocommit=True))


@pytest.fixture(scope="session", autouse=True)
def built_assets() -> Path:
    """Style sheet, typefaces and the static manifest, as the site sends them.

    Before the first test of every worker and one after the other: collecting takes files away while it works, and the
    site of another worker would look for them.
    """
    from sakha.entrypoints.commands.build_assets import prepare_assets

    with (TEST_HOME / "assets.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        prepare_assets()
    return TEST_HOME / "static"

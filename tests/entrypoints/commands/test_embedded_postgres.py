"""The embedded server: one for any number of starters, back after a kill, closed to everyone else."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from sakha.entrypoints.commands.database import make_roles
from sakha.entrypoints.commands.embedded_postgres import Server, is_alive

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("embedded")).start()
    yield started
    started.stop()
    if started.folder != started.home:
        shutil.rmtree(started.folder, ignore_errors=True)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    server = Server(tmp_path / "home")
    server.stop()
    if server.folder != server.home:
        shutil.rmtree(server.folder, ignore_errors=True)


def wait_until_dead(pid: int) -> None:
    for _ in range(200):
        if not is_alive(pid):
            return
        time.sleep(0.02)
    raise AssertionError("the server did not die")


def test_six_starters_at_once_get_one_server(home: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        servers = list(pool.map(lambda _: Server(home).start(), range(6)))

    assert len({one.postmaster_pid() for one in servers}) == 1


def test_committed_rows_are_there_after_kill_9(home: Path) -> None:
    server = Server(home).start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    killed = server.postmaster_pid()

    os.kill(killed, signal.SIGKILL)
    wait_until_dead(killed)
    server.start()

    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]
    assert server.postmaster_pid() != killed


def test_trigrams_are_found_in_persian_text(server: Server) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")

        found = connection.execute("SELECT similarity('محمد رضایی', 'محمد رضائی')").fetchone()

    assert found is not None
    assert 0.3 < found[0] < 1


def test_nobody_enters_without_the_password(server: Server) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url(password="wrong"))


def test_the_application_role_owns_nothing_and_may_not_make_roles(server: Server) -> None:
    addresses = make_roles(server, database="sakha")

    with psycopg.connect(addresses.app_url, autocommit=True) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE own (n int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE ROLE more")


def test_passwords_and_data_are_closed_to_others(server: Server) -> None:
    make_roles(server, database="sakha")

    for name in ("superuser.password", "sakha_owner.password", "sakha_app.password"):
        assert stat.S_IMODE((server.home / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home that the server's account may not enter")
def test_a_closed_home_stays_closed_and_the_server_lives_elsewhere(home: Path) -> None:
    modes = [stat.S_IMODE(parent.stat().st_mode) for parent in home.parents]

    server = Server(home).start()

    assert server.folder != home
    assert [stat.S_IMODE(parent.stat().st_mode) for parent in home.parents] == modes
    assert not (home / "data").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_can_run_it() -> None:
    nobody = pwd.getpwnam("nobody")
    home = Path("/tmp") / f"sakha-ordinary-{os.getpid()}"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    words = (
        "from pathlib import Path; import sys;"
        "from sakha.entrypoints.commands.embedded_postgres import Server;"
        "server = Server(Path(sys.argv[1])).start(); print(server.postmaster_pid()); server.stop()"
    )
    # the launcher needs nothing but the standard library, so any Python that `nobody` may run will do
    python = next((one for one in (sys.executable, "/usr/bin/python3") if may_run(one, nobody.pw_uid)), None)
    if python is None:
        pytest.skip("no Python here lies where an ordinary user may enter")
    try:
        ran = subprocess.run(
            [python, "-c", words, str(home)],
            user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], cwd="/", capture_output=True, text=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{Path(psycopg.__file__).parent.parent}"},
        )  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)

    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 0


def may_run(python: str, uid: int) -> bool:
    try:
        return subprocess.run([python, "-c", ""], user=uid, cwd="/", capture_output=True, check=False).returncode == 0
    except (PermissionError, FileNotFoundError):
        return False


@pytest.mark.skipif(
    not Path("/usr/lib/postgresql/15/bin/postgres").exists(), reason="Debian's PostgreSQL 15 is missing"
)
def test_debians_server_is_run_the_same_way(home: Path) -> None:
    server = Server(home, Path("/usr/lib/postgresql/15")).start()

    with psycopg.connect(server.url()) as connection:
        version = connection.execute("SHOW server_version_num").fetchone()

    assert version is not None
    assert version[0].startswith("15")

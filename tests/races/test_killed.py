"""kill -9 of the database, of a worker, of a worker inside its transaction: nothing acknowledged is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from sakha.entrypoints.commands.database import make_roles
from sakha.entrypoints.commands.embedded_postgres import Server, ServerFailedError, find_installation
from tests.ledger_cast import counters_and_sums

pytestmark = [pytest.mark.races, pytest.mark.slow, pytest.mark.killing]
ROOT = Path(__file__).resolve().parent.parent.parent
ACKNOWLEDGED_BEFORE_KILL = 60


@dataclass(frozen=True, slots=True)
class OwnDatabase:
    """A server of this test's own, to be killed."""

    server: Server
    app_url: str
    charities: list[int]
    households: list[list[int]]
    """A set for each test; of each set the first has a small need."""

    def ask(self, work: Callable[[psycopg.Cursor], list[tuple]]) -> list[tuple]:
        with psycopg.connect(self.server.url("sakha"), autocommit=True) as superuser, superuser.cursor() as cursor:
            return work(cursor)

    def kill(self) -> None:
        """Kill the postmaster and all its children with -9, as a power cut would."""
        postmaster = self.server.postmaster_pid()
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in [postmaster, *map(int, children)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # a child that ended by itself

    def restart(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                self.server.start()
            except ServerFailedError:  # the last of the killed ones still holds the shared memory
                if time.monotonic() > until:
                    raise
                threading.Event().wait(0.1)
            else:
                return


def client(app_url: str, *words: object) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": "", "SAKHA_DATABASE_POOL_SIZE": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "tests.races.holding_client", *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def said_by(process: subprocess.Popen[str]) -> str:
    with process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0
    return said


def copy_schema(from_url: str, to_url: str) -> None:
    """The schema with owners and privileges, from the migrated test database."""
    binaries = find_installation() / "bin"
    dumped = subprocess.run(
        [binaries / "pg_dump", "--schema-only", from_url], capture_output=True, text=True, check=True
    )
    subprocess.run(
        [binaries / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null", to_url],
        input=dumped.stdout, text=True, check=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, owner_url: str) -> Iterator[OwnDatabase]:
    server = Server(tmp_path_factory.mktemp("killed") / "postgres").start(shared_buffers="64MB", max_connections="40")
    app_url = make_roles(server, database="sakha").app_url
    copy_schema(owner_url, server.url("sakha"))
    made = json.loads(said_by(client(app_url, "prepare")))
    yield OwnDatabase(server, app_url, made["charities"], made["households"])
    server.stop()


@dataclass(slots=True)
class Journal:
    """What the clients wrote down: requests sent, and those whose hold or delivery was acknowledged."""

    sent: dict[str, int]
    held: dict[str, int]
    refused: set[str]
    delivered: set[int]

    @property
    def unanswered(self) -> dict[str, int]:
        return {one: to for one, to in self.sent.items() if one not in self.held and one not in self.refused}


def read_journals(journals: list[Path]) -> Journal:
    read = Journal({}, {}, set(), set())
    for journal in journals:
        for line in journal.read_text().splitlines() if journal.exists() else []:
            match line.split():
                case ["SENT", request, household_id]:
                    read.sent[request] = int(household_id)
                case ["DONE", request, hold_id]:
                    read.held[request] = int(hold_id)
                case ["DELIVERED", _, hold_id]:
                    read.delivered.add(int(hold_id))
                case [_, request, _]:
                    read.refused.add(request)
    return read


def start_clients(
    own: OwnDatabase, households: list[int], folder: Path
) -> tuple[list[subprocess.Popen[str]], list[Path]]:
    """Three workers on the same households; returns once enough was acknowledged."""
    journals = [folder / f"{number}.journal" for number in own.charities]
    workers = [
        client(own.app_url, "hold", number, journal, json.dumps(households))
        for number, journal in zip(own.charities, journals, strict=True)
    ]
    pause, until = threading.Event(), time.monotonic() + 90
    while len(read_journals(journals).held) < ACKNOWLEDGED_BEFORE_KILL or not all(one.exists() for one in journals):
        assert time.monotonic() < until, "the workers did not come to work"
        pause.wait(0.02)
    return workers, journals


def assert_nothing_lost(own: OwnDatabase, journal: Journal) -> None:
    kept = own.ask(lambda cursor: cursor.execute("SELECT request_id::text, id, status FROM ledger_hold").fetchall())
    ids, statuses = {row[0]: row[1] for row in kept}, {row[1]: row[2] for row in kept}

    assert len(journal.held) >= ACKNOWLEDGED_BEFORE_KILL
    assert journal.delivered
    assert {request: ids.get(request) for request in journal.held} == journal.held
    assert {statuses[hold_id] for hold_id in journal.delivered} == {2}
    assert own.ask(counters_and_sums) == []


def test_killed_database_loses_nothing_acknowledged(own: OwnDatabase, tmp_path: Path) -> None:
    workers, journals = start_clients(own, own.households[0], tmp_path)

    own.kill()
    for worker in workers:
        said_by(worker)
    own.restart()

    journal = read_journals(journals)
    assert_nothing_lost(own, journal)
    for number, path in zip(own.charities, journals, strict=True):
        _send_again(own, number, read_journals([path]).unanswered)
    assert own.ask(counters_and_sums) == []


def _send_again(own: OwnDatabase, charity: int, unanswered: dict[str, int]) -> None:
    """A request whose answer was lost is sent again, and is held once or refused, never twice."""
    assert len(unanswered) <= 1
    words = json.dumps(list(unanswered.values())), json.dumps(list(unanswered))
    said_by(client(own.app_url, "send-again", charity, *words))
    twice = own.ask(
        lambda cursor: cursor.execute(
            "SELECT request_id FROM ledger_hold GROUP BY organisation_id, request_id HAVING count(*) > 1"
        ).fetchall()
    )
    assert twice == []


def test_killed_workers_leave_no_half_hold_and_no_lock(own: OwnDatabase, tmp_path: Path) -> None:
    workers, journals = start_clients(own, own.households[1], tmp_path)

    for worker in workers:
        worker.kill()
        worker.communicate()

    assert_nothing_lost(own, read_journals(journals))
    said = said_by(
        client(own.app_url, "send-again", own.charities[0], json.dumps(own.households[1][1:2]), _new_request(1))
    )
    assert said.startswith("DONE")


def test_worker_killed_inside_its_transaction_promised_nothing(own: OwnDatabase) -> None:
    worker = client(own.app_url, "stop-inside", own.charities[0], own.households[2][0])
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == "DONE"

    worker.kill()
    worker.communicate()

    said = said_by(
        client(own.app_url, "send-again", own.charities[1], json.dumps(own.households[2][:1]), _new_request(2))
    )
    assert said.startswith("DONE")
    statement = "SELECT organisation_id, quantity FROM ledger_hold WHERE household_id = %s"
    held = own.ask(lambda cursor: cursor.execute(statement, [own.households[2][0]]).fetchall())
    assert held == [(own.charities[1], 1)]
    assert own.ask(counters_and_sums) == []


def _new_request(number: int) -> str:
    return json.dumps([f"7e57ab1e-0000-4000-8000-{number:012d}"])

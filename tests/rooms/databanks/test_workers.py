"""Two workers at once, and a worker killed in the middle: nobody is asked about twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.actions import claims
from sakha.databanks.actions.inquiring import BankRun
from tests.bank_cast import RunningBanks, ask, known_of, run, some_people

pytestmark = pytest.mark.races
ROOT = Path(__file__).resolve().parents[3]
PEOPLE = 600
_WORKER = """
import django
django.setup()
import time
from datetime import UTC, datetime
from sakha.access.rules import SYSTEM
from sakha.databanks.actions import ask_bank
ask_bank(actor=SYSTEM, bank="vehicles", clock=lambda: datetime.now(UTC), pause=time.sleep)
"""


def states() -> dict[str, int]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM databanks_question GROUP BY 1")
        return dict(cursor.fetchall())


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(900):
        if is_so():
            return
        threading.Event().wait(0.1)
    pytest.fail("it did not come to that")


def at_once(count: int) -> list[BankRun]:
    runs: list[BankRun] = []

    def work() -> None:
        try:
            runs.append(run("vehicles", clock=lambda: datetime.now(UTC)))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return runs


def test_three_workers_share_the_questions(committed: None, banks: RunningBanks) -> None:
    people = some_people(banks, PEOPLE, "length(identifier) = 10")
    ask(people, "vehicles")

    runs = at_once(3)

    counts = banks.counts("vehicles")
    assert sum(one.answered_count for one in runs) == len(people)
    assert (counts["answered"], counts["answered_again"]) == (len(people), 0)


def test_without_skipping_what_another_holds_people_would_be_asked_about_twice(
    committed: None, banks: RunningBanks, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(some_people(banks, PEOPLE, "length(identifier) = 10"), "vehicles")
    careless = claims._CLAIM.replace("SKIP LOCKED", "").replace("SET state = 'ASKING', claim", "SET claim")
    monkeypatch.setattr(claims, "_CLAIM", careless)
    banks.fail("vehicles", "SLOW", seconds=1.5)  # all three must have claimed before the first is answered

    def work() -> None:
        try:
            run("vehicles", batches_max=1)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert banks.counts("vehicles")["answered_again"] > 0


@pytest.mark.killing
def test_a_killed_worker_leaves_nothing_undone_and_nothing_is_done_twice(
    committed: None, banks: RunningBanks, app_url: str
) -> None:
    people = some_people(banks, PEOPLE, "length(identifier) = 10")
    ask(people, "vehicles")
    banks.fail("vehicles", "SLOW", seconds=1.5)
    environment = os.environ | {
        "DATABASE_URL": app_url, "DATABASE_OWNER_URL": "", "SAKHA_DATABASE_POOL_SIZE": "3",
        "SAKHA_BANKS": str(banks.installation), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    worker = subprocess.Popen([sys.executable, "-c", _WORKER], env=environment, cwd=ROOT)
    until(lambda: states().get("ANSWERED", 0) >= 200 and states().get("ASKING", 0) > 0)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    left = states()
    banks.mend()

    until(lambda: run("vehicles").answered_count > 0 or states() == {"ANSWERED": len(people)})
    run("vehicles")

    counts = banks.counts("vehicles")
    assert left.get("ASKING", 0) > 0
    assert states() == {"ANSWERED": len(people)}
    assert (counts["answered"], counts["answered_again"]) == (len(people), 0)
    assert all(len(known_of(one, "CAR_COUNT")) == 1 for one in people[::50])

"""Two workers at once, and a worker killed in the middle of a call: nobody gets a second SMS."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.coordination.actions import SendingRun, send_invitations
from sakha.coordination.actions import claiming as claiming_steps
from sakha.coordination.gateways.kavenegar import KavenegarAccount, KavenegarGateway
from tests.coordination_cast import NOON, Family, invitation_states, invite, search, write_extract
from tests.kavenegar_server import KEY, Provider, kavenegar

pytestmark = pytest.mark.races

ROOT = Path(__file__).resolve().parent.parent.parent
_WORKER = """
import sys
import django
django.setup()
from datetime import datetime
from sakha.access.rules import SYSTEM
from sakha.coordination.actions import send_invitations
from sakha.coordination.gateways.kavenegar import KavenegarAccount, KavenegarGateway
gateway = KavenegarGateway(KavenegarAccount(url=sys.argv[1], key=sys.argv[2], sender="1", answer_seconds=60))
send_invitations(actor=SYSTEM, clock=lambda: datetime.fromisoformat(sys.argv[3]), limit=100, gateway=gateway)
"""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with kavenegar() as running:
        yield running


def a_gateway(provider: Provider, batch_size: int = 200) -> KavenegarGateway:
    gateway = KavenegarGateway(KavenegarAccount(url=provider.url, key=KEY, sender="1", pause_seconds=0.001))
    gateway.batch_size = batch_size
    return gateway


def queue(tmp_path: Path, *families: Family) -> None:
    search(write_extract(tmp_path / "w.parquet", families))
    invite(limit=1000)


def work(provider: Provider, runs: list[SendingRun]) -> None:
    gateway = a_gateway(provider, batch_size=5)
    try:
        runs.append(send_invitations(actor=SYSTEM, clock=lambda: NOON, limit=1000, gateway=gateway))
    finally:
        gateway.close()
        connection.close()


def run_workers(provider: Provider, count: int = 4) -> list[SendingRun]:
    runs: list[SendingRun] = []
    workers = [threading.Thread(target=work, args=(provider, runs)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return runs


def messages_by_number(provider: Provider) -> Counter[str]:
    return Counter(sms.receptor for sms in provider.taken)


def test_workers_at_once_send_each_invitation_once(committed: None, tmp_path: Path, provider: Provider) -> None:
    provider.knows_local_ids = False  # their own guard against doubles is off: ours alone must hold
    queue(tmp_path, *(Family() for _ in range(60)))

    runs = run_workers(provider)

    assert sum(run.sent_count for run in runs) == 60
    assert set(messages_by_number(provider).values()) == {1}
    assert invitation_states() == {"SENT": 60}


def test_without_claiming_first_workers_at_once_would_send_twice(
    committed: None, tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.knows_local_ids = False
    queue(tmp_path, *(Family() for _ in range(5)))
    barrier = threading.Barrier(2, timeout=20)
    unlocked = claiming_steps._CLAIM.replace("FOR UPDATE SKIP LOCKED", "")
    assert unlocked != claiming_steps._CLAIM
    monkeypatch.setattr(claiming_steps, "_CLAIM", unlocked)
    refused = claiming_steps.refused_numbers
    monkeypatch.setattr(
        claiming_steps, "refused_numbers", lambda numbers: (numbers and barrier.wait(), refused(numbers))[1]
    )

    run_workers(provider, count=2)

    assert set(messages_by_number(provider).values()) == {2}


@pytest.mark.killing
@pytest.mark.parametrize("remembers", [True, False])
def test_a_worker_killed_while_the_provider_answers_sends_nobody_a_second_message(
    committed: None, tmp_path: Path, provider: Provider, app_url: str, remembers: bool
) -> None:
    first = Family()
    queue(tmp_path, first)
    run_workers(provider, count=1)
    search(write_extract(tmp_path / "more.parquet", [first, *(Family() for _ in range(3))]))
    invite(limit=1000)
    provider.has_taken.clear()
    provider.answers.clear()

    environment = {**os.environ, "DATABASE_URL": app_url}
    arguments = [sys.executable, "-c", _WORKER, provider.url, KEY, NOON.isoformat()]
    worker = subprocess.Popen(arguments, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    assert provider.has_taken.wait(60)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    provider.answers.set()
    provider.knows_local_ids = remembers
    left_behind = invitation_states()
    gateway = a_gateway(provider)
    send_invitations(actor=SYSTEM, clock=lambda: NOON + timedelta(minutes=20), limit=100, gateway=gateway)
    gateway.close()

    assert left_behind == {"SENT": 1, "SENDING": 3}
    assert set(messages_by_number(provider).values()) == {1}
    assert invitation_states() == ({"SENT": 4} if remembers else {"SENT": 1, "SENDING": 3})


@pytest.mark.killing
def test_a_worker_killed_before_the_call_leaves_rows_that_are_sent_later(
    committed: None, tmp_path: Path, provider: Provider
) -> None:
    first = Family()
    queue(tmp_path, first)
    run_workers(provider, count=1)
    search(write_extract(tmp_path / "more.parquet", [first, Family(), Family()]))
    invite(limit=1000)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE coordination_invitation SET state = 'SENDING', gateway = 'kavenegar', sending_at = %s,"
            " attempt_count = 1 WHERE state = 'QUEUED'",
            [NOON],
        )
    gateway = a_gateway(provider)

    run = send_invitations(actor=SYSTEM, clock=lambda: NOON + timedelta(minutes=20), limit=100, gateway=gateway)

    gateway.close()
    assert (run.reconciled_count, run.sent_count) == (2, 2)
    assert set(messages_by_number(provider).values()) == {1}
    assert invitation_states() == {"SENT": 3}

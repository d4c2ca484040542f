"""The campaign of the benchmark: `python -m bench.coordination.ground.campaign PEOPLE`, on a database that stands.

Decides when workers die; compares at the end what we know with what the provider knows.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection

from bench.coordination.ground.candidates import load_candidates, open_campaign
from bench.coordination.ground.worker import SimulatedGateway, clock_from, report_all, send_all
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.coordination.actions import refresh_statuses

AT: Final = datetime(2026, 11, 22, 8, tzinfo=UTC)
_ROOT: Final = Path(__file__).resolve().parents[3]
# Who is SENDING for longer than a quarter of an hour was left behind; who is SENT for half an hour is asked about.
_RECONCILED_AT: Final = AT + timedelta(hours=2)
_BARE_MAX: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What we know, and what the provider knows."""

    states: Mapping[str, int]
    different_count: int
    provider: Mapping[str, Any]
    sent_seconds: float
    settled_seconds: float
    kill_count: int


def run_campaign(*, people: int, port: int, environment: Mapping[str, str], kills: int = 2) -> Outcome:
    """Send what is queued with two workers, kill them, settle everything. The product is set up in this process."""
    began, gateway = time.monotonic(), SimulatedGateway(port)
    reporter = _start("report", port, environment)
    senders = [_start("send", port, environment) for _ in range(2)]
    killed = 0
    try:
        for turn in range(kills):
            bound = people * (turn + 1) // (kills + 2)
            gateway.ask("hold", bound)
            while gateway.ask("taken_count")["message_count"] < bound:
                time.sleep(0.02)
            # the provider has taken it and has not said so yet: the worst moment to die
            senders[turn % 2].send_signal(signal.SIGKILL)
            senders[turn % 2].wait()
            killed += 1
            gateway.ask("hold", 0)
            senders[turn % 2] = _start("send", port, environment)
        for sender in senders:
            sender.wait()
        sent_seconds = time.monotonic() - began
    finally:
        _end([reporter, *senders])
    later = clock_from(_RECONCILED_AT)
    while _count("state IN ('QUEUED', 'SENDING')"):
        send_all(gateway, later)
    report_all(gateway, later, lambda: True)
    while _count("state = 'SENT'"):
        refresh_statuses(actor=SYSTEM, at=later() + timedelta(hours=1), limit=50_000, gateway=gateway)
    told, different_count = gateway.ask("counts"), _different(gateway)
    gateway.close()
    return Outcome(
        states=_states(),
        different_count=different_count,
        provider=told,
        sent_seconds=sent_seconds,
        settled_seconds=time.monotonic() - began,
        kill_count=killed,
    )


def _wait_for(port: int) -> None:
    """Until the provider listens: on a busy machine that takes more than a moment."""
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)


def _end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.kill()
        process.wait()


def _start(word: str, port: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.coordination.ground.worker", word, str(port), AT.isoformat()]
    return subprocess.Popen(command, env=dict(environment), cwd=_ROOT, stderr=subprocess.DEVNULL)


def _rows(question: str, *told: Any) -> list[tuple[Any, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(question, told)
        return list(cursor.fetchall())


def _count(which: str) -> int:
    return int(_rows(f"SELECT count(*) FROM coordination_invitation WHERE {which}")[0][0])


def _states() -> dict[str, int]:
    return dict(_rows("SELECT state, count(*) FROM coordination_invitation GROUP BY state"))


def _different(gateway: SimulatedGateway) -> int:
    """How many ended otherwise than the provider says."""
    different, after = 0, 0
    while rows := _rows("SELECT id, state FROM coordination_invitation WHERE id > %s ORDER BY id LIMIT 50000", after):
        ends = gateway.ask("statuses", [row[0] for row in rows])["ends"]
        different += sum(ends.get(str(local_id)) != state for local_id, state in rows)
        after = rows[-1][0]
    return different


def main(people: int) -> int:
    """Make candidates, queue, run, print; 1 where a promise broke."""
    began = time.monotonic()
    load_candidates(people, AT)
    loaded = time.monotonic()
    queued = open_campaign(people, AT)
    queued_seconds = time.monotonic() - loaded
    print(f"{queued:,} queued in {queued_seconds:.1f} s (candidates made in {loaded - began:.1f} s)", flush=True)
    with _provider() as port:
        bare = _send_bare(port, min(people, _BARE_MAX))
    print(f"two bare clients, without a database: {bare:,.0f} a second", flush=True)
    with _provider() as port:
        outcome = run_campaign(people=people, port=port, environment=os.environ)
    return _tell(people, outcome, bare)


@contextmanager
def _provider() -> Iterator[int]:
    """A provider that remembers nothing yet, by its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "bench.coordination.ground.provider", str(port), "7"]
    provider = subprocess.Popen(command, cwd=_ROOT)
    try:
        _wait_for(port)
        yield port
    finally:
        _end([provider])


def _send_bare(port: int, count: int) -> float:
    """How many messages a second two clients hand over that keep nothing and ask nothing."""
    command = [sys.executable, "-m", "bench.coordination.ground.worker", "bare", str(port), AT.isoformat()]
    clients = [
        subprocess.Popen([*command, str(turn * count // 2), str(count // 2)], cwd=_ROOT, stdout=subprocess.PIPE)
        for turn in range(2)
    ]
    return sum(count // 2 / float(client.communicate()[0]) for client in clients)


def _tell(people: int, outcome: Outcome, bare: float) -> int:
    told, calls = outcome.provider, outcome.provider["calls"]
    rate = people / outcome.sent_seconds
    print(
        f"sent by two workers in {outcome.sent_seconds:.1f} s ({rate:,.0f} a second, 1:{bare / rate:.1f} to bare ones)"
    )
    print(f"all ends known after {outcome.settled_seconds:.1f} s; workers killed with -9: {outcome.kill_count}")
    print(f"calls: {calls}; reports brought: {told['report_count']:,}")
    print(f"messages at the provider: {told['message_count']:,}; most for one number: {told['most_a_number']}")
    print(f"our ends: {dict(outcome.states)}; different from the provider's: {outcome.different_count:,}")
    is_kept = told["most_a_number"] == 1 and told["message_count"] == people and outcome.different_count == 0
    print("every person once, all ends known" if is_kept else "A PROMISE BROKE")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))

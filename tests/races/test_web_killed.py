"""kill -9 of every web process while people hold aid over HTTP: what was acknowledged is there, once."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.ledger_cast import counters_and_sums

pytestmark = [pytest.mark.races, pytest.mark.slow, pytest.mark.killing]
ROOT = Path(__file__).resolve().parents[2]
CLIENTS = 4
WORKERS = 2  # that of the exchange beside that of all else
BEFORE_KILL, AFTER_KILL = 40, 40
PASSWORD = "چهار درخت گیلاس"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def households(committed: None, settings) -> list[int]:
    """Households with much open need, known to one charity whose staff can sign in."""
    from sakha.access.actions import acting, create_user
    from sakha.access.rules import SYSTEM, NewUser, Role
    from sakha.ledger.actions import open_needs
    from sakha.ledger.rules import NeedToOpen
    from sakha.vocabulary.jalali import jalali_month
    from sakha.vocabulary.need_kinds import NeedKind
    from tests.ledger_cast import AT, given_charity, given_household

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # as the served site has it
    charity = given_charity("مهر")
    known = [given_household(charity).id for _ in range(5)]
    with acting(SYSTEM):
        month = jalali_month(time_of_today())
        needs = [NeedToOpen(household_id=one, kind=NeedKind.CASH, period=month, target=1_000_000) for one in known]
        open_needs(actor=SYSTEM, at=AT, needs=needs)
        user = NewUser("mehr.web", Role.CHARITY_STAFF, "مهر", PASSWORD, charity.organisation_id)
        create_user(actor=SYSTEM, at=AT, user=user)
    return known


def time_of_today():
    from django.utils import timezone

    return timezone.localdate()


@pytest.fixture
def address(households: list[int], app_url: str) -> Iterator[str]:
    """The site as `sakha serve` runs it."""
    port = free_port()
    environment = os.environ | {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": ""}
    site = subprocess.Popen(
        [sys.executable, "-m", "sakha.entrypoints.commands", "serve", "--port", str(port)],
        cwd=ROOT, env=environment, start_new_session=True,
    )  # fmt: skip
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(site.pid, signal.SIGKILL)
        site.wait()


def wait_until_ready(address: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/ready", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the site did not get ready")


# One account signs in once at a time: on a slow machine many unanswered attempts at once are rightly a lock-out.
SIGNING_IN = threading.Lock()


class Giver:
    """A member of staff at a browser, who tries again with the same request until it is answered."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        page = self.patient("GET", "/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        form = {"username": "mehr.web", "password": PASSWORD, "csrfmiddlewaretoken": token}
        with SIGNING_IN:
            assert self.patient("POST", "/sign-in/", form).status_code == 302
        self.token = self.client.cookies["csrftoken"]

    def patient(self, method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        until = time.monotonic() + 60
        while True:
            try:
                return self.client.request(method, path, data=form)
            except httpx.TransportError:
                assert time.monotonic() < until, "nobody answers any more"
                time.sleep(0.05)

    def hold(self, household_id: int) -> UUID:
        request_id = uuid4()
        form = {
            "household_id": str(household_id), "kind": "2", "quantity": "1", "request_id": str(request_id),
            "csrfmiddlewaretoken": self.token,
        }  # fmt: skip
        answer = self.patient("POST", "/holds/new/", form)
        assert answer.status_code == 302, answer.status_code
        return request_id


def web_processes(port: str) -> list[int]:
    """The processes that answer on the port, the one that minds them left out."""
    running = commands()
    served = {pid for pid, (_, words) in running.items() if f"serve --port {port}" in words}
    return [pid for pid in served if running[pid][0] in served]


def test_holds_acknowledged_over_http_outlive_the_web_processes(
    address: str, households: list[int], owner_cursor: psycopg.Cursor
) -> None:
    acknowledged: list[UUID] = []
    stop = threading.Event()

    def give(number: int) -> None:
        with httpx.Client(base_url=address, timeout=10) as client:
            giver = Giver(client)
            while not stop.is_set():
                acknowledged.append(giver.hold(households[number % len(households)]))

    threads = [threading.Thread(target=give, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        wait_for(acknowledged, BEFORE_KILL)
        killed = web_processes(address.rsplit(":", 1)[1])
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        wait_for(acknowledged, len(acknowledged) + AFTER_KILL)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)

    owner_cursor.execute("SELECT request_id FROM ledger_hold")
    held = [row[0] for row in owner_cursor.fetchall()]
    assert len(killed) >= 2
    assert set(acknowledged) <= set(held)
    assert len(held) == len(set(held))
    assert counters_and_sums(owner_cursor) == []

    # all web processes count together, also those that were replaced
    counted = httpx.get(f"{address}/metrics").text
    assert 'sakha_requests_total{method="POST",route="holds/new/",status="302"}' in counted


def commands() -> dict[int, tuple[int, str]]:
    """Parent and command line of every process."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            parent = int((place / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        found[int(place.name)] = (parent, words)
    return found


def workers_of(port: str) -> list[int]:
    """The background workers of the site on this port: its watcher's children."""
    running = commands()

    def is_of_site(watcher: int) -> bool:
        site, words = running.get(watcher, (0, ""))
        return "commands.watched" in words and f"serve --port {port}" in running.get(site, (0, ""))[1]

    return [
        pid
        for pid, (parent, words) in running.items()
        if "commands worker" in words and "watched" not in words and is_of_site(parent)
    ]


def test_a_killed_worker_is_replaced(address: str) -> None:
    port = address.rsplit(":", 1)[1]
    until = time.monotonic() + 60
    while len(running := workers_of(port)) < WORKERS:
        assert time.monotonic() < until, "no worker began"
        time.sleep(0.1)

    os.kill(running[0], signal.SIGKILL)

    until = time.monotonic() + 30
    while not (replaced := set(workers_of(port)) - set(running)):
        assert time.monotonic() < until, "nobody took its place"
        time.sleep(0.1)
    assert len(replaced) == 1
    assert set(workers_of(port)) == {*running[1:], *replaced}


def wait_for(acknowledged: list[UUID], count: int) -> None:
    until = time.monotonic() + 90
    while len(acknowledged) < count:
        assert time.monotonic() < until, f"only {len(acknowledged)} of {count} were acknowledged"
        time.sleep(0.05)

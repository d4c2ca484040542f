"""The demonstration's data banks: a process of the simulation, an hour in which all are down, what is fetched after.

The hour is told, not waited for: banks and askers share a clock of the demonstration's own, and so does its door.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
from django.conf import settings
from django.db import connection

from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.databanks.actions import ask_bank, receive_envelope
from sakha.databanks.queries import asking_progress, banks_with_due_questions
from sakha.databanks.rules.grounds import Ground, Purpose
from sakha.entrypoints.commands.demo_aid import PlannedGift
from sakha.entrypoints.commands.demo_bodies import Body
from sakha.ledger.actions import check_many
from sakha.registry.actions.bank_answers import apply_bank_answers, ask_banks_about
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.refusal import Refusal

# Asking is for what is decided next: the first households of the charities' plans. All 33,000 are in the bench.
HOUSEHOLDS_MAX: Final = 900
HOUR: Final = timedelta(hours=1)
AT_ONCE: Final = 4
WAIT_SECONDS: Final = 60.0
GROUND: Final = Ground(purpose=Purpose.AID_ASSESSMENT, level=3, decision="simulated")


@dataclass(slots=True)
class BanksTold:
    """What the page tells of the banks."""

    household_count: int = 0
    question_count: int = 0
    files_during: int = 0
    checks_during: int = 0
    unknown_during: int = 0
    resting_during: int = 0
    answered_count: int = 0
    answered_twice: int = 0
    waiting_count: int = 0
    changed_count: int = 0
    case_count: int = 0
    asking_seconds: float = 0.0


class Province:
    """The running banks, their clock, and what came of asking them."""

    def __init__(self, url: str, at: datetime) -> None:
        self.url = url
        self._began = time.monotonic()
        self._at = at
        self.told = BanksTold()
        self.set_clock(at)

    def clock(self) -> datetime:
        """The demonstration's time."""
        return self._at + timedelta(seconds=time.monotonic() - self._began)

    def set_clock(self, at: datetime) -> None:
        """Let everybody believe that it is this time."""
        self._at, self._began = at, time.monotonic()
        self._tell("POST", "clock", {"at": at.isoformat()})

    def let_die(self, national_id: str) -> None:
        """Let the civil registry tell of a death."""
        self._tell("POST", "events", {"kind": "DEATH", "identifier": national_id})

    def go_down(self, charities: Sequence[Body], plans: dict[str, list[PlannedGift]]) -> None:
        """Take every bank down, and let charities check and ask as ever."""
        self._tell("POST", "faults", {"bank": "*", "fault": "DOWN"})
        self.told.checks_during = self._check_and_ask(charities, plans, HOUSEHOLDS_MAX // 2)
        self._ask_all()
        lines = asking_progress()
        self.told.unknown_during = sum(line.waiting_count for line in lines)
        self.told.resting_during = sum(line.waiting_count > 0 for line in lines)

    def come_back(self, charities: Sequence[Body], plans: dict[str, list[PlannedGift]]) -> None:
        """An hour later: everything that is owed is fetched, and taken over."""
        self._tell("DELETE", "faults", {})
        self.set_clock(self.clock() + HOUR)
        self._check_and_ask(charities, plans, HOUSEHOLDS_MAX - self.told.household_count)
        began = time.monotonic()
        self._ask_all()
        self._wait_for_promised()
        self.told.asking_seconds = time.monotonic() - began
        self.told.waiting_count = sum(line.waiting_count + line.asking_count for line in asking_progress())
        counts = self._tell("GET", "counts", None)["banks"].values()
        self.told.answered_count = sum(one["answered"] for one in counts)
        self.told.answered_twice = sum(one["answered_again"] for one in counts)
        while (applied := apply_bank_answers(actor=SYSTEM, at=self.clock())).household_count:
            self.told.changed_count += applied.changed_count
            self.told.case_count += applied.case_count

    def _check_and_ask(self, charities: Sequence[Body], plans: dict[str, list[PlannedGift]], limit: int) -> int:
        """Check who a charity wants to help, as it does before it gives, and ask about these households."""
        found: dict[int, None] = {}
        checked = 0
        for body in charities:
            identifiers = list(dict.fromkeys(gift.national_id for gift in plans.get(body.code, [])))
            if len(found) >= limit or not identifiers:
                continue
            try:
                checks = check_many(
                    actor=body.staff, at=self.clock(), kind=NeedKind.FOOD, national_ids=identifiers[:limit]
                )
            except PermissionMissing:
                continue
            checked += len(checks)
            found.update((check.household_id, None) for check in checks if check.household_id is not None)
        households = list(found)[:limit]
        asked = ask_banks_about(actor=SYSTEM, at=self.clock(), ground=GROUND, household_ids=households)
        self.told.household_count += len(households)
        self.told.question_count += asked.queued_count
        return checked

    def _ask_all(self) -> None:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(self._ask, banks_with_due_questions(at=self.clock())))

    def _ask(self, bank: str) -> None:
        try:
            # the simulated banks take any rate, so nobody waits for a place
            ask_bank(actor=SYSTEM, bank=bank, clock=self.clock, pause=lambda _seconds: None)
        finally:
            connection.close()

    def _wait_for_promised(self) -> None:
        ends = time.monotonic() + WAIT_SECONDS
        while any(line.asking_count for line in asking_progress()) and time.monotonic() < ends:
            time.sleep(0.1)

    def _tell(self, method: str, path: str, told: Any) -> Any:
        answer = httpx.request(method, f"{self.url}/_admin/{path}", json=told, timeout=WAIT_SECONDS, trust_env=False)
        answer.raise_for_status()
        return answer.json()


@dataclass(frozen=True, slots=True)
class Banks:
    """The running banks, and the plans that say about whom they are asked."""

    province: Province
    plans: dict[str, list[PlannedGift]]


def banks_file(pilot: Path) -> Path:
    """The product's file of the pilot's banks."""
    return pilot / "installation" / "banks.toml"


@contextmanager
def banks_of_the_province(pilot: Path, at: datetime) -> Iterator[Province]:
    """Run the simulated banks beside, with a door for what they bring; ended with the block."""
    before, log = settings.SAKHA.banks, logging.getLogger("sakha.databanks")
    log.setLevel(logging.WARNING)  # a line for each message would hide the bars
    with _open_door() as door:
        command = [sys.executable, "-m", "simulation.data_banks", "--pilot", str(pilot), "--callback", door.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                if not line.startswith("ready "):
                    raise RuntimeError("The simulated data banks did not start.")
                settings.SAKHA.banks = banks_file(pilot)
                province = Province(line.split()[1], at)
                door.clock = province.clock
                yield province
            finally:
                settings.SAKHA.banks = before
                log.setLevel(logging.NOTSET)
                process.terminate()


class _Door(ThreadingHTTPServer):
    """Takes what the banks bring, by the demonstration's clock; the site's own door goes by the real one."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.clock: Any = None

    @property
    def url(self) -> str:
        """Where the banks bring it."""
        return f"http://127.0.0.1:{self.server_address[1]}/bank-callbacks"


class _Taking(BaseHTTPRequestHandler):
    server: _Door

    def do_POST(self) -> None:
        """Take one message."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        bank, _, action = self.path.removeprefix("/bank-callbacks/").partition("/registry/")
        at = self.server.clock()
        try:
            receive_envelope(at=at, bank=bank, action=action, told=json.loads(body))
            status, word = 200, "ACK"
        except Refusal:
            status, word = 400, "ERR"
        finally:
            connection.close()
        told = {"message": {"ack_status": word, "timestamp": at.isoformat(), "correlation_id": "demo"}}
        answer = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words: object) -> None:
        """Nothing: addresses and bodies stay out of the logs."""


@contextmanager
def _open_door() -> Iterator[_Door]:
    door = _Door()
    thread = threading.Thread(target=door.serve_forever, daemon=True)
    thread.start()
    try:
        yield door
    finally:
        door.shutdown()
        door.server_close()
        thread.join()


def tell_banks(told: BanksTold) -> list[str]:
    """Lines of the printed page."""
    lines = (
        f"data banks: {told.household_count:,} households asked about, {told.question_count:,} questions",
        f"all banks down for an hour: {told.files_during:,} files came in, {told.checks_during:,} checks were answered",
        f"meanwhile {told.unknown_during:,} questions stood as unknown, {told.resting_during:,} banks rested",
        f"then all was fetched in {told.asking_seconds:.0f} s: {told.answered_count:,} answers",
        f"of these {told.answered_twice:,} came twice; {told.waiting_count:,} questions still wait",
        f"{told.changed_count:,} households changed by it, {told.case_count:,} contradictions opened with a deadline",
    )
    return list(lines)

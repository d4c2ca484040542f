"""The cast of the tests of databanks: the simulated banks as a process of their own, and some people whom they know."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx
from django.conf import settings

from sakha.access.queries import key_ring
from sakha.access.rules import SYSTEM
from sakha.databanks.actions import Asked, PersonToAsk, ask_about
from sakha.databanks.actions.inquiring import BankRun, ask_bank
from sakha.databanks.queries import evidence_history
from sakha.databanks.rules import subject_indexes
from sakha.databanks.rules.bank import Filling
from sakha.databanks.rules.grounds import Ground, Purpose
from simulation.pilot import PilotPaths

ROOT = Path(__file__).resolve().parents[1]
GROUND = Ground(purpose=Purpose.AID_ASSESSMENT, level=3, decision="مصوبهٔ ۱۲")
ADMIN_SECONDS = 10
TOLD = (
    Filling.IDENTIFIER, Filling.MOBILE, Filling.BIRTH_ON, Filling.GIVEN_NAME, Filling.FAMILY_NAME, Filling.POSTAL_CODE,
)  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Where our own door will stand, if a test opens it: the banks are told once.
DOOR_PORT = _free_port()


@dataclass(frozen=True)
class RunningBanks:
    """The process, its address and the product's file."""

    process: subprocess.Popen[str]
    url: str
    installation: Path
    people: Path

    def fail(self, bank: str, fault: str, **measure: float) -> None:
        self._tell("POST", "faults", {"bank": bank, "fault": fault, **measure})

    def mend(self) -> None:
        self._tell("DELETE", "faults", {})

    def forget_counts(self) -> None:
        self._tell("DELETE", "counts", {})

    def happen(self, **event: Any) -> None:
        self._tell("POST", "events", event)

    def counts(self, bank: str) -> dict[str, int]:
        return dict(self._tell("GET", "counts", None)["banks"][bank])

    def waiting(self) -> int:
        return int(self._tell("GET", "counts", None)["waiting"])

    def _tell(self, method: str, path: str, told: Any) -> Any:
        answer = httpx.request(method, f"{self.url}/_admin/{path}", json=told, timeout=ADMIN_SECONDS, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def running_banks(pilot: PilotPaths, home: Path) -> Iterator[RunningBanks]:
    command = [
        sys.executable, "-m", "simulation.data_banks", "--pilot", str(pilot.home), "--port", "0",
        "--installation", str(home), "--callback", f"http://127.0.0.1:{DOOR_PORT}/bank-callbacks",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            assert line.startswith("ready "), "the simulated banks did not start"
            yield RunningBanks(process, line.split()[1], home / "banks.toml", pilot.bank_people)
        finally:
            process.terminate()


def some_people(banks: RunningBanks, count: int, where: str = "TRUE") -> list[PersonToAsk]:
    """People whom the banks know, each a household of its own."""
    query = (
        "SELECT identifier, mobile, birth_on, given_name, family_name, postal_code,"
        f" row_number() OVER (ORDER BY identifier) FROM '{banks.people}' WHERE died_on IS NULL AND {where}"
        f" ORDER BY identifier LIMIT {count}"
    )
    return [
        PersonToAsk(
            household_id=int(row[6]),
            fillings={key: str(value) for key, value in zip(TOLD, row, strict=False) if value},
            is_head=True,
        )
        for row in duckdb.execute(query).fetchall()
    ]


def truth(banks: RunningBanks, column: str) -> dict[str, Any]:
    return dict(duckdb.execute(f"SELECT identifier, {column} FROM '{banks.people}'").fetchall())


def ask(people: list[PersonToAsk], *banks: str, at: datetime | None = None, **more: Any) -> Asked:
    return ask_about(actor=SYSTEM, at=at or datetime.now(UTC), ground=GROUND, people=people, banks=banks, **more)


def run(bank: str, *, clock: Callable[[], datetime] | None = None, **more: Any) -> BankRun:
    return ask_bank(
        actor=SYSTEM, bank=bank, clock=clock or (lambda: datetime.now(UTC)), pause=lambda _seconds: None, **more
    )


def known_of(person: PersonToAsk, fact: str) -> list[Any]:
    """The history of a fact, the newest first."""
    indexes = subject_indexes(key_ring(), [person.identifier])
    return list(evidence_history(actor=SYSTEM, subject_indexes=indexes, fact=fact))


def settings_with(path: Path | None, monkeypatch: Any) -> None:
    monkeypatch.setattr(settings.SAKHA, "banks", path)

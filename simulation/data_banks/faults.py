"""What can be wrong with a bank, switched on and off while it runs, and how wrong answers are bent."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

Answer: TypeAlias = dict[str, Any]
STALE_FOR = timedelta(days=3 * 365)
WRONG_BY = 3


class Fault(StrEnum):
    """One way in which a bank fails."""

    SLOW = "SLOW"
    DOWN = "DOWN"
    BUSY = "BUSY"
    NO_JSON = "NO_JSON"
    WRONG_SCHEMA = "WRONG_SCHEMA"
    PARTIAL = "PARTIAL"
    CONTRADICTION = "CONTRADICTION"
    STALE = "STALE"
    WRONG_SIGNATURE = "WRONG_SIGNATURE"
    OLD_MESSAGE = "OLD_MESSAGE"
    REPLAY = "REPLAY"
    WRONG_PERSON = "WRONG_PERSON"
    LOST_CALLBACK = "LOST_CALLBACK"


EVERY_BANK = "*"


@dataclass(frozen=True, slots=True)
class SwitchedOn:
    """A fault with its measure: seconds for SLOW and BUSY, the share of a batch for PARTIAL."""

    fault: Fault
    seconds: float = 2.0
    share: float = 0.5


class Faults:
    """The faults that are on, by bank."""

    def __init__(self) -> None:
        self._on: dict[str, dict[Fault, SwitchedOn]] = {}

    def switch_on(self, bank: str, one: SwitchedOn) -> None:
        """Switch a fault on for a bank, or for every bank."""
        self._on.setdefault(bank, {})[one.fault] = one

    def switch_off(self, bank: str = EVERY_BANK, fault: Fault | None = None) -> None:
        """Switch one fault or all of them off, for a bank or for every bank."""
        for name in [bank] if bank != EVERY_BANK else list(self._on):
            if fault is None:
                self._on.pop(name, None)
            else:
                self._on.get(name, {}).pop(fault, None)

    def of(self, bank: str, fault: Fault) -> SwitchedOn | None:
        """Give a fault if it is on for this bank."""
        for name in (bank, EVERY_BANK):
            if found := self._on.get(name, {}).get(fault):
                return found
        return None

    def has(self, bank: str, fault: Fault) -> bool:
        """Tell whether a fault is on for this bank."""
        return self.of(bank, fault) is not None

    def listed(self) -> list[dict[str, Any]]:
        """List what is on."""
        return [
            {"bank": bank, "fault": one.fault.value, "seconds": one.seconds, "share": one.share}
            for bank, faults in sorted(self._on.items())
            for one in faults.values()
        ]


def read_faults(document: Iterable[dict[str, Any]], into: Faults) -> None:
    """Switch on what a document lists.

    Raises:
        KeyError, ValueError: when it names no bank or no known fault.
    """
    for entry in document:
        one = SwitchedOn(Fault(entry["fault"]), float(entry.get("seconds", 2.0)), float(entry.get("share", 0.5)))
        into.switch_on(str(entry["bank"]), one)


def read_faults_file(path: Path, into: Faults) -> None:
    """Switch on what a JSON file lists."""
    read_faults(json.loads(path.read_text(encoding="utf-8")), into)


def kept_part(answers: list[Any], share: float) -> list[Any]:
    """Leave out a part of a batch, another one each time, so that asking again comes to an end."""
    kept = [one for one in answers if random.random() >= share]
    return kept if len(kept) < len(answers) or len(answers) < 2 else answers[:-1]


def bend_value(value: Any) -> Any:
    """Say something else than the truth, of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1 if value < 10 else value * WRONG_BY
    return value


def make_stale(day: str) -> str:
    """Give a day of some years before."""
    return (date.fromisoformat(day) - STALE_FOR).isoformat()

"""How much of the processors each part took: the web processes, the database, the sender, pgbench."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Spent:
    """Seconds of processors between two moments."""

    web: float = 0.0
    database: float = 0.0
    asker: float = 0.0

    def each(self, count: float) -> float:
        """Microseconds of all parts a request."""
        return (self.web + self.database + self.asker) / max(count, 1) * 1e6

    def show(self, count: float) -> str:
        """Microseconds a request, and the asker's share of all."""
        parts = (("web", self.web), ("database", self.database), ("asker", self.asker))
        whole = (self.web + self.database + self.asker) or 1.0
        told = ", ".join(f"{name} {seconds / max(count, 1) * 1e6:.0f}" for name, seconds in parts if seconds)
        return f"{told} us of processors each (the asker {self.asker / whole:.0%})"


@contextmanager
def spending(web_pid: int, database_pid: int) -> Iterator[Spent]:
    """Measure the block; the asker is this process with its children that have ended."""
    spent = Spent()
    before = (_tree_seconds(web_pid), _tree_seconds(database_pid), _own_seconds())
    yield spent
    time.sleep(0.5)  # until connections that were closed are counted as ended
    after = (_tree_seconds(web_pid), _tree_seconds(database_pid), _own_seconds())
    spent.web, spent.database, spent.asker = (now - then for now, then in zip(after, before, strict=True))


def _own_seconds() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _tree_seconds(root: int) -> float:
    """A process, its children that live, and all that have ended."""
    told = {pid: found for pid in _numbers() if (found := _read(pid)) is not None}
    family = {root}
    while more := {pid for pid, (parent, _) in told.items() if parent in family} - family:
        family |= more
    return sum(told[pid][1] for pid in family if pid in told)


def _numbers() -> list[int]:
    return [int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit()]


def _read(pid: int) -> tuple[int, float] | None:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return int(words[1]), sum(int(ticks) for ticks in words[11:15]) / _TICKS

"""Closes and verifies the log of a prepared database, and prints what it took, in a process of its own."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "sakha.settings"
django.setup()

import psycopg  # noqa: E402 -- Django first

from sakha.access.actions.closing_blocks import close_blocks  # noqa: E402 -- Django first
from sakha.access.queries.chain import get_stream, read_rows  # noqa: E402 -- Django first
from sakha.access.queries.scope import acting  # noqa: E402 -- Django first
from sakha.access.queries.verifying import verify_stream  # noqa: E402 -- Django first
from sakha.access.rules import SYSTEM  # noqa: E402 -- Django first

SAMPLE = 1_000_000
LOG = get_stream("ledger_event/1")
AT = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock and of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def show(name: str, count: int, took: tuple[float, float]) -> None:
    """Print a line: a second of CPU and of the clock."""
    wall, cpu = took
    print(
        f"{name:<34}{count:>11,} events {count / cpu:>10,.0f} a CPU second {count / wall:>10,.0f} a second"
        f" ({wall:.1f} s, {cpu:.1f} CPU s)",
        flush=True,
    )


def hash_bare(lines: list[bytes]) -> None:
    """One hash a row, and nothing else."""
    for line in lines:
        sha256(line).digest()


def memory_mb() -> int:
    """The most that this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(event_count: int, superuser_url: str) -> int:
    """All figures of one run; 1 when the changed event was not found by its id."""
    closed = timed(partial(close_blocks, actor=SYSTEM, at=AT, stream=LOG, patience_seconds=5))
    show("closed into blocks", event_count, closed)
    before = memory_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    told = verify_stream(stream=LOG)
    took = time.perf_counter() - wall, time.process_time() - cpu
    show(f"verified, {told.block_count} blocks, {len(told.findings)} findings", told.row_count, took)
    print(f"memory at most: {before} MB after closing, {memory_mb()} MB after verifying")

    with acting(SYSTEM):
        read = timed(lambda: sum(1 for _ in read_rows(LOG, after_id=None, until_id=None)))
        show("read by COPY, nothing hashed", event_count, read)
        lines = list(read_rows(LOG, after_id=None, until_id=None, limit=SAMPLE))
    bare = timed(partial(hash_bare, lines))
    show("bare SHA-256, one a row", len(lines), bare)
    per_event = (took[1] / event_count) / (bare[1] / len(lines))
    print(f"verifying beside bare hashing, CPU of this process an event: {per_event:.1f} to 1")

    changed = event_count // 2
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        superuser.execute("UPDATE ledger_event SET quantity = quantity + 1 WHERE id = %s", [changed])
    began = time.perf_counter()
    found = verify_stream(stream=LOG).findings
    print(f"one changed of {event_count:,}: {found} in {time.perf_counter() - began:.1f} s")
    return int([one.row_ids for one in found] != [(changed,)])


if __name__ == "__main__":
    sys.exit(measure(int(sys.argv[1]), sys.argv[2]))

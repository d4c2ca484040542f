"""`sakha ask-banks`: ask the national data banks about households now, all banks side by side, with progress."""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import ask_about_those_first_in_line
from sakha.databanks.actions import BankRun, ask_bank, cancel_questions
from sakha.databanks.queries import asking_progress, banks_with_due_questions
from sakha.registry.actions.bank_answers import apply_bank_answers

ROUNDS: Final = 3
PAUSE_SECONDS: Final = 5.0
# Each who asks holds a connection for its lock beside the one it works with; one is left for the bars.
_CONNECTIONS_EACH: Final = 2
_EVERYBODY: Final = 10_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take how many households, whether only to work off the queue, and taking back what waits."""
    parser.add_argument(
        "--households", type=int, default=_EVERYBODY, help="at most so many (default: all that are due)"
    )
    parser.add_argument("--queue-only", action="store_true", help="ask nothing new, work off what waits")
    parser.add_argument("--cancel", action="store_true", help="take back everything that waits, and end")


def run(arguments: argparse.Namespace) -> int:
    """Queue, ask, take the answers over. Stopped at any moment, it goes on where it was."""
    console = Console()
    if arguments.cancel:
        console.print(f"{cancel_questions(actor=SYSTEM):,} questions taken back", highlight=False)
        return 0
    if not arguments.queue_only:
        asked = ask_about_those_first_in_line(actor=SYSTEM, at=timezone.now(), limit=arguments.households)
        console.print(f"{asked.queued_count:,} questions about {asked.person_count:,} people", highlight=False)
    started = time.monotonic()
    for bank_run in _ask_all(console):
        ended = f" until {bank_run.stopped_by}" if bank_run.stopped_by else ""
        console.print(f"{bank_run.bank}: {bank_run.answered_count:,} answers{ended}", highlight=False)
    seconds = time.monotonic() - started
    households = cases = 0
    while (applied := apply_bank_answers(actor=SYSTEM, at=timezone.now())).household_count:
        households += applied.household_count
        cases += applied.case_count
    answered = sum(line.answered_count for line in asking_progress())
    console.print(
        f"{answered:,} answers stand; asked for {seconds:,.1f} s; {households:,} households looked at again, "
        f"{cases:,} contradictions",
        highlight=False,
    )
    return 0


def _ask_all(console: Console) -> list[BankRun]:
    names = banks_with_due_questions(at=timezone.now())
    waiting = {line.bank: line.waiting_count for line in asking_progress()}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars, ThreadPoolExecutor(_at_once(len(names))) as threads:
        tasks = {name: bars.add_task(name, total=waiting.get(name, 0)) for name in names}

        def ask(name: str) -> BankRun:
            try:
                return ask_bank(
                    actor=SYSTEM,
                    bank=name,
                    clock=timezone.now,
                    pause=time.sleep,
                    progress=lambda count: bars.advance(tasks[name], count),
                )
            finally:
                connection.close()

        return list(threads.map(ask, names))


def _at_once(bank_count: int) -> int:
    """No more banks side by side than the pool has connections for: who waits too long for one would fail."""
    return max(1, min(bank_count, (settings.SAKHA.database_pool_size - 1) // _CONNECTIONS_EACH))

"""`sakha link-register`: compare whoever is new with everybody; merge the certain, ask about the likely.

Also makes the keys by which a desk finds people, for rows that were written before there were any.
"""

from __future__ import annotations

import argparse

from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from sakha.access.rules import SYSTEM
from sakha.entrypoints.commands.database import open_database
from sakha.ledger.actions.identity import link_identities
from sakha.registry.actions.answering import recheck_questions
from sakha.registry.actions.desk_keys import fill_desk_keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take nothing: the register itself says who is new."""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- the same for every command
    """Fill the keys, compare, and say what became of it."""
    console = Console()
    open_database()
    at = timezone.now()
    filled = 0
    while count := fill_desk_keys(actor=SYSTEM):
        filled += count
    with Progress(console=console) as bars:
        task = bars.add_task("Merging", total=None)
        linked = link_identities(
            actor=SYSTEM, at=at, progress=lambda done, whole: bars.update(task, completed=done, total=whole)
        )
    withdrawn = recheck_questions(at=at)
    console.print(
        f"{linked.person_count:,} people, {linked.new_count:,} new: {linked.merged_count:,} merged,"
        f" {linked.asked_count:,} questions asked, {withdrawn:,} withdrawn, {linked.busy_count:,} left for the next"
        f" time; keys made for {filled:,}",
        highlight=False,
    )
    return 0

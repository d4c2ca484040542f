"""`sakha close-blocks`: closes now what the nightly job would close, for example before a backup or an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from sakha.access.actions.closing_blocks import close_blocks
from sakha.access.queries.chain import chained_logs
from sakha.access.rules import SYSTEM

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take how long to wait for whoever is writing."""
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for open transactions (default 60)")


def run(arguments: argparse.Namespace) -> int:
    """Close every log; 1 when one of them was busy and waits for the next run."""
    is_busy = False
    for log in chained_logs():
        closed = close_blocks(actor=SYSTEM, at=timezone.now(), stream=log, patience_seconds=arguments.patience)
        words = "still being written, try again" if closed.is_busy else "done"
        print(f"{closed.stream}: {closed.row_count} events in {closed.block_count} new blocks, {words}")  # noqa: T201
        is_busy = is_busy or closed.is_busy
    return int(is_busy)

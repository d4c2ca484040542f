"""`sakha worker`: background jobs and the clock that starts the periodic ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management import call_command

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take how many jobs may run at once, and of which queues."""
    parser.add_argument(
        "--queues", default="", help="only these queues, with commas: default, exchange, banks (default: all)"
    )
    parser.add_argument("--concurrency", type=int, default=1, help="jobs at once in this process (default 1)")


def run(arguments: argparse.Namespace) -> int:
    """Work until stopped; a job that a killed worker left behind is taken up again."""
    words = ["--concurrency", str(arguments.concurrency)]
    if arguments.queues:
        words += ["--queues", arguments.queues]
    call_command("procrastinate", "worker", *words)
    return 0

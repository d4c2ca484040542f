"""`sakha stop-database`: stop the embedded server cleanly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakha.entrypoints.commands.database import embedded_server

if TYPE_CHECKING:
    import argparse


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Take no options."""


def run(_arguments: argparse.Namespace) -> int:
    """Stop it where it runs."""
    embedded_server().stop()
    return 0

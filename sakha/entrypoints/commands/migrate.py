"""`sakha migrate`: the schema as the owner, then the application's privileges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakha.entrypoints.commands.database import migrate_database, open_database

if TYPE_CHECKING:
    import argparse


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Take no options."""


def run(_arguments: argparse.Namespace) -> int:
    """Migrate and grant. Repeating it changes nothing."""
    migrate_database(open_database())
    return 0

"""`sakha new-key`: the first key ring, or a newer key to seal and another to index. Needs no database."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sakha.access.rules.sealing import add_keys, end_waiting
from sakha.entrypoints.commands.key_file import change_keys, find_key_file

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the two steps that several machines need."""
    steps = parser.add_mutually_exclusive_group()
    steps.add_argument("--waiting", action="store_true", help="the new keys read and do not write yet")
    steps.add_argument("--end-waiting", action="store_true", help="let the waiting keys write")


def run(arguments: argparse.Namespace) -> int:
    """Change the key file.

    Raises:
        Refusal: the keys come from the environment, or the file holds no proper ring.
    """
    file = find_key_file()
    change_keys(file, end_waiting if arguments.end_waiting else partial(add_keys, is_waiting=arguments.waiting))
    print(f"{file}: written. Keep a copy where the database is not. Then: sakha rotate-keys")  # noqa: T201 - the command line's answer
    return 0

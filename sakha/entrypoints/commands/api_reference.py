"""`sakha api-reference`: prints the reference of the interface, which the interface itself writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    import argparse

_WRITER = "sakha.entrypoints.api.reference.write_reference"  # by its name: doors don't import each other


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take nothing."""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- every command is called the same
    """Print the page."""
    print(import_string(_WRITER)(), end="")  # noqa: T201 - the command line's answer
    return 0

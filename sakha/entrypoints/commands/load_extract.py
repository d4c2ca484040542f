"""`sakha load-extract`: take in a data bank's extract (CSV, Excel or Parquet with a manifest) for registered people."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from sakha.access.rules import SYSTEM
from sakha.databanks.actions import ExtractSource, load_extract
from sakha.databanks.banks.installation import BanksFileInvalid, installation
from sakha.databanks.rules.grounds import Ground, Purpose
from sakha.registry.queries.bank_evidence import registered_identifiers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the bank, and the folder where the installation's file names none."""
    parser.add_argument("bank", help="a bank that gives files, e.g. welfare_extract")
    parser.add_argument("folder", type=Path, nargs="?", help="folder with manifest.json (default: SAKHA_BANKS says)")
    parser.add_argument("--decision", help="on which decision it rests (default: [ground] of SAKHA_BANKS)")
    parser.add_argument("--level", type=int, default=3, help="legal level of --decision (default 3)")


def run(arguments: argparse.Namespace) -> int:
    """Load, with a line of progress."""
    at, console = timezone.now(), Console()
    access = installation().banks.get(arguments.bank)
    folder = arguments.folder or (None if access is None else access.folder)
    if folder is None:
        raise BanksFileInvalid(field="folder", reason=f"banks.{arguments.bank}.folder")
    if arguments.decision:
        ground = Ground(purpose=Purpose.AID_ASSESSMENT, level=arguments.level, decision=arguments.decision)
    else:
        standing = installation().ground_for(Purpose.AID_ASSESSMENT)
        ground = standing or Ground(purpose=None, level=0, decision="")
    people = registered_identifiers()
    with Progress(console=console) as bars:
        bar = bars.add_task(f"Extract of {arguments.bank}", total=len(people))
        loaded = load_extract(
            actor=SYSTEM, at=at, ground=ground, source=ExtractSource(arguments.bank, folder), identifiers=people,
            progress=lambda count: bars.update(bar, completed=count),
        )  # fmt: skip
    console.print(
        f"{loaded.row_count:,} rows read, {loaded.found_count:,} of {len(people):,} people found, "
        f"{loaded.new_count:,} new facts, {loaded.invalid_count:,} rows refused",
        highlight=False,
    )
    return 0

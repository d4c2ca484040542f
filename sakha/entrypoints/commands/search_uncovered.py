"""`sakha search-uncovered`: find poor households that nobody covers in an extract of the welfare data bank."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import (
    count_uncovered,
    find_uncovered,
    find_uncovered_everywhere,
    record_charity_coverage,
)
from sakha.vocabulary.places import COUNTIES, PROVINCES

NATION: Final = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the extract, the province and the highest decile; --dry-run only counts."""
    parser.add_argument("extract", type=Path, help="Parquet file, or a folder of them (columns: docs/coordination.md)")
    parser.add_argument("--province", required=True, help=f"two-digit code, or {NATION} for every province")
    parser.add_argument("--deciles-max", type=int, default=2, choices=range(1, 11), help="highest decile (default 2)")
    parser.add_argument("--dry-run", action="store_true", help="count by county and decile, keep nothing")


def run(arguments: argparse.Namespace) -> int:
    """Search and keep the candidates, or count them."""
    at, console = timezone.now(), Console()
    if arguments.province == NATION:
        return search_nation(arguments, console)
    place = {"extract": arguments.extract, "province": arguments.province, "deciles_max": arguments.deciles_max}
    if arguments.dry_run:
        for cell in count_uncovered(actor=SYSTEM, at=at, **place):
            name = COUNTIES[cell.county].name_en if cell.county in COUNTIES else cell.county
            console.print(f"{name}, decile {cell.decile}: {cell.household_count:,} households", highlight=False)
        return 0
    record_charity_coverage(actor=SYSTEM, at=at)
    with Progress(console=console) as bars:
        bar = bars.add_task("Search for the uncovered", total=None)
        found = find_uncovered(
            actor=SYSTEM, at=at, progress=lambda done, total: bars.update(bar, completed=done, total=total), **place
        )
    console.print(
        f"{found.found_count:,} uncovered households of the extract ({found.added_count:,} new, "
        f"{found.left_count:,} left), {found.registered_count:,} of the register",
        highlight=False,
    )
    return 0


def search_nation(arguments: argparse.Namespace, console: Console) -> int:
    """Search all provinces of a national extract, one after the other."""
    at = timezone.now()
    if arguments.dry_run:
        console.print("A dry run goes province by province: name one.")
        return 2
    record_charity_coverage(actor=SYSTEM, at=at)
    with Progress(console=console) as bars:
        bar = bars.add_task("Search for the uncovered", total=None)
        everywhere = find_uncovered_everywhere(
            actor=SYSTEM,
            at=at,
            extract=arguments.extract,
            deciles_max=arguments.deciles_max,
            progress=lambda done, total: bars.update(bar, completed=done, total=total),
        )
    for code, found in everywhere.items():
        name = PROVINCES[code].name_en if code in PROVINCES else code
        console.print(f"{name}: {found.found_count:,} uncovered households", highlight=False)
    return 0

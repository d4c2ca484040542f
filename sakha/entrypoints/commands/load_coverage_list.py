"""`sakha load-coverage-list`: take in an agency's whole list of whom it covers (CSV: national_id, from, to, kind)."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from django.utils import timezone
from rich.console import Console

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import load_coverage_list


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file, whose it is, and of which day."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--organisation", type=int, required=True, help="id of the agency")
    parser.add_argument("--observed-on", type=date.fromisoformat, required=True, help="day of the list, YYYY-MM-DD")
    parser.add_argument(
        "--confirm-shrinking", action="store_true", help="the list really ends more than half of its people"
    )


def run(arguments: argparse.Namespace) -> int:
    """Load it, all or nothing, and say what changed; the same list again changes nothing."""
    loaded = load_coverage_list(
        actor=SYSTEM,
        at=timezone.now(),
        organisation_id=arguments.organisation,
        path_or_bytes=arguments.file,
        observed_on=arguments.observed_on,
        confirms_shrinking=arguments.confirm_shrinking,
    )
    Console().print(
        f"{loaded.person_count:,} people: {loaded.added_count:,} new, {loaded.renewed_count:,} renewed, "
        f"{loaded.ended_count:,} ended, {len(loaded.problems):,} rows not read"
    )
    return 0

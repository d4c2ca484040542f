"""`sakha verify`: proves that no event of the closed logs was altered, removed, inserted or reordered since.

Decides what is printed and the exit code: 0 all is as it was, 1 something is not. Reads only.
"""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from sakha.access.queries.chain import chained_logs, get_stream
from sakha.access.queries.verifying import Verified, verify_stream
from sakha.access.rules.proofs import ProofInvalid, ProofUnreadable, read_header
from sakha.vocabulary.refusal import Refusal

if TYPE_CHECKING:
    import argparse

    from sakha.access.queries.verifying import Published
    from sakha.access.rules.chain import Stream
    from sakha.access.rules.chain_findings import Finding

EXIT_DIFFERS = 1


class RootsUnreadable(Refusal):
    """A line of the file of published roots is not one."""

    code: ClassVar[str] = "ROOTS_UNREADABLE"
    sentence: ClassVar[str] = "سطر {number} این پرونده ریشهٔ منتشرشدهٔ درستی نیست."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take one log instead of all, a place to begin at, and the roots that were published."""
    parser.add_argument("--stream", default="", help="one log alone, for example ledger_event/1")
    parser.add_argument("--from", dest="from_place", type=int, default=1, help="number of the first block (default 1)")
    parser.add_argument(
        "--roots", type=Path, help="file that `sakha publish-roots` wrote, kept where nobody rewrites it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Verify and tell, a line for a log and one for each finding."""
    published = None if arguments.roots is None else read_roots(arguments.roots)
    logs = (get_stream(arguments.stream),) if arguments.stream else chained_logs()
    console, is_sound = Console(soft_wrap=True, highlight=False), True
    for log in logs:
        began = perf_counter()
        told = _verify_shown(log, arguments.from_place, published)
        seconds = max(perf_counter() - began, 1e-9)
        console.print(
            f"{told.stream}: {told.block_count} blocks, {told.row_count} events in {seconds:.1f} s"
            f" ({told.row_count / seconds:,.0f} a second), {told.open_count} in no block yet"
        )
        for finding in told.findings:
            console.print(show_finding(finding))
        is_sound = is_sound and not told.findings
    console.print("nothing was altered or removed" if is_sound else "the logs are NOT as they were")
    return 0 if is_sound else EXIT_DIFFERS


def read_roots(file: Path) -> Published:
    """The published blocks of a file, a JSON object a line. Raises: RootsUnreadable."""
    roots = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            header = read_header(json.loads(line))
        except (ValueError, ProofUnreadable, ProofInvalid):
            raise RootsUnreadable(number=number) from None
        roots[header.stream, header.place] = header
    return roots


def show_finding(finding: Finding) -> str:
    """One line: what is wrong, with which block, and ids of rows alone."""
    ids = f": {', '.join(str(one) for one in finding.row_ids)}" if finding.row_ids else ""
    return f"  {finding.kind} block {finding.place} of {finding.stream}{ids}"


def _verify_shown(log: Stream, from_place: int, published: Published | None) -> Verified:
    columns = TextColumn("{task.description}"), TextColumn("{task.completed:.0f} events"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        line = shown.add_task(log.name, total=None)
        return verify_stream(
            stream=log,
            from_place=from_place,
            published=published,
            progress=lambda count: shown.advance(line, count),
        )

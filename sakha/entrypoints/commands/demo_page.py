"""The one page that the demonstration prints, and how to visit the site. Every figure is one query of figures.md."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from sakha.entrypoints.commands.demo_aid import Giving
from sakha.entrypoints.commands.demo_banks import BanksTold, tell_banks
from sakha.entrypoints.commands.demo_bodies import Cast
from sakha.entrypoints.commands.demo_giving import GiftsTold, tell_gifts
from sakha.entrypoints.commands.demo_identity import WhoIsWho
from sakha.entrypoints.commands.demo_intake import FileLoaded
from sakha.entrypoints.commands.demo_truth import TruthReached, tell_truth
from sakha.observatory.rules import Figure, FigureUnit

# The terminal of many machines can't set Persian right to left, so the page is printed in English.
WORDS = {
    "IDENTIFIED_PEOPLE": "people identified as needy",
    "IDENTIFIED_HOUSEHOLDS": "their households",
    "RECORDS": "records that bodies submitted about them",
    "SHARED_HOUSEHOLDS": "households in the files of several bodies",
    "UNCOVERED": "poor households that nobody covers",
    "INVITED": "of these invited by SMS",
    "NEEDS_OPENED": "needs opened in the ledger",
    "DOUBLE_AID_REFUSED": "gifts refused because the need was covered",
    "DOUBLE_AID_WORTH": "their worth, free for others (rial)",
    "DOUBLE_AID_FOUND": "gifts found double once two files proved to be one household",
    "DOUBLE_AID_FOUND_WORTH": "their worth (rial)",
    "DELIVERED": "gifts delivered",
    "DELIVERED_WORTH": "their worth (rial)",
    "HELPED_HOUSEHOLDS": "households that received help",
    "APPEALS_OPENED": "appeals of households",
    "APPEALS_IN_TIME": "percent of them answered in time",
    "APPEALS_UPHELD": "percent of the answered ones upheld",
    "CONFIRMED_BY_PEOPLE": "households of which people confirmed a fact",
    "FOUND": "households that the search found uncovered",
    "REACHED": "of the invited reached by their SMS",
    "REGISTRATIONS_BEGUN": "of these who came in by their code",
    "REGISTERED_THEMSELVES": "who registered themselves",
    "REGISTERED_AND_HELPED": "of these who received help",
    "GRIEVANCES_BROUGHT": "complaints, suggestions and reports",
    "GRIEVANCES_OVERDUE": "of these not answered in time",
    "GRIEVANCES_MEDIAN_DAYS": "days that half of the answers took at most",
    "RECEIPTS_CONFIRMED": "deliveries that households confirmed",
    "RECEIPTS_NOT_RECEIVED": "deliveries that did not arrive, as households say",
    "CALLS_RECEIVED_SHARE": "percent of a called sample who received theirs",
    "CALLS_MARGIN": "how far that may be off, in percent points",
    "INTRODUCED": "households introduced to bodies with their consent",
    "TAKEN": "of these taken by a body",
    "INTRODUCED_AND_HELPED": "of these helped by the body that took them",
    "INTRODUCTIONS_WAITING": "needs introduced that nobody has taken yet",
    "DAYS_TO_HELP": "days from found to first help (median)",
}


@dataclass(frozen=True, slots=True)
class Happened:
    """Everything that the page tells."""

    cast: Cast
    files: tuple[FileLoaded, ...]
    banks: BanksTold
    search: dict[str, int]
    giving: Giving
    wrong_counter_count: int
    figures: dict[str, Figure]
    who: WhoIsWho
    truth: TruthReached
    gifts: GiftsTold


def print_page(console: Console, happened: Happened) -> None:
    """Print what happened."""
    table = Table(title="What happened in the pilot province (Alborz, simulated)", show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_column(style="dim")
    for code, figure in happened.figures.items():
        table.add_row(_number(figure), WORDS.get(code, code.lower().replace("_", " ")), code)
    console.print()
    console.print(table)
    for line in _told(happened):
        console.print(f"  {line}", highlight=False)


def _number(figure: Figure) -> str:
    return f"{figure.value:,}" if figure.unit is not FigureUnit.RIAL else f"{figure.value:,} ﷼"


def _told(happened: Happened) -> list[str]:
    rows = sum(file.row_count for file in happened.files)
    problems = sum(file.problem_count for file in happened.files)
    refused = [file for file in happened.files if file.refused]
    search = happened.search
    who = happened.who
    joined = f"{who.merged_people:,} people, {who.merged_households:,} households joined"
    lines = [
        f"{len(happened.files) - len(refused)} charities' files: {rows:,} rows, {problems:,} given back with a reason",
        f"welfare extract: {search['read']:,} people in {search['low']:,} households of the lowest deciles",
        f"of these {search['covered']:,} covered by somebody; {search['without_mobile']:,} uncovered have no mobile",
        f"charities' plans: {happened.giving.planned:,} gifts; the ledger held {happened.giving.held:,}",
        f"who is who: {joined}; {who.waiting:,} questions wait for people",
        f"ledger: {happened.wrong_counter_count} needs whose counters differ from the sum of their holds",
    ]
    lines.append(tell_truth(happened.truth))
    lines += tell_gifts(happened.gifts)
    lines += tell_banks(happened.banks)
    if refused:
        lines.append(f"{len(refused)} files not taken in, first reason: {refused[0].refused}")
    lines.append("each figure above can be recomputed: docs/figures.md")
    return lines


def print_visit(console: Console, happened: Happened, address: str) -> None:
    """Print where the site is, who may sign in, and where givers go."""
    cast = happened.cast
    console.print(f"\nThe site is served at [bold]{address}[/bold]. Sign in as (one password for all: "
                  f"[bold]{cast.accounts[0].password}[/bold])", highlight=False)  # fmt: skip
    for account in cast.accounts:
        console.print(f"  {account.username:<10} {account.words}", highlight=False)
    console.print(f"Five minutes for each role: {address}tour/ (in English {address}en/tour/)", highlight=False)
    givers = next(account.username for account in cast.accounts if account.username.startswith("c"))
    console.print(f"Givers: needs at {address}give/, paid in a sandbox; {givers} gives for its organisation at "
                  f"{address}give/account/", highlight=False)  # fmt: skip
    if happened.gifts.follow_code:
        console.print(f"Follow one gift to the hand: {address}gift/{happened.gifts.follow_code}/", highlight=False)
    console.print("\nStop with Ctrl+C; `make demo` again is quick and doubles nothing.", highlight=False)

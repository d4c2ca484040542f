"""`sakha figures`: the province's page of figures on the terminal, or the page of definitions for docs/figures.md."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from sakha.access.rules import SYSTEM
from sakha.observatory.queries import DAILY_FIGURES, FIGURES, SOURCES, read_figures
from sakha.observatory.rules import AnyFigure, DailyFigure, Figure, FigureUnit, RatioFigure
from sakha.vocabulary.digits import group_thousands
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.places import PROVINCES

PAGE_HEAD = """# Figures

Every figure that a page or the demo prints, with its meaning and the one query that makes it. `sakha figures
--definitions` prints this page, and a test compares both. To recompute one, sign in to the database as its owner
(`psql "$DATABASE_OWNER_URL"`) and put the province's code, for example `'30'`, in place of `%(province)s`.
"""

DAILY_HEAD = """
# Figures of a day

Counted as of the end of a day and kept ([observatory](observatory.md)), for each province and each of its counties, and
divided as they say: `SELECT value FROM (source) unit WHERE condition`. Besides `province` put in `day`; `until`, the
first moment after it in Tehran; `since`, 365 days before that; `month` and `year`, the Jalali ones of the day.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the province, or ask for the definitions."""
    parser.add_argument("--province", default="30", choices=sorted(PROVINCES), help="two-digit code")
    parser.add_argument("--definitions", action="store_true", help="print docs/figures.md instead")


def run(arguments: argparse.Namespace) -> int:
    """Print the figures."""
    if arguments.definitions:
        print(definitions_page(), end="")  # noqa: T201 - the command's answer
        return 0
    figures = read_figures(actor=SYSTEM, province=arguments.province)
    print_figures(PROVINCES[arguments.province].name, figures)
    return 0


def definitions_page() -> str:
    """The text of docs/figures.md."""
    live = "".join(
        f"\n## {one.title}\n\n`{one.code}`, {one.unit}, {one.owner}. {one.meaning}\n\n```sql\n{one.sql}\n```\n"
        for one in FIGURES
    )
    daily = "".join(f"\n- {_said(one)}" for one in DAILY_FIGURES.values())
    sources = "".join(f"\n## Source `{name}`\n\n```sql\n{query}\n```\n" for name, query in SOURCES.items())
    return f"{PAGE_HEAD}{live}{DAILY_HEAD}{daily}\n{sources}"


def _said(one: AnyFigure) -> str:
    if isinstance(one, DailyFigure):
        made = f"`{one.value}` of `{one.source}`" + ("" if one.where == "true" else f" where `{one.where}`")
    elif isinstance(one, RatioFigure):
        made = f"100 × `{one.over}` / ({' + '.join(f'`{code}`' for code in one.under)})"
    else:
        made = f"median of the days of `{one.of}`"
    parts = f"; divided by {', '.join(one.parts)}" if isinstance(one, DailyFigure) and one.parts else ""
    return f"**{one.title}** (`{one.code}`; {one.unit}; {one.owner}): {made}{parts}. {one.meaning}"


def print_figures(province_name: str, figures: dict[str, Figure]) -> None:
    """Print one page: title, value, code."""
    table = Table(title=f"استان {province_name}", show_header=False, pad_edge=False)
    for figure in figures.values():
        shown = show_toman(figure.value) if figure.unit is FigureUnit.RIAL else group_thousands(figure.value)
        unit = "" if figure.unit is FigureUnit.RIAL else f" {figure.unit}"
        table.add_row(figure.title, f"{shown}{unit}", f"[dim]{figure.code}[/dim]")
    Console().print(table)

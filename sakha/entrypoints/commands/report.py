"""`sakha report`: a province's or the nation's report of a past day or month, as PDF and Excel, into a folder.

Run by a timer on the first of each Jalali month it is the monthly report; the same day is always the same report.
"""

from __future__ import annotations

import argparse
import re
from datetime import date
from pathlib import Path
from typing import ClassVar, Final

from django.conf import settings
from django.utils import timezone

from sakha.access.rules import SYSTEM
from sakha.entrypoints.kashi.assets import build_assets
from sakha.entrypoints.reports.paper import draw_report
from sakha.entrypoints.reports.workbook import write_workbook
from sakha.observatory.queries.reports import get_report
from sakha.observatory.rules.daily import Place
from sakha.observatory.rules.reports import ReportKind
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.jalali import TEHRAN, month_bounds, month_ends, parse_date
from sakha.vocabulary.places import PROVINCES
from sakha.vocabulary.refusal import Refusal

_MONTH: Final = re.compile(r"(1[34]\d\d)[-/](0?[1-9]|1[0-2])")


class DayNotOver(Refusal):
    """A day is reported when it is over."""

    code: ClassVar[str] = "DAY_NOT_OVER"
    sentence: ClassVar[str] = "این روز هنوز به پایان نرسیده است."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take place, day and folder."""
    parser.add_argument(
        "--province", default="30", choices=["", *sorted(PROVINCES)], help="two-digit code; '' the nation"
    )
    parser.add_argument(
        "--on",
        default="",
        help="a month (1405-08, its last day) or a day (1405/08/12, 2026-11-03); the last closed month",
    )
    parser.add_argument("--council", action="store_true", help="the pilot's report for the council instead")
    parser.add_argument("--out", type=Path, default=Path(), help="folder for the files (default: here)")


def run(arguments: argparse.Namespace) -> int:
    """Write both files and name them."""
    today = timezone.now().astimezone(TEHRAN).date()
    on = read_day(arguments.on, today=today)
    if on >= today:
        raise DayNotOver(field="on")
    build_assets(settings.SAKHA_BUILT_ASSETS)
    kind = ReportKind.COUNCIL if arguments.council else ReportKind.MONTHLY
    report = get_report(actor=SYSTEM, kind=kind, place=Place(arguments.province), on=on)
    arguments.out.mkdir(parents=True, exist_ok=True)
    stem = f"sakha-{kind.value.lower()}-{arguments.province or 'iran'}-{on.isoformat()}"
    for ending, content in (("pdf", draw_report(report)), ("xlsx", write_workbook(report))):
        path = arguments.out / f"{stem}.{ending}"
        path.write_bytes(content)
        print(path)  # noqa: T201 - the command's answer
    return 0


def read_day(text: str, *, today: date) -> date:
    """The last day of a month, or a day; without any, of the last month that is over. Raises: DateInvalid."""
    plain = fold_digits(text.strip())
    if not plain:
        return month_ends(today, 1)[0]
    month = _MONTH.fullmatch(plain)
    if month:
        return month_bounds(int(month[1]) * 100 + int(month[2]))[1]
    return parse_date(plain).on

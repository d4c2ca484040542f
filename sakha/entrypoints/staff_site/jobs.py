"""Scheduled work of the offices' site: drawing the last months' reports once days are counted. Reads the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog
from django.conf import settings
from django.db.utils import Error as DatabaseError
from django.utils import timezone
from fpdf.errors import FPDFException
from procrastinate.contrib.django import app
from xlsxwriter.exceptions import XlsxWriterException

from sakha.access.rules import SYSTEM
from sakha.entrypoints.kashi.assets import build_assets
from sakha.entrypoints.reports.paper import draw_report
from sakha.entrypoints.reports.workbook import write_workbook
from sakha.observatory.actions import end_of_day
from sakha.observatory.actions.kept_reports import keep_report
from sakha.observatory.queries.kept_reports import due_reports
from sakha.observatory.queries.reports import get_report
from sakha.vocabulary.jalali import TEHRAN, month_ends
from sakha.vocabulary.refusal import Refusal

# A month whose day was counted late, or whose report could not be drawn, is drawn in the months after it.
_MONTHS_DUE: Final = 3
# What one place's rows can do to a drawing; whatever else happens is of the program and ends the run.
_UNDRAWN: Final = (
    ArithmeticError, DatabaseError, FPDFException, LookupError, Refusal, TypeError, ValueError, XlsxWriterException,
)  # fmt: skip
_log = structlog.get_logger()


class ReportsNotKeptError(RuntimeError):
    """Some reports could not be drawn; all others are kept."""


@app.periodic(cron="30 22 * * *", periodic_id="keep_reports")  # 02:00 in Tehran, when the night's count is over
@app.task(name="keep_reports", queueing_lock="keep_reports", pass_context=False)
def keep_reports_nightly(timestamp: int) -> None:
    """Draw the reports of the last closed months that are not kept yet: most nights there are none."""
    _log.info("reports_kept", due=timestamp, file_count=keep_reports(at=timezone.now()))


def keep_reports(*, at: datetime) -> int:
    """Draw and keep each in a transaction of its own, so that a stopped run goes on with the next report.

    Raises: ReportsNotKeptError when all that could be drawn is kept.
    """
    ends = month_ends(at.astimezone(TEHRAN).date(), _MONTHS_DUE)
    due = [(on, one) for on in ends for one in due_reports(actor=SYSTEM, on=on, ends_at=end_of_day(on))]
    if due:
        build_assets(settings.SAKHA_BUILT_ASSETS)
    file_count = 0
    failed: list[str] = []
    for on, one in due:
        name = f"{one.kind.value} {one.place.province or 'iran'} {on}"
        try:
            report = get_report(actor=SYSTEM, kind=one.kind, place=one.place, on=on)
            files = {"pdf": draw_report(report), "xlsx": write_workbook(report)}
            file_count += keep_report(actor=SYSTEM, at=at, due=one, on=on, files=files)
        except _UNDRAWN as error:
            # the kind alone: its words may repeat what stands in a row
            _log.error("report_not_kept", report=name, error=type(error).__name__)
            failed.append(name)
    if failed:
        raise ReportsNotKeptError(", ".join(failed))
    return file_count

"""Scheduled work of the offices' site: drawing the last month's reports once its days are counted. Reads the clock."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from sakha.access.rules import SYSTEM
from sakha.entrypoints.kashi.assets import build_assets
from sakha.entrypoints.reports.paper import draw_report
from sakha.entrypoints.reports.workbook import write_workbook
from sakha.observatory.actions import end_of_day
from sakha.observatory.actions.kept_reports import keep_report
from sakha.observatory.queries.kept_reports import due_reports
from sakha.observatory.queries.reports import get_report
from sakha.vocabulary.jalali import TEHRAN, month_ends

_log = structlog.get_logger()


@app.periodic(cron="30 22 * * *", periodic_id="keep_reports")  # 02:00 in Tehran, when the night's count is over
@app.task(name="keep_reports", queueing_lock="keep_reports", pass_context=False)
def keep_reports_nightly(timestamp: int) -> None:
    """Draw the reports of the last closed month that are not kept yet: most nights there are none."""
    _log.info("reports_kept", due=timestamp, file_count=keep_reports(at=timezone.now()))


def keep_reports(*, at: datetime) -> int:
    """Draw and keep each in a transaction of its own, so that a stopped run goes on with the next report."""
    (on,) = month_ends(at.astimezone(TEHRAN).date(), 1)
    due = due_reports(actor=SYSTEM, on=on, ends_at=end_of_day(on))
    if due:
        build_assets(settings.SAKHA_BUILT_ASSETS)
    file_count = 0
    for one in due:
        report = get_report(actor=SYSTEM, kind=one.kind, place=one.place, on=on)
        files = {"pdf": draw_report(report), "xlsx": write_workbook(report)}
        file_count += keep_report(actor=SYSTEM, at=at, due=one, on=on, files=files)
    return file_count

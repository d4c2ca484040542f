"""Scheduled work of the observatory: counting yesterday each night, and days that were missed. Reads the clock."""

from datetime import timedelta
from typing import Final

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from sakha.access.rules import SYSTEM
from sakha.observatory.actions import find_first_missed_day, reckon_days
from sakha.vocabulary.jalali import TEHRAN

# A night that failed is made up for by the next ones, from the last day that is whole. A new province is counted a week
# back; nothing older than a month is made up for.
DAYS_BACK: Final = 7
_DAYS_BACK_MAX: Final = 31
_log = structlog.get_logger()


@app.periodic(cron="50 20 * * *", periodic_id="observatory_reckon")  # 00:20 in Tehran
@app.task(name="observatory_reckon", queueing_lock="observatory_reckon", pass_context=False)
def reckon_nightly(timestamp: int) -> None:
    """Count the days that are over."""
    at = timezone.now()
    yesterday = at.astimezone(TEHRAN).date() - timedelta(days=1)
    first = yesterday - timedelta(days=DAYS_BACK - 1)
    oldest = yesterday - timedelta(days=_DAYS_BACK_MAX - 1)
    missed = find_first_missed_day(actor=SYSTEM, first=oldest, last=yesterday)
    done = reckon_days(actor=SYSTEM, at=at, first=min(first, missed or first), last=yesterday)
    _log.info("days_reckoned", due=timestamp, province_day_count=len(done))

"""The demonstration's last step: the day's figures are counted and the logs' blocks closed, as every night does it."""

from __future__ import annotations

from datetime import datetime

from sakha.access.actions.closing_blocks import close_blocks
from sakha.access.queries.chain import chained_logs
from sakha.access.rules import SYSTEM
from sakha.observatory.actions import reckon_days
from sakha.observatory.actions.openings import open_province
from sakha.vocabulary.jalali import TEHRAN

_PATIENCE_SECONDS = 5.0


def show_in_the_open(*, province: str, at: datetime) -> None:
    """Open the province, count its eve and its day up to now, and close what the logs hold."""
    today = at.astimezone(TEHRAN).date()
    open_province(actor=SYSTEM, at=at, province=province)
    reckon_days(actor=SYSTEM, at=at, first=today, last=today, provinces=[province])
    for log in chained_logs():
        close_blocks(actor=SYSTEM, at=at, stream=log, patience_seconds=_PATIENCE_SECONDS)

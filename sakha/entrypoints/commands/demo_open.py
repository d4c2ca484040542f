"""The demonstration's province is opened, its days are counted and the logs' blocks closed, as every night does it."""

from __future__ import annotations

from datetime import datetime

from sakha.access.actions.closing_blocks import close_blocks
from sakha.access.queries.chain import chained_logs
from sakha.access.rules import SYSTEM
from sakha.entrypoints.commands.demo_past import days_that_changed, moment_of_files
from sakha.observatory.actions import reckon_days
from sakha.observatory.actions.openings import open_province
from sakha.vocabulary.jalali import TEHRAN

_PATIENCE_SECONDS = 5.0


def show_in_the_open(*, province: str, at: datetime) -> None:
    """Keep the opening, count its eve, the days that changed and today up to now; close what the logs hold."""
    open_province(actor=SYSTEM, at=moment_of_files(at), province=province)
    for day in [*days_that_changed(at), at.astimezone(TEHRAN).date()]:
        reckon_days(actor=SYSTEM, at=at, first=day, last=day, provinces=[province])
    for log in chained_logs():
        close_blocks(actor=SYSTEM, at=at, stream=log, patience_seconds=_PATIENCE_SECONDS)

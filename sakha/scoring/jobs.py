"""Keeps scores and needs fresh: changed households every ten minutes, in batches; all of them every night.

The night's run opens the needs of a month or year that has just begun.
"""

from typing import Final

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from sakha.access.rules import SYSTEM
from sakha.scoring.actions import open_assessed_needs, score_changed_households, score_households

BATCH: Final = 5_000
MOST_BATCHES: Final = 20

log = structlog.get_logger()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="score_changed_households", pass_context=False)
def score_changed(timestamp: int) -> None:
    """Score what changed and open its needs; the rest of a very long list is left to the next run."""
    at = timezone.now()
    for _ in range(MOST_BATCHES):
        run = score_changed_households(actor=SYSTEM, at=at, limit=BATCH)
        opened_count = 0
        if run.household_ids:
            opened_count = open_assessed_needs(actor=SYSTEM, at=at, household_ids=run.household_ids).opened_count
        log.info("households_scored", count=run.household_count, opened=opened_count, asked_at=timestamp)
        if run.household_count < BATCH:
            return


@app.periodic(cron="30 21 * * *", periodic_id="scoring_nightly")  # one in the morning in Tehran
@app.task(queueing_lock="score_all_households", pass_context=False)
def score_all(timestamp: int) -> None:
    """Score everybody, whose evidence is a day older, and open the needs of the running periods."""
    at = timezone.now()
    run = score_households(actor=SYSTEM, at=at)
    opened = open_assessed_needs(actor=SYSTEM, at=at)
    log.info("night_scored", count=run.household_count, opened=opened.opened_count, asked_at=timestamp)

"""Keeps scores fresh: every ten minutes the households that changed are scored again, in batches."""

from typing import Final

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from sakha.access.rules import SYSTEM
from sakha.scoring.actions import score_changed_households

BATCH: Final = 5_000
MOST_BATCHES: Final = 20

log = structlog.get_logger()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="score_changed_households", pass_context=False)
def score_changed(timestamp: int) -> None:
    """Score what changed; the rest of a very long list is left to the next run."""
    for _ in range(MOST_BATCHES):
        run = score_changed_households(actor=SYSTEM, at=timezone.now(), limit=BATCH)
        log.info("households_scored", count=run.household_count, model=run.model_sha[:12], asked_at=timestamp)
        if run.household_count < BATCH:
            return

"""Keeps scores and needs fresh: changed households at once and by the clock, in batches; all of them every night.

The night's run opens the needs of a month or year that has just begun; what waited too long goes on or ends hourly.
"""

from datetime import datetime
from typing import Final

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from sakha.access.rules import SYSTEM
from sakha.scoring.actions import (
    expire_needs,
    open_assessed_needs,
    score_changed_households,
    score_households,
    settle_needs,
)
from sakha.scoring.actions.appeals import escalate_overdue_appeals
from sakha.scoring.actions.confirming import expire_requests
from sakha.scoring.actions.policy_material import make_material
from sakha.scoring.actions.rescoring import rescore_households
from sakha.scoring.queries.needs import next_household_ids

BATCH: Final = 5_000
MOST_BATCHES: Final = 20
NIGHT_BATCH: Final = 20_000

log = structlog.get_logger()


@app.task(pass_context=False)
def score_now(household_ids: list[int]) -> None:
    """Score a few households just changed and open their needs; queued by the change itself (migration 0020)."""
    at = timezone.now()
    opened = rescore_households(actor=SYSTEM, at=at, household_ids=household_ids)
    log.info("households_scored_at_once", count=len(household_ids), opened=opened.opened_count)


@app.task(pass_context=False)
def score_loaded() -> None:
    """Score what a load changed, as the next run of the clock would."""
    score_changed_batches(asked_at=int(timezone.now().timestamp()))


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="score_changed_households", pass_context=False)
def score_changed(timestamp: int) -> None:
    """Score what changed without anybody asking for it, by the clock."""
    score_changed_batches(asked_at=timestamp)


def score_changed_batches(*, asked_at: int) -> None:
    """Score what changed and open its needs; the rest of a very long list is left to the next run."""
    at = timezone.now()
    for _ in range(MOST_BATCHES):
        run = score_changed_households(actor=SYSTEM, at=at, limit=BATCH)
        opened_count = 0
        if run.household_ids:
            opened_count = open_assessed_needs(actor=SYSTEM, at=at, household_ids=run.household_ids).opened_count
        log.info("households_scored", count=run.household_count, opened=opened_count, asked_at=asked_at)
        if run.household_count < BATCH:
            return


@app.periodic(cron="30 21 * * *", periodic_id="scoring_nightly")  # one in the morning in Tehran
@app.task(queueing_lock="score_all_households", pass_context=False)
def score_all(timestamp: int) -> None:
    """Begin the night: score everybody, whose evidence is a day older, and open the needs of the running periods."""
    score_night.defer(after=0, night=timezone.now().isoformat(), asked_at=timestamp)


@app.task(queueing_lock="score_night", pass_context=False)
def score_night(after: int, night: str, asked_at: int) -> None:
    """One batch of the night by household id. The next is queued with it, so a stopped night goes on where it was."""
    at = datetime.fromisoformat(night)
    household_ids = next_household_ids(actor=SYSTEM, after=after, limit=NIGHT_BATCH)
    if household_ids:
        run = score_households(actor=SYSTEM, at=at, household_ids=household_ids)
        opened = open_assessed_needs(actor=SYSTEM, at=at, household_ids=household_ids)
        log.info("night_scored", count=run.household_count, opened=opened.opened_count, asked_at=asked_at)
        score_night.defer(after=household_ids[-1], night=night, asked_at=asked_at)
        return
    count = make_material(actor=SYSTEM, at=at)
    log.info("night_ended", material_count=count, asked_at=asked_at)


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="settle_needs", pass_context=False)
def settle_needs_hourly(timestamp: int) -> None:
    """Bring needs to what was delivered, and end those whose evidence is too old."""
    at = timezone.now()
    settled = settle_needs(actor=SYSTEM, at=at)
    ended = 0
    for _ in range(MOST_BATCHES):
        count = expire_needs(actor=SYSTEM, at=at, limit=BATCH)
        ended += count
        if count < BATCH:
            break
    log.info("needs_settled", count=settled, ended=ended, asked_at=timestamp)


@app.periodic(cron="17 * * * *", periodic_id="scoring_overdue")
@app.task(queueing_lock="scoring_overdue", pass_context=False)
def move_overdue(timestamp: int) -> None:
    """Send appeals that waited too long to the office above, and close links whose time has passed."""
    at = timezone.now()
    escalated = escalate_overdue_appeals(actor=SYSTEM, at=at)
    expired = expire_requests(actor=SYSTEM, at=at)
    log.info("overdue_moved", escalated=escalated, expired=expired, asked_at=timestamp)

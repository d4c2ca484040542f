"""Background work of the intake: checking and loading a file, and taking up what a killed worker left behind.

Reads the clock for the actions; decides nothing else. One job a file at a time.
"""

from datetime import datetime
from typing import Final, Protocol

import structlog
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from sakha.access.queries import find_actor
from sakha.access.rules import SYSTEM, Actor, PermissionMissing
from sakha.registry.actions import check_file, fail_file, load_requested
from sakha.registry.actions.bank_answers import apply_bank_answers
from sakha.registry.actions.intake import IntakeStateWrong
from sakha.registry.actions.life_events import apply_life_events
from sakha.registry.queries.intake import IntakeFileCard, IntakeFileUnknown
from sakha.vocabulary.refusal import Refusal

_log = structlog.get_logger()

# A database that restarts is back within a minute; each try goes on where the last one ended.
_AGAIN: Final = RetryStrategy(max_attempts=5, wait=15)
_STALLED_SECONDS: Final = 60
_TASKS: Final = ("sakha.registry.jobs.check_intake_file", "sakha.registry.jobs.load_intake_file")


class _Step(Protocol):
    def __call__(self, *, actor: Actor, at: datetime, file_id: int) -> IntakeFileCard: ...


@app.task(name=_TASKS[0], retry=_AGAIN)
def check_intake_file(*, file_id: int, user_id: int | None) -> None:
    """Check a file's rows, from where an earlier run was stopped."""
    _take_step(check_file, file_id, user_id)


@app.task(name=_TASKS[1], retry=_AGAIN)
def load_intake_file(*, file_id: int, user_id: int | None) -> None:
    """Load the rows of a file that were asked for; a second run finds them loaded."""
    _take_step(load_requested, file_id, user_id)


@app.periodic(cron="* * * * *", periodic_id="registry_stalled")
@app.task(queueing_lock="registry_stalled", pass_context=True)
async def retry_stalled_intake(context: JobContext, timestamp: int) -> None:
    """Take up the jobs of a worker that gave no sign of life for a minute: it was killed."""
    manager = context.app.job_manager
    for task_name in _TASKS:
        for job in await manager.get_stalled_jobs(task_name=task_name, seconds_since_heartbeat=_STALLED_SECONDS):
            await manager.retry_job(job)
            _log.info("intake_job_taken_up", due=timestamp, job_id=job.id)


@app.periodic(cron="* * * * *", periodic_id="registry_life_events")
@app.task(queueing_lock="registry_life_events", pass_context=False)
def apply_told_events(timestamp: int) -> None:
    """Apply the life events that banks have told of."""
    applied = apply_life_events(actor=SYSTEM, at=timezone.now())
    if applied.applied_count or applied.set_aside_count:
        _log.info("life_events_applied", due=timestamp, applied_count=applied.applied_count)


@app.periodic(cron="* * * * *", periodic_id="registry_bank_answers")
@app.task(queueing_lock="registry_bank_answers", pass_context=False)
def take_bank_answers(timestamp: int) -> None:
    """Take the banks' answers over into the facts of households."""
    while (applied := apply_bank_answers(actor=SYSTEM, at=timezone.now())).household_count:
        _log.info("bank_answers_applied", due=timestamp, changed_count=applied.changed_count)


def _take_step(step: _Step, file_id: int, user_id: int | None) -> None:
    """A step that no longer fits was overtaken by its user; any other refusal closes the file with its reason."""
    at = timezone.now()
    actor = SYSTEM if user_id is None else find_actor(user_id, at=at)
    try:
        if actor is None:
            raise PermissionMissing
        card = step(actor=actor, at=at, file_id=file_id)
    except (IntakeStateWrong, IntakeFileUnknown) as refusal:
        _log.info("intake_step_overtaken", file_id=file_id, code=refusal.code)
    except Refusal as refusal:
        fail_file(actor=SYSTEM, at=at, file_id=file_id, refusal=refusal)
        _log.warning("intake_file_failed", file_id=file_id, code=refusal.code)
    else:
        _log.info("intake_step_ended", file_id=file_id, state=card.state.value, row_count=card.row_count)

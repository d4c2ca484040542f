"""Nightly sweeping of what isn't kept, and closing the day's events of the logs that are kept for ever."""

from typing import Final

import structlog
from django.core.management import call_command
from django.utils import timezone
from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app

from sakha.access.actions import forget_client_use
from sakha.access.actions.closing_blocks import close_blocks
from sakha.access.queries.chain import chained_logs
from sakha.access.rules import SYSTEM

JOB_HOURS_KEPT: Final = 24 * 14  # two weeks, so that a failure found after a holiday can still be looked into
_log = structlog.get_logger()


@app.periodic(cron="0 22 * * *", periodic_id="access_sessions")
@app.task(queueing_lock="access_sessions", pass_context=False)
def clear_sessions(timestamp: int) -> None:  # noqa: ARG001 -- the clock of the queue hands it on
    """Remove sessions whose time has passed."""
    call_command("clearsessions")


@app.periodic(cron="30 22 * * *", periodic_id="access_client_use")
@app.task(queueing_lock="access_client_use", pass_context=False)
def sweep_client_use(timestamp: int) -> None:  # noqa: ARG001 -- the same
    """Remove counts of clients after a month and kept answers after two days."""
    forget_client_use(at=timezone.now())


@app.periodic(cron="15 22 * * *", periodic_id="access_old_jobs")
@app.task(queueing_lock="access_old_jobs", pass_context=True)
async def remove_old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 -- the same
    """Remove jobs that ended long ago, failed ones too."""
    await builtin_tasks.remove_old_jobs(
        context, max_hours=JOB_HOURS_KEPT, remove_failed=True, remove_cancelled=True, remove_aborted=True
    )


@app.periodic(cron="30 20 * * *", periodic_id="access_close_blocks")  # midnight in Tehran: a block is a day
@app.task(queueing_lock="access_close_blocks", pass_context=False)
def close_blocks_nightly(timestamp: int) -> None:  # noqa: ARG001 -- the same
    """Close each log as far as nobody is still writing; what is busy waits for the next night, and is told."""
    for log in chained_logs():
        closed = close_blocks(actor=SYSTEM, at=timezone.now(), stream=log)
        if closed.is_busy:
            _log.warning("blocks_not_closed", stream=closed.stream)
        else:
            _log.info("blocks_closed", stream=closed.stream, block_count=closed.block_count, row_count=closed.row_count)

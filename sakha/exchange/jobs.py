"""Scheduled work of the exchange: following, telling, sending, forgetting. Reads the clock; decides nothing else."""

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from sakha.exchange.actions.following import follow
from sakha.exchange.actions.outbox import SEND_TASK, send_due
from sakha.exchange.actions.requests import sweep as sweep_old
from sakha.exchange.actions.telling import tell

SENDING_LIMIT = 500
_log = structlog.get_logger()


@app.task(name=SEND_TASK, pass_context=False)
def send() -> None:
    """Send what was just laid out."""
    send_due(clock=timezone.now, limit=SENDING_LIMIT)


@app.periodic(cron="* * * * *", periodic_id="exchange_follow")
@app.task(name="exchange_follow", queueing_lock="exchange_follow", pass_context=False)
def follow_and_tell(timestamp: int) -> None:
    """Notice what happened, lay it out, and send what waits for another attempt."""
    noticed_count = follow(at=timezone.now())
    laid_count = tell(at=timezone.now())
    sent_count = send_due(clock=timezone.now, limit=SENDING_LIMIT)
    _log.info("exchange_run", due=timestamp, noticed_count=noticed_count, laid_count=laid_count, sent_count=sent_count)


@app.periodic(cron="50 22 * * *", periodic_id="exchange_sweep")
@app.task(name="exchange_sweep", queueing_lock="exchange_sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Forget old requests and messages."""
    _log.info("exchange_swept", due=timestamp, row_count=sweep_old(at=timezone.now()))

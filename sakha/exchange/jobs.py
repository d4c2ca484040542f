"""Scheduled work of the exchange: following, telling, sending, forgetting. Reads the clock; decides nothing else."""

import structlog
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from sakha.exchange.actions.following import follow
from sakha.exchange.actions.matching import begin_anew, digest_persons, forget_ended_digests
from sakha.exchange.actions.outbox import SEND_QUEUE, SEND_TASK, send_due
from sakha.exchange.actions.requests import sweep as sweep_old
from sakha.exchange.actions.telling import tell

SENDING_LIMIT = 500
DIGESTS_A_RUN = 100_000  # some ten seconds of one core a key
_log = structlog.get_logger()


@app.task(queue=SEND_QUEUE, name=SEND_TASK, pass_context=False)
def send() -> None:
    """Send what was just laid out."""
    send_due(clock=timezone.now, limit=SENDING_LIMIT)


@app.periodic(cron="* * * * *", periodic_id="exchange_follow")
@app.task(queue=SEND_QUEUE, name="exchange_follow", queueing_lock="exchange_follow", pass_context=False)
def follow_and_tell(timestamp: int) -> None:
    """Notice what happened, lay it out, and send what waits for another attempt."""
    noticed_count = follow(at=timezone.now())
    laid_count = tell(at=timezone.now())
    sent_count = send_due(clock=timezone.now, limit=SENDING_LIMIT)
    _log.info("exchange_run", due=timestamp, noticed_count=noticed_count, laid_count=laid_count, sent_count=sent_count)


@app.periodic(cron="50 22 * * *", periodic_id="exchange_sweep")
@app.task(queue=SEND_QUEUE, name="exchange_sweep", queueing_lock="exchange_sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Forget old requests and messages."""
    _log.info("exchange_swept", due=timestamp, row_count=sweep_old(at=timezone.now()))


# In the queue of everybody's work: half a minute of digesting must not stand before a webhook.
@app.periodic(cron="* * * * *", periodic_id="exchange_digests")
@app.task(queue="default", name="exchange_digests", queueing_lock="exchange_digests", pass_context=False)
def digest_new(timestamp: int) -> None:
    """Digest whoever is new under the keys of clients, all under a new key, and whom the nightly pass has left."""
    count = digest_persons(limit=DIGESTS_A_RUN, is_demonstration=settings.SAKHA.is_demonstration)
    if count:
        _log.info("exchange_digested", due=timestamp, person_count=count)


@app.periodic(cron="10 22 * * *", periodic_id="exchange_digests_anew")
@app.task(queue="default", name="exchange_digests_anew", queueing_lock="exchange_digests_anew", pass_context=False)
def digest_anew(timestamp: int) -> None:
    """Begin again each night, for identifiers that were corrected and persons whose transaction ended late.

    The run of each minute walks; digests of ended keys that a stop has left go here.
    """
    begin_anew()
    _log.info("exchange_digests_begun_anew", due=timestamp, forgotten_count=forget_ended_digests())

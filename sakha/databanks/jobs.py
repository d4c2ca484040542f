"""Scheduled asking: a job a bank, in a queue of its own, so that a slow bank keeps no other work waiting.

Reads the clock for the actions; decides nothing else.
"""

import time
from typing import Final

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from sakha.access.rules import SYSTEM
from sakha.databanks.actions import ask_bank, lapse_cases, subscribe_to_events
from sakha.databanks.banks.catalogue import banks
from sakha.databanks.banks.installation import installation
from sakha.databanks.queries import banks_with_due_questions
from sakha.databanks.rules.bank import EventWay
from sakha.vocabulary.refusal import Refusal

QUEUE: Final = "banks"
# A run ends after so many batches and the next minute's goes on: no bank holds a worker for ever.
BATCHES_MAX: Final = 500

_log = structlog.get_logger()


@app.periodic(cron="* * * * *", periodic_id="databanks_due")
@app.task(queue=QUEUE, queueing_lock="databanks_due", pass_context=False)
def ask_due_banks(timestamp: int) -> None:
    """Begin a job for every bank that has something to be asked; one that waits already is enough."""
    for bank in banks_with_due_questions(at=timezone.now()):
        try:
            ask_one_bank.configure(queueing_lock=f"databanks_ask_{bank}").defer(bank=bank)
        except AlreadyEnqueued:
            _log.debug("bank_job_waits", bank=bank, due=timestamp)


@app.task(queue=QUEUE)
def ask_one_bank(*, bank: str) -> None:
    """Put the due questions to a bank. A refusal of the bank is written down with its questions."""
    ask_bank(actor=SYSTEM, bank=bank, clock=timezone.now, pause=time.sleep, batches_max=BATCHES_MAX)


@app.periodic(cron="20 20 * * *", periodic_id="databanks_lapse")
@app.task(queue=QUEUE, queueing_lock="databanks_lapse", pass_context=False)
def lapse_old_cases(timestamp: int) -> None:
    """End the cases whose proof did not come in time."""
    _log.info("cases_lapsed", due=timestamp, case_count=lapse_cases(at=timezone.now()))


@app.periodic(cron="*/30 * * * *", periodic_id="databanks_subscribe")
@app.task(queue=QUEUE, queueing_lock="databanks_subscribe", pass_context=False)
def keep_subscriptions(timestamp: int) -> None:
    """Ask again for what a bank has not confirmed."""
    reached = installation()
    if not reached.callback_url:
        return
    for name, bank in banks().items():
        if name not in reached.banks or bank.events is None or bank.events.way is not EventWay.DCI:
            continue
        try:
            asked = subscribe_to_events(actor=SYSTEM, at=timezone.now(), bank=name)
        except Refusal as refusal:
            _log.warning("subscription_failed", bank=name, code=refusal.code, due=timestamp)
        else:
            _log.info("subscription_asked", bank=name, kind_count=len(asked))

"""Works off the queue of one bank, batch by batch, so that a kill at any moment makes nobody asked anew.

Steps of a batch:
1. claim rows (SKIP LOCKED) under the name of a new batch, commit;
2. call the bank, outside any transaction;
3. keep its answers as evidence and settle the rows that still carry the claim, in one transaction.
Rows whose worker died are sent again under the same name, with the same words: the bank sees one inquiry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from sakha.access.rules import Actor, Permission
from sakha.databanks.actions.claims import claim_batch, expire_awaited, find_forsaken_batch, give_back, worker_lock
from sakha.databanks.actions.settling import Settled, await_answers, settle_answers
from sakha.databanks.banks.breaker import BankPacing, rests_until
from sakha.databanks.banks.calling import Caller, open_connector, reason_of
from sakha.databanks.banks.catalogue import get_bank
from sakha.databanks.banks.protocol import BankBusy, BankForbids, BankResting, BankSilent, Batch
from sakha.databanks.rules.answers import AnswerState, BankAnswer
from sakha.vocabulary.refusal import Refusal

_log = structlog.get_logger()

NO_END: Final = 1_000_000
AGAIN_AFTER: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankRun:
    """What a run did. `stopped_by` names why it ended before the queue was empty."""

    bank: str
    batch_count: int = 0
    answered_count: int = 0
    invalid_count: int = 0
    stopped_by: str = ""


def ask_bank(
    *,
    actor: Actor,
    bank: str,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    batches_max: int = NO_END,
    progress: Callable[[int], object] | None = None,
) -> BankRun:
    """Put the due questions to a bank until none is left, or the bank fails; several workers may do so at once.

    Raises: PermissionMissing, BankUnknown.
    """
    actor.require(Permission.INVITE)
    connector = open_connector(bank)
    known = get_bank(bank)
    caller = Caller(bank=known, connector=connector, pacing=BankPacing(known), clock=clock, pause=pause)
    try:
        with worker_lock() as worker:
            return _work_off(caller, worker, batches_max=batches_max, progress=progress)
    finally:
        connector.close()


def _work_off(caller: Caller, worker: int, *, batches_max: int, progress: Callable[[int], object] | None) -> BankRun:
    bank = caller.bank
    expire_awaited(bank, at=caller.clock())
    total, batch_count, stopped_by = Settled(), 0, _resting(caller)
    is_looking = True  # for what killed workers left: first of all, and once more when nothing else is due
    while batch_count < batches_max and not stopped_by:
        batch = find_forsaken_batch(bank, worker=worker) if is_looking else None
        is_looking = batch is not None
        batch = batch or claim_batch(bank, at=caller.clock(), worker=worker) or find_forsaken_batch(bank, worker=worker)
        if batch is None:
            stopped_by = _resting(caller)  # another worker may have found it down
            break
        settled, stopped_by = _hand_over(caller, batch)
        batch_count += 1
        total = total + settled
        if progress is not None:
            progress(settled.answered_count)
    run = BankRun(
        bank=bank.name,
        batch_count=batch_count,
        answered_count=total.answered_count,
        invalid_count=total.invalid_count,
        stopped_by=stopped_by,
    )
    _log.info("bank_asked", bank=bank.name, answered_count=total.answered_count, stopped_by=stopped_by)
    return run


def _resting(caller: Caller) -> str:
    return "" if rests_until(caller.bank, at=caller.clock()) is None else BankResting.code


def _hand_over(caller: Caller, batch: Batch) -> tuple[Settled, str]:
    """What failed as a whole ends the run: the queue is tried again when the bank may be back."""
    started_at = caller.clock()
    try:
        outcome = caller.call(batch)
    except (BankSilent, BankBusy, BankResting) as refusal:
        ended_at = caller.clock()
        again_at = ended_at + max(AGAIN_AFTER, timedelta(seconds=caller.bank.calls.breaker_seconds))
        give_back(batch, at=ended_at, started_at=started_at, again_at=again_at, error_code=reason_of(refusal))
        return Settled(), refusal.code
    except BankForbids as refusal:
        return _refuse_all(caller, batch, started_at, refusal), refusal.code
    ended_at = caller.clock()
    if outcome.is_awaited:
        await_answers(batch, at=ended_at, started_at=started_at)
        if not outcome.answers:
            return Settled(), ""
    return settle_answers(batch.bank, batch.name, outcome.answers, at=ended_at, started_at=started_at), ""


def _refuse_all(caller: Caller, batch: Batch, started_at: datetime, refusal: Refusal) -> Settled:
    refused = [BankAnswer(ref=ref, state=AnswerState.REFUSED, error_code=reason_of(refusal)) for ref in batch.refs]
    return settle_answers(batch.bank, batch.name, refused, at=caller.clock(), started_at=started_at)

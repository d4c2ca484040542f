"""Sends what is queued, invitations and notices, and learns afterwards where it arrived.

Steps of a batch, in this order, so that a kill at any moment sends nobody a second SMS:
1. claim rows (SKIP LOCKED), cancel whoever opted out or is covered meanwhile, mark the rest SENDING, commit;
2. call the gateway, outside any transaction;
3. write its answers, commit. Rows without an answer stay SENDING.
Rows that stayed SENDING longer than any call can last are asked for by their local id before anything new is sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from sakha.access.rules import Actor, Permission
from sakha.coordination.actions.claiming import Claim, claim_invitations, claim_notices
from sakha.coordination.actions.sending_rows import (
    INVITATIONS,
    NOTICES,
    TABLES,
    doubt,
    find_due,
    find_left_behind,
    give_back,
    write_answers,
)
from sakha.coordination.gateways import (
    Gateway,
    GatewayRefused,
    GatewayUncertain,
    OutgoingMessage,
    ProviderAnswer,
    SentMessage,
    open_gateway,
)
from sakha.coordination.rules.quiet_hours import is_quiet
from sakha.coordination.rules.states import InvitationState

_log = structlog.get_logger()

# Longer than a call with all its retries can last, so nobody else is still working on the row.
IN_FLIGHT_AT_MOST: Final = timedelta(minutes=15)
# Kavenegar keeps our local ids for twelve hours; what is asked about later proves nothing.
LOCAL_IDS_KEPT_FOR: Final = timedelta(hours=12)
ASK_AGAIN_AFTER: Final = timedelta(minutes=30)
ATTEMPTS_MAX: Final = 3
# The provider had no room just now; the next run goes on.
GATEWAY_FULL: Final = "GATEWAY_FULL"
_ASK_BATCH: Final = 500
_WITNESSES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRun:
    """What a run did; `stopped_by`: why before the queue was empty (QUIET_HOURS, GATEWAY_FULL, the gateway's code)."""

    sent_count: int = 0
    failed_count: int = 0
    cancelled_count: int = 0
    uncertain_count: int = 0
    reconciled_count: int = 0
    stopped_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handed:
    answers: list[ProviderAnswer] = field(default_factory=list)
    back_count: int = 0
    stopped_by: str = ""


class _Claiming(Protocol):
    def __call__(self, at: datetime, way: Gateway, size: int, *, is_night: bool) -> Claim: ...


@dataclass(frozen=True, slots=True)
class _Queue:
    table: str
    claim: _Claiming
    # Whether something of it may go by night.
    knows_no_night: bool


_INVITATIONS: Final = _Queue(INVITATIONS, claim_invitations, knows_no_night=False)
_NOTICES: Final = _Queue(NOTICES, claim_notices, knows_no_night=True)


def send_invitations(
    *, actor: Actor, clock: Callable[[], datetime], limit: int, gateway: Gateway | None = None
) -> SendingRun:
    """Send up to `limit` queued invitations; several workers may run at once, and a run may be killed at any moment.

    A run may last long, so each batch asks the clock: rows stamped with the run's start would look forsaken to others.
    A gateway that reaches phones rests in quiet hours. A refusal or silence of the gateway ends the run.
    """
    actor.require(Permission.INVITE)
    return _send(_INVITATIONS, clock, limit, gateway or open_gateway())


def send_notices(
    *, actor: Actor, clock: Callable[[], datetime], limit: int, gateway: Gateway | None = None
) -> SendingRun:
    """Send up to `limit` queued notices, on the terms of invitations; by night only answers to questions go out."""
    actor.require(Permission.INVITE)
    return _send(_NOTICES, clock, limit, gateway or open_gateway())


def refresh_statuses(*, actor: Actor, at: datetime, limit: int, gateway: Gateway | None = None) -> int:
    """Ask the provider about what was sent; tells how many rows were answered. After its memory ends: UNKNOWN."""
    actor.require(Permission.INVITE)
    way = gateway or open_gateway()
    if way.statuses_kept_for is None:
        return 0
    answered = 0
    for table in TABLES:
        _reconcile(table, at, way)
        due = find_due(
            table, gateway=way.name, at=at, kept_for=way.statuses_kept_for, again=ASK_AGAIN_AFTER, limit=limit
        )
        for start in range(0, len(due), _ASK_BATCH):
            answers = way.statuses(due[start : start + _ASK_BATCH])
            write_answers(table, [answer for answer in answers if answer.state is not None], at)
            answered += len(answers)
    return answered


def _send(queue: _Queue, clock: Callable[[], datetime], limit: int, way: Gateway) -> SendingRun:
    reconciled_count = _reconcile(queue.table, clock(), way)
    sent = failed = cancelled = uncertain = 0
    stopped_by = ""
    left = limit
    while left > 0 and not stopped_by:
        at = clock()
        is_night = way.reaches_phones and is_quiet(at)
        if is_night and not queue.knows_no_night:
            stopped_by = "QUIET_HOURS"
            break
        claim = queue.claim(at, way, min(left, way.batch_size), is_night=is_night)
        cancelled += claim.cancelled_count
        left -= len(claim.messages) + claim.cancelled_count
        if not claim.messages:
            if claim.cancelled_count:
                continue
            break
        handed = _hand_over(queue.table, clock, way, claim.messages)
        stopped_by = handed.stopped_by
        sent += sum(answer.state is InvitationState.SENT for answer in handed.answers)
        failed += sum(answer.state is not InvitationState.SENT for answer in handed.answers)
        uncertain += len(claim.messages) - len(handed.answers) - handed.back_count
    run = SendingRun(
        sent_count=sent,
        failed_count=failed,
        cancelled_count=cancelled,
        uncertain_count=uncertain,
        reconciled_count=reconciled_count,
        stopped_by=stopped_by,
    )
    _log.info("messages_sent", table=queue.table, gateway=way.name, sent_count=sent, stopped_by=stopped_by)
    return run


def _hand_over(table: str, clock: Callable[[], datetime], way: Gateway, messages: Sequence[OutgoingMessage]) -> _Handed:
    try:
        answers = way.send(messages)
    except GatewayRefused as refused:
        _log.warning("gateway_refused", gateway=way.name, status=refused.status)
        give_back(table, [message.local_id for message in messages], clock(), reason=f"REFUSED {refused.status}")
        return _Handed(back_count=len(messages), stopped_by=refused.code)
    except GatewayUncertain as silence:
        _log.warning("gateway_uncertain", gateway=way.name, reason=silence.reason, message_count=len(messages))
        return _Handed(stopped_by=silence.code)
    known = [answer for answer in answers if answer.state not in {None, InvitationState.QUEUED}]
    back = [answer.local_id for answer in answers if answer.state is InvitationState.QUEUED]
    write_answers(table, known, clock())
    if back:
        _log.warning("gateway_full", gateway=way.name, message_count=len(back))
        give_back(table, back, clock(), reason=GATEWAY_FULL)
    return _Handed(answers=known, back_count=len(back), stopped_by=GATEWAY_FULL if back else "")


def _reconcile(table: str, at: datetime, way: Gateway) -> int:
    """Ask by local id for what a killed or unanswered run left behind; tells how many rows found their place."""
    found = find_left_behind(
        table,
        gateway=way.name,
        before=at - IN_FLIGHT_AT_MOST,
        after=at - LOCAL_IDS_KEPT_FOR,
        limit=_ASK_BATCH - _WITNESSES,
        witnesses=_WITNESSES,
    )
    left = found.rows
    if not left:
        return 0
    try:
        answers = way.statuses([SentMessage(local_id=local_id) for local_id in (*left, *found.witnesses)])
    except (GatewayRefused, GatewayUncertain) as refusal:
        _log.warning("gateway_not_asked", gateway=way.name, code=refusal.code)
        return 0
    there = [answer for answer in answers if answer.state is not None and answer.local_id in left]
    write_answers(table, there, at)
    absent = left.keys() - {answer.local_id for answer in there}
    # A provider proves that it remembers our ids by knowing at least one; without proof an absence means nothing.
    remembers = way.statuses_kept_for is None or any(answer.state is not None for answer in answers)
    recent = {local_id for local_id in absent if left[local_id] > at - LOCAL_IDS_KEPT_FOR}
    if remembers:
        give_back(table, recent, at, reason="NOT_THERE", attempts_max=ATTEMPTS_MAX)
    doubt(table, absent - recent, at)
    return len(there) + len(recent) * remembers + len(absent - recent)

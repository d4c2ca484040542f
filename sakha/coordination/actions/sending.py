"""Sends what is queued, and learns afterwards where it arrived.

Steps of a batch, in this order, so that a kill at any moment sends nobody a second SMS:
1. claim rows (SKIP LOCKED), cancel whoever opted out or is covered meanwhile, mark the rest SENDING, commit;
2. call the gateway, outside any transaction;
3. write its answers, commit. Rows without an answer stay SENDING.
Rows that stayed SENDING longer than any call can last are asked for by their local id before anything new is sent.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import IndexKind, blind_indexes, open_many
from sakha.coordination.actions.door_keys import make_door_keys
from sakha.coordination.gateways import (
    Gateway,
    GatewayRefused,
    GatewayUncertain,
    OutgoingMessage,
    ProviderAnswer,
    SentMessage,
    open_gateway,
)
from sakha.coordination.rules.doors import LINK_LIVES
from sakha.coordination.rules.quiet_hours import is_quiet
from sakha.coordination.rules.sms_text import fill_invitation
from sakha.coordination.rules.states import NEVER_LEFT, UNSETTLED, InvitationState

_log = structlog.get_logger()

# Longer than a call with all its retries can last, so nobody else is still working on the row.
IN_FLIGHT_AT_MOST: Final = timedelta(minutes=15)
# Kavenegar keeps our local ids for twelve hours; what is asked about later proves nothing.
LOCAL_IDS_KEPT_FOR: Final = timedelta(hours=12)
ASK_AGAIN_AFTER: Final = timedelta(minutes=30)
ATTEMPTS_MAX: Final = 3
_ASK_BATCH: Final = 500
_WITNESSES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRun:
    """What a run did. `stopped_by` names why it ended before the queue was empty: QUIET_HOURS or the gateway's code."""

    sent_count: int = 0
    failed_count: int = 0
    cancelled_count: int = 0
    uncertain_count: int = 0
    reconciled_count: int = 0
    stopped_by: str = ""


@dataclass(frozen=True, slots=True)
class _Claim:
    messages: list[OutgoingMessage]
    cancelled_count: int


_CLAIM: Final = """
    SELECT invitation.id, invitation.mobile_sealed, campaign.text, invitation.part_count, candidate.state = 'OPEN'
      FROM coordination_invitation AS invitation
      JOIN coordination_campaign AS campaign ON campaign.id = invitation.campaign_id
      JOIN coordination_candidate AS candidate ON candidate.id = invitation.candidate_id
     WHERE invitation.state = 'QUEUED'
     ORDER BY invitation.id LIMIT %s FOR UPDATE OF invitation SKIP LOCKED
"""
_CANCEL: Final = """
    UPDATE coordination_invitation SET state = 'CANCELLED', reason = %s, settled_at = %s WHERE id = ANY(%s)
"""
# What was sent before and surely never arrived had another link: only the newest one opens.
_MARK: Final = """
    UPDATE coordination_invitation AS kept
       SET state = 'SENDING', sending_at = %(at)s, gateway = %(gateway)s, attempt_count = attempt_count + 1,
           link_digest = made.link, code_digest = made.code, link_until = %(until)s
      FROM unnest(%(ids)s::bigint[], %(links)s::bytea[], %(codes)s::bytea[]) AS made(id, link, code)
     WHERE kept.id = made.id
"""
_ANSWERED: Final = """
    UPDATE coordination_invitation AS kept
       SET state = told.state, reason = told.reason, checked_at = %(at)s,
           provider_id = coalesce(nullif(told.provider_id, ''), kept.provider_id),
           cost_rial = coalesce(told.cost_rial, kept.cost_rial),
           sent_at = CASE WHEN told.state = ANY(%(never_left)s) THEN kept.sent_at
                          ELSE coalesce(kept.sent_at, kept.sending_at) END,
           settled_at = CASE WHEN told.state = ANY(%(unsettled)s) THEN NULL ELSE %(at)s END
      FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(reasons)s::text[], %(provider_ids)s::text[],
                  %(costs)s::bigint[]) AS told(id, state, reason, provider_id, cost_rial)
     WHERE kept.id = told.id AND kept.state IN ('SENDING', 'SENT')
"""
_BACK: Final = """
    UPDATE coordination_invitation
       SET state = CASE WHEN attempt_count >= %(attempts)s::int THEN 'FAILED' ELSE 'QUEUED' END, reason = %(reason)s,
           settled_at = CASE WHEN attempt_count >= %(attempts)s::int THEN %(at)s::timestamptz END
     WHERE id = ANY(%(ids)s) AND state = 'SENDING'
"""
_UNANSWERED: Final = """
    SELECT id, sending_at FROM coordination_invitation
     WHERE state = 'SENDING' AND gateway = %s AND sending_at < %s ORDER BY id LIMIT %s
"""
_WITNESS: Final = """
    SELECT id FROM coordination_invitation
     WHERE gateway = %s AND provider_id <> '' AND sent_at > %s ORDER BY sent_at DESC LIMIT %s
"""
_DUE: Final = """
    SELECT id, provider_id FROM coordination_invitation
     WHERE state = 'SENT' AND gateway = %s AND sent_at > %s AND checked_at < %s ORDER BY checked_at, id LIMIT %s
"""
_TOO_OLD: Final = """
    UPDATE coordination_invitation SET state = 'UNKNOWN', reason = 'STATUS_EXPIRED', settled_at = %s
     WHERE state = 'SENT' AND gateway = %s AND sent_at <= %s
"""


def send_invitations(
    *, actor: Actor, clock: Callable[[], datetime], limit: int, gateway: Gateway | None = None
) -> SendingRun:
    """Send up to `limit` queued invitations; several workers may run at once, and a run may be killed at any moment.

    A run may last long, so each batch asks the clock: rows stamped with the run's start would look forsaken to others.
    A gateway that reaches phones rests in quiet hours. A refusal or silence of the gateway ends the run.
    """
    actor.require(Permission.INVITE)
    way = gateway or open_gateway()
    reconciled_count = _reconcile(clock(), way)
    sent = failed = cancelled = uncertain = 0
    stopped_by = ""
    left = limit
    while left > 0 and not stopped_by:
        at = clock()
        if way.reaches_phones and is_quiet(at):
            stopped_by = "QUIET_HOURS"
            break
        claim = _claim(at, way, min(left, way.batch_size))
        cancelled += claim.cancelled_count
        left -= len(claim.messages) + claim.cancelled_count
        if not claim.messages:
            if claim.cancelled_count:
                continue
            break
        answers, stopped_by = _hand_over(clock, way, claim.messages)
        sent += sum(answer.state is InvitationState.SENT for answer in answers)
        failed += sum(answer.state is not InvitationState.SENT for answer in answers)
        uncertain += len(claim.messages) - len(answers) if stopped_by != GatewayRefused.code else 0
    run = SendingRun(
        sent_count=sent,
        failed_count=failed,
        cancelled_count=cancelled,
        uncertain_count=uncertain,
        reconciled_count=reconciled_count,
        stopped_by=stopped_by,
    )
    _log.info("invitations_sent", gateway=way.name, sent_count=sent, stopped_by=stopped_by)
    return run


def refresh_statuses(*, actor: Actor, at: datetime, limit: int, gateway: Gateway | None = None) -> int:
    """Ask the provider about what was sent; tells how many rows were answered. After its memory ends: UNKNOWN."""
    actor.require(Permission.INVITE)
    way = gateway or open_gateway()
    if way.statuses_kept_for is None:
        return 0
    _reconcile(at, way)
    oldest_at = at - way.statuses_kept_for
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_TOO_OLD, [at, way.name, oldest_at])
        cursor.execute(_DUE, [way.name, oldest_at, at - ASK_AGAIN_AFTER, limit])
        due = [SentMessage(local_id=row[0], provider_id=row[1]) for row in cursor.fetchall()]
    answered = 0
    for start in range(0, len(due), _ASK_BATCH):
        answers = way.statuses(due[start : start + _ASK_BATCH])
        _write([answer for answer in answers if answer.state is not None], at)
        answered += len(answers)
    return answered


def _claim(at: datetime, way: Gateway, size: int) -> _Claim:
    ring = key_ring()
    with transaction.atomic(durable=True), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [size])
        rows = cursor.fetchall()
        numbers = open_many(ring, (bytes(row[1]) for row in rows))
        refused = _refused(numbers)
        opted_out = [row[0] for row, number in zip(rows, numbers, strict=True) if number in refused]
        covered = [row[0] for row, number in zip(rows, numbers, strict=True) if not row[4] and number not in refused]
        going = [(row, number) for row, number in zip(rows, numbers, strict=True) if row[4] and number not in refused]
        keys = make_door_keys(ring, [number for _, number in going])
        messages = [
            OutgoingMessage(
                local_id=row[0],
                number=number,
                text=fill_invitation(row[2], link=key.link, code=key.code),
                part_count=row[3],
            )
            for (row, number), key in zip(going, keys, strict=True)
        ]
        cursor.execute(_CANCEL, ["OPT_OUT", at, opted_out])
        cursor.execute(_CANCEL, ["NO_LONGER_UNCOVERED", at, covered])
        facts: dict[str, Any] = {
            "at": at,
            "gateway": way.name,
            "until": at + LINK_LIVES,
            "ids": [message.local_id for message in messages],
            "links": [key.link_digest for key in keys],
            "codes": [key.code_digest for key in keys],
        }
        cursor.execute(_MARK, facts)
    return _Claim(messages, len(opted_out) + len(covered))


def _refused(numbers: Sequence[str]) -> set[str]:
    """Those of the numbers that want no messages, whichever key indexed their no."""
    ring = key_ring()
    indexes = {index: number for number in numbers for index in blind_indexes(ring, IndexKind.MOBILE, number)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT mobile_index FROM coordination_opt_out WHERE mobile_index = ANY(%s)", [list(indexes)])
        return {indexes[bytes(row[0])] for row in cursor.fetchall()}


def _hand_over(
    clock: Callable[[], datetime], way: Gateway, messages: Sequence[OutgoingMessage]
) -> tuple[list[ProviderAnswer], str]:
    try:
        answers = way.send(messages)
    except GatewayRefused as refused:
        _log.warning("gateway_refused", gateway=way.name, status=refused.status)
        _give_back([message.local_id for message in messages], clock(), reason=f"REFUSED {refused.status}")
        return [], refused.code
    except GatewayUncertain as silence:
        _log.warning("gateway_uncertain", gateway=way.name, reason=silence.reason, message_count=len(messages))
        return [], silence.code
    known = [answer for answer in answers if answer.state is not None]
    _write(known, clock())
    return known, ""


def _reconcile(at: datetime, way: Gateway) -> int:
    """Ask by local id for what a killed or unanswered run left behind; tells how many rows found their place."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_UNANSWERED, [way.name, at - IN_FLIGHT_AT_MOST, _ASK_BATCH - _WITNESSES])
        left: dict[int, datetime] = dict(cursor.fetchall())
        if not left:
            return 0
        cursor.execute(_WITNESS, [way.name, at - LOCAL_IDS_KEPT_FOR, _WITNESSES])
        witnesses = [row[0] for row in cursor.fetchall()]
    try:
        answers = way.statuses([SentMessage(local_id=local_id) for local_id in (*left, *witnesses)])
    except (GatewayRefused, GatewayUncertain) as refusal:
        _log.warning("gateway_not_asked", gateway=way.name, code=refusal.code)
        return 0
    there = [answer for answer in answers if answer.state is not None and answer.local_id in left]
    _write(there, at)
    absent = left.keys() - {answer.local_id for answer in there}
    # A provider proves that it remembers our ids by knowing at least one; without proof an absence means nothing.
    remembers = way.statuses_kept_for is None or any(answer.state is not None for answer in answers)
    recent = {local_id for local_id in absent if left[local_id] > at - LOCAL_IDS_KEPT_FOR}
    if remembers:
        _give_back(recent, at, reason="NOT_THERE", attempts_max=ATTEMPTS_MAX)
    _doubt(absent - recent, at)
    return len(there) + len(recent) * remembers + len(absent - recent)


def _write(answers: Sequence[ProviderAnswer], at: datetime) -> None:
    facts: dict[str, Any] = {
        "at": at,
        "unsettled": [state.value for state in UNSETTLED],
        "never_left": [state.value for state in NEVER_LEFT],
        "ids": [answer.local_id for answer in answers],
        "states": [str(answer.state) for answer in answers],
        "reasons": [answer.reason for answer in answers],
        "provider_ids": [answer.provider_id for answer in answers],
        "costs": [answer.cost_rial for answer in answers],
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ANSWERED, facts)


def _give_back(local_ids: Iterable[int], at: datetime, *, reason: str, attempts_max: int | None = None) -> None:
    """Queue again what surely never arrived. What the account is to blame for is tried without end."""
    facts = {"attempts": attempts_max, "reason": reason, "at": at, "ids": list(local_ids)}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_BACK, facts)


def _doubt(local_ids: Iterable[int], at: datetime) -> None:
    """In doubt nobody gets a second SMS: the row ends as UNKNOWN."""
    ids = list(local_ids)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE coordination_invitation SET state = 'UNKNOWN', reason = 'IN_DOUBT', settled_at = %s"
            " WHERE id = ANY(%s) AND state = 'SENDING'",
            [at, ids],
        )

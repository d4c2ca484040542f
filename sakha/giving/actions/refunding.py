"""Money goes back to its giver: proposed by one officer, booked with the approval of another, sent until it is sent.

Between approval and sending the machine may die: the gateway is asked again under the same key, and refunds once.
"""

from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.actions.refunds import book_refund
from sakha.giving.gateways import PaymentGateway, PaymentRefused, PaymentUncertain, open_payment_gateway
from sakha.giving.queries.refunds import waiting_gifts
from sakha.giving.rules.refunds import (
    REFERENCE_MOST,
    OwnRefund,
    ReferenceMissing,
    RefundChanged,
    RefundDecided,
    RefundNamedThere,
    RefundState,
    RefundUnknown,
    may_refund,
)
from sakha.giving.rules.statements import REFUND_KEY
from sakha.ledger.rules.terms import clean_reason
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.persian_text import clean_text

_log = structlog.get_logger()
_ON_THEIR_WAY: Final = [RefundState.APPROVED, RefundState.BY_HAND]
_PROPOSE: Final = """
    INSERT INTO giving_refund (gift_id, state, amount_rial, reason, reference, proposed_by_id, proposed_at)
    VALUES (%s, 'PROPOSED', %s, %s, '', %s, %s)
    ON CONFLICT (gift_id) WHERE state IN ('PROPOSED', 'APPROVED', 'BY_HAND') DO NOTHING RETURNING id
"""
_LOCK: Final = """
    SELECT state, proposed_by_id, gift_id, reason, amount_rial FROM giving_refund WHERE id = %s FOR NO KEY UPDATE
"""
_LOCK_GIFT: Final = "SELECT 1 FROM giving_gift WHERE id = %s FOR NO KEY UPDATE"
_DECIDE: Final = """
    UPDATE giving_refund SET state = %s, amount_rial = %s, decided_by_id = %s, decided_at = %s WHERE id = %s
"""
_TO_SEND: Final = """
    SELECT refund.id, refund.amount_rial, payment.authority, refund.asked_at IS NOT NULL
      FROM giving_refund AS refund JOIN giving_gift AS gift ON gift.id = refund.gift_id
      JOIN giving_payment AS payment ON payment.gift_id = coalesce(gift.led_by_id, gift.id)
     WHERE refund.state = 'APPROVED' AND payment.gateway = %s AND (%s::bigint IS NULL OR refund.id = %s)
     ORDER BY refund.decided_at, refund.id LIMIT %s
"""
# Before it is asked: whatever ends the work afterwards, it is known that an answer may have got lost.
_ASKING: Final = "UPDATE giving_refund SET asked_at = coalesce(asked_at, %s) WHERE id = %s AND state = 'APPROVED'"
_BY_HAND: Final = "UPDATE giving_refund SET state = 'BY_HAND', is_by_hand = true WHERE id = %s AND state = 'APPROVED'"
# What its books name is paid; until somebody cleared up with a word why it isn't.
_NAMED_THERE: Final = """
    SELECT EXISTS (SELECT 1 FROM giving_gateway_case WHERE is_refund AND key = %(key)s AND settled_at IS NULL)
        OR EXISTS (SELECT 1 FROM giving_refund WHERE id = %(refund)s AND named_at IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM giving_gateway_case WHERE is_refund AND key = %(key)s)
"""
_SENT: Final = """
    UPDATE giving_refund SET state = 'SENT', reference = %s, sent_at = %s, is_by_hand = %s
     WHERE id = %s AND state = ANY(%s)
"""


def propose_refund(*, actor: Actor, at: datetime, gift_id: int, reason: str) -> int:
    """Propose that what waits of a gift goes back. Raises: PermissionMissing, RefundUnknown, ReasonInvalid."""
    waits = waiting_gifts(actor=actor, at=at, gift_id=gift_id)
    if not waits:
        raise RefundUnknown
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PROPOSE, [gift_id, waits[0].rial, clean_reason(reason), actor.user_id, at])
        row = cursor.fetchone()
    if row is None:
        raise RefundUnknown
    return int(row[0])


def decide_refund(*, actor: Actor, at: datetime, refund_id: int, is_approved: bool) -> None:
    """Approve or reject somebody's proposal; approved, the money is booked as gone back and drawn no more.

    What was proposed may reach a need by now, or be another sum: then nothing is approved, and it is proposed anew.

    Raises: PermissionMissing, RefundUnknown, RefundDecided, OwnRefund, RefundChanged.
    """
    _require(actor)
    with acting(SYSTEM), connection.cursor() as cursor:
        state, proposed_by, gift_id, reason, proposed_rial = _lock(cursor, refund_id)
        if state is not RefundState.PROPOSED:
            raise RefundDecided
        if is_approved and proposed_by == actor.user_id:
            raise OwnRefund
        if is_approved:
            cursor.execute(_LOCK_GIFT, [gift_id])
            waits = waiting_gifts(actor=actor, at=at, gift_id=gift_id, besides_refund_id=refund_id)
            if not waits or waits[0].rial != proposed_rial:
                raise RefundChanged
        rial = book_refund(cursor, at=at, gift_id=gift_id, reason=reason) if is_approved else 0
        after = RefundState.APPROVED if is_approved else RefundState.REJECTED
        cursor.execute(_DECIDE, [after, rial, actor.user_id, at, refund_id])


def send_refunds(
    *, at: datetime, refund_id: int | None = None, limit: int = 100, gateway: PaymentGateway | None = None
) -> tuple[int, int]:
    """Ask the gateway for every approved refund, under a key of its own; tell how many were sent, how many go by hand.

    What nobody answered stays and is asked again. Runs in transactions of its own.
    """
    way = gateway or open_payment_gateway()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_TO_SEND, [way.name, refund_id, refund_id, limit])
        waiting = cursor.fetchall()
    sent_count = hand_count = 0
    for number, rial, authority, was_asked in waiting:
        _write(_ASKING, [at, number])
        try:
            reference = way.refund(authority=authority, amount_rial=rial, key=f"{REFUND_KEY}{number}")
        except PaymentUncertain:
            continue
        except PaymentRefused as refusal:
            # An answer before this one may have got lost, and been a yes: only a no to that too is one.
            if was_asked and not refusal.is_final:
                _log.warning("refund_unsettled", gateway=way.name, status=refusal.status)
                continue
            _log.info("refund_by_hand", gateway=way.name, status=refusal.status)
            _write(_BY_HAND, [number])
            hand_count += 1
            continue
        # Another process may have been told no meanwhile: a yes is one all the same.
        _write(_SENT, [reference[:REFERENCE_MOST], at, False, number, _ON_THEIR_WAY])
        sent_count += 1
    return sent_count, hand_count


def note_sent_by_hand(*, actor: Actor, at: datetime, refund_id: int, reference: str) -> None:
    """Write the bank's number of a refund that the gateway didn't take.

    Raises: PermissionMissing, RefundUnknown, RefundDecided, RefundNamedThere, ReferenceMissing.
    """
    _require(actor)
    told = fold_digits(clean_text(reference))[:REFERENCE_MOST]
    if not told:
        raise ReferenceMissing(field="reference")
    with acting(SYSTEM), connection.cursor() as cursor:
        if _lock(cursor, refund_id)[0] is not RefundState.BY_HAND:
            raise RefundDecided
        cursor.execute(_NAMED_THERE, {"refund": refund_id, "key": f"{REFUND_KEY}{refund_id}"})
        if cursor.fetchone()[0]:
            raise RefundNamedThere
        cursor.execute(_SENT, [told, at, True, refund_id, [RefundState.BY_HAND]])


def _require(actor: Actor) -> None:
    actor.require(Permission.DECIDE_POLICY)
    if not may_refund(actor):
        raise RefundUnknown


def _write(statement: str, values: list[Any]) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _lock(cursor: Any, refund_id: int) -> tuple[RefundState, int | None, int, str, int]:
    cursor.execute(_LOCK, [refund_id])
    row = cursor.fetchone()
    if row is None:
        raise RefundUnknown
    return RefundState(row[0]), row[1], row[2], row[3], row[4]

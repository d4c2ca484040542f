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
    RefundDecided,
    RefundState,
    RefundUnknown,
    may_refund,
)
from sakha.ledger.rules.terms import clean_reason
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.persian_text import clean_text

_log = structlog.get_logger()
_PROPOSE: Final = """
    INSERT INTO giving_refund (gift_id, state, amount_rial, reason, reference, proposed_by_id, proposed_at)
    VALUES (%s, 'PROPOSED', 0, %s, '', %s, %s)
    ON CONFLICT (gift_id) WHERE state IN ('PROPOSED', 'APPROVED', 'BY_HAND') DO NOTHING RETURNING id
"""
_LOCK: Final = "SELECT state, proposed_by_id, gift_id, reason FROM giving_refund WHERE id = %s FOR NO KEY UPDATE"
_DECIDE: Final = """
    UPDATE giving_refund SET state = %s, amount_rial = %s, decided_by_id = %s, decided_at = %s WHERE id = %s
"""
_TO_SEND: Final = """
    SELECT refund.id, refund.amount_rial, payment.authority
      FROM giving_refund AS refund JOIN giving_gift AS gift ON gift.id = refund.gift_id
      JOIN giving_payment AS payment ON payment.gift_id = coalesce(gift.led_by_id, gift.id)
     WHERE refund.state = 'APPROVED' AND payment.gateway = %s AND (%s::bigint IS NULL OR refund.id = %s)
     ORDER BY refund.decided_at, refund.id LIMIT %s
"""
_SENT: Final = """
    UPDATE giving_refund SET state = 'SENT', reference = %s, sent_at = %s WHERE id = %s AND state = %s
"""


def propose_refund(*, actor: Actor, at: datetime, gift_id: int, reason: str) -> int:
    """Propose that what waits of a gift goes back. Raises: PermissionMissing, RefundUnknown, ReasonInvalid."""
    if not waiting_gifts(actor=actor, at=at, gift_id=gift_id):
        raise RefundUnknown
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PROPOSE, [gift_id, clean_reason(reason), actor.user_id, at])
        row = cursor.fetchone()
    if row is None:
        raise RefundUnknown
    return int(row[0])


def decide_refund(*, actor: Actor, at: datetime, refund_id: int, is_approved: bool) -> None:
    """Approve or reject somebody's proposal; approved, the money is booked as gone back and drawn no more.

    Raises: PermissionMissing, RefundUnknown, RefundDecided, OwnRefund, NothingToRefund.
    """
    _require(actor)
    with acting(SYSTEM), connection.cursor() as cursor:
        state, proposed_by, gift_id, reason = _lock(cursor, refund_id)
        if state is not RefundState.PROPOSED:
            raise RefundDecided
        if is_approved and proposed_by == actor.user_id:
            raise OwnRefund
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
    for number, rial, authority in waiting:
        try:
            reference = way.refund(authority=authority, amount_rial=rial, key=f"refund-{number}")
        except PaymentUncertain:
            continue
        except PaymentRefused as refusal:
            _log.info("refund_by_hand", gateway=way.name, status=refusal.status)
            with acting(SYSTEM), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE giving_refund SET state = 'BY_HAND' WHERE id = %s AND state = 'APPROVED'", [number]
                )
            hand_count += 1
            continue
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_SENT, [reference[:REFERENCE_MOST], at, number, RefundState.APPROVED])
        sent_count += 1
    return sent_count, hand_count


def note_sent_by_hand(*, actor: Actor, at: datetime, refund_id: int, reference: str) -> None:
    """Write the bank's number of a refund that the gateway didn't take.

    Raises: PermissionMissing, RefundUnknown, RefundDecided, ReferenceMissing.
    """
    _require(actor)
    told = fold_digits(clean_text(reference))[:REFERENCE_MOST]
    if not told:
        raise ReferenceMissing(field="reference")
    with acting(SYSTEM), connection.cursor() as cursor:
        if _lock(cursor, refund_id)[0] is not RefundState.BY_HAND:
            raise RefundDecided
        cursor.execute(_SENT, [told, at, refund_id, RefundState.BY_HAND])


def _require(actor: Actor) -> None:
    actor.require(Permission.DECIDE_POLICY)
    if not may_refund(actor):
        raise RefundUnknown


def _lock(cursor: Any, refund_id: int) -> tuple[RefundState, int | None, int, str]:
    cursor.execute(_LOCK, [refund_id])
    row = cursor.fetchone()
    if row is None:
        raise RefundUnknown
    return RefundState(row[0]), row[1], row[2], row[3]

"""What comes back from the gateway: it is asked itself, and a payment counts once or not at all.

A callback names an authority and nothing else is read from it; forged, repeated, late and lost ones all end here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.giving.gateways import (
    PaymentGateway,
    PaymentRefused,
    PaymentUncertain,
    VerifiedPayment,
    open_payment_gateway,
)
from sakha.giving.rules.states import Account, PaymentState
from sakha.giving.rules.terms import GiftUnknown

_log = structlog.get_logger()
# A gateway forgets nothing within a day; after three nothing more is asked by itself.
_ASKED_AGAIN_FOR: Final = timedelta(days=3)
_RESTS: Final = timedelta(minutes=10)
# The older it is, the rarer it is asked about: a quarter of its age.
_RESTS_SHARE: Final = 4

_FIND: Final = """
    SELECT payment.gift_id, payment.state,
           (SELECT sum(gift.amount_rial) FROM giving_gift AS gift
             WHERE gift.id = payment.gift_id OR gift.led_by_id = payment.gift_id)
      FROM giving_payment AS payment WHERE payment.gateway = %s AND payment.authority = %s
"""
_LOCK_PAYMENT: Final = "SELECT state FROM giving_payment WHERE gift_id = %s FOR NO KEY UPDATE"
_LOCK: Final = """
    SELECT gift.id, gift.amount_rial, gift.listing_id, gift.counted_rial, listing.code
      FROM giving_gift AS gift LEFT JOIN giving_listing AS listing ON listing.id = gift.listing_id
     WHERE gift.id = %(first)s OR gift.led_by_id = %(first)s ORDER BY gift.id FOR NO KEY UPDATE OF gift
"""
# Several listings are locked here and by the refresh, each in an order of its own: one after the other.
_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('giving_refresh_listings'))"
_TAKEN: Final = """
    UPDATE giving_payment SET state = 'VERIFIED', reference = %s, fee_rial = %s, checked_at = %s, settled_at = %s
     WHERE gift_id = %s
"""
_FAILED: Final = """
    UPDATE giving_payment SET state = 'FAILED', checked_at = %(at)s, settled_at = %(at)s
     WHERE id = %(payment)s AND state = 'ASKED'
"""
_BOOK: Final = """
    INSERT INTO giving_transfer (gift_id, key, from_account, to_account, amount_rial, reason, at)
    SELECT %s, step.key, step.source, step.target, step.rial, '', %s
      FROM unnest(%s::text[], %s::smallint[], %s::smallint[], %s::bigint[])
           WITH ORDINALITY AS step(key, source, target, rial, place)
     ORDER BY step.place
"""
_OPEN: Final = """
    SELECT authority FROM giving_payment
     WHERE gateway = %(gateway)s AND state = 'ASKED' AND asked_at <= %(at)s - %(rests)s
       AND (checked_at IS NULL OR checked_at <= %(at)s - greatest(%(rests)s, (%(at)s - asked_at) / %(share)s))
     ORDER BY checked_at NULLS FIRST, asked_at, id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class PaidGift:
    """What became of a payment: whether it is paid, and whether this question settled it."""

    gift_id: int
    is_paid: bool
    is_first: bool = False


def settle_payment(*, at: datetime, authority: str, gateway: PaymentGateway | None = None) -> PaidGift:
    """Ask the gateway whether it was paid, and book it once, however often and late this is called.

    Raises: GiftUnknown, PaymentUncertain.
    """
    way = gateway or open_payment_gateway()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_FIND, [way.name, authority])
        row = cursor.fetchone()
    if row is None:
        raise GiftUnknown
    gift_id, state, amount_rial = row
    if state != PaymentState.ASKED:
        return PaidGift(gift_id, state == PaymentState.VERIFIED)
    try:
        told = way.verify(authority=authority, amount_rial=int(amount_rial))
    except PaymentRefused as refusal:
        _log.info("payment_refused", gateway=way.name, status=refusal.status)
        return PaidGift(gift_id, is_paid=False)
    return _book(at, gift_id, int(amount_rial), told)


def reconcile_payments(*, at: datetime, limit: int = 200, gateway: PaymentGateway | None = None) -> tuple[int, int]:
    """Ask about what was never settled: the callback got lost, or nobody paid. How many were paid, how many not.

    A no is final only when the gateway can take nothing more for it. What nobody asked about comes first.
    """
    way = gateway or open_payment_gateway()
    with acting(SYSTEM), connection.cursor() as cursor:
        asked: dict[str, Any] = {"gateway": way.name, "at": at, "rests": _RESTS, "share": _RESTS_SHARE, "limit": limit}
        cursor.execute(_OPEN, asked)
        authorities = [row[0] for row in cursor.fetchall()]
    paid_count = unpaid_count = 0
    for authority in authorities:
        try:
            told = settle_payment(at=at, authority=authority, gateway=way)
        except PaymentUncertain:
            _note_open(at, way.name, authority, is_sure=False)
            continue
        paid_count += told.is_paid
        unpaid_count += not told.is_paid
        if not told.is_paid:
            _note_open(at, way.name, authority, is_sure=True)
    return paid_count, unpaid_count


def _note_open(at: datetime, gateway: str, authority: str, *, is_sure: bool) -> None:
    """It was asked and isn't paid; after some days, and only where the gateway said so itself, that is final."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE giving_payment SET checked_at = %s WHERE gateway = %s AND authority = %s AND state = 'ASKED'",
            [at, gateway, authority],
        )
        if not is_sure:
            return
        cursor.execute(
            "SELECT id FROM giving_payment WHERE gateway = %s AND authority = %s AND asked_at <= %s",
            [gateway, authority, at - _ASKED_AGAIN_FOR],
        )
        if row := cursor.fetchone():
            cursor.execute(_FAILED, {"at": at, "payment": row[0]})


def _book(at: datetime, first_id: int, whole_rial: int, told: VerifiedPayment) -> PaidGift:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LOCK_PAYMENT, [first_id])
        if cursor.fetchone()[0] == PaymentState.VERIFIED:
            return PaidGift(first_id, is_paid=True)
        cursor.execute(_LOCK, {"first": first_id})
        gifts = cursor.fetchall()
        if len(gifts) > 1:
            cursor.execute(_IN_TURN)
        cursor.execute(_TAKEN, [told.reference, told.fee_rial, at, at, first_id])
        sum_rial = 0
        for gift in gifts:
            # Each part bears its share of the fee; what is rounded down here is taken by the next.
            before, sum_rial = sum_rial, sum_rial + gift[1]
            fee_rial = told.fee_rial * sum_rial // whole_rial - told.fee_rial * before // whole_rial
            _book_one(cursor, at, gift, fee_rial)
    return PaidGift(first_id, is_paid=True, is_first=True)


def _book_one(cursor: Any, at: datetime, gift: tuple[Any, ...], fee_rial: int) -> None:
    gift_id, amount_rial, listing_id, counted_rial, code = gift
    if not counted_rial and listing_id is not None:
        counted_rial = _place_late(cursor, code, amount_rial)
    if counted_rial and fee_rial:
        cursor.execute("SELECT giving_release(%s, %s)", [listing_id, fee_rial])
        counted_rial -= fee_rial
    cursor.execute(
        "UPDATE giving_gift SET state = 'PAID', paid_at = %s, counted_rial = %s WHERE id = %s",
        [at, counted_rial, gift_id],
    )
    _book_entries(cursor, at, gift_id, amount_rial, fee_rial)


def _place_late(cursor: Any, code: str, amount_rial: int) -> int:
    """The place was given back or never kept. Where there is none any more, the money goes to the need's like."""
    cursor.execute("SELECT outcome FROM giving_place(%s, %s)", [code, amount_rial])
    return amount_rial if cursor.fetchone()[0] == 1 else 0


def _book_entries(cursor: Any, at: datetime, gift_id: int, amount_rial: int, fee_rial: int) -> None:
    steps = [
        ("paid", Account.GIVER, Account.TRANSIT, amount_rial),
        ("fee", Account.TRANSIT, Account.FEES, fee_rial),
        ("arrived", Account.TRANSIT, Account.POOL, amount_rial - fee_rial),
    ]
    going = [(key, source.value, target.value, rial) for key, source, target, rial in steps if rial]
    cursor.execute(_BOOK, [gift_id, at, *(list(column) for column in zip(*going, strict=True))])

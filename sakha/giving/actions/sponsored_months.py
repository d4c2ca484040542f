"""Pays one month of a promise: one gift a month, one open payment at a time, and the gateway asked before another.

Runs in transactions of its own, for the gateway is asked between them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.giving.actions.gifts import NewGift, Pledged, pledge_gift
from sakha.giving.actions.payments import settle_payment
from sakha.giving.gateways import PaymentGateway, open_payment_gateway
from sakha.giving.queries.sponsorships import MonthToPay
from sakha.giving.rules.promises import GiverMarks
from sakha.giving.rules.sponsorships import MonthPaid, MonthPassed, MonthState, SponsorshipState, SponsorshipStopped
from sakha.giving.rules.states import PaymentState
from sakha.giving.rules.terms import GiftTerms, ListingFull, ListingUnknown

_REQUESTS: Final = UUID("0d1f2c52-5a08-4d0e-8a53-1d0f5cf3b7a4")
_OPEN: Final = """
    SELECT asked.attempt_count, gift.state, gift.lapses_at, payment.authority, payment.state
      FROM giving_sponsored_month AS asked
      LEFT JOIN giving_gift AS gift ON gift.id = asked.gift_id
      LEFT JOIN giving_payment AS payment ON payment.gift_id = gift.id
     WHERE asked.id = %s
"""
_TRIED: Final = """
    UPDATE giving_sponsored_month SET attempt_count = attempt_count + 1,
           gift_id = (SELECT id FROM giving_gift WHERE request_id = %(request)s)
     WHERE id = %(month)s AND attempt_count = %(count)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBegun:
    """Where a month is paid; the code by which its gift is followed, where it was begun by this very call."""

    address: str
    follow_code: str = field(default="", repr=False)


def begin_month(
    *,
    at: datetime,
    month: MonthToPay,
    callback_for: Callable[[str], str],
    giver: GiverMarks,
    gateway: PaymentGateway | None = None,
) -> MonthBegun:
    """Lead to the payment of a month. As long as one is open at the gateway, it is the one that is led to.

    Raises: SponsorshipStopped, MonthPassed, MonthPaid, and what `pledge_gift` raises.
    """
    if month.sponsorship.state is not SponsorshipState.ACTIVE:
        raise SponsorshipStopped
    if month.state is not MonthState.OPEN:
        raise MonthPaid if month.state is MonthState.PAID else MonthPassed
    way = gateway or open_payment_gateway()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OPEN, [month.id])
        count, state, lapses_at, authority, payment_state = cursor.fetchone()
    if authority is not None and payment_state == PaymentState.ASKED:
        # Perhaps it is paid and the browser never came back.
        if settle_payment(at=at, authority=authority, gateway=way).is_paid:
            raise MonthPaid
        if state == "PLEDGED" and lapses_at > at:
            return MonthBegun(address=way.address_of(authority=authority))
    request_id = uuid5(_REQUESTS, f"{month.id}:{count}")
    try:
        pledged = _pledge(at, month, request_id, callback_for, giver=giver, gateway=way)
    finally:  # also where the very same was begun by another click, or before the machine died
        _keep_attempt(month.id, count, request_id)
    return MonthBegun(address=pledged.address, follow_code=pledged.follow_code)


def _pledge(
    at: datetime, month: MonthToPay, request_id: UUID, callback_for: Callable[[str], str], **way: Any
) -> Pledged:
    """For the need that it stays with while there is room, else for its like: the same kind at the same place."""
    promise = month.sponsorship
    gift = NewGift(request_id=request_id, amount_rial=promise.amount_rial, terms=_terms(month))
    if not month.listing_code:
        return pledge_gift(at=at, gift=gift, callback_for=callback_for, **way)
    named = replace(gift, terms=GiftTerms(listing_code=month.listing_code))
    try:
        return pledge_gift(at=at, gift=named, callback_for=callback_for, **way)
    except (ListingFull, ListingUnknown):
        return pledge_gift(at=at, gift=gift, callback_for=callback_for, **way)


def _terms(month: MonthToPay) -> GiftTerms:
    promise = month.sponsorship
    return GiftTerms(
        province=month.province or promise.province,
        county=month.county or promise.county,
        kinds=promise.kinds,
        types=promise.types,
        condition_set=promise.condition_set,
        household_most_rial=promise.household_most_rial,
    )


def _keep_attempt(month_id: int, count: int, request_id: UUID) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM giving_gift WHERE request_id = %s", [request_id])
        if cursor.fetchone() is not None:
            cursor.execute(_TRIED, {"request": request_id, "month": month_id, "count": count})

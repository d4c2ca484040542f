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
from sakha.giving.rules.states import GiftState, PaymentState
from sakha.giving.rules.terms import GiftBegun, GiftTerms, ListingFull, ListingUnknown

_PAID: Final = frozenset({GiftState.PAID, GiftState.REFUNDED})
_REQUESTS: Final = UUID("6a8e5a0b-2f0c-4a52-9f0e-0c1f2b7d9e44")
# Every attempt, the oldest first: one that was left may be paid yet.
_ATTEMPTS: Final = """
    SELECT gift.state, gift.state = 'PLEDGED' AND gift.lapses_at > %(at)s, payment.authority, payment.state,
           payment.gateway
      FROM giving_gift AS gift LEFT JOIN giving_payment AS payment ON payment.gift_id = gift.id
     WHERE gift.sponsored_month_id = %(month)s ORDER BY gift.id
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

    Before another is begun, the gateway is asked about each that it never settled. Should the giver pay two of them
    all the same, the second is a gift beside the month, and the month says so (`SponsoredMonthCard.extra_count`).

    Raises: SponsorshipStopped, MonthPassed, MonthPaid, PaymentUncertain, and what `pledge_gift` raises.
    """
    if month.sponsorship.state is not SponsorshipState.ACTIVE:
        raise SponsorshipStopped
    if month.state is not MonthState.OPEN:
        raise MonthPaid if month.state is MonthState.PAID else MonthPassed
    way = gateway or open_payment_gateway()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ATTEMPTS, {"month": month.id, "at": at})
        attempts = cursor.fetchall()
    open_authority = ""
    for state, is_open, authority, payment_state, gateway_name in attempts:
        # Perhaps it is paid and the browser never came back.
        is_asked = payment_state == PaymentState.ASKED and gateway_name == way.name
        if state in _PAID or (is_asked and settle_payment(at=at, authority=authority, gateway=way).is_paid):
            raise MonthPaid
        if is_open and authority is None:  # another click asks the gateway just now, or its machine died
            raise GiftBegun
        if is_open and is_asked:
            open_authority = authority
    if open_authority:
        return MonthBegun(address=way.address_of(authority=open_authority))
    request_id = uuid5(_REQUESTS, f"{month.id}:{len(attempts)}")
    pledged = _pledge(at, month, request_id, callback_for, giver=giver, gateway=way)
    return MonthBegun(address=pledged.address, follow_code=pledged.follow_code)


def _pledge(
    at: datetime, month: MonthToPay, request_id: UUID, callback_for: Callable[[str], str], **way: Any
) -> Pledged:
    """For the need that it stays with while there is room, else for its like: the same kind at the same place."""
    promise = month.sponsorship
    gift = NewGift(
        request_id=request_id, amount_rial=promise.amount_rial, terms=_terms(month), sponsored_month_id=month.id
    )
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

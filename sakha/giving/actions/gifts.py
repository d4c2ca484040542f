"""Giving: gifts are promised, their places in needs kept, the gateway asked; nothing is booked before it is paid.

Each part of a basket is kept in a transaction of its own, so that no two baskets wait for each other's needs.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.giving.actions.promises import count_promise, keep_marks
from sakha.giving.gateways import PaymentGateway, open_payment_gateway
from sakha.giving.queries.donors import amount_limits
from sakha.giving.queries.needs import LISTED
from sakha.giving.rules.donors import require_known
from sakha.giving.rules.identity import holds
from sakha.giving.rules.promises import BASKET_MOST, KEPT_IN_VAIN_WITHIN, BasketUnfit, GiverMarks
from sakha.giving.rules.states import GiftState, PaymentState
from sakha.giving.rules.terms import (
    PLEDGE_LIVES,
    GiftBegun,
    GiftTerms,
    ListingFull,
    ListingUnknown,
    RequestReused,
    follow_digest,
    part_code,
    require_gift,
    require_terms,
)
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.refusal import Refusal

_FOLLOW_BYTES: Final = 12
_DESCRIBED: Final = "کمک به نیازهای تأییدشده در سخا"
_PLACED, _FULL = 1, 2
_PLACE: Final = "SELECT outcome, listing_id FROM giving_place(%s, %s)"
_KEEP: Final = """
    INSERT INTO giving_gift (request_id, follow_digest, amount_rial, listing_id, province, county, kinds,
                             household_types, condition_set, household_most_rial, expires_on, state, counted_rial,
                             pledged_at, lapses_at, led_by_id, donor_id, sponsored_month_id)
    VALUES (%(request)s, %(follow)s, %(amount)s, %(listing)s, %(province)s, %(county)s, %(kinds)s::smallint[],
            %(types)s::text[], %(set)s, %(household_most)s, %(expires_on)s, %(state)s, %(counted)s, %(at)s,
            %(lapses_at)s, %(led_by)s, %(donor)s, %(month)s)
    RETURNING id
"""
# The second of two clicks waits here for the first, and sees its gift.
_ONE_BY_ONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))"
_SENT: Final = """
    SELECT gift.amount_rial = %s AND coalesce(listing.code, '') = %s
           AND (listing.id IS NOT NULL OR (gift.kinds, gift.province, gift.county) = (%s::smallint[], %s, %s))
      FROM giving_gift AS gift LEFT JOIN giving_listing AS listing ON listing.id = gift.listing_id
     WHERE gift.request_id = %s
"""
_LEFT: Final = f"""
    SELECT id, target_rial - given_rial - elsewhere_rial,
           (SELECT coalesce(sum(late.amount_rial), 0) FROM giving_gift AS late
             WHERE late.listing_id = giving_listing.id AND late.state = 'LAPSED'
               AND late.pledged_at > %(since)s) >= target_rial, province, county, kind
      FROM giving_listing WHERE code = %(code)s AND {LISTED}
"""  # noqa: S608 -- the condition is ours
_ASKED: Final = """
    INSERT INTO giving_payment (gift_id, gateway, authority, state, reference, fee_rial, asked_at)
    VALUES (%s, %s, %s, %s, '', 0, %s)
"""
# Several listings are locked here and by the refresh, each in an order of its own: one after the other.
_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('giving_refresh_listings'))"
_LAPSE: Final = """
    WITH late AS (
        SELECT id, listing_id, counted_rial FROM giving_gift
         WHERE state = 'PLEDGED' AND lapses_at <= %(at)s ORDER BY lapses_at LIMIT %(limit)s
           FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE giving_gift AS gift SET state = 'LAPSED', counted_rial = 0 FROM late WHERE gift.id = late.id
    RETURNING late.listing_id, late.counted_rial
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGift:
    """What somebody is about to give; the request id is the form's, so that a form sent twice is one gift.

    It may be an attempt to pay a month of a promise.
    """

    request_id: UUID
    amount_rial: int
    terms: GiftTerms = field(default_factory=GiftTerms)
    sponsored_month_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledged:
    """A gift that waits to be paid: the code by which its giver follows it, and where it is paid."""

    gift_id: int
    follow_code: str = field(repr=False)
    address: str


def pledge_gift(
    *,
    at: datetime,
    gift: NewGift,
    callback_for: Callable[[str], str],
    gateway: PaymentGateway | None = None,
    giver: GiverMarks | None = None,
) -> Pledged:
    """Promise a gift and keep its place; tells where to pay. Nobody needs to be known for it.

    `callback_for` gives the address to which the gateway sends the browser back, by the code of the gift.
    Runs in transactions of its own, for the gateway is asked between them.

    Raises: GiftInvalid, ListingFull, ListingUnknown, GiftBegun, RequestReused, PromisesUnpaid, PaymentRefused,
        PaymentUncertain.
    """
    return pledge_basket(at=at, gifts=[gift], callback_for=callback_for, gateway=gateway, giver=giver)


def pledge_basket(
    *,
    at: datetime,
    gifts: Sequence[NewGift],
    callback_for: Callable[[str], str],
    gateway: PaymentGateway | None = None,
    giver: GiverMarks | None = None,
) -> Pledged:
    """Promise several gifts that one payment pays: all of them or none. The first one's code follows all.

    Raises: BasketUnfit, and what `pledge_gift` raises.
    """
    named = [gift.terms.listing_code for gift in gifts if gift.terms.listing_code]
    if not 1 <= len(gifts) <= BASKET_MOST or len(set(named)) < len(named):
        raise BasketUnfit(field="amount", most=BASKET_MOST)
    on = at.astimezone(TEHRAN).date()
    for gift in gifts:
        require_gift(gift.amount_rial)
        require_terms(gift.terms, on=on)
    amount_rial = require_gift(sum(gift.amount_rial for gift in gifts))
    if giver is not None:  # what is booked without a giver's browser, as by an office, knows whom it has before it
        limits = amount_limits(on=on)
        require_known(
            limits,
            amount_rial,
            has_phone=bool(giver.mobile),
            is_organisation=giver.is_organisation,
            is_verified=holds(giver.verified_at, at=at),
        )
    follow_code = secrets.token_urlsafe(_FOLLOW_BYTES)
    kept: list[int] = []
    way = gateway or open_payment_gateway()
    try:
        for number, gift in enumerate(gifts):
            kept.append(_keep(at, gift, part_code(follow_code, number), giver, kept[0] if kept else None))
        asked = way.ask(amount_rial=amount_rial, callback=callback_for(follow_code), description=_DESCRIBED)
    except Refusal:  # without the payment's name nobody is led there: it can't be paid
        for gift_id in kept:
            _let_go(gift_id)
        raise
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ASKED, [kept[0], way.name, asked.authority, PaymentState.ASKED, at])
    return Pledged(gift_id=kept[0], follow_code=follow_code, address=asked.address)


def part_request(request_id: UUID, number: int) -> UUID:
    """The request of a part of a basket: the same for the same form."""
    return request_id if not number else uuid5(request_id, str(number))


def lapse_pledges(*, at: datetime, limit: int = 1000) -> int:
    """Give back the places of gifts that were not paid in time; tell how many."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_IN_TURN)
        cursor.execute(_LAPSE, {"at": at, "limit": limit})
        late = cursor.fetchall()
        for listing_id, counted_rial in (row for row in late if row[0] is not None and row[1]):
            cursor.execute("SELECT giving_release(%s, %s)", [listing_id, counted_rial])
    return len(late)


def _keep(at: datetime, gift: NewGift, follow_code: str, giver: GiverMarks | None, led_by: int | None) -> int:
    terms = gift.terms
    with acting(SYSTEM), connection.cursor() as cursor:
        _require_new(cursor, gift)
        marks = count_promise(cursor, at, giver)
        values: dict[str, Any] = {
            "request": gift.request_id,
            "follow": follow_digest(follow_code),
            "amount": gift.amount_rial,
            "listing": None,
            "province": terms.province if not terms.county else "",
            "county": terms.county,
            "kinds": [kind.value for kind in terms.kinds],
            "types": [one.value for one in terms.types],
            "set": terms.condition_set,
            "led_by": led_by,
            "donor": giver.donor_id if giver else None,
            "month": gift.sponsored_month_id,
            "household_most": terms.household_most_rial,
            "expires_on": terms.expires_on,
            "state": GiftState.PLEDGED,
            "counted": 0,
            "at": at,
            "lapses_at": at + PLEDGE_LIVES,
        }
        if terms.listing_code:
            values |= _place(cursor, at, terms.listing_code, gift.amount_rial)
        cursor.execute(_KEEP, values)
        gift_id = int(cursor.fetchone()[0])
        keep_marks(cursor, at, gift_id, marks)
    return gift_id


def _require_new(cursor: Any, gift: NewGift) -> None:
    terms = gift.terms
    cursor.execute(_ONE_BY_ONE, [gift.request_id])
    province = terms.province if not terms.county else ""
    kinds = [kind.value for kind in terms.kinds]
    cursor.execute(_SENT, [gift.amount_rial, terms.listing_code, kinds, province, terms.county, gift.request_id])
    if row := cursor.fetchone():
        raise GiftBegun if row[0] else RequestReused


def _place(cursor: Any, at: datetime, code: str, amount_rial: int) -> dict[str, Any]:
    """Keep the place. Should the need leave, the money stays with its like: the same kind at the same place."""
    cursor.execute(_LEFT, {"code": code, "since": at - KEPT_IN_VAIN_WITHIN})
    row = cursor.fetchone()
    if row is None:
        raise ListingUnknown
    listing_id, left_rial, is_kept_in_vain, province, county, kind = row
    if is_kept_in_vain:  # others promised all of it and paid nothing: it is kept for nobody, who pays first has it
        if amount_rial > left_rial:
            raise ListingFull(field="amount")
    else:
        cursor.execute(_PLACE, [code, amount_rial])
        outcome, _ = cursor.fetchone()
        if outcome == _FULL:
            raise ListingFull(field="amount")
        if outcome != _PLACED:
            raise ListingUnknown
    place = {"province": "" if county else province, "county": county}
    counted_rial = 0 if is_kept_in_vain else amount_rial
    return {"listing": listing_id, "counted": counted_rial, "kinds": [kind], **place}


def _let_go(gift_id: int) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT listing_id, counted_rial FROM giving_gift WHERE id = %s AND state = 'PLEDGED' FOR NO KEY UPDATE",
            [gift_id],
        )
        row = cursor.fetchone()
        if row is None:
            return
        cursor.execute("UPDATE giving_gift SET state = 'LAPSED', counted_rial = 0 WHERE id = %s", [gift_id])
        if row[0] is not None and row[1]:
            cursor.execute("SELECT giving_release(%s, %s)", list(row))

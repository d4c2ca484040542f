"""Goods and hours of work: offered by organisations, taken by bodies for needs that they hold, followed to the hand."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.actions.legal_givers import keep_standing
from sakha.giving.actions.raised import told_as_refusal
from sakha.giving.queries.donors import DonorCard
from sakha.giving.rules.goods import (
    GOODS,
    GoodsInvalid,
    GoodsUnknown,
    OnlyOrganisationsOffer,
    require_offer,
)
from sakha.ledger.actions import hold_aid
from sakha.ledger.rules.results import RequestReused
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.places import COUNTIES, PROVINCES

_OFFER: Final = """
    INSERT INTO giving_goods_offer (request_id, donor_id, item, kind, price_name, quantity, left_quantity, worth_rial,
                                    expires_on, province, county, contact, offered_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (request_id) DO NOTHING
"""
_OFFERED: Final = """
    SELECT id FROM giving_goods_offer
     WHERE request_id = %s AND donor_id = %s AND item = %s AND (quantity, worth_rial) = (%s, %s)
       AND expires_on IS NOT DISTINCT FROM %s::date AND (province, county, contact) = (%s, %s, %s)
"""
_WITHDRAW: Final = """
    UPDATE giving_goods_offer SET withdrawn_at = %s WHERE id = %s AND donor_id = %s AND withdrawn_at IS NULL
"""
_WORTH: Final = "SELECT item, worth_rial FROM giving_goods_worth(%s, %s, %s)"
# Whatever became since of the offer, its price or the hold.
_TAKEN: Final = """
    SELECT taking.hold_id, taking.id
      FROM giving_goods_taking AS taking JOIN ledger_hold AS hold ON hold.id = taking.hold_id
     WHERE hold.organisation_id = %s AND hold.request_id = %s
       AND (taking.offer_id, taking.household_id, taking.quantity) = (%s, %s, %s)
"""
_TAKE: Final = "SELECT giving_take_goods(%s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffer:
    """What an organisation offers; the request id is the form's."""

    request_id: UUID
    item: str
    quantity: int
    worth_rial: int
    province: str
    county: str = ""
    contact: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class GoodsTaken:
    """A hold in the ledger, and the pieces that are taken for it."""

    hold_id: int
    taking_id: int


def offer_goods(*, giver: DonorCard, at: datetime, offer: NewOffer) -> int:
    """Put goods or hours of an organisation in good standing into stock; tells the offer. Sent twice, it is one.

    Raises: OnlyOrganisationsOffer, GoodsInvalid, RequestReused, LegalGiverUnknown.
    """
    if not giver.is_organisation or not giver.is_in_good_standing:
        raise OnlyOrganisationsOffer
    contact = clean_text(offer.contact)
    facts = require_offer(
        item=offer.item,
        quantity=offer.quantity,
        worth_rial=offer.worth_rial,
        contact=contact,
        expires_on=offer.expires_on,
        on=at.astimezone(TEHRAN).date(),
    )
    county = offer.county
    if offer.province not in PROVINCES or (county and COUNTIES[county].province_code != offer.province):
        raise GoodsInvalid(field="province", reason="استان و شهرستان با هم جور نیستند.")
    with acting(SYSTEM), connection.cursor() as cursor:
        keep_standing(cursor, giver)
        cursor.execute(
            _OFFER,
            [offer.request_id, giver.donor_id, offer.item, facts.kind.value, facts.price_name, offer.quantity,
             offer.quantity, offer.worth_rial, offer.expires_on, offer.province, county, contact, at],
        )  # fmt: skip
        cursor.execute(
            _OFFERED,
            [offer.request_id, giver.donor_id, offer.item, offer.quantity, offer.worth_rial, offer.expires_on,
             offer.province, county, contact],
        )  # fmt: skip
        row = cursor.fetchone()
    if row is None:
        raise RequestReused
    return int(row[0])


def withdraw_goods(*, giver: DonorCard, at: datetime, offer_id: int) -> None:
    """Take back what of an own offer nobody has taken; what is on its way goes on. Raises: GoodsUnknown."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, [at, offer_id, giver.donor_id])
        if cursor.rowcount == 0:
            raise GoodsUnknown


def take_goods(
    *, actor: Actor, at: datetime, offer_id: int, household_id: int, quantity: int, request_id: UUID
) -> GoodsTaken:
    """Hold a need with offered goods: the hold and the stock, or neither. The same request again gives the same.

    Raises: GoodsUnknown, GoodsShort, GoodsUnfit, NeedUnverified, and what `hold_aid` and its result refuse with.
    """
    actor.require(Permission.HOLD_AID)
    day, taking_id = at.astimezone(TEHRAN).date(), None
    with told_as_refusal(field="quantity"), acting(actor), connection.cursor() as cursor:
        cursor.execute(_TAKEN, [actor.organisation_id, request_id, offer_id, household_id, quantity])
        if (before := cursor.fetchone()) is not None:
            return GoodsTaken(*before)
        cursor.execute(_WORTH, [offer_id, household_id, day])
        row = cursor.fetchone()
        if row is None or row[0] not in GOODS:
            raise GoodsUnknown
        facts = GOODS[row[0]]
        held = hold_aid(
            actor=actor, at=at, household_id=household_id, kind=facts.kind, request_id=request_id,
            quantity=quantity * row[1] if facts.is_counted_in_rial else quantity,
        )  # fmt: skip
        if held.is_held:
            cursor.execute(_TAKE, [at, day, held.hold_id, offer_id, quantity])
            taking_id = cursor.fetchone()[0]
    # After the transaction: that the ledger refused is on record and stays there.
    hold_id = held.require_held()
    if taking_id is None:  # the request was another's: a hold without these goods, or settled since
        raise RequestReused
    return GoodsTaken(hold_id, taking_id)


def settle_goods(*, at: datetime, limit: int = 1000) -> int:
    """Let goods follow their holds: delivered with them, or back into stock. Tell how many were settled."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT giving_settle_goods(%s, %s)", [at, limit])
        return int(cursor.fetchone()[0])

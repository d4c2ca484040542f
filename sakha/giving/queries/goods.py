"""Offered goods: the giver's own with what became of them, what a body may take, and for whose needs."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.rules.goods import GOODS, GoodsFacts, GoodsUnknown, WorthSource
from sakha.giving.rules.states import DrawState
from sakha.vocabulary.jalali import TEHRAN

_OFFER: Final = """
    SELECT o.id, o.item, o.quantity, o.left_quantity, o.worth_rial, o.expires_on, o.province, o.county, o.contact,
           o.withdrawn_at IS NOT NULL
      FROM giving_goods_offer AS o
"""
_OWN: Final = f"{_OFFER} WHERE o.donor_id = %s ORDER BY o.id DESC LIMIT 100"
_TAKINGS: Final = """
    SELECT t.offer_id, t.quantity, t.worth_rial, t.worth_source, t.state, coalesce(t.settled_at, t.taken_at), body.name
      FROM giving_goods_taking AS t JOIN access_organisation AS body ON body.id = t.organisation_id
     WHERE t.offer_id = ANY(%s) ORDER BY t.id DESC LIMIT 500
"""
_OPEN: Final = f"""
    {_OFFER} WHERE o.withdrawn_at IS NULL AND o.left_quantity > 0 AND (o.expires_on IS NULL OR o.expires_on >= %s)
     ORDER BY o.expires_on NULLS LAST, o.id LIMIT 100
"""
_ONE: Final = f"""
    {_OFFER} WHERE o.id = %s AND o.withdrawn_at IS NULL AND o.left_quantity > 0
       AND (o.expires_on IS NULL OR o.expires_on >= %s)
"""
# Verified open needs of households of which the body has a record: the gravest first.
_NEEDS: Final = """
    SELECT home.id, home.code, need.target - need.held - need.delivered
      FROM scoring_need AS verified
      JOIN registry_household AS home ON home.id = verified.household_id AND home.merged_into_id IS NULL
      JOIN ledger_need AS need ON need.household_id = verified.household_id AND need.kind = verified.kind
                              AND need.period = verified.period
     WHERE verified.kind = %s AND verified.state IN (2, 3, 4) AND verified.expires_on >= %s
       AND need.target > need.held + need.delivered
       AND EXISTS (SELECT 1 FROM registry_record AS record
                    WHERE record.household_id = home.id AND record.organisation_id = %s)
     ORDER BY verified.severity DESC, home.id LIMIT 50
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingCard:
    """What became of some pieces: by whom, never to whom."""

    quantity: int
    worth_rial: int
    worth_source: WorthSource
    state: DrawState
    at: datetime
    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCard:
    """An offer with what is left of it."""

    id: int
    facts: GoodsFacts
    quantity: int
    left_quantity: int
    worth_rial: int
    expires_on: date | None
    province: str
    county: str
    contact: str
    is_withdrawn: bool
    takings: tuple[TakingCard, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedForGoods:
    """A need of a household that the body knows, and how much of it is open."""

    household_id: int
    household_code: str
    open_quantity: int


def own_offers(*, donor_id: int) -> tuple[OfferCard, ...]:
    """The giver's offers, each with what became of it."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OWN, [donor_id])
        cards = [_card(row) for row in cursor.fetchall()]
        cursor.execute(_TAKINGS, [[card.id for card in cards]])
        takings: dict[int, list[TakingCard]] = {}
        for row in cursor.fetchall():
            takings.setdefault(row[0], []).append(
                TakingCard(
                    quantity=row[1],
                    worth_rial=row[2],
                    worth_source=WorthSource(row[3]),
                    state=DrawState(row[4]),
                    at=row[5],
                    organisation=row[6],
                )
            )
    return tuple(replace(card, takings=tuple(takings.get(card.id, ()))) for card in cards)


def open_offers(*, actor: Actor, at: datetime) -> tuple[OfferCard, ...]:
    """What a body may take in its province, what expires first before. Raises: PermissionMissing."""
    actor.require(Permission.HOLD_AID)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_OPEN, [at.astimezone(TEHRAN).date()])
        return tuple(_card(row) for row in cursor.fetchall())


def get_offer(*, actor: Actor, at: datetime, offer_id: int) -> tuple[OfferCard, tuple[NeedForGoods, ...]]:
    """One open offer, and the needs of the body's households that it fits. Raises: PermissionMissing, GoodsUnknown."""
    actor.require(Permission.HOLD_AID)
    day = at.astimezone(TEHRAN).date()
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_ONE, [offer_id, day])
        row = cursor.fetchone()
        if row is None:
            raise GoodsUnknown
        card = _card(row)
        cursor.execute(_NEEDS, [card.facts.kind.value, day, actor.organisation_id])
        return card, tuple(NeedForGoods(*one) for one in cursor.fetchall())


def _card(row: tuple[Any, ...]) -> OfferCard:
    return OfferCard(
        id=row[0],
        facts=GOODS[row[1]],
        quantity=row[2],
        left_quantity=row[3],
        worth_rial=row[4],
        expires_on=row[5],
        province=row[6],
        county=row[7],
        contact=row[8],
        is_withdrawn=row[9],
    )

"""The way of givers' money and goods in the demonstration: leave to be shown, holds, deliveries, shares, a refund.

Decides who acts and how many; what may be held, drawn or shared is decided by the product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, household_actor
from sakha.entrypoints.commands.demo_bodies import PROVINCE
from sakha.entrypoints.commands.demo_givers import Giver
from sakha.giving.actions import (
    allow_publishing,
    hold_with_gifts,
    refresh_listings,
    settle_draws,
    settle_goods,
    tell_arrivals,
)
from sakha.giving.actions.goods import NewOffer, offer_goods, take_goods
from sakha.giving.actions.proposals import carry_out_shares, decide_proposal, propose_shares
from sakha.giving.actions.refunding import propose_refund
from sakha.giving.queries.refunds import waiting_gifts
from sakha.giving.rules.goods import GOODS
from sakha.giving.rules.proposals import ProposalState
from sakha.giving.rules.terms import GIVEN_KINDS
from sakha.ledger.actions import answer_receipt, deliver_many
from sakha.ledger.rules.receipts import ReceiptState, ReceiptWay
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.refusal import Refusal

SHOWN_OF_KIND: Final = 24
BODIES_CARRYING: Final = 8
SHARES_OF_BODY: Final = 12
ON_THEIR_WAY_EVERY: Final = 4  # every fourth is held and not yet delivered when the page is printed
CONFIRMED_EVERY: Final = 2
_NAMESPACE: Final = UUID("0e3a3c5e-5b1d-4d0e-8a54-7d6a1f0c1408")
_LEAST_RIAL: Final = 1_000_000
# Verified open needs with a body that has a record of the household, of each kind some.
_SHOWABLE: Final = """
    SELECT household_id, organisation_id FROM (
        SELECT need.household_id, known.organisation_id,
               row_number() OVER (PARTITION BY need.kind ORDER BY need.household_id DESC) AS place
          FROM scoring_need AS need
          JOIN registry_household AS home ON home.id = need.household_id AND home.merged_into_id IS NULL
                                         AND NOT home.is_protected AND home.province = %(province)s
          JOIN ledger_need AS open ON open.household_id = need.household_id AND open.kind = need.kind
                                  AND open.period = need.period
                                  AND open.target >= open.held + open.delivered + %(least)s
         CROSS JOIN LATERAL (
            SELECT record.organisation_id FROM registry_record AS record
             WHERE record.household_id = need.household_id AND record.organisation_id = ANY(%(bodies)s)
             ORDER BY record.organisation_id LIMIT 1) AS known
         WHERE need.state IN (2, 3, 4) AND need.kind = ANY(%(kinds)s) AND need.expires_on >= %(day)s) AS one
     WHERE place <= %(most)s GROUP BY 1, 2 ORDER BY 1
"""
_PAID_FOR: Final = """
    SELECT listing.household_id, listing.kind, leave.organisation_id,
           least(sum(balance.rial), min(need.target - need.held - need.delivered))::bigint
      FROM giving_gift AS gift
      JOIN giving_balance AS balance ON balance.gift_id = gift.id AND balance.account = 3 AND balance.rial > 0
      JOIN giving_listing AS listing ON listing.id = gift.listing_id
      JOIN giving_publishing_leave AS leave ON leave.household_id = listing.household_id AND leave.withdrawn_at IS NULL
      JOIN ledger_need AS need ON need.household_id = listing.household_id AND need.kind = listing.kind
                              AND need.period = listing.period
     WHERE gift.state = 'PAID' AND gift.counted_rial > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2
"""
_FIT_FOR: Final = """
    SELECT need.household_id, record.organisation_id FROM scoring_need AS need
      JOIN registry_household AS home ON home.id = need.household_id AND home.merged_into_id IS NULL
                                     AND home.province = %(province)s
      JOIN ledger_need AS open ON open.household_id = need.household_id AND open.kind = need.kind
                              AND open.period = need.period AND open.target >= open.held + open.delivered + %(least)s
      JOIN registry_record AS record ON record.household_id = need.household_id
     WHERE need.state IN (2, 3, 4) AND need.kind = %(kind)s AND need.expires_on >= %(day)s
       AND record.organisation_id = ANY(%(bodies)s)
     ORDER BY need.household_id, record.organisation_id LIMIT %(most)s
"""
_WAITING_AT: Final = """
    SELECT organisation_id FROM giving_share WHERE proposal_id = %s AND amount_rial > 0
     GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s
"""
_HELD: Final = "SELECT hold_id, household_id, organisation_id FROM giving_draw WHERE state = 'HELD' ORDER BY hold_id"


@dataclass(frozen=True, slots=True)
class Stock:
    """One line that an organisation offers, and how many pieces a body takes of it."""

    item: str
    quantity: int
    worth_rial: int
    pieces: int


_STOCKS: Final = (
    Stock("MEDICINE", 60, 4_000_000, 2),
    Stock("LESSON", 40, 3_000_000, 4),
    Stock("FRIDGE", 5, 180_000_000, 1),
    Stock("SCHOOL_KIT", 100, 12_000_000, 1),
)


def show_needs(*, staff: Mapping[int, Actor], at: datetime) -> int:
    """Let some households of each kind allow to be shown, at the body that knows them; tells how many needs stand."""
    asked: dict[str, Any] = {"kinds": [kind.value for kind in GIVEN_KINDS], "most": SHOWN_OF_KIND}
    for household_id, organisation_id in _read(_SHOWABLE, asked | _known(staff, at, _LEAST_RIAL)):
        allow_publishing(actor=staff[organisation_id], at=at, household_id=household_id)
    return refresh_listings(at=at).shown_count


def hold_what_was_named(*, staff: Mapping[int, Actor], at: datetime) -> None:
    """The bodies draw what was given for needs of their households."""
    for household_id, kind, organisation_id, rial in _read(_PAID_FOR, {}):
        if rial < 1:
            continue
        with suppress(Refusal):  # another body holds it
            hold_with_gifts(
                actor=staff[organisation_id], at=at, household_id=household_id, kind=NeedKind(kind), amount_rial=rial,
                request_id=uuid5(_NAMESPACE, f"{household_id}:{kind}"),
            )  # fmt: skip


def offer_and_take(*, givers: Sequence[Giver], staff: Mapping[int, Actor], at: datetime) -> None:
    """Organisations offer goods and hours; of each line a body takes some for a household, and delivers every other."""
    for number, (giver, stock) in enumerate(zip(givers, _STOCKS, strict=False)):
        offer = NewOffer(
            request_id=uuid5(_NAMESPACE, stock.item), item=stock.item, quantity=stock.quantity,
            worth_rial=stock.worth_rial, province=PROVINCE, contact="انبار، روزهای کاری ۹ تا ۱۳",
            expires_on=at.astimezone(TEHRAN).date() + timedelta(days=90),
        )  # fmt: skip
        with suppress(Refusal):
            offer_id = offer_goods(giver=giver.card, at=at, offer=offer)
            _take(staff, at, offer_id, stock, is_delivered=number % 2 == 0)
    settle_goods(at=at)


def share_the_pool(*, officer: Actor, second: Actor, staff: Mapping[int, Actor], at: datetime) -> None:
    """One proposal, approved by somebody else and held by some bodies; what the others have to do still waits."""
    with suppress(Refusal):
        proposal_id = propose_shares(actor=officer, at=at, province=PROVINCE)
        decide_proposal(actor=second, at=at, proposal_id=proposal_id, state=ProposalState.APPROVED)
        for (organisation_id,) in _read(_WAITING_AT, [proposal_id, BODIES_CARRYING]):
            if organisation_id in staff:
                carry_out_shares(actor=staff[organisation_id], at=at, proposal_id=proposal_id, limit=SHARES_OF_BODY)


def propose_again(*, officer: Actor, at: datetime) -> None:
    """What came since waits for its review."""
    with suppress(Refusal):
        propose_shares(actor=officer, at=at, province=PROVINCE)


def deliver_and_confirm(*, staff: Mapping[int, Actor], at: datetime) -> None:
    """Most of what is held reaches the hand; every other household says so, and givers with a phone are told."""
    of_body: dict[int, list[tuple[int, int]]] = {}
    for number, (hold_id, household_id, organisation_id) in enumerate(_read(_HELD, {})):
        if number % ON_THEIR_WAY_EVERY != ON_THEIR_WAY_EVERY - 1:
            of_body.setdefault(organisation_id, []).append((hold_id, household_id))
    for organisation_id, holds in of_body.items():
        deliver_many(actor=staff[organisation_id], at=at, hold_ids=[hold_id for hold_id, _ in holds])
        for hold_id, household_id in holds[::CONFIRMED_EVERY]:
            with suppress(Refusal):
                answer_receipt(
                    actor=household_actor(household_id), at=at, hold_id=hold_id, state=ReceiptState.CONFIRMED,
                    way=ReceiptWay.SITE,
                )  # fmt: skip
    settle_draws(at=at)
    tell_arrivals(at=at)


def ask_for_refund(*, officer: Actor, at: datetime) -> None:
    """Money past its last day is proposed to go back, and waits for a second officer of the nation."""
    for waits in waiting_gifts(actor=officer, at=at)[:1]:
        propose_refund(actor=officer, at=at, gift_id=waits.gift_id, reason="روز پایانی این هدیه گذشته است.")


def _take(staff: Mapping[int, Actor], at: datetime, offer_id: int, stock: Stock, *, is_delivered: bool) -> None:
    facts = GOODS[stock.item]
    least = stock.pieces * stock.worth_rial if facts.is_counted_in_rial else stock.pieces
    for household_id, organisation_id in _read(
        _FIT_FOR, {"kind": facts.kind.value, "most": 3} | _known(staff, at, least)
    ):
        with suppress(Refusal):  # the officers' price is higher, or another body covers the household
            taken = take_goods(
                actor=staff[organisation_id], at=at, offer_id=offer_id, household_id=household_id,
                quantity=stock.pieces, request_id=uuid5(_NAMESPACE, f"{stock.item}:{household_id}"),
            )  # fmt: skip
            if is_delivered:
                deliver_many(actor=staff[organisation_id], at=at, hold_ids=[taken.hold_id])
            return


def _known(staff: Mapping[int, Actor], at: datetime, least: int) -> dict[str, Any]:
    return {"bodies": list(staff), "day": at.astimezone(TEHRAN).date(), "province": PROVINCE, "least": least}


def _read(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

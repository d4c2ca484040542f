"""Goods and hours as gifts: stock never below zero, nothing past its day, taken with the hold or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, household_actor
from sakha.giving.actions import hold_with_gifts
from sakha.giving.actions.donors import open_organisation_giver
from sakha.giving.actions.goods import NewOffer, offer_goods, settle_goods, take_goods, withdraw_goods
from sakha.giving.actions.proposals import decide_proposal, propose_shares
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.queries.goods import get_offer, open_offers, own_offers
from sakha.giving.rules.goods import (
    GOODS,
    GoodsInvalid,
    GoodsShort,
    GoodsUnfit,
    GoodsUnknown,
    OnlyOrganisationsOffer,
    WorthSource,
)
from sakha.giving.rules.proposals import ProposalState
from sakha.giving.rules.states import DrawState
from sakha.giving.rules.terms import NeedUnverified
from sakha.ledger.actions import (
    answer_receipt,
    check_aid,
    decide_undoing,
    deliver_aid,
    hold_aid,
    open_needs,
    propose_undoing,
    release_aid,
)
from sakha.ledger.rules.receipts import ReceiptState, ReceiptWay
from sakha.ledger.rules.results import ExceedsOpenNeed, NeedToOpen, RequestReused
from sakha.ledger.rules.terms import terms_of
from sakha.scoring.actions.policy_prices import adopt_prices
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit
from simulation.payment_gateway import Gateway
from tests.giving_cast import KIND, give, given_needy, rows
from tests.ledger_cast import AT, a_request, given_charity, given_household, given_officer

PIECE = 400_000


def given_company(name: str = "شرکت بخشنده") -> DonorCard:
    company = given_charity(name)
    found = find_donor(donor_id=open_organisation_giver(at=AT, organisation_id=company.organisation_id))
    assert found is not None
    return found


def offer(giver: DonorCard, quantity: int = 10, item: str = "MEDICINE", **told: Any) -> int:
    new = NewOffer(
        request_id=a_request(), item=item, quantity=quantity, worth_rial=PIECE, province="30", contact="انبار، ۰۲۶"
    )
    return offer_goods(giver=giver, at=AT, offer=replace(new, **told))


def take(actor: Actor, offer_id: int, household_id: int, quantity: int = 1, **told: Any) -> Any:
    asked = {"at": AT, "request_id": a_request(), **told}
    return take_goods(actor=actor, offer_id=offer_id, household_id=household_id, quantity=quantity, **asked)


@pytest.mark.django_db
def test_goods_go_with_the_hold_to_the_hand_and_the_giver_sees_how(mehr: Actor) -> None:
    giver, (home, other, *_) = given_company(), given_needy(mehr)
    number = offer(giver, expires_on=AT.date())
    card, needs = get_offer(actor=mehr, at=AT, offer_id=number)
    assert (card.left_quantity, home.id in {one.household_id for one in needs}) == (10, True)
    request = a_request()
    taken = take(mehr, number, home.id, 4, request_id=request)
    assert take(mehr, number, home.id, 4, request_id=request) == taken  # sent twice, taken once
    assert rows("SELECT quantity FROM ledger_hold WHERE id = %s", taken.hold_id)[0][0] == 4 * PIECE
    second = take(mehr, number, other.id, 3)
    assert rows("SELECT left_quantity FROM giving_goods_offer") == [(3,)]
    deliver_aid(actor=mehr, at=AT, hold_id=taken.hold_id)
    release_aid(actor=mehr, at=AT, hold_id=second.hold_id)
    assert [settle_goods(at=AT), settle_goods(at=AT)] == [2, 0]

    (own,) = own_offers(donor_id=giver.donor_id)
    assert own.left_quantity == 6
    assert [(one.quantity, one.state) for one in own.takings] == [(3, DrawState.RETURNED), (4, DrawState.DELIVERED)]
    assert own.takings[0].worth_source is WorthSource.GIVER
    told = {"quantity", "worth_rial", "worth_source", "state", "at", "organisation"}
    assert {one.name for one in fields(own.takings[0])} == told  # by whom, never to whom
    # hours of work go the same way: two of six, worth what the giver said, to the other household
    hours = take(mehr, offer(giver, 6, item="TREATMENT"), other.id, 2)
    deliver_aid(actor=mehr, at=AT, hold_id=hours.hold_id)
    assert settle_goods(at=AT) == 1
    assert rows("SELECT delivered FROM ledger_need WHERE household_id = %s AND kind = %s", other.id, KIND.value) == [
        (2 * PIECE,)
    ]
    assert (GOODS["TREATMENT"].unit, GOODS["TREATMENT"].is_service) == ("ساعت", True)
    assert [one.left_quantity for one in own_offers(donor_id=giver.donor_id)] == [4, 6]
    withdraw_goods(giver=giver, at=AT, offer_id=number)
    with pytest.raises(GoodsUnknown):
        take(mehr, number, home.id)
    assert take(mehr, number, home.id, 4, request_id=request) == taken  # the same answer, though nothing is offered now
    with pytest.raises(GoodsUnknown):  # another quantity is another request
        take(mehr, number, home.id, 3, request_id=request)
    with pytest.raises(GoodsUnknown):
        withdraw_goods(giver=given_company("دیگری"), at=AT, offer_id=number)


@pytest.mark.django_db
def test_what_is_past_its_day_short_unverified_or_unknown_is_not_taken(mehr: Actor) -> None:
    giver, (home, *_) = given_company(), given_needy(mehr)
    number = offer(giver, 5, expires_on=AT.date())
    tomorrow = AT + timedelta(days=1)
    assert [one.id for one in open_offers(actor=mehr, at=AT)] == [number]
    assert open_offers(actor=mehr, at=tomorrow) == ()
    far = replace(mehr, province="21", county="2101")  # goods are fetched: bodies see those of their province
    assert open_offers(actor=far, at=AT) == ()
    with pytest.raises(GoodsUnknown):
        take(far, number, home.id)
    for why, asked in (
        (GoodsShort, {"household_id": home.id, "quantity": 6}),
        (GoodsShort, {"household_id": home.id, "at": tomorrow}),
        (NeedUnverified, {"household_id": given_household(mehr).id}),
        (ExceedsOpenNeed, {"household_id": home.id, "offer_id": offer(giver, 900), "quantity": 501}),
    ):
        with pytest.raises(why):
            take(mehr, **{"offer_id": number, **asked})
    stranger = given_charity("غریبه")
    check_aid(actor=stranger, at=AT, national_id=home.national_id, kind=KIND, quantity=PIECE)
    with pytest.raises(GoodsUnfit):  # it asked today and may hold; goods go by who knows the household
        take(stranger, number, home.id)
    assert rows("SELECT left_quantity FROM giving_goods_offer WHERE id = %s", number) == [(5,)]
    assert rows("SELECT count(*) FROM ledger_hold WHERE status = 1") == [(0,)]

    for unfit in ({"item": "GOLD"}, {"quantity": 0}, {"worth_rial": 0}, {"contact": " "}, {"county": "2301"}):
        with pytest.raises(GoodsInvalid):
            offer(giver, **unfit)
    with pytest.raises(GoodsInvalid):
        offer(giver, expires_on=AT.date() - timedelta(days=1))
    for unfit_giver in (replace(giver, mobile="+989990000017"), replace(giver, is_in_good_standing=False)):
        with pytest.raises(OnlyOrganisationsOffer):
            offer(unfit_giver)
    request = a_request()
    assert offer(giver, request_id=request) == offer(giver, request_id=request)
    with pytest.raises(RequestReused):
        offer(given_company("دیگری"), request_id=request)
    for other in ({"quantity": 11}, {"worth_rial": 1}, {"expires_on": AT.date()}, {"contact": "دفتر"}):
        with pytest.raises(RequestReused):
            offer(giver, request_id=request, **other)


@pytest.mark.django_db
def test_what_goods_pay_no_giver_s_money_pays_too(mehr: Actor, gateway: Gateway) -> None:
    homes = given_needy(mehr)
    give(gateway, 22 * PIECE)
    proposal = propose_shares(actor=given_officer("one"), at=AT, province="30")
    decide_proposal(actor=given_officer("two"), at=AT, proposal_id=proposal, state=ProposalState.APPROVED)
    share, home = rows("SELECT id, household_id FROM giving_share WHERE amount_rial > 0 ORDER BY id LIMIT 1")[0]
    assert home in {one.id for one in homes}
    request = a_request()
    hold = take(mehr, offer(given_company()), home, 2, request_id=request).hold_id
    asked = {"household_id": home, "kind": KIND, "amount_rial": 2 * PIECE, "request_id": request}
    with pytest.raises(RequestReused):  # the very hold again, now with money
        hold_with_gifts(actor=mehr, at=AT, **asked)
    settle = "SELECT giving_settle_share(%s, %s, %s, %s, '')"
    with pytest.raises(DatabaseError, match="of goods"), acting(mehr), connection.cursor() as cursor:
        cursor.execute(settle, [share, AT, AT.date(), hold])
    assert rows("SELECT count(*) FROM giving_draw") == [(0,)]
    # a hold without goods is money's: it is they alone that forbid it
    asked = {"household_id": home, "kind": KIND, "quantity": 2 * PIECE, "request_id": a_request()}
    free = hold_aid(actor=mehr, at=AT, **asked).hold_id
    with acting(mehr), connection.cursor() as cursor:
        cursor.execute(settle, [share, AT, AT.date(), free])
    assert rows("SELECT hold_id FROM giving_draw") == [(free,)]


@pytest.mark.django_db
def test_goods_whose_delivery_is_taken_back_return_to_the_stock_once(mehr: Actor) -> None:
    home, number = given_needy(mehr)[0], offer(given_company())
    hold_id = take(mehr, number, home.id, 4).hold_id
    deliver_aid(actor=mehr, at=AT, hold_id=hold_id)
    assert settle_goods(at=AT) == 1
    told = {"hold_id": hold_id, "state": ReceiptState.NOT_RECEIVED, "way": ReceiptWay.SITE}
    answer_receipt(actor=household_actor(home.id), at=AT, **told)
    undoing = propose_undoing(actor=given_officer("first"), at=AT, hold_id=hold_id, reason="نرسیده است.")
    decide_undoing(actor=given_officer("second"), at=AT, undoing_id=undoing, is_so=True)
    assert [settle_goods(at=AT), settle_goods(at=AT)] == [1, 0]
    assert rows("SELECT o.left_quantity, t.state FROM giving_goods_offer o JOIN giving_goods_taking t ON true") == [
        (10, "RETURNED")
    ]


@pytest.mark.django_db
def test_a_piece_is_worth_what_officers_say_where_they_say_it_and_marked_so(mehr: Actor) -> None:
    home = given_needy(mehr)[0]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_need SET kind = 6 WHERE household_id = %s", [home.id])
    period = terms_of(NeedKind.EDUCATION, at=AT).period
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_need SET period = %s WHERE household_id = %s", [period, home.id])
    need = NeedToOpen(household_id=home.id, kind=NeedKind.EDUCATION, period=period, target=500_000_000)
    open_needs(actor=SYSTEM, at=AT, needs=[need])
    with acting(SYSTEM):
        adopt_prices(at=AT)
    ((price,),) = rows("SELECT amount FROM scoring_price WHERE name = 'school_kit' AND province = ''")
    number = offer(given_company(), item="SCHOOL_KIT")
    taken = take(mehr, number, home.id, 1)
    assert rows("SELECT quantity FROM ledger_hold WHERE id = %s", taken.hold_id) == [(price,)]
    assert rows("SELECT worth_rial, worth_source FROM giving_goods_taking") == [(price, "PRICE")]


@pytest.mark.django_db
def test_the_kinds_counted_by_the_piece_are_the_same_in_sql() -> None:
    by_piece = sorted(kind.value for kind in NEED_KINDS if NEED_KINDS[kind].unit is not NeedUnit.RIAL)
    ((written,),) = rows("SELECT substring(prosrc FROM 'v_kind IN (.+?) THEN') FROM pg_proc"
                         " WHERE proname = 'giving_take_goods'")  # fmt: skip
    assert written == f"({', '.join(map(str, by_piece))})"
    assert {one.kind.value for one in GOODS.values() if not one.is_counted_in_rial} == set(by_piece)


@pytest.mark.races
def test_many_takers_at_once_never_bring_stock_below_zero(committed: None, owner_cursor: psycopg.Cursor) -> None:
    mehr = given_charity("خیریهٔ مهر")
    homes, number = given_needy(mehr), offer(given_company(), 5)

    def alone(home: int) -> bool:
        try:
            return bool(take(mehr, number, home))
        except GoodsShort:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        took = list(pool.map(alone, [home.id for home in homes]))
    assert (sum(took), rows("SELECT left_quantity FROM giving_goods_offer")) == (5, [(0,)])
    # and past the function the table itself refuses
    with pytest.raises(psycopg.errors.CheckViolation):
        owner_cursor.execute("UPDATE giving_goods_offer SET left_quantity = -1")

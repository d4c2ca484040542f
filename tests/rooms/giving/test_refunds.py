"""Refunds: two officers of the nation, money drawn no more from approval on, sent once whatever ends the work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.giving.actions import verify_books
from sakha.giving.actions.refunding import decide_refund, note_sent_by_hand, propose_refund, send_refunds
from sakha.giving.gateways import PaymentRefused
from sakha.giving.gateways.zarinpal import ZarinpalAccount, ZarinpalGateway
from sakha.giving.queries.refunds import money_waiting, refunds, uneven_refunds, waiting_gifts
from sakha.giving.rules.refunds import (
    OwnRefund,
    ReferenceMissing,
    RefundChanged,
    RefundDecided,
    RefundState,
    RefundUnknown,
    WaitsFor,
)
from simulation.payment_gateway import MERCHANT, Gateway
from tests.giving_cast import balances, give, given_listed, rows, way_of
from tests.ledger_cast import AT, given_officer

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=2)


def refunding(gateway: Gateway) -> ZarinpalGateway:
    return ZarinpalGateway(ZarinpalAccount(url=gateway.url, merchant_id=MERCHANT, has_refunds=True))


def test_expired_money_goes_back_by_two_of_the_nation_and_is_sent_once(gateway: Gateway) -> None:
    one, two = given_officer("officer.one", Scope.NATION), given_officer("officer.two", Scope.NATION)
    province = given_officer("officer.alborz")
    gift = give(gateway, 1_000_000, expires_on=AT.date())
    give(gateway, 1_000_000)
    assert waiting_gifts(actor=one, at=AT) == ()
    (waits,) = waiting_gifts(actor=one, at=LATER)
    assert (waits.gift_id, waits.rial, waits.why) == (gift.gift_id, 1_000_000, WaitsFor.EXPIRED)
    assert (waiting_gifts(actor=province, at=LATER), refunds(actor=province)) == ((), ())
    with pytest.raises(RefundUnknown):
        propose_refund(actor=province, at=LATER, gift_id=gift.gift_id, reason="")

    number = propose_refund(actor=one, at=LATER, gift_id=gift.gift_id, reason="روز آخر گذشت")
    for again, why in ((one, OwnRefund), (province, RefundUnknown)):
        with pytest.raises(why):
            decide_refund(actor=again, at=LATER, refund_id=number, is_approved=True)
    with pytest.raises(RefundUnknown):  # once is enough
        propose_refund(actor=two, at=LATER, gift_id=gift.gift_id, reason="")
    decide_refund(actor=two, at=LATER, refund_id=number, is_approved=True)
    assert balances(gift.gift_id) == {1: -1_000_000, 6: 1_000_000}
    with pytest.raises(RefundDecided):
        decide_refund(actor=two, at=LATER, refund_id=number, is_approved=False)

    # the answer is lost once and again: the gateway sent it back at the first, and only then; a no that follows is none
    gateway.faults = ["take and hang up", "malformed", "refuse"]
    ends = [send_refunds(at=LATER, gateway=refunding(gateway)) for _ in range(5)]
    assert ends == [(0, 0), (0, 0), (0, 0), (1, 0), (0, 0)]
    sent = [rial for session in gateway.sessions.values() for _, rial in session.refunds.values()]
    assert sent == [1_000_000]
    (card,) = refunds(actor=two)
    assert (card.state, bool(card.reference), card.rial) == (RefundState.SENT, True, 1_000_000)
    assert (verify_books().differing_count, uneven_refunds()) == (0, 0)


def test_where_the_gateway_takes_none_the_bank_does_and_its_number_is_written(gateway: Gateway) -> None:
    one, two = given_officer("officer.one", Scope.NATION), given_officer("officer.two", Scope.NATION)
    gift = give(gateway, 1_000_000, expires_on=AT.date())
    first = propose_refund(actor=one, at=LATER, gift_id=gift.gift_id, reason="")
    decide_refund(actor=one, at=LATER, refund_id=first, is_approved=False)  # one's own may be taken back
    number = propose_refund(actor=one, at=LATER, gift_id=gift.gift_id, reason="")
    decide_refund(actor=two, at=LATER, refund_id=number, is_approved=True)
    assert send_refunds(at=LATER, gateway=way_of(gateway)) == (0, 1)
    with pytest.raises(ReferenceMissing):
        note_sent_by_hand(actor=one, at=LATER, refund_id=number, reference=" ")
    note_sent_by_hand(actor=one, at=LATER, refund_id=number, reference="۱۲۳")
    with pytest.raises(RefundDecided):
        note_sent_by_hand(actor=one, at=LATER, refund_id=number, reference="۱۲۴")
    assert rows("SELECT state, reference FROM giving_refund WHERE id = %s", number) == [("SENT", "123")]


def test_money_of_a_need_that_is_gone_waits_only_where_nothing_alike_is_open(mehr: Actor, gateway: Gateway) -> None:
    nation = given_officer("officer.one", Scope.NATION)
    _, code = given_listed(mehr)
    give(gateway, 1_000_000, listing_code=code)
    later = AT + timedelta(days=60)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_need SET expires_on = %s", [AT.date()])
        cursor.execute(
            "SELECT giving_refresh_listings(%s, %s, '{3}', '{1}', 11)", [AT + timedelta(days=3), LATER.date()]
        )
    assert [one.why for one in waiting_gifts(actor=nation, at=later)] == [WaitsFor.GONE]
    assert money_waiting(at=later).counts == {WaitsFor.GONE: 1}  # what the night's warning counts
    assert waiting_gifts(actor=nation, at=AT + timedelta(days=9)) == ()  # not so soon
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_need SET expires_on = '2027-11-01'")
    assert waiting_gifts(actor=nation, at=later) == ()


def approved(gateway: Gateway) -> int:
    one, two = given_officer("officer.one", Scope.NATION), given_officer("officer.two", Scope.NATION)
    gift = give(gateway, 1_000_000, expires_on=AT.date())
    number = propose_refund(actor=one, at=LATER, gift_id=gift.gift_id, reason="")
    decide_refund(actor=two, at=LATER, refund_id=number, is_approved=True)
    return number


def test_a_no_is_one_where_nothing_was_asked_before_or_nobody_ever_paid(gateway: Gateway) -> None:
    number = approved(gateway)
    gateway.faults = ["refuse"]
    assert send_refunds(at=LATER, gateway=refunding(gateway)) == (0, 1)
    # killed while it asked: that it may have been sent is known from before
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE giving_refund SET state = 'APPROVED', asked_at = NULL WHERE id = %s", [number])
    killed = patch.object(ZarinpalGateway, "refund", side_effect=KeyboardInterrupt)
    with killed, pytest.raises(KeyboardInterrupt):
        send_refunds(at=LATER, gateway=refunding(gateway))
    for is_final, ends in ((False, (0, 0)), (True, (0, 1))):
        no = PaymentRefused(status="-1", is_final=is_final)
        with patch.object(ZarinpalGateway, "refund", side_effect=no):
            assert send_refunds(at=LATER, gateway=refunding(gateway)) == ends


def test_a_yes_counts_although_another_was_told_no_meanwhile(gateway: Gateway) -> None:
    number = approved(gateway)

    def told_no_meanwhile(**_: Any) -> str:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute("UPDATE giving_refund SET state = 'BY_HAND' WHERE id = %s", [number])
        return "77"

    with patch.object(ZarinpalGateway, "refund", side_effect=told_no_meanwhile):
        assert send_refunds(at=LATER, gateway=refunding(gateway)) == (1, 0)
    assert rows("SELECT state, reference FROM giving_refund") == [("SENT", "77")]


def test_nothing_is_approved_of_money_that_reaches_a_need_by_now_or_is_another_sum(gateway: Gateway) -> None:
    one, two = given_officer("officer.one", Scope.NATION), given_officer("officer.two", Scope.NATION)
    gift = give(gateway, 1_000_000, expires_on=AT.date())
    number = propose_refund(actor=one, at=LATER, gift_id=gift.gift_id, reason="")
    with pytest.raises(RefundChanged):  # on a day on which it could still be drawn
        decide_refund(actor=two, at=AT, refund_id=number, is_approved=True)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE giving_refund SET amount_rial = 900000 WHERE id = %s", [number])
    with pytest.raises(RefundChanged):
        decide_refund(actor=two, at=LATER, refund_id=number, is_approved=True)
    assert balances(gift.gift_id) == {1: -1_000_000, 3: 1_000_000}
    decide_refund(actor=two, at=LATER, refund_id=number, is_approved=False)
    again = propose_refund(actor=one, at=LATER, gift_id=gift.gift_id, reason="")
    decide_refund(actor=two, at=LATER, refund_id=again, is_approved=True)


def test_the_table_itself_wants_four_eyes(gateway: Gateway) -> None:
    one = given_officer("officer.one", Scope.NATION)
    gift = give(gateway, 1_000_000, expires_on=AT.date())
    number = propose_refund(actor=one, at=LATER, gift_id=gift.gift_id, reason="")
    statement = "UPDATE giving_refund SET state = 'APPROVED', amount_rial = 1, decided_at = %s, decided_by_id = %s"
    with pytest.raises(IntegrityError, match="refund_by_four_eyes"), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"{statement} WHERE id = %s", [LATER, one.user_id, number])

"""Money of a delivery that two of an office take back goes home by the way it came, once, and helps the next need."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sakha.access.rules import Actor, household_actor
from sakha.giving.actions import hold_with_gifts, settle_draws, verify_books
from sakha.giving.actions.refunds import BooksVerified
from sakha.giving.rules.states import Account
from sakha.ledger.actions import answer_receipt, decide_undoing, deliver_aid, propose_undoing
from sakha.ledger.rules.receipts import ReceiptState, ReceiptWay
from simulation.payment_gateway import Gateway
from tests.giving_cast import KIND, balances, give, given_listed, rows
from tests.ledger_cast import AT, a_request, given_officer

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
RIAL = 4_000_000


@pytest.mark.parametrize("is_settled", [True, False])
def test_money_of_what_did_not_arrive_goes_home_once(mehr: Actor, gateway: Gateway, is_settled: bool) -> None:
    household, code = given_listed(mehr)
    gift = give(gateway, RIAL, listing_code=code)
    asked = {"household_id": household.id, "kind": KIND, "amount_rial": RIAL}
    hold_id = hold_with_gifts(actor=mehr, at=AT, request_id=a_request(), **asked).hold_id
    deliver_aid(actor=mehr, at=AT, hold_id=hold_id)
    if is_settled:
        assert settle_draws(at=AT) == 1
    home = household_actor(household.id)
    answer_receipt(actor=home, at=LATER, hold_id=hold_id, state=ReceiptState.NOT_RECEIVED, way=ReceiptWay.SITE)
    undoing_id = propose_undoing(actor=given_officer("first"), at=LATER, hold_id=hold_id, reason="نرسیده است.")
    decide_undoing(actor=given_officer("second"), at=LATER, undoing_id=undoing_id, is_so=True)

    assert (settle_draws(at=LATER), settle_draws(at=LATER)) == (1, 0)
    assert balances(gift.gift_id) == {Account.GIVER: -RIAL, Account.POOL: RIAL}
    assert rows("SELECT state FROM giving_draw") == [("RETURNED",)]
    assert verify_books() == BooksVerified(0, 0)
    again = hold_with_gifts(actor=mehr, at=LATER, request_id=a_request(), **asked)
    assert balances(gift.gift_id)[Account.HELD] == RIAL
    assert again.hold_id != hold_id

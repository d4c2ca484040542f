"""Refunds in the gateway's own books beside ours: told twice, of another payment, or paid by the bank as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest

from sakha.access.rules import SYSTEM, Scope
from sakha.giving.actions.refunding import note_sent_by_hand, send_refunds
from sakha.giving.actions.statements import settle_case
from sakha.giving.gateways import PaymentRefused
from sakha.giving.gateways.zarinpal import ZarinpalGateway
from sakha.giving.queries.statements import gateway_cases
from sakha.giving.rules.refunds import RefundNamedThere
from sakha.giving.rules.statements import CaseKind, Statement
from simulation.payment_gateway import Gateway
from tests.giving_cast import rows, way_of
from tests.ledger_cast import given_officer
from tests.rooms.giving.test_statements import NIGHT, cases, compared, given_refunds, telling

pytestmark = pytest.mark.django_db


def test_refunds_are_compared_by_our_key_of_them(gateway: Gateway, way: ZarinpalGateway) -> None:
    later, sessions = NIGHT + timedelta(days=1), gateway.sessions
    _same, lost, other, by_hand, twice = given_refunds(gateway, 5)
    gateway.clock = lambda: NIGHT
    bank = way_of(gateway)
    for number in (by_hand, twice):  # this gateway takes none
        send_refunds(at=NIGHT, refund_id=number, gateway=bank)
    rows("UPDATE giving_refund SET state = 'APPROVED' WHERE id = %s RETURNING id", twice)
    send_refunds(at=NIGHT, gateway=way)
    rows("UPDATE giving_refund SET state = 'BY_HAND' WHERE id = %s RETURNING id", twice)
    note_sent_by_hand(actor=given_officer("officer.three", Scope.NATION), at=NIGHT, refund_id=by_hand, reference="12")
    for session in sessions.values():
        session.refunds.pop(f"refund-{lost}", None)
        if sent := session.refunds.get(f"refund-{other}"):
            session.refunds[f"refund-{other}"] = (sent[0], 1)

    assert compared(way, later)[2] == 3
    assert sorted((one.kind, one.key) for one in gateway_cases(actor=SYSTEM)) == [
        (CaseKind.DIFFERS, f"refund-{other}"),
        (CaseKind.UNKNOWN_HERE, f"refund-{twice}"),  # about to be paid a second time
        (CaseKind.UNKNOWN_THERE, f"refund-{lost}"),
    ]


def sent_twice(told: Statement) -> Statement:
    return Statement(told.payments, told.refunds * 2)


def sent_on_two_days(told: Statement) -> Statement:
    again = [replace(one, at=one.at + timedelta(days=2)) for one in told.refunds]
    return Statement(told.payments, (*told.refunds, *again))


def sent_from_another(told: Statement) -> Statement:
    return Statement(told.payments, tuple(replace(one, authority="S1") for one in told.refunds))


@pytest.mark.parametrize(
    ("harm", "rial"), [(sent_twice, 2_000_000), (sent_on_two_days, 2_000_000), (sent_from_another, 1_000_000)]
)
def test_a_refund_told_twice_or_of_another_payment_differs(
    gateway: Gateway, way: ZarinpalGateway, harm: Callable[[Statement], Statement], rial: int
) -> None:
    given_refunds(gateway, 1)
    gateway.clock = lambda: NIGHT
    send_refunds(at=NIGHT, gateway=way)
    with telling(way, harm):
        assert compared(way, NIGHT + timedelta(days=4))[2] == 1
    assert cases() == [(CaseKind.DIFFERS, True, rial, 1_000_000)]


def test_a_refund_that_their_books_name_is_not_paid_by_the_bank_until_somebody_says_why(
    gateway: Gateway, way: ZarinpalGateway
) -> None:
    (number,) = given_refunds(gateway, 1)
    officer, later = given_officer("nation", Scope.NATION), NIGHT + timedelta(days=20)
    gateway.clock, gateway.faults = lambda: NIGHT, ["take and hang up"]
    send_refunds(at=NIGHT, gateway=way)
    assert compared(way, NIGHT + timedelta(days=1))[2] == 0  # approved still, it is asked for again
    compared(way, later)
    with patch.object(way, "refund", side_effect=PaymentRefused(status="-51", is_final=True)):
        assert send_refunds(at=later, gateway=way) == (0, 1)
    with pytest.raises(RefundNamedThere):  # before a night found it
        note_sent_by_hand(actor=officer, at=later, refund_id=number, reference="12")
    assert compared(way, later + timedelta(days=1))[2] == 1
    with pytest.raises(RefundNamedThere):
        note_sent_by_hand(actor=officer, at=later, refund_id=number, reference="12")
    (case,) = gateway_cases(actor=officer)
    assert (case.kind, case.key) == (CaseKind.UNKNOWN_HERE, f"refund-{number}")
    settle_case(actor=officer, at=later, case_id=case.id, note="درگاه آن را پس گرفت و نفرستاد")
    note_sent_by_hand(actor=officer, at=later, refund_id=number, reference="12")


def test_a_refund_paid_by_the_bank_and_named_by_them_later_is_a_case(gateway: Gateway, way: ZarinpalGateway) -> None:
    (number,) = given_refunds(gateway, 1)
    gateway.clock, sent_at = lambda: NIGHT + timedelta(days=9), NIGHT
    send_refunds(at=sent_at, gateway=way_of(gateway))
    note_sent_by_hand(actor=given_officer("nation", Scope.NATION), at=sent_at, refund_id=number, reference="12")
    assert compared(way, NIGHT + timedelta(days=9))[2] == 0
    ((authority,),) = rows("SELECT authority FROM giving_payment")
    way.refund(authority=authority, amount_rial=1_000_000, key=f"refund-{number}")
    assert compared(way, NIGHT + timedelta(days=10))[2] == 1
    assert cases() == [(CaseKind.UNKNOWN_HERE, True, 1_000_000, None)]


def test_a_refund_whose_answers_were_lost_for_long_is_looked_for_where_it_was_asked(
    gateway: Gateway, way: ZarinpalGateway
) -> None:
    _late, lost = given_refunds(gateway, 2)
    gateway.clock, gateway.faults = lambda: NIGHT, ["take and hang up", "take and hang up"]
    send_refunds(at=NIGHT, gateway=way)
    later = NIGHT + timedelta(days=15)
    gateway.clock = lambda: later
    assert send_refunds(at=later, gateway=way) == (2, 0)
    for session in gateway.sessions.values():
        session.refunds.pop(f"refund-{lost}", None)
    assert compared(way, later + timedelta(days=1))[2] == 1
    assert [one.key for one in gateway_cases(actor=SYSTEM)] == [f"refund-{lost}"]

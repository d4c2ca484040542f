"""The gateway's own books are compared with ours each night, both ways, over HTTP; what differs is a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Scope
from sakha.access.rules.actor import PermissionMissing
from sakha.giving.actions import reconcile_payments, verify_books
from sakha.giving.actions.refunding import decide_refund, note_sent_by_hand, propose_refund, send_refunds
from sakha.giving.actions.statements import Compared, compare_statements, settle_case
from sakha.giving.gateways.zarinpal import ZarinpalAccount, ZarinpalGateway
from sakha.giving.queries.statements import gateway_cases, statement_days
from sakha.giving.rules.statements import CaseKind, CaseUnknown, NoteMissing
from sakha.observatory.queries.waiting import decisions_that_wait
from simulation.payment_gateway import MERCHANT, Gateway, Session
from tests.giving_cast import authority_of, balances, give, pledge, rows, way_of
from tests.ledger_cast import AT, an_officer, given_charity, given_officer

pytestmark = pytest.mark.django_db
NIGHT = AT + timedelta(days=1)
_STATE = "SELECT state FROM giving_payment ORDER BY id"


@pytest.fixture
def way(gateway: Gateway) -> ZarinpalGateway:
    """One that tells its books, and lives at the time of the cast."""
    gateway.clock = lambda: AT
    account = ZarinpalAccount(url=gateway.url, merchant_id=MERCHANT, has_refunds=True, has_statements=True)
    return ZarinpalGateway(account)


def compared(way: ZarinpalGateway, at: datetime = NIGHT) -> tuple[int, int, int]:
    told = compare_statements(at=at, gateway=way)
    return told.day_count, told.booked_count, told.case_count


def cases() -> list[tuple[CaseKind, bool, int | None, int | None]]:
    told = gateway_cases(actor=SYSTEM)
    return [(one.kind, one.is_refund, one.theirs_rial, one.ours_rial) for one in told if one.settled_at is None]


def test_what_both_know_alike_is_no_case_and_a_day_is_compared_once(gateway: Gateway, way: ZarinpalGateway) -> None:
    give(gateway, 1_000_000)
    give(gateway, 2_000_000, province="30")
    pledge(gateway, 3_000_000)  # nobody paid it
    assert [compared(way) for _ in range(2)] == [(1, 0, 0), (0, 0, 0)]
    (day,) = statement_days(actor=SYSTEM)
    assert (day.their_count, day.their_rial, day.our_count, day.our_rial) == (2, 3_000_000, 2, 3_000_000)
    assert compared(way, NIGHT + timedelta(days=3)) == (3, 0, 0)  # nights that were missed are made up for
    assert compare_statements(at=NIGHT + timedelta(days=9), gateway=way_of(gateway)) == Compared()  # it tells no books


def test_what_they_took_and_we_still_ask_about_is_booked_once(gateway: Gateway, way: ZarinpalGateway) -> None:
    pledged = pledge(gateway)
    gateway.pay(authority_of(pledged), is_paid=True)
    way.verify(authority=authority_of(pledged), amount_rial=1_000_000)  # taken, and our machine died
    assert rows(_STATE) == [("ASKED",)]

    gateway.faults = ["", "hang up"]  # the books come, the answer about the payment doesn't
    assert compared(way) == (0, 0, 0)
    assert compared(way) == (1, 1, 0)
    assert rows(_STATE) == [("VERIFIED",)]
    assert balances(pledged.gift_id) == {1: -1_000_000, 3: 1_000_000}
    assert reconcile_payments(at=NIGHT, gateway=way) == (0, 0)
    assert (verify_books().differing_count, cases()) == (0, [])


def lost_here(gateway: Gateway, authority: str) -> None:
    gateway.sessions["S" + "0" * 35] = Session(700_000, "", is_paid=True, is_taken=True, reference=5, taken_at=AT)


def given_up_here(gateway: Gateway, authority: str) -> None:
    late = pledge(gateway, 700_000)
    gateway.pay(authority_of(late), is_paid=True)
    way_of(gateway).verify(authority=authority_of(late), amount_rial=700_000)
    rows(
        "UPDATE giving_payment SET state = 'FAILED', settled_at = %s WHERE gift_id = %s RETURNING id", AT, late.gift_id
    )


def lost_there(gateway: Gateway, authority: str) -> None:
    del gateway.sessions[authority]


def other_sum(gateway: Gateway, authority: str) -> None:
    gateway.sessions[authority].amount_rial = 900_000


def other_fee(gateway: Gateway, authority: str) -> None:
    gateway.fee_rial = 10_000


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (lost_here, (CaseKind.UNKNOWN_HERE, False, 700_000, None)),
        (given_up_here, (CaseKind.UNKNOWN_HERE, False, 700_000, None)),
        (lost_there, (CaseKind.UNKNOWN_THERE, False, None, 1_000_000)),
        (other_sum, (CaseKind.DIFFERS, False, 900_000, 1_000_000)),
        (other_fee, (CaseKind.DIFFERS, False, 1_000_000, 1_000_000)),
    ],
)
def test_a_payment_that_differs_is_one_case_and_nothing_is_booked(
    gateway: Gateway, way: ZarinpalGateway, harm: Callable[[Gateway, str], None], found: tuple[object, ...]
) -> None:
    paid = give(gateway, 1_000_000)
    harm(gateway, authority_of(paid))
    booked = rows("SELECT count(*) FROM giving_transfer")
    assert compared(way) == (1, 0, 1)
    assert cases() == [found]
    with patch("sakha.giving.actions.statements.last_compared", return_value=None):  # the machine died before the end
        assert compared(way) == (1, 0, 0)
    assert rows("SELECT count(*) FROM giving_transfer") == booked


def test_a_payment_of_another_of_their_days_is_no_case(gateway: Gateway, way: ZarinpalGateway) -> None:
    gateway.clock = lambda: AT - timedelta(days=90)
    give(gateway, 1_000_000)
    assert compared(way) == (1, 0, 0)
    (day,) = statement_days(actor=SYSTEM)
    assert (day.their_count, day.our_count) == (0, 1)


def given_refunds(gateway: Gateway, count: int) -> list[int]:
    """Refunds that two officers approved."""
    one, two = given_officer("officer.one", Scope.NATION), given_officer("officer.two", Scope.NATION)
    gifts = [give(gateway, 1_000_000, expires_on=AT.date()).gift_id for _ in range(count)]
    rows("UPDATE giving_payment SET settled_at = settled_at - interval '9 days' RETURNING id")
    numbers = [propose_refund(actor=one, at=NIGHT, gift_id=gift, reason="") for gift in gifts]
    for number in numbers:
        decide_refund(actor=two, at=NIGHT, refund_id=number, is_approved=True)
    return numbers


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


def test_a_case_is_closed_by_the_nations_office_with_a_word_and_not_opened_again(
    gateway: Gateway, way: ZarinpalGateway
) -> None:
    lost_here(gateway, "")
    compared(way)
    officer, note = given_officer("nation", Scope.NATION), "از پشتیبان برگشته بود؛ بازگردانده شد"
    (case,) = gateway_cases(actor=officer)
    for stranger in (given_officer("province"), given_charity("مهر"), an_officer(Scope.NATION)):
        with pytest.raises((CaseUnknown, PermissionMissing)):
            settle_case(actor=stranger, at=NIGHT, case_id=case.id, note=note)
    assert (gateway_cases(actor=given_officer("province.two")), statement_days(actor=given_officer("three"))) == (
        (),
        (),
    )
    with pytest.raises(NoteMissing):
        settle_case(actor=officer, at=NIGHT, case_id=case.id, note="خوب")
    with pytest.raises(IntegrityError), transaction.atomic(), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE giving_gateway_case SET settled_at = now()")
    settle_case(actor=officer, at=NIGHT, case_id=case.id, note=note)
    with pytest.raises(CaseUnknown):
        settle_case(actor=officer, at=NIGHT, case_id=case.id, note=note)
    assert [(one.settled_by, one.note) for one in gateway_cases(actor=officer)] == [("nation", note)]


@pytest.mark.parametrize("fault", ["malformed", "hang up", "refuse"])
def test_a_night_without_an_answer_closes_no_day(gateway: Gateway, way: ZarinpalGateway, fault: str) -> None:
    lost_here(gateway, "")
    gateway.faults = [fault]
    assert compared(way) == (0, 0, 0)
    assert compared(way) == (1, 0, 1)


def test_the_sandbox_knows_its_books_after_a_new_start(gateway: Gateway, way: ZarinpalGateway, tmp_path: Path) -> None:
    gateway.books = tmp_path / "sandbox.books"
    (number,) = given_refunds(gateway, 1)
    give(gateway, 2_000_000)
    send_refunds(at=NIGHT, refund_id=number, gateway=way)
    again = Gateway(books=gateway.books)
    assert again.sessions == gateway.sessions
    with_none = Gateway(books=tmp_path / "none")
    assert with_none.sessions == {}


def test_control_who_looks_only_at_what_we_asked_about_finds_nothing(gateway: Gateway, way: ZarinpalGateway) -> None:
    lost_here(gateway, "")
    assert reconcile_payments(at=NIGHT, gateway=way) == (0, 0)
    assert verify_books().differing_count == 0
    assert compared(way) == (1, 0, 1)


def test_a_case_is_an_alarm_on_the_nations_desk(gateway: Gateway, way: ZarinpalGateway) -> None:
    lost_here(gateway, "")
    compared(way)
    (pile,) = decisions_that_wait(actor=given_officer("nation", Scope.NATION), at=NIGHT)
    assert (pile.url_name, pile.count) == ("gateway_cases", 1)
    assert decisions_that_wait(actor=given_officer("province"), at=NIGHT) == ()

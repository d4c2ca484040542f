"""The gateway's own books are compared with ours each night, both ways, over HTTP; what differs is a case."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from structlog.testing import capture_logs

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Scope
from sakha.access.rules.actor import PermissionMissing
from sakha.giving.actions import reconcile_payments, verify_books
from sakha.giving.actions.refunding import decide_refund, propose_refund, send_refunds
from sakha.giving.actions.statements import Compared, compare_statements, settle_case
from sakha.giving.gateways import PaymentUncertain, VerifiedPayment
from sakha.giving.gateways.zarinpal import ZarinpalGateway
from sakha.giving.queries.statements import gateway_cases, late_from, statement_days
from sakha.giving.rules.statements import CaseKind, CaseUnknown, NoteMissing, Statement
from sakha.observatory.queries.waiting import decisions_that_wait
from simulation.payment_gateway import Gateway, Session
from tests.giving_cast import authority_of, balances, give, pledge, rows, way_of
from tests.ledger_cast import AT, an_officer, given_charity, given_officer

pytestmark = pytest.mark.django_db
NIGHT = AT + timedelta(days=1)
_STATE = "SELECT state FROM giving_payment ORDER BY id"


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
    rows("UPDATE giving_statement_due SET due_from = due_from - 1 RETURNING id")  # the machine died before the end
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
    with capture_logs() as logs:
        assert compared(way) == (0, 0, 0)
    told = {"refuse": ("gateway_statement_refused", "error")}.get(fault, ("gateway_statement_missing", "warning"))
    assert [(one["event"], one["log_level"]) for one in logs] == [told]
    assert compared(way, NIGHT + timedelta(days=1)) == (2, 0, 1)


def test_the_first_night_begins_with_our_first_payment(gateway: Gateway, way: ZarinpalGateway) -> None:
    give(gateway, 1_000_000)
    lost_here(gateway, "")
    assert compared(way, NIGHT + timedelta(days=5)) == (6, 0, 1)


def test_a_payment_that_nothing_is_said_about_is_a_case_and_holds_up_no_other(
    gateway: Gateway, way: ZarinpalGateway
) -> None:
    silent, answered = pledge(gateway, 1_000_000), pledge(gateway, 2_000_000)
    for one, rial in ((silent, 1_000_000), (answered, 2_000_000)):
        gateway.pay(authority_of(one), is_paid=True)
        way.verify(authority=authority_of(one), amount_rial=rial)
    booked = give(gateway, 3_000_000)
    lost_there(gateway, authority_of(booked))
    ask = way.verify

    def verify(*, authority: str, amount_rial: int) -> VerifiedPayment:
        if authority == authority_of(answered):
            return ask(authority=authority, amount_rial=amount_rial)
        raise PaymentUncertain(reason="shape")

    with patch.object(way, "verify", side_effect=verify):
        assert compared(way) == (1, 1, 2)
    assert rows(_STATE) == [("ASKED",), ("VERIFIED",), ("VERIFIED",)]
    assert sorted(cases()) == [
        (CaseKind.UNKNOWN_HERE, False, 1_000_000, None),
        (CaseKind.UNKNOWN_THERE, False, None, 3_000_000),
    ]


def test_books_that_stay_away_are_an_alarm_and_days_given_up_are_a_case(gateway: Gateway, way: ZarinpalGateway) -> None:
    nation = given_officer("nation", Scope.NATION)
    give(gateway, 1_000_000)
    for nights, late in ((0, 0), (1, 1)):
        gateway.faults = ["hang up"]
        at = NIGHT + timedelta(days=nights)
        compared(way, at)
        assert [one.title for one in decisions_that_wait(actor=nation, at=at)] == [
            "دفتر درگاه پرداخت نرسیده است"
        ] * late
        assert (late_from(at=at) is not None) == bool(late)
    assert decisions_that_wait(actor=given_officer("province"), at=NIGHT + timedelta(days=2)) == ()
    with capture_logs() as logs:
        assert compared(way, NIGHT + timedelta(days=33)) == (31, 0, 0)
    assert [(one["event"], one["log_level"]) for one in logs] == [("gateway_days_given_up", "error")]
    (case,) = gateway_cases(actor=nation)
    last = AT.date() + timedelta(days=2)
    assert (case.kind, case.day, case.key) == (CaseKind.NOT_COMPARED, AT.date(), f"{AT.date()}/{last}")
    assert late_from(at=NIGHT + timedelta(days=33)) is None
    for days in (39, 99, 100):  # it tells no books any more
        compare_statements(at=NIGHT + timedelta(days=days), gateway=way_of(gateway))
        assert (late_from(at=NIGHT + timedelta(days=days)), len(cases())) == (None, 1)


def telling(way: ZarinpalGateway, change: Callable[[Statement], Statement]) -> AbstractContextManager[object]:
    """Books that are changed on their way."""
    ask = way.statement

    def statement(*, since: datetime, until: datetime) -> Statement:
        told = change(ask(since=since, until=until))
        payments = tuple(one for one in told.payments if since <= one.at < until)
        return Statement(payments, tuple(one for one in told.refunds if since <= one.at < until))

    return patch.object(way, "statement", side_effect=statement)


@pytest.mark.parametrize("days", [0, 1, 3])
def test_a_payment_told_twice_is_found_on_whatever_days(gateway: Gateway, way: ZarinpalGateway, days: int) -> None:
    give(gateway, 1_000_000)

    def twice(told: Statement) -> Statement:
        again = [replace(one, at=one.at + timedelta(days=days)) for one in told.payments]
        return Statement((*told.payments, *again), told.refunds)

    with telling(way, twice):
        assert compared(way, NIGHT + timedelta(days=4)) == (5, 0, 1)
    assert cases() == [(CaseKind.DIFFERS, False, 2_000_000, 1_000_000)]


def test_a_fee_that_the_payer_pays_is_none_of_ours(gateway: Gateway, way: ZarinpalGateway) -> None:
    gateway.fee_rial, gateway.fee_type = 10_000, "Payer"
    give(gateway, 1_000_000)
    assert compared(way) == (1, 0, 0)


def test_the_metric_tells_the_cases_that_are_open_now(gateway: Gateway, way: ZarinpalGateway, client: Client) -> None:
    lost_here(gateway, "")
    compared(way)
    assert "sakha_giving_gateway_cases 1.0" in client.get("/metrics").content.decode()
    (case,) = gateway_cases(actor=SYSTEM)
    officer = given_officer("nation", Scope.NATION)
    settle_case(actor=officer, at=NIGHT, case_id=case.id, note="از پشتیبان برگشته بود")
    assert "sakha_giving_gateway_cases 0.0" in client.get("/metrics").content.decode()


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

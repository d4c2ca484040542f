"""A giver's account: in by a code on the phone, the own gifts alone, large gifts, and word when one arrived."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from structlog.testing import capture_logs

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.one_time_codes import ASKS_IN_WINDOW, WRONG_MAX
from sakha.access.rules.sealing import open_sealed
from sakha.giving.actions import hold_with_gifts, settle_draws, tell_arrivals
from sakha.giving.actions.donors import (
    ask_giver_code,
    enter_giver,
    forget_giver_codes,
    open_organisation_giver,
    reseal_batch,
)
from sakha.giving.queries.charities import CarriersShown, shown_carriers
from sakha.giving.queries.donors import amount_limits, find_donor, get_own_gift, gift_years, gifts_of_year, own_gifts
from sakha.giving.rules.crowds import CROWD_MIN
from sakha.giving.rules.donors import (
    GiverAskedTooOften,
    GiverCodeWrong,
    GiverUnknown,
)
from sakha.giving.rules.overdue import REPORT_DUE
from sakha.giving.rules.promises import GiverMarks
from sakha.giving.rules.terms import GiftUnknown
from sakha.ledger.actions import deliver_aid, expire_holds, release_aid
from sakha.vocabulary.jalali import TEHRAN
from simulation.payment_gateway import Gateway
from tests.giving_cast import KIND, give, given_listed, pledge, rows
from tests.ledger_cast import AT, a_request, given_charity

pytestmark = pytest.mark.django_db
MOBILE, OTHER = "+989990000017", "+989990000018"
LIMIT = 200_000_000
_PAID = """
    INSERT INTO giving_gift (request_id, follow_digest, amount_rial, listing_id, province, county, kinds,
                             household_types, condition_set, state, counted_rial, pledged_at, lapses_at, paid_at,
                             donor_id)
    VALUES (lpad(%s::text, 32, '0')::uuid, %s, 1000000, NULL, '', '', '{}', '{}', '', 'PAID', 0, %s, %s, %s, %s)
"""


def texts(kind: str) -> list[str]:
    sealed = rows("SELECT text_sealed FROM coordination_notice WHERE kind = %s ORDER BY id", kind)
    return [open_sealed(key_ring(), bytes(row[0])) for row in sealed]


def signed_in(mobile: str = MOBILE, at: Any = AT) -> int:
    ask_giver_code(at=at, mobile=mobile, address="192.0.2.1")
    return enter_giver(at=at, mobile=mobile, code=texts("GIVER_CODE")[-1].split(": ")[1][:6])


def test_a_phone_opens_its_account_once_a_code_and_too_many_tries_close_it() -> None:
    donor = signed_in()
    code = texts("GIVER_CODE")[-1].split(": ")[1][:6]
    with pytest.raises(GiverCodeWrong):  # used
        enter_giver(at=AT, mobile=MOBILE, code=code)
    assert find_donor(donor_id=donor).shown == "0999•••0017"

    later = AT + timedelta(minutes=20)
    ask_giver_code(at=later, mobile=MOBILE, address="192.0.2.1")
    code = texts("GIVER_CODE")[-1].split(": ")[1][:6]
    with pytest.raises(GiverCodeWrong):  # another's phone
        enter_giver(at=later, mobile=OTHER, code=code)
    with pytest.raises(GiverCodeWrong):  # too late
        enter_giver(at=later + timedelta(minutes=11), mobile=MOBILE, code=code)
    for _ in range(WRONG_MAX):
        with pytest.raises(GiverCodeWrong):
            enter_giver(at=later, mobile=MOBILE, code="x")
    with pytest.raises(GiverCodeWrong):  # right, and too late: it was guessed at too often
        enter_giver(at=later, mobile=MOBILE, code=code)

    for _ in range(ASKS_IN_WINDOW - 1):
        ask_giver_code(at=later, mobile=MOBILE, address="192.0.2.1")
    with pytest.raises(GiverAskedTooOften):
        ask_giver_code(at=later, mobile=MOBILE, address="192.0.2.2")
    assert rows("SELECT count(*) FROM giving_donor") == [(1,)]
    assert forget_giver_codes(at=later + timedelta(days=3)) == ASKS_IN_WINDOW + 1
    assert reseal_batch(actor=SYSTEM, ring=key_ring(), limit=10) == 0


def test_a_giver_sees_the_own_gifts_alone_and_hears_once_when_they_arrived(mehr: Actor, gateway: Gateway) -> None:
    donor, other = signed_in(), signed_in(OTHER)
    household, code = given_listed(mehr)
    gift = give(gateway, 1_000_000, listing_code=code, giver=GiverMarks(mobile=MOBILE, donor_id=donor))
    give(gateway, 300_000)  # nobody's: it stays out of every account

    (own,) = own_gifts(donor_id=donor)
    assert (own.gift_id, own.amount_rial, own.delivered_rial, own.year) == (gift.gift_id, 1_000_000, 0, 1405)
    assert get_own_gift(donor_id=donor, gift_id=own.gift_id).listing_code == code
    assert own_gifts(donor_id=other) == ()
    with pytest.raises(GiftUnknown):
        get_own_gift(donor_id=other, gift_id=own.gift_id)

    hold = {"household_id": household.id, "kind": KIND, "amount_rial": 1_000_000, "request_id": a_request()}
    drawn = hold_with_gifts(actor=mehr, at=AT, **hold)
    assert tell_arrivals(at=AT) == 0
    deliver_aid(actor=mehr, at=AT, hold_id=drawn.hold_id)
    settle_draws(at=AT)
    assert [tell_arrivals(at=AT), tell_arrivals(at=AT + timedelta(hours=1))] == [1, 0]
    assert "رسید" in texts("GIFT_ARRIVED")[0]
    assert own_gifts(donor_id=donor)[0].delivered_rial == 1_000_000


def test_a_years_statement_has_all_of_the_year_and_the_list_comes_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sakha.giving.queries.donors.PAGE_SIZE", 2)
    donor = signed_in()
    new_year = datetime(2026, 3, 21, tzinfo=TEHRAN)
    with acting(SYSTEM), connection.cursor() as cursor:
        for number, paid_at in enumerate([new_year - timedelta(seconds=1), new_year, AT, AT + timedelta(days=1)]):
            cursor.execute(_PAID, [number, bytes([number]), paid_at, paid_at, paid_at, donor])

    assert [one.year for one in gifts_of_year(donor_id=donor, year=1405)] == [1405] * 3
    assert [one.year for one in gifts_of_year(donor_id=donor, year=1404)] == [1404]
    assert gift_years(donor_id=donor) == (1405, 1404)
    pages = [[one.gift_id for one in own_gifts(donor_id=donor, page=page)] for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 0]
    assert pages[0] + pages[1] == sorted(pages[0] + pages[1], reverse=True)


def test_a_phone_that_cannot_be_opened_keeps_no_other_giver_from_hearing(mehr: Actor, gateway: Gateway) -> None:
    donors = [signed_in(mobile) for mobile in (MOBILE, OTHER)]
    household, _ = given_listed(mehr)
    for donor, mobile in zip(donors, (MOBILE, OTHER), strict=True):
        give(gateway, 1_000_000, giver=GiverMarks(mobile=mobile, donor_id=donor))
    hold = {"household_id": household.id, "kind": KIND, "amount_rial": 2_000_000, "request_id": a_request()}
    deliver_aid(actor=mehr, at=AT, hold_id=hold_with_gifts(actor=mehr, at=AT, **hold).hold_id)
    settle_draws(at=AT)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE giving_donor SET mobile_sealed = overlay(mobile_sealed PLACING %s FROM 20) WHERE id = %s",
            [b"\0" * 8, donors[0]],
        )

    with capture_logs() as logs:
        assert [tell_arrivals(at=AT, limit=1), tell_arrivals(at=AT, limit=1)] == [1, 0]

    assert [one["event"] for one in logs if one["log_level"] == "error"] == ["giver_phone_unreadable"] * 2
    assert MOBILE[3:] not in str(logs)


def test_large_gifts_want_a_known_giver_and_a_later_row_says_how_large(gateway: Gateway) -> None:
    donor = signed_in()
    with pytest.raises(GiverUnknown):
        pledge(gateway, LIMIT + 1, giver=GiverMarks(session="one"))
    pledge(gateway, LIMIT, giver=GiverMarks(session="one"))
    pledge(gateway, LIMIT + 1, giver=GiverMarks(mobile=MOBILE, donor_id=donor))
    with pytest.raises(GiverUnknown):
        pledge(gateway, 5 * LIMIT + 1, giver=GiverMarks(mobile=MOBILE, donor_id=donor))
    body = given_charity("بنگاه بخشنده").organisation_id
    legal = open_organisation_giver(at=AT, organisation_id=body)
    assert (open_organisation_giver(at=AT, organisation_id=body), find_donor(donor_id=legal).name) == (
        legal,
        "بنگاه بخشنده",
    )
    pledge(gateway, 5 * LIMIT + 1, giver=GiverMarks(donor_id=legal, is_organisation=True))

    assert amount_limits(on=AT.date()).unknown_rial == LIMIT
    assert amount_limits(on=AT.date().replace(year=2000)).unknown_rial == 0
    with pytest.raises(ProgrammingError), transaction.atomic(), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE giving_amount_limit SET unknown_rial = 1")


def test_a_charity_that_drew_and_neither_delivered_nor_gave_back_is_hidden_until_it_delivers(
    mehr: Actor, gateway: Gateway
) -> None:
    household, _ = given_listed(mehr)
    give(gateway, 3_000_000)
    hold = {"actor": mehr, "household_id": household.id, "kind": KIND, "amount_rial": 1_000_000}
    given_back = hold_with_gifts(at=AT, request_id=a_request(), **hold)
    release_aid(actor=mehr, at=AT, hold_id=given_back.hold_id)
    settle_draws(at=AT)
    later = AT + REPORT_DUE + timedelta(days=1)
    assert [one.name for one in shown_carriers(at=later).carriers] == ["خیریهٔ مهر"]  # given back by itself: no debt

    hold_with_gifts(at=AT, request_id=a_request(), **hold)
    assert (shown_carriers(at=AT).hidden_count, shown_carriers(at=later).hidden_count) == (0, 1)
    expire_holds(at=later)
    settle_draws(at=later)
    assert shown_carriers(at=later) == CarriersShown((), 1, 140508)  # the time ran out: still no word

    drawn = hold_with_gifts(at=later, request_id=a_request(), **hold)
    deliver_aid(actor=mehr, at=later, hold_id=drawn.hold_id)
    settle_draws(at=later)
    (shown,) = shown_carriers(at=later).carriers
    assert (shown.delivered_rial, shown.delivered_count, shown.has_delivered) == (0, 0, False)  # this month's
    next_month = later + timedelta(days=31)
    (shown,) = shown_carriers(at=next_month).carriers
    assert (shown.delivered_rial, shown.delivered_count, shown.has_delivered) == (0, 0, True)  # one is no crowd

    for _ in range(CROWD_MIN - 1):
        more = hold_with_gifts(at=later, request_id=a_request(), **hold | {"amount_rial": 111_111})
        deliver_aid(actor=mehr, at=later, hold_id=more.hold_id)
    settle_draws(at=later)
    (shown,) = shown_carriers(at=next_month).carriers
    assert (shown.delivered_rial, shown.delivered_count) == (2_100_000, 10)  # of 2,111,110 in eleven

"""Fair shares in the site: proposed with a click, decided by somebody else, held by who knows the household."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from sakha.access.actions import create_user
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, NewUser
from sakha.allocation.rules.certificate import Certificate
from sakha.entrypoints.operations.transactions import has_own_transactions
from sakha.giving.actions import allow_publishing, refresh_listings
from sakha.giving.actions.pool_policy import confirm_pool_policy, propose_pool_policy, withdraw_confirmed_policy
from sakha.giving.actions.proposals import decide_proposal, propose_shares
from sakha.giving.rules.pool_policy import PoolTerms
from sakha.giving.rules.proposals import ProposalState
from sakha.ledger.actions import hold_aid
from sakha.ledger.rules.results import HoldResult
from sakha.observatory.queries.waiting import decisions_that_wait
from sakha.registry.actions import register_household
from sakha.scoring.actions import confirm_need, declare_need
from sakha.vocabulary.jalali import to_jalali
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from tests.entrypoints.staff_site.cast import Cast, declaration, open_household_needs, signed_in
from tests.entrypoints.staff_site.reading import words_of
from tests.giving_cast import give, rows, sandbox

_LISTED = "SELECT code FROM giving_listing WHERE kind = %s ORDER BY id LIMIT 1"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Noon in Tehran: no day turns midway."""
    with time_machine.travel(datetime(2026, 11, 22, 8, 30, tzinfo=UTC)) as traveller:
        yield traveller


def test_shares_go_from_a_proposal_to_holds(cast: Cast, staff: Client, officer: Client) -> None:
    assert "به نیازی تأییدشده برسد" in words_of(officer.post("/shares/", follow=True))
    at, home = timezone.now(), cast.household_id
    declare_need(actor=cast.staff, at=at, household_id=home, kind=NeedKind.HEALTH)
    confirm_need(actor=SYSTEM, at=at, household_id=home, kind=NeedKind.HEALTH)
    with sandbox() as gateway:
        give(gateway, 3_000_000)

    address = officer.post("/shares/").url
    page = officer.get(address)
    ((share, amount),) = rows("SELECT id, amount_rial FROM giving_share WHERE amount_rial > 0 ORDER BY id LIMIT 1")
    assert amount == 3_000_000
    assert "۳۰۰٬۰۰۰ تومان" in words_of(page)
    assert "برنامهٔ دوم سنجید" in words_of(page)
    told = words_of(officer.get(address, {"why": share, "than": share}))
    assert "هدیه می‌توانست به این نیاز برسد" in told
    assert "چرا آن یکی و نه این؟" in told
    assert "یک میلیون ریال دیگر این‌جا چه می‌کند؟ به ۱ نیاز همین شهرستان می‌رسد؛ ۱۰۰٬۰۰۰ تومان به همین نیاز" in told
    assert f"?page=1&amp;why={share}&amp;than={share}" in officer.get(address, {"why": share}).content.decode()
    for table, line in (("places", "3001,کرج,"), ("tiers", "1,,"), ("lorenz", "0.0,0.0,0.0")):
        lines = officer.get(f"{address}figures/{table}.csv").content.decode("utf-8-sig").splitlines()
        assert any(one.startswith(line) for one in lines[1:]), (table, lines)
    assert officer.get(f"{address}figures/else.csv").status_code == 404
    # the desk of who may decide names it, not that of who proposed it
    assert "پیشنهادهای سهم عادلانه" not in words_of(officer.get("/desk/"))
    assert "پیشنهادهای سهم عادلانه: ۱" in words_of(signed_in(cast, "nation").get("/desk/"))
    assert "کس دیگری" in words_of(officer.post(f"{address}approve/", follow=True))
    assert staff.get("/shares/own/").context["waiting"] == []
    decide_proposal(actor=SYSTEM, at=at, proposal_id=int(address.split("/")[-2]), state=ProposalState.APPROVED)
    assert officer.post(f"{address}burn/").status_code == 404

    ((number, _, _),) = staff.get("/shares/own/").context["waiting"]
    assert "۱ سهم نگه داشته شد" in words_of(staff.post("/shares/own/", {"proposal": number}, follow=True))
    assert rows("SELECT quantity FROM ledger_hold WHERE household_id = %s", home)[0] == (3_000_000,)
    assert "متوقف شد" in words_of(officer.post(f"{address}cancel/", follow=True))
    # what was given by name is drawn here too, once
    show_to_givers(cast)
    with sandbox() as gateway:
        give(gateway, 1_000_000, listing_code=rows(_LISTED, NeedKind.HEALTH.value)[0][0])
    ((code, _, kind, money, request_id),) = staff.get("/shares/own/").context["funded"]
    told = {"need": code, "request": request_id}
    assert (money, kind) == ("۱۰۰٬۰۰۰ تومان", NEED_KINDS[NeedKind.HEALTH].name)
    assert "کنار گذاشته شده است" in words_of(staff.post("/shares/own/", told, follow=True))
    assert "دیگر در انتظار نیست" in words_of(staff.post("/shares/own/", told, follow=True))


def test_a_policy_of_the_pool_goes_through_two_officers_of_the_nation(cast: Cast, officer: Client) -> None:
    at, nation = timezone.now(), signed_in(cast, "nation")
    declare_need(actor=cast.staff, at=at, household_id=cast.household_id, kind=NeedKind.HEALTH)
    confirm_need(actor=SYSTEM, at=at, household_id=cast.household_id, kind=NeedKind.HEALTH)
    with sandbox() as gateway:
        give(gateway, 3_000_000)
    day = dict(
        zip(("valid_from_year", "valid_from_month", "valid_from_day"), to_jalali(timezone.localdate(at)), strict=True)
    )
    written = {
        "deprived_mille": "۴۰۰",
        "deprived_provinces": ["11"],
        "poor_mille": "۱۰۰",
        "poor_below_mille": "۵۰۰",
        "reason": "مصوبهٔ شورا دربارهٔ محرومان",
    } | day
    assert officer.post("/shares/policy/", written).status_code == 404
    for wrong in ({"poor_mille": "۹۰۰"}, {"valid_from_month": "", "valid_from_day": "", "valid_from_year": "۱۴۰۶"}):
        assert nation.post("/shares/policy/", written | wrong).status_code == 422
    address = nation.post("/shares/policy/", written).url
    page = words_of(nation.get(address))
    # nobody there lacks anything, so all that is kept flows back, and the page says so
    assert "به کار رفته برای استان‌های محروم ۰ تومان از ۱۲۰٬۰۰۰ تومان" in page
    assert "البرز" in page
    assert "همان" in page
    assert nation.get(f"{address}effect.csv").content.decode("utf-8-sig").splitlines()[1].startswith("30,البرز,1,")
    assert officer.get(address).status_code == 404
    assert "کس دیگری" in words_of(nation.post(f"{address}confirm/", follow=True))
    assert "سیاستی نیست" in words_of(officer.get("/shares/"))
    assert "نسخه‌های سیاست" not in words_of(nation.get("/desk/"))
    second = _officer_of_the_nation(cast, "second")
    assert [one.title for one in decisions_that_wait(actor=second, at=at)] == ["نسخه‌های سیاست صندوق ملی"]
    policy_id = int(address.split("/")[-2])
    assert "دوباره حساب شد" in words_of(nation.post(f"{address}look/", follow=True))
    confirm_pool_policy(actor=second, at=timezone.now(), policy_id=policy_id)
    assert nation.post(f"{address}withdraw/").status_code == 404
    told = words_of(officer.get("/shares/"))
    assert "۴۰۰ در هزارِ پول آزاد برای سیستان و بلوچستان" in told
    assert "تنها پولی است که برای استان شما داده‌اند" in told
    proposal = words_of(nation.post("/shares/", follow=True))
    assert "آنچه به کار نرفت به بقیهٔ همان هدیه برگشت" in proposal


def test_a_confirmed_version_is_taken_back_by_two_before_its_day(cast: Cast, officer: Client) -> None:
    at, nation = timezone.now(), signed_in(cast, "nation")
    second, third = (_officer_of_the_nation(cast, name) for name in ("second", "third"))
    terms = PoolTerms(valid_from=timezone.localdate(at) + timedelta(days=2), reason="مصوبهٔ نمونهٔ شورا")
    number = propose_pool_policy(actor=second, at=at, terms=terms)
    address = f"/shares/policy/{number}/"
    assert nation.post(f"{address}ask-back/", {"reason": "مصوبه برگشت خورد"}).status_code == 404  # nobody confirmed it
    confirm_pool_policy(actor=third, at=at, policy_id=number)

    assert "درخواست پس‌گرفتن" not in words_of(officer.get(address))
    for step in ("ask-back", "take-back"):
        assert officer.post(f"{address}{step}/", {"reason": "مصوبه برگشت خورد"}).status_code == 404
    assert "دلیل را بنویسید" in words_of(nation.post(f"{address}ask-back/", follow=True))
    told = words_of(nation.post(f"{address}ask-back/", {"reason": "مصوبه برگشت خورد"}, follow=True))
    assert "خواستهٔ شماست" in told
    assert "کس دیگری باید بپذیرد" in words_of(nation.post(f"{address}take-back/", follow=True))
    titles = [[one.title for one in decisions_that_wait(actor=who, at=at)] for who in (second, cast.nation)]
    assert titles == [["پس‌گرفتن نسخه‌های سیاست صندوق ملی"], []]
    withdraw_confirmed_policy(actor=second, at=at, policy_id=number)
    told = words_of(nation.get(address))
    assert "پس گرفته" in told
    assert "مصوبه برگشت خورد" in told
    assert "پس گرفته" in words_of(officer.get("/shares/policy/"))  # in history, and no button any more
    assert nation.post(f"{address}take-back/").status_code == 404


def _officer_of_the_nation(cast: Cast, name: str) -> Actor:
    with acting(SYSTEM):
        user = NewUser(name, cast.nation.role, name)
        return replace(cast.nation, user_id=create_user(actor=SYSTEM, at=timezone.now(), user=user))


def test_shares_are_transactions_of_their_own_and_one_that_fails_stops_no_other(cast: Cast, staff: Client) -> None:
    at, kind = timezone.now(), NeedKind.HEALTH
    for number in (4101, 4111, 4121):
        home = register_household(actor=cast.staff, at=at, declaration=declaration(number)).household_id
        open_household_needs(cast.staff, at, home)
        declare_need(actor=cast.staff, at=at, household_id=home, kind=kind)
        confirm_need(actor=SYSTEM, at=at, household_id=home, kind=kind)
    with sandbox() as gateway:
        give(gateway, 3_000_000)
    proposal = propose_shares(actor=cast.nation, at=at, province="30")
    decide_proposal(actor=cast.officer, at=at, proposal_id=proposal, state=ProposalState.APPROVED)
    outside, depths = len(connection.atomic_blocks), []

    def hold(**asked: Any) -> HoldResult:
        depths.append(len(connection.atomic_blocks) - outside)
        if len(depths) == 2:
            connection.cursor().execute("DO $$ BEGIN RAISE EXCEPTION USING errcode = '40P01'; END $$")
        return hold_aid(**asked)

    with patch("sakha.giving.actions.proposals.hold_aid", hold):
        told = words_of(staff.post("/shares/own/", {"proposal": proposal}, follow=True))
        assert "۲ سهم نگه داشته شد" in told
        states = [row[0] for row in rows("SELECT state FROM giving_share WHERE amount_rial > 0 ORDER BY id")]
        assert states == ["HELD", "WAITING", "HELD"]
        # without the mark the whole request were one transaction
        with patch("sakha.entrypoints.staff_site.middleware.has_own_transactions", return_value=False):
            staff.post("/shares/own/", {"proposal": proposal})
    assert depths == [1, 1, 1, 2]
    assert rows("SELECT count(*) FROM giving_share WHERE state = 'HELD'") == [(3,)]
    for name, place in (("donor_need", ["A"]), ("donor_pool", []), ("donor_basket", []), ("donor_back", ["A"])):
        assert has_own_transactions(RequestFactory().get(reverse(name, args=place))), name
    assert not has_own_transactions(RequestFactory().get("/shares/"))


def test_a_complaint_of_the_second_program_is_shown_as_a_stop(cast: Cast, officer: Client) -> None:
    at, home = timezone.now(), cast.household_id
    declare_need(actor=cast.staff, at=at, household_id=home, kind=NeedKind.HEALTH)
    confirm_need(actor=SYSTEM, at=at, household_id=home, kind=NeedKind.HEALTH)
    with sandbox() as gateway:
        give(gateway, 3_000_000)
    with patch("sakha.giving.actions.proposals.certify", return_value=Certificate((), 0.5)):
        page = officer.get(officer.post("/shares/").url)

    assert "دست نگه دارید" in words_of(page)
    assert "برنامهٔ دوم سنجید" not in words_of(page)


def show_to_givers(cast: Cast) -> None:
    """The household allows to be shown, and a crowd of one is enough."""
    allow_publishing(actor=cast.staff, at=timezone.now(), household_id=cast.household_id)
    with patch("sakha.giving.actions.listings.CROWD_MIN", 1):
        refresh_listings(at=timezone.now())

"""Promises for every month: asked for once, reminded once, paid once, the same household as long as its need lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.giving.actions import allow_publishing, ask_months, refresh_listings, withdraw_publishing
from sakha.giving.actions.payments import settle_payment
from sakha.giving.actions.sponsored_months import MonthBegun, begin_month
from sakha.giving.actions.sponsorships import NewSponsorship, begin_sponsorship, change_sponsorship
from sakha.giving.gateways import AskedPayment, PaymentUncertain
from sakha.giving.gateways.zarinpal import ZarinpalAccount, ZarinpalGateway
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.queries.sponsorships import get_month, own_sponsorships
from sakha.giving.rules.donors import GiverUnknown
from sakha.giving.rules.promises import GiverMarks
from sakha.giving.rules.sponsorships import (
    OPEN_MOST,
    KindNotSponsored,
    MonthPaid,
    MonthPassed,
    MonthPlan,
    MonthState,
    NobodyToSponsor,
    PromisesMany,
    SponsorshipAim,
    SponsorshipState,
    SponsorshipStopped,
    SponsorshipUnknown,
    plan_month,
)
from sakha.giving.rules.terms import GiftBegun, GiftTerms, RequestReused
from sakha.ledger.actions import open_needs
from sakha.ledger.rules.results import NeedToOpen
from sakha.vocabulary.jalali import TEHRAN, jalali_month, month_bounds
from sakha.vocabulary.need_kinds import NeedKind
from simulation.payment_gateway import MERCHANT, Gateway
from tests.giving_cast import CALLBACK, given_listed, given_needy, rows, way_of
from tests.ledger_cast import AT, a_request
from tests.rooms.giving.test_donors import signed_in, texts

pytestmark = pytest.mark.django_db
ADDRESS, AMOUNT, TARGET = "sakha.test", 2_000_000, 10_000_000
NEXT = AT + timedelta(days=30)  # 20 Azar
ENDS = (SponsorshipState.PAUSED, SponsorshipState.ENDED)
_NEED = """
    INSERT INTO scoring_need (household_id, kind, state, source, severity, amount, less, target, delivered, period,
                              rules_sha, evidence_on, expires_on, opened_at, state_at, assessed_at, proof, reason)
    VALUES (%(household)s, %(kind)s, 2, 'RULE', 3, %(target)s, 0, %(target)s, 0, %(period)s, '', %(on)s, %(last)s,
            %(at)s, %(at)s, %(at)s, '', '')
    ON CONFLICT (household_id, kind) DO UPDATE SET period = excluded.period, expires_on = excluded.expires_on
"""


def given_giver(mobile: str = "+989990000017") -> DonorCard:
    found = find_donor(donor_id=signed_in(mobile))
    assert found is not None
    return found


def given_orphans(charity: Actor, *, shown: int, at: datetime = AT) -> list[int]:
    """Households with an orphan's need of the month, of which some allow to be shown."""
    homes = [home.id for home in given_needy(charity)]
    renew(homes, at)
    for home in homes[:shown]:
        allow_publishing(actor=charity, at=at, household_id=home)
    refresh_listings(at=at)
    return homes


def renew(homes: list[int], at: datetime) -> None:
    """The month's need of each of them."""
    period = jalali_month(at.astimezone(TEHRAN).date())
    with acting(SYSTEM), connection.cursor() as cursor:
        for home in homes:
            facts = {"household": home, "kind": 12, "target": TARGET, "period": period, "on": at.date(), "at": at}
            cursor.execute(_NEED, facts | {"last": month_bounds(period)[1]})
    needs = [NeedToOpen(household_id=home, kind=NeedKind.ORPHAN, period=period, target=TARGET) for home in homes]
    open_needs(actor=SYSTEM, at=at, needs=needs)
    refresh_listings(at=at)


def promise(giver: DonorCard, aim: SponsorshipAim, amount: int = AMOUNT, at: datetime = AT, **terms: Any) -> int:
    new = NewSponsorship(request_id=a_request(), amount_rial=amount, aim=aim, terms=GiftTerms(**terms))
    return begin_sponsorship(giver=giver, at=at, promise=new)


def ask(at: datetime) -> tuple[int, int, int]:
    told = ask_months(at=at, address=ADDRESS)
    return told.asked_count, told.another_count, told.reminded_count


def begin(gateway: Gateway, month_id: int, giver: DonorCard, at: datetime) -> MonthBegun:
    month = get_month(at=at, donor_id=giver.donor_id, month_id=month_id)
    marks = GiverMarks(mobile=giver.mobile, donor_id=giver.donor_id)
    return begin_month(at=at, month=month, callback_for=CALLBACK.format, giver=marks, gateway=way_of(gateway))


def pay(gateway: Gateway, month_id: int, giver: DonorCard, at: datetime) -> None:
    """The giver pays and the browser never comes back: whoever asks for the month again finds it paid."""
    begun = begin(gateway, month_id, giver, at)
    gateway.pay(begun.address.rpartition("/")[2], is_paid=True)
    with pytest.raises(MonthPaid):
        begin(gateway, month_id, giver, at)


def newest(giver: DonorCard, at: datetime) -> Any:
    return own_sponsorships(donor_id=giver.donor_id, on=at.astimezone(TEHRAN).date())[0]


def test_a_month_is_asked_for_once_reminded_once_paid_once_and_shown_where_it_was_missed(
    mehr: Actor, gateway: Gateway
) -> None:
    giver, other = given_giver(), given_giver("+989990000018")
    promise(giver, SponsorshipAim.POOL, province="30", kinds=(NeedKind.HEALTH,))
    (first,) = newest(giver, AT).months
    assert ask(AT) == (0, 0, 0)  # the first month was asked for by its beginning

    open_one = begin(gateway, first.id, giver, AT)
    assert begin(gateway, first.id, giver, AT).address == open_one.address  # a second click pays nothing twice
    later = AT + timedelta(minutes=21)
    assert begin(gateway, first.id, giver, later).address != open_one.address
    pay(gateway, first.id, giver, later)
    assert rows("SELECT count(*), sum(amount_rial) FROM giving_gift WHERE state = 'PAID'") == [(1, AMOUNT)]
    kept = "SELECT province, kinds, donor_id FROM giving_gift WHERE state = 'PAID'"
    assert rows(kept) == [("30", [3], giver.donor_id)]

    assert [ask(NEXT), ask(NEXT), ask(NEXT + timedelta(days=6))] == [(1, 0, 0), (0, 0, 0), (0, 0, 0)]
    assert [ask(NEXT + timedelta(days=7, hours=one)) for one in (0, 1)] == [(0, 0, 1), (0, 0, 0)]
    links = [text.split("/month/")[1].split("/")[0] for text in texts("GIVER_MONTH") + texts("GIVER_REMINDER")]
    assert len({get_month(at=NEXT, word=word).id for word in links}) == 1
    assert "۲۰۰٬۰۰۰ تومان" in texts("GIVER_MONTH")[0]
    for word, donor in (("wrong", None), ("", other.donor_id)):
        with pytest.raises(SponsorshipUnknown):
            get_month(at=NEXT, word=word, donor_id=donor, month_id=first.id)
    with pytest.raises(SponsorshipUnknown):
        change_sponsorship(giver=other, at=NEXT, sponsorship_id=newest(giver, NEXT).id, state=SponsorshipState.ENDED)

    third = NEXT + timedelta(days=30)
    states = [one.state for one in newest(giver, third).months]
    assert states == [MonthState.MISSED, MonthState.PAID]
    with pytest.raises(MonthPassed):
        begin(gateway, newest(giver, third).months[0].id, giver, third)


def test_a_payment_that_was_left_and_paid_later_pays_the_month_and_a_second_one_is_a_gift_beside_it(
    mehr: Actor, gateway: Gateway
) -> None:
    giver = given_giver()
    promise(giver, SponsorshipAim.POOL)
    (month,) = newest(giver, AT).months
    later = AT + timedelta(minutes=21)
    first, second = (begin(gateway, month.id, giver, at).address.rpartition("/")[2] for at in (AT, later))
    gateway.pay(first, is_paid=True)
    with pytest.raises(MonthPaid):  # the older one is asked about too
        begin(gateway, month.id, giver, later)
    (paid,) = newest(giver, AT).months
    assert (paid.state, paid.extra_count) == (MonthState.PAID, 0)
    assert rows("SELECT id FROM giving_gift WHERE state = 'PAID'") == [(paid.gift_id,)]
    with pytest.raises(MonthPaid):  # nobody is led to the second any more
        begin(gateway, month.id, giver, later)
    assert ask(AT + timedelta(days=8)) == (0, 0, 0)  # and nobody reminded
    # who had its page open may pay it: the money isn't lost, and the month says what it is
    gateway.pay(second, is_paid=True)
    assert settle_payment(at=later, authority=second, gateway=way_of(gateway)).is_paid
    (both,) = newest(giver, AT).months
    assert (both.state, both.gift_id, both.extra_count) == (MonthState.PAID, paid.gift_id, 1)


def test_another_payment_is_begun_only_when_the_gateway_said_of_each_before_that_it_is_not_paid(
    mehr: Actor, gateway: Gateway
) -> None:
    giver = given_giver()
    promise(giver, SponsorshipAim.POOL)
    (month,) = newest(giver, AT).months
    begin(gateway, month.id, giver, AT)
    gateway.faults = ["hang up"]
    with pytest.raises(PaymentUncertain):
        begin(gateway, month.id, giver, AT + timedelta(minutes=21))
    assert rows("SELECT count(*) FROM giving_gift") == [(1,)]
    # while one click waits for the gateway's answer, another begins nothing
    seen: list[type[BaseException]] = []

    class Slow(ZarinpalGateway):
        def ask(self, **told: Any) -> AskedPayment:
            with pytest.raises(GiftBegun) as refused:
                begin(gateway, month.id, giver, AT + timedelta(minutes=21))
            seen.append(refused.type)
            return super().ask(**told)

    given = get_month(at=AT, donor_id=giver.donor_id, month_id=month.id)
    slow = Slow(ZarinpalAccount(url=gateway.url, merchant_id=MERCHANT))
    marks = GiverMarks(mobile=giver.mobile, donor_id=giver.donor_id)
    asked = {"month": given, "callback_for": CALLBACK.format, "giver": marks, "gateway": slow}
    assert begin_month(at=AT + timedelta(minutes=21), **asked).address
    assert seen == [GiftBegun]


def test_who_promises_and_never_pays_keeps_nobody_away_and_one_giver_promises_so_much(mehr: Actor) -> None:
    homes, giver, other = given_orphans(mehr, shown=1), given_giver(), given_giver("+989990000018")
    promise(giver, SponsorshipAim.ORPHAN, TARGET)
    with pytest.raises(NobodyToSponsor):
        promise(other, SponsorshipAim.ORPHAN)
    renew(homes, NEXT)
    with pytest.raises(NobodyToSponsor):  # more than the need is
        promise(other, SponsorshipAim.ORPHAN, TARGET + 10_000, at=NEXT)
    promise(other, SponsorshipAim.ORPHAN, TARGET, at=NEXT)

    for _ in range(OPEN_MOST - 1):
        last = promise(giver, SponsorshipAim.POOL)
    with pytest.raises(PromisesMany):
        promise(giver, SponsorshipAim.POOL)
    change_sponsorship(giver=giver, at=AT, sponsorship_id=last, state=SponsorshipState.ENDED)
    promise(giver, SponsorshipAim.POOL)


def test_a_giver_rests_and_ends_at_once_and_only_once(mehr: Actor, gateway: Gateway) -> None:
    giver = given_giver()
    number = promise(giver, SponsorshipAim.POOL)
    (first,) = newest(giver, AT).months
    for state in ENDS:
        change_sponsorship(giver=giver, at=AT, sponsorship_id=number, state=state)
        with pytest.raises(SponsorshipStopped):
            begin(gateway, first.id, giver, AT)
        assert ask(NEXT) == (0, 0, 0)
        change_sponsorship(giver=giver, at=AT, sponsorship_id=number, state=state)  # the button twice
    with pytest.raises(SponsorshipStopped):
        change_sponsorship(giver=giver, at=AT, sponsorship_id=number, state=SponsorshipState.ACTIVE)
    assert rows("SELECT count(*) FROM giving_gift") == [(0,)]


def test_one_orphan_stays_the_same_while_the_need_lasts_and_then_another_comes(mehr: Actor, gateway: Gateway) -> None:
    homes, giver = given_orphans(mehr, shown=2), given_giver()
    number = promise(giver, SponsorshipAim.ORPHAN)
    ((first, sign),) = rows("SELECT household_id, sign FROM giving_sponsorship WHERE id = %s", number)
    assert first in homes[:2]
    pay(gateway, newest(giver, AT).months[0].id, giver, AT)
    given = "SELECT l.household_id FROM giving_gift g JOIN giving_listing l ON l.id = g.listing_id ORDER BY g.id"
    assert rows(given) == [(first,)]

    # the assessment of the new month comes late: nothing is asked for and nobody replaced until it is there
    early = AT + timedelta(days=14)  # 4 Azar
    assert ask(early) == (0, 0, 0)
    renew(homes, early)
    assert ask(early) == (1, 0, 0)
    pay(gateway, newest(giver, early).months[0].id, giver, early)
    assert (rows(given)[-1], newest(giver, early).sign) == ((first,), sign)

    # others fill the need: its like gets the month, and the promise stays
    third = AT + timedelta(days=44)
    renew(homes, third)
    assert ask(third) == (1, 0, 0)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT giving_place(code, 9000000) FROM giving_listing WHERE household_id = %s AND left_at IS NULL"
            " AND given_rial = 0 ORDER BY id DESC LIMIT 1",
            [first],
        )
    pay(gateway, newest(giver, third).months[0].id, giver, third)
    assert rows("SELECT listing_id, kinds FROM giving_gift ORDER BY id DESC LIMIT 1") == [(None, [12])]

    fourth = AT + timedelta(days=74)
    withdraw_publishing(actor=mehr, at=fourth, household_id=first)
    renew(homes, fourth)
    assert ask(fourth) == (1, 1, 0)
    (second,) = {*homes[:2]} - {first}
    assert rows("SELECT household_id FROM giving_sponsorship") == [(second,)]
    assert (newest(giver, fourth).months[0].is_replaced, newest(giver, fourth).sign == sign) == (True, False)
    assert len(texts("GIVER_ANOTHER")) == 1
    # and where nobody is shown any more, the month is for its like
    fifth = AT + timedelta(days=104)
    withdraw_publishing(actor=mehr, at=fifth, household_id=second)
    renew(homes, fifth)
    assert ask(fifth) == (1, 1, 0)
    pay(gateway, newest(giver, fifth).months[0].id, giver, fifth)
    assert rows("SELECT listing_id, kinds FROM giving_gift ORDER BY id DESC LIMIT 1") == [(None, [12])]


def test_a_promise_stays_with_a_household_that_proved_to_be_another(mehr: Actor) -> None:
    homes, giver = given_orphans(mehr, shown=1), given_giver()
    first, twin, *others = homes
    promise(giver, SponsorshipAim.ORPHAN)
    sign = newest(giver, AT).sign
    allow_publishing(actor=mehr, at=AT, household_id=twin)
    rows("UPDATE registry_household SET merged_into_id = %s WHERE id = %s RETURNING id", twin, first)
    (more,) = given_needy(mehr, count=1)  # so that they are a crowd still
    renew([twin, *others, more.id], NEXT)
    assert ask(NEXT) == (1, 0, 0)
    assert rows("SELECT household_id, sign FROM giving_sponsorship") == [(twin, sign)]
    assert rows(
        "SELECT l.household_id FROM giving_sponsored_month m JOIN giving_listing l ON l.id = m.listing_id ORDER BY m.id"
    ) == [(first,), (twin,)]


def test_no_more_is_promised_for_a_household_than_it_lacks_in_a_month(mehr: Actor) -> None:
    (home, *_), giver = given_orphans(mehr, shown=1), given_giver()
    ((code,),) = rows("SELECT code FROM giving_listing WHERE household_id = %s AND kind = 12", home)
    with pytest.raises(GiverUnknown):
        promise(giver, SponsorshipAim.POOL, 2_000_000_000)
    first = promise(giver, SponsorshipAim.NEED, 7_000_000, listing_code=code)
    for aim, named in ((SponsorshipAim.NEED, {"listing_code": code}), (SponsorshipAim.ORPHAN, {})):
        with pytest.raises(NobodyToSponsor):
            promise(giver, aim, 4_000_000, **named)
    change_sponsorship(giver=giver, at=AT, sponsorship_id=first, state=SponsorshipState.PAUSED)
    with pytest.raises(NobodyToSponsor):  # who rests comes back
        promise(giver, SponsorshipAim.ORPHAN, 4_000_000)
    change_sponsorship(giver=giver, at=AT, sponsorship_id=first, state=SponsorshipState.ENDED)
    promise(giver, SponsorshipAim.ORPHAN, 4_000_000)

    request = a_request()
    new = NewSponsorship(request_id=request, amount_rial=AMOUNT, aim=SponsorshipAim.POOL)
    assert begin_sponsorship(giver=giver, at=AT, promise=new) == begin_sponsorship(giver=giver, at=AT, promise=new)
    with pytest.raises(RequestReused):
        begin_sponsorship(giver=giver, at=AT, promise=replace(new, amount_rial=AMOUNT * 2))
    _, once = given_listed(mehr)
    with pytest.raises(KindNotSponsored):
        promise(giver, SponsorshipAim.NEED, listing_code=once)


def test_a_need_of_this_month_is_waited_for_some_days_and_no_longer() -> None:
    known = {"has_need": True, "has_left": False}
    orphan = SponsorshipAim.ORPHAN
    assert plan_month(orphan, **known, is_shown=True, day_of_month=1) is MonthPlan.SAME
    assert plan_month(orphan, **known, is_shown=False, day_of_month=10) is MonthPlan.LATER
    assert plan_month(orphan, **known, is_shown=False, day_of_month=11) is MonthPlan.ANOTHER
    assert plan_month(orphan, has_need=True, has_left=True, is_shown=False, day_of_month=1) is MonthPlan.ANOTHER

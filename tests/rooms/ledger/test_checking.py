"""Checking before giving: the verdict, what is shown to whom, and what is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, OrganisationKind
from sakha.access.rules.roles import Scope
from sakha.ledger.actions import check_aid, check_many, deliver_aid, hold_aid, hold_many, open_needs
from sakha.ledger.queries import aid_trail, six_months_matrix
from sakha.ledger.rules import Check, HoldRequest, HoldStatus, NeedToOpen, ReasonCode, Verdict
from sakha.vocabulary.identifiers import NationalIdInvalid
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from tests.ledger_cast import (
    AT,
    KnownHousehold,
    a_national_id,
    a_request,
    an_officer,
    given_charity,
    given_household,
)

pytestmark = pytest.mark.django_db
AZAR = AT + timedelta(days=12)


def check(actor: Actor, household: KnownHousehold, kind: NeedKind = NeedKind.FOOD, **more: object) -> Check:
    return check_aid(**({"actor": actor, "at": AT, "national_id": household.national_id, "kind": kind} | more))


def give(actor: Actor, household: KnownHousehold, kind: NeedKind = NeedKind.FOOD, quantity: int = 1) -> None:
    result = hold_aid(
        actor=actor, at=AT, household_id=household.id, kind=kind, quantity=quantity, request_id=a_request()
    )
    deliver_aid(actor=actor, at=AT + timedelta(minutes=5), hold_id=result.require_held())


def open_need(household: KnownHousehold, kind: NeedKind, period: int, target: int) -> None:
    need = NeedToOpen(household_id=household.id, kind=kind, period=period, target=target)
    open_needs(actor=SYSTEM, at=AT, needs=[need])


def codes(answer: Check) -> list[ReasonCode]:
    return [reason.code for reason in answer.reasons]


def test_household_nobody_helped_is_clear_with_its_standard_need(mehr: Actor, household: KnownHousehold) -> None:
    answer = check(mehr, household)

    assert (answer.verdict, codes(answer)) == (Verdict.CLEAR, [ReasonCode.STANDARD_NEED])
    assert (answer.household_id, answer.household_code) == (household.id, household.code)
    assert (answer.open_quantity, answer.county, answer.has_record) == (1, "3001", True)


def test_covered_need_is_hard_and_says_what_to_give_instead(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    open_need(household, NeedKind.HEALTH, 1405, 1_000_000)
    open_need(household, NeedKind.RENT, 140508, 5_000_000)
    give(mehr, household)
    give(mehr, household, NeedKind.HEALTH, 400_000)

    answer = check(omid, household)

    assert (answer.verdict, codes(answer)) == (Verdict.HARD, [ReasonCode.COVERED, ReasonCode.SIMILAR_HELP])
    assert [need.kind for need in answer.needs] == [NeedKind.RENT, NeedKind.HEALTH]
    assert "اجارهٔ خانه و درمان" in answer.instead
    assert answer.free_on == (AT + timedelta(days=30)).date()


def test_help_of_last_month_inside_the_window_is_soft(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    give(mehr, household)

    answer = check(omid, household, at=AZAR)

    assert (answer.verdict, codes(answer)) == (Verdict.SOFT, [ReasonCode.SIMILAR_HELP])
    assert "۱ هفته پیش بستهٔ غذایی" in answer.reasons[0].sentence


def test_partly_covered_need_is_clear_with_the_open_rest(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    open_need(household, NeedKind.CASH, 140508, 1000)
    give(mehr, household, NeedKind.CASH, 400)

    part = check(omid, household, NeedKind.CASH, quantity=500)
    much = check(omid, household, NeedKind.CASH, quantity=601)

    assert (part.verdict, codes(part), part.open_quantity) == (Verdict.CLEAR, [ReasonCode.PARTLY_COVERED], 600)
    assert (much.verdict, codes(much)) == (Verdict.CLEAR, [ReasonCode.EXCEEDS_OPEN])


@pytest.mark.parametrize("ask", ["ledger_check", "ledger_check_many", "ledger_open_needs"])
def test_a_household_that_reads_its_own_file_asks_and_opens_nothing(
    mehr: Actor, household: KnownHousehold, ask: str
) -> None:
    at_home = replace(mehr, scope=Scope.HOUSEHOLD, organisation_id=None, household_id=household.id)
    calls = {
        "ledger_check": lambda: check(at_home, household),
        "ledger_check_many": lambda: check_many(
            actor=at_home, at=AT, kind=NeedKind.FOOD, national_ids=[household.national_id]
        ),
        "ledger_open_needs": lambda: open_needs(
            actor=at_home,
            at=AT,
            needs=[NeedToOpen(household_id=household.id, kind=NeedKind.FOOD, period=140508, target=9)],
        ),
    }

    with pytest.raises(ProgrammingError, match="nobody is at work"):
        calls[ask]()


def test_person_nobody_registered_is_unknown(mehr: Actor) -> None:
    answer = check_aid(actor=mehr, at=AT, national_id=a_national_id(), kind=NeedKind.FOOD)

    assert (answer.verdict, answer.household_id, answer.recent) == (Verdict.UNKNOWN, None, ())


def test_impossible_number_is_refused(mehr: Actor) -> None:
    with pytest.raises(NationalIdInvalid):
        check_aid(actor=mehr, at=AT, national_id="1234567890", kind=NeedKind.FOOD)


def test_protected_household_shows_a_stranger_neither_place_nor_time_nor_giver(mehr: Actor, omid: Actor) -> None:
    hidden = given_household(mehr, is_protected=True)
    give(mehr, hidden)

    stranger, acquainted = check(omid, hidden), check(mehr, hidden)

    assert (stranger.verdict, codes(stranger)) == (Verdict.PROTECTED, [ReasonCode.PROTECTED_HOUSEHOLD])
    assert (stranger.province, stranger.county, stranger.recent, stranger.free_on) == ("", "", (), None)
    assert acquainted.verdict is Verdict.HARD
    assert len(acquainted.recent) == 1


def test_stranger_reads_no_place_of_a_protected_household_in_its_own_events(mehr: Actor) -> None:
    hidden, stranger = given_household(mehr, is_protected=True), given_charity("ناآشنا")
    unasked = given_household(mehr)
    request = HoldRequest(household_id=hidden.id, quantity=1, request_id=a_request())
    check(stranger, hidden)
    check_many(actor=stranger, at=AT, kind=NeedKind.FOOD, national_ids=[hidden.national_id])
    for one in (hidden, unasked):
        hold_aid(actor=stranger, at=AT, household_id=one.id, kind=NeedKind.FOOD, quantity=1, request_id=a_request())
    hold_many(actor=stranger, at=AT, kind=NeedKind.FOOD, requests=[request])
    hold_many(actor=stranger, at=AT, kind=NeedKind.FOOD, requests=[replace(request, household_id=unasked.id)])

    with acting(stranger), connection.cursor() as cursor:
        cursor.execute("SELECT outcome, household_id, province, county FROM ledger_event ORDER BY id")
        told = cursor.fetchall()

    protected, unknown = (4, hidden.id, "", ""), (3, None, "", "")
    assert told == [protected, protected, protected, unknown, protected, unknown]


def test_charity_learns_that_another_helped_but_not_which(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    imdad = given_charity("کمیتهٔ امداد", kind=OrganisationKind.AGENCY)
    check(imdad, household)
    give(mehr, household)
    give(omid, household, NeedKind.HEALTH, 5)
    give(imdad, household, NeedKind.CASH, 7)

    seen = {gift.kind: gift.giver for gift in check(omid, household).recent}
    stranger = {gift.kind: gift.giver for gift in check(given_charity("ناآشنا"), household).recent}
    office = {gift.kind: gift.giver for gift in aid_trail(actor=an_officer(), at=AT, household_id=household.id)}

    assert seen == {
        NeedKind.FOOD: "یک خیریه در کرج",
        NeedKind.HEALTH: "خیریهٔ امید",
        NeedKind.CASH: "کمیتهٔ امداد",
    }
    assert stranger == seen | {NeedKind.HEALTH: "یک خیریه در ساوجبلاغ"}
    assert office == seen | {NeedKind.FOOD: "خیریهٔ مهر"}


def test_stranger_by_number_alone_gets_no_answer(mehr: Actor, household: KnownHousehold) -> None:
    stranger = given_charity("ناآشنا")
    give(mehr, household)

    answer = check_aid(actor=stranger, at=AT, household_id=household.id, kind=NeedKind.FOOD)

    assert (answer.verdict, answer.household_code) == (Verdict.UNKNOWN, "")
    assert aid_trail(actor=stranger, at=AT, household_id=household.id) == ()


def test_office_of_another_province_gets_no_answer(household: KnownHousehold) -> None:
    far = an_officer(Scope.PROVINCE, province="23")

    answer = check_aid(actor=far, at=AT, household_id=household.id, kind=NeedKind.FOOD)

    assert answer.verdict is Verdict.UNKNOWN


def test_check_is_written_where_the_household_can_see_who_looked(mehr: Actor, household: KnownHousehold) -> None:
    check(mehr, household)

    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT action, household_id, organisation_id FROM access_entry")
        assert cursor.fetchall() == [("CHECK", household.id, mehr.organisation_id)]


def test_many_answers_come_in_order_of_asking(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    taken, hidden = given_household(mehr), given_household(mehr, is_protected=True)
    give(mehr, taken)
    ids = [taken.national_id, a_national_id(), household.national_id, hidden.national_id]

    answers = check_many(actor=omid, at=AT, kind=NeedKind.FOOD, national_ids=ids, household_ids=[household.id, 10**9])

    verdicts = [answer.verdict.name for answer in answers]
    assert verdicts == ["HARD", "UNKNOWN", "CLEAR", "PROTECTED", "CLEAR", "UNKNOWN"]
    assert [answer.household_id for answer in answers][:3] == [taken.id, None, household.id]


def test_many_and_one_say_the_same_so_the_rules_and_the_database_agree(mehr: Actor, omid: Actor) -> None:
    households = [given_household(mehr, omid) for _ in range(4)] + [given_household(mehr, is_protected=True)]
    give(mehr, households[0])
    give(mehr, households[4])
    give(mehr, households[1], NeedKind.CASH, 9)
    open_need(households[2], NeedKind.CASH, 140508, 5)
    give(mehr, households[2], NeedKind.CASH, 5)
    ids = [one.national_id for one in households] + [a_national_id()]
    seen = set()

    for kind, at in ((NeedKind.FOOD, AT), (NeedKind.FOOD, AZAR), (NeedKind.CASH, AT)):
        many = check_many(actor=omid, at=at, kind=kind, national_ids=ids)
        single = [check_aid(actor=omid, at=at, kind=kind, national_id=one) for one in ids]
        assert [(one.verdict, one.open_quantity, one.free_on) for one in many] == [
            (one.verdict, one.open_quantity, one.free_on) for one in single
        ]
        seen |= {one.verdict for one in many}

    assert seen == set(Verdict)


def test_matrix_counts_gifts_by_kind_and_month(mehr: Actor, household: KnownHousehold) -> None:
    give(mehr, household)
    give(mehr, household, NeedKind.CASH, 5)
    give(mehr, household, NeedKind.CASH, 5)

    matrix = six_months_matrix(actor=mehr, at=AZAR, household_id=household.id)

    assert matrix.months == (140504, 140505, 140506, 140507, 140508, 140509)
    assert [(row.kind, row.counts) for row in matrix.rows] == [
        (NeedKind.FOOD, (0, 0, 0, 0, 1, 0)),
        (NeedKind.CASH, (0, 0, 0, 0, 2, 0)),
    ]


def test_promised_aid_stands_in_the_trail_as_held(mehr: Actor, household: KnownHousehold) -> None:
    hold_aid(actor=mehr, at=AT, household_id=household.id, kind=NeedKind.FOOD, quantity=1, request_id=a_request())

    (gift,) = aid_trail(actor=mehr, at=AT, household_id=household.id)

    assert (gift.status, gift.is_own, gift.giver) == (HoldStatus.HELD, True, "خیریهٔ مهر")
    assert NEED_KINDS[gift.kind].rolling_days == 30

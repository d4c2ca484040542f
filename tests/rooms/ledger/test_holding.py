"""Holding: what the guard lets through, what it refuses, and what it writes down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.ledger.actions import (
    check_aid,
    check_many,
    deliver_aid,
    expire_holds,
    hold_aid,
    hold_many,
    open_needs,
    release_aid,
)
from sakha.ledger.queries import holds_of_organisation, needs_of_household
from sakha.ledger.rules import (
    HoldRequest,
    HoldResult,
    LedgerAction,
    NeedToOpen,
    Outcome,
    QuantityInvalid,
    ReasonInvalid,
)
from sakha.ledger.rules.results import NeedCovered, RequestSettled
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from tests.ledger_cast import AT, KnownHousehold, a_request, an_officer, given_charity, given_household

pytestmark = pytest.mark.django_db

AZAR = AT + timedelta(days=12)  # 2 Azar: the next monthly period, still inside food's 30 days
CASH_PERIOD = 140508


def hold(actor: Actor, household: KnownHousehold, kind: NeedKind, quantity: int = 1, **more: object) -> HoldResult:
    given = {"at": AT, "request_id": a_request()} | more
    return hold_aid(actor=actor, household_id=household.id, kind=kind, quantity=quantity, **given)


def events(action: LedgerAction) -> list[tuple]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, organisation_id, quantity, worth_rial FROM ledger_event WHERE action = %s ORDER BY id",
            [action.value],
        )
        return cursor.fetchall()


def test_first_giver_holds_and_the_standard_need_opens(mehr: Actor, household: KnownHousehold) -> None:
    result = hold(mehr, household, NeedKind.FOOD)

    assert result.outcome is Outcome.DONE
    assert result.open_quantity == 0
    assert result.expires_at == AT + timedelta(hours=NEED_KINDS[NeedKind.FOOD].hold_hours)
    (need,) = needs_of_household(actor=mehr, at=AT, household_id=household.id)
    assert (need.kind, need.period, need.target, need.held, need.delivered) == (NeedKind.FOOD, 140508, 1, 1, 0)
    (line,) = holds_of_organisation(actor=mehr)
    assert (line.hold_id, line.household_code) == (result.hold_id, household.code)


def test_second_giver_is_refused_and_the_refusal_is_counted_with_its_worth(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    hold(mehr, household, NeedKind.FOOD)

    result = hold(omid, household, NeedKind.FOOD)

    assert result.outcome is Outcome.COVERED
    assert result.hold_id is None
    with pytest.raises(NeedCovered):
        result.require_held()
    assert events(LedgerAction.HOLD) == [
        (Outcome.DONE, mehr.organisation_id, 1, 10_000_000),
        (Outcome.COVERED, omid.organisation_id, 1, 10_000_000),
    ]


def test_givers_share_a_need_until_it_is_full(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    open_needs(actor=SYSTEM, at=AT, needs=[_cash_need(household, 100)])

    first = hold(mehr, household, NeedKind.CASH, 60)
    too_much = hold(omid, household, NeedKind.CASH, 50)
    rest = hold(omid, household, NeedKind.CASH, 40)

    assert [one.outcome for one in (first, too_much, rest)] == [Outcome.DONE, Outcome.EXCEEDS, Outcome.DONE]
    assert [one.open_quantity for one in (first, too_much, rest)] == [40, 40, 0]


def test_same_request_again_gives_the_same_hold_even_when_the_need_is_full(
    mehr: Actor, household: KnownHousehold
) -> None:
    request_id = a_request()
    first = hold(mehr, household, NeedKind.FOOD, request_id=request_id)

    again = hold(mehr, household, NeedKind.FOOD, request_id=request_id, at=AT + timedelta(hours=1))

    assert again.outcome is Outcome.REPLAY
    assert again.require_held() == first.hold_id
    assert len(events(LedgerAction.HOLD)) == 1


@pytest.mark.parametrize("ends", ["release", "expire"])
def test_request_again_after_its_hold_ended_is_refused_so_no_second_parcel_leaves(
    mehr: Actor, omid: Actor, household: KnownHousehold, ends: str
) -> None:
    request = HoldRequest(household_id=household.id, quantity=1, request_id=a_request())
    first = hold(mehr, household, NeedKind.FOOD, request_id=request.request_id)
    later = AT + timedelta(days=9)
    if ends == "release":
        release_aid(actor=mehr, at=later, hold_id=first.require_held())
    else:
        expire_holds(at=later)
    hold(omid, household, NeedKind.FOOD, at=later)

    again = hold(mehr, household, NeedKind.FOOD, request_id=request.request_id, at=later)
    (in_batch,) = hold_many(actor=mehr, at=later, kind=NeedKind.FOOD, requests=[request])

    for answer in (again, in_batch):
        assert (answer.outcome, answer.hold_id, answer.expires_at) == (Outcome.SETTLED, None, None)
        assert not answer.is_held
        with pytest.raises(RequestSettled) as refusal:
            answer.require_held()
        assert "دوباره استعلام کنید" in refusal.value.message


def test_request_again_after_delivery_gives_the_same_hold(mehr: Actor, household: KnownHousehold) -> None:
    request = HoldRequest(household_id=household.id, quantity=1, request_id=a_request())
    first = hold(mehr, household, NeedKind.FOOD, request_id=request.request_id)
    deliver_aid(actor=mehr, at=AT, hold_id=first.require_held())

    again = hold(mehr, household, NeedKind.FOOD, request_id=request.request_id)
    (in_batch,) = hold_many(actor=mehr, at=AT, kind=NeedKind.FOOD, requests=[request])

    assert [one.outcome for one in (again, in_batch)] == [Outcome.REPLAY] * 2
    assert [one.require_held() for one in (again, in_batch)] == [first.hold_id] * 2


def test_request_id_of_another_hold_is_refused(mehr: Actor, household: KnownHousehold) -> None:
    request_id = a_request()
    hold(mehr, household, NeedKind.FOOD, request_id=request_id)

    other = hold(mehr, household, NeedKind.DOWRY, request_id=request_id)

    assert other.outcome is Outcome.MISMATCH
    assert other.hold_id is None


def test_request_ids_of_two_organisations_do_not_meet(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    request_id = a_request()
    hold(mehr, household, NeedKind.FOOD, request_id=request_id)

    other = hold(omid, household, NeedKind.DOWRY, request_id=request_id)

    assert other.outcome is Outcome.DONE


def test_food_in_a_new_month_waits_for_the_rolling_window_or_a_reason(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    hold(mehr, household, NeedKind.FOOD)

    too_soon = hold(omid, household, NeedKind.FOOD, at=AZAR)
    with_reason = hold(omid, household, NeedKind.FOOD, at=AZAR, reason="مهمان تازه دارند و بسته تمام شده است")

    assert too_soon.outcome is Outcome.SOFT
    assert with_reason.outcome is Outcome.DONE
    (line,) = holds_of_organisation(actor=omid)
    assert line.reason == "مهمان تازه دارند و بسته تمام شده است"


def test_reason_opens_the_window_but_never_a_covered_need(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    hold(mehr, household, NeedKind.FOOD)

    result = hold(omid, household, NeedKind.FOOD, reason="دلیل خوبی دارم")

    assert result.outcome is Outcome.COVERED


def test_help_that_went_on_with_a_reason_counts_in_the_next_window(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    hold(mehr, household, NeedKind.FOOD)
    hold(omid, household, NeedKind.FOOD, at=AZAR, reason="خانه آتش گرفته است")

    third = hold(mehr, household, NeedKind.FOOD, at=AZAR + timedelta(days=28))  # 30 Azar; period Azar is full
    fourth = hold(mehr, household, NeedKind.FOOD, at=AZAR + timedelta(days=29))  # 1 Dey, 29 days after the second

    assert [third.outcome, fourth.outcome] == [Outcome.COVERED, Outcome.SOFT]


def test_household_that_one_neither_knows_nor_asked_for_is_refused_and_nothing_is_told(
    mehr: Actor, household: KnownHousehold
) -> None:
    stranger = given_charity("خیریهٔ ناآشنا")

    result = hold(stranger, household, NeedKind.FOOD)

    assert (result.outcome, result.open_quantity, result.hold_id) == (Outcome.UNKNOWN, 0, None)


def test_stranger_holds_after_finding_the_household_by_an_identifier(household: KnownHousehold) -> None:
    stranger = given_charity("خیریهٔ ناآشنا")
    check_aid(actor=stranger, at=AT, national_id=household.national_id, kind=NeedKind.FOOD)

    soon = hold(stranger, household, NeedKind.FOOD, at=AT + timedelta(hours=1))
    late = hold(stranger, household, NeedKind.DOWRY, at=AT + timedelta(days=2))

    assert [soon.outcome, late.outcome] == [Outcome.DONE, Outcome.UNKNOWN]


@pytest.mark.parametrize("in_batch", [False, True])
def test_asking_by_number_does_not_lengthen_the_day(household: KnownHousehold, in_batch: bool) -> None:
    stranger = given_charity("خیریهٔ ناآشنا")
    check_aid(actor=stranger, at=AT, national_id=household.national_id, kind=NeedKind.FOOD)
    soon, late = AT + timedelta(hours=20), AT + timedelta(hours=30)
    if in_batch:
        check_many(actor=stranger, at=soon, kind=NeedKind.FOOD, household_ids=[household.id])
    else:
        check_aid(actor=stranger, at=soon, household_id=household.id, kind=NeedKind.FOOD)

    assert hold(stranger, household, NeedKind.FOOD, at=late).outcome is Outcome.UNKNOWN


def test_protected_household_is_held_only_by_those_with_a_record(mehr: Actor, omid: Actor) -> None:
    household = given_household(mehr, is_protected=True)
    check_aid(actor=omid, at=AT, national_id=household.national_id, kind=NeedKind.FOOD)

    stranger = hold(omid, household, NeedKind.FOOD)
    acquainted = hold(mehr, household, NeedKind.FOOD)

    assert [stranger.outcome, acquainted.outcome] == [Outcome.PROTECTED, Outcome.DONE]


@pytest.mark.parametrize("quantity", [0, -1, 10**15 + 1])
def test_gift_of_nothing_or_beyond_belief_is_refused(mehr: Actor, household: KnownHousehold, quantity: int) -> None:
    with pytest.raises(QuantityInvalid):
        hold(mehr, household, NeedKind.CASH, quantity)


def test_reason_must_say_something(mehr: Actor, household: KnownHousehold) -> None:
    with pytest.raises(ReasonInvalid):
        hold(mehr, household, NeedKind.FOOD, reason="؟")


def test_more_than_the_standard_need_opens_no_need(mehr: Actor, household: KnownHousehold) -> None:
    result = hold(mehr, household, NeedKind.FOOD, 2)

    assert (result.outcome, result.open_quantity) == (Outcome.EXCEEDS, 1)
    assert needs_of_household(actor=mehr, at=AT, household_id=household.id) == ()


def test_office_holds_nothing_even_past_the_python(household: KnownHousehold) -> None:
    with pytest.raises(Exception, match="only an organisation holds aid"), acting(an_officer()), transaction.atomic():
        _hold_by_hand(household)


def test_nobody_holds_nothing(household: KnownHousehold) -> None:
    with pytest.raises(Exception, match="only an organisation holds aid"), transaction.atomic():
        _hold_by_hand(household)


@pytest.mark.parametrize("table", ["ledger_need", "ledger_hold", "ledger_event"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET kind = kind", "TRUNCATE {}"])
def test_tables_can_not_be_changed_past_the_functions(mehr: Actor, table: str, statement: str) -> None:
    with pytest.raises(Exception, match="permission denied"), acting(mehr), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_batch_answers_each_in_its_place(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    free, taken = given_household(mehr), given_household(mehr, omid)
    hidden = given_household(omid, is_protected=True)
    hold(omid, taken, NeedKind.FOOD)
    check_aid(actor=mehr, at=AT, national_id=hidden.national_id, kind=NeedKind.FOOD)
    ids = [household.id, taken.id, free.id, household.id, hidden.id, 10**9]
    requests = [HoldRequest(household_id=one, quantity=1, request_id=a_request()) for one in ids]

    results = hold_many(actor=mehr, at=AT, kind=NeedKind.FOOD, requests=requests)
    again = hold_many(actor=mehr, at=AT, kind=NeedKind.FOOD, requests=requests)

    assert [one.outcome.name for one in results] == ["DONE", "COVERED", "DONE", "REPEATED", "PROTECTED", "UNKNOWN"]
    assert [one.outcome.name for one in again] == ["REPLAY", "COVERED", "REPLAY", "REPEATED", "PROTECTED", "UNKNOWN"]
    assert [one.hold_id for one in results[:3:2]] == [one.hold_id for one in again[:3:2]]
    assert len(holds_of_organisation(actor=mehr)) == 2


def test_batch_says_soft_where_the_window_is_closed(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    hold(omid, household, NeedKind.FOOD)
    request = HoldRequest(household_id=household.id, quantity=1, request_id=a_request())

    (result,) = hold_many(actor=mehr, at=AZAR, kind=NeedKind.FOOD, requests=[request])

    assert result.outcome is Outcome.SOFT


def _cash_need(household: KnownHousehold, target: int) -> NeedToOpen:
    return NeedToOpen(household_id=household.id, kind=NeedKind.CASH, period=CASH_PERIOD, target=target)


def _hold_by_hand(household: KnownHousehold) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_hold(%s, %s, %s, 1::smallint, 140508, 1, 1, 1, %s, NULL, '')",
            [AT, a_request(), household.id, AT],
        )

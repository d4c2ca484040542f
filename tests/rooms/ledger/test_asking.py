"""A program's batches: one statement each, answered as people's are; each household that was found sees the look."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sakha.access.queries import acting, alone
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.actor import PermissionMissing
from sakha.ledger.actions import (
    ask_check_many,
    ask_hold,
    ask_hold_many,
    asking,
    check_aid,
    check_many,
    hold_aid,
    hold_many,
)
from sakha.ledger.rules import BriefHold, HoldRequest, Outcome, QuantityInvalid
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import (
    AT,
    KnownHousehold,
    a_national_id,
    a_request,
    an_officer,
    given_charity,
    given_household,
)

PURPOSE = "استعلام گروهی غذا پیش از کمک، برنامهٔ «آزمون»"


def looks() -> list[tuple[str, int, int, str]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT action, household_id, organisation_id, purpose FROM access_entry ORDER BY id")
        return cursor.fetchall()


def ask_holds(actor: Actor, requests: list[HoldRequest]) -> list[BriefHold]:
    return ask_hold_many(
        actor=actor,
        at=AT,
        purpose=PURPOSE,
        kind=NeedKind.FOOD,
        household_ids=[one.household_id for one in requests],
        quantities=[one.quantity for one in requests],
        request_ids=[one.request_id.hex for one in requests],
    )


def requests_of(*households: int, quantity: int = 1) -> list[HoldRequest]:
    return [HoldRequest(household_id=one, quantity=quantity, request_id=a_request()) for one in households]


@pytest.mark.django_db
def test_a_batch_answers_as_peoples_and_each_household_found_sees_by_what_program(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    taken, hidden = given_household(mehr), given_household(mehr, is_protected=True)
    hold_aid(actor=mehr, at=AT, household_id=taken.id, kind=NeedKind.FOOD, quantity=1, request_id=a_request())
    asked = {
        "kind": NeedKind.FOOD,
        "national_ids": [taken.national_id, a_national_id(), hidden.national_id],
        "household_ids": [household.id, 10**9],
    }
    people = check_many(actor=omid, at=AT, **asked)
    before = len(looks())

    assert ask_check_many(actor=omid, at=AT, purpose=PURPOSE, **asked) == people
    seen = looks()[before:]
    assert sorted(one[1] for one in seen) == sorted(one.household_id for one in people if one.household_id)
    assert {(action, body, purpose) for action, _, body, purpose in seen} == {("CHECK", omid.organisation_id, PURPOSE)}


@pytest.mark.django_db
def test_a_batch_of_holds_is_answered_as_peoples_and_the_unknown_see_nothing(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    free, hidden = given_household(mehr), given_household(omid, is_protected=True)
    check_aid(actor=mehr, at=AT, national_id=hidden.national_id, kind=NeedKind.FOOD)
    before = len(looks())
    requests = requests_of(free.id, household.id, free.id, hidden.id, 10**9)
    results = ask_holds(mehr, requests)

    assert [one.outcome.name for one in results] == ["DONE", "DONE", "REPEATED", "PROTECTED", "UNKNOWN"]
    again = hold_many(actor=mehr, at=AT, kind=NeedKind.FOOD, requests=requests)
    assert [one.outcome.name for one in again] == ["REPLAY", "REPLAY", "REPEATED", "PROTECTED", "UNKNOWN"]
    assert [one.hold_id for one in again] == [one.hold_id for one in results]
    assert looks()[before:] == [
        ("WRITE", one, mehr.organisation_id, PURPOSE) for one in (free.id, household.id, free.id, hidden.id)
    ]


def test_a_batch_is_one_statement_and_leaves_nobody_behind(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    mehr = given_charity("مهر")
    homes = [given_household(mehr) for _ in range(3)]
    asked, ask = [], alone._ask

    def count(line: object, statement: str, values: object) -> list[tuple]:
        asked.append(statement)
        return ask(line, statement, values)

    monkeypatch.setattr(alone, "_ask", count)
    connection.close()
    with CaptureQueriesContext(connection) as others:
        connection.close()
        ask_check_many(
            actor=mehr, at=AT, purpose=PURPOSE, kind=NeedKind.FOOD, national_ids=[one.national_id for one in homes]
        )
        requests = requests_of(*[one.id for one in homes])
        held = ask_holds(mehr, requests)
        assert connection.connection is None
    assert [one.outcome for one in held] == [Outcome.DONE] * 3
    assert (len(asked), len(others)) == (2, 0)
    assert alone.fetch_alone("SELECT access_scope(), %s::int", [1]) == [("", 1)]


@pytest.mark.django_db
def test_an_answer_without_a_row_is_told_as_such(mehr: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "fetch_alone", lambda *_: [])
    with pytest.raises(LookupError, match="no row"):
        ask_hold(
            actor=mehr, at=AT, purpose=PURPOSE, kind=NeedKind.FOOD, household_id=1, quantity=1, request_id=a_request()
        )


@pytest.mark.django_db
def test_nobody_is_asked_for_by_an_office_and_a_gift_of_nothing_stops_the_whole_batch(mehr: Actor) -> None:
    home = given_household(mehr)
    requests = [*requests_of(home.id), *requests_of(home.id, quantity=0)]
    with pytest.raises(QuantityInvalid):
        ask_holds(mehr, requests)
    with pytest.raises(PermissionMissing):
        ask_holds(an_officer(), requests[:1])
    assert looks() == []


@pytest.mark.django_db
def test_no_batch_waits_for_its_plan() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE 'plan_cache_mode=force_generic_plan' = ANY (proconfig)")
        planned_once = {row[0] for row in cursor.fetchall()}
    assert planned_once >= {"ledger_check_many", "ledger_hold_many", "ledger_check_many_as", "ledger_hold_many_as"}

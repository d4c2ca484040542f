"""The end of a hold, the needs themselves, and the nightly comparison."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing
from sakha.access.rules.actor import NOBODY
from sakha.access.rules.roles import Scope
from sakha.ledger import jobs
from sakha.ledger.actions import (
    deliver_aid,
    deliver_many,
    expire_holds,
    hold_aid,
    open_needs,
    release_aid,
)
from sakha.ledger.queries import get_hold, needs_of_household
from sakha.ledger.rules import HoldSettled, HoldStatus, HoldUnknown, NeedToOpen, Outcome
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import AT, KnownHousehold, a_request, an_officer, given_household

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=73)  # a hold lasts three days


def hold(actor: Actor, household: KnownHousehold, kind: NeedKind = NeedKind.FOOD, quantity: int = 1) -> int:
    result = hold_aid(
        actor=actor, at=AT, household_id=household.id, kind=kind, quantity=quantity, request_id=a_request()
    )
    return result.require_held()


def counters(household: KnownHousehold) -> list[tuple[int, int, int]]:
    needs = needs_of_household(actor=SYSTEM, at=AT, household_id=household.id)
    return [(need.target, need.held, need.delivered) for need in needs]


def need(household: KnownHousehold, target: int) -> NeedToOpen:
    return NeedToOpen(household_id=household.id, kind=NeedKind.CASH, period=140508, target=target)


def test_delivery_moves_the_quantity_from_held_to_delivered(mehr: Actor, household: KnownHousehold) -> None:
    hold_id = hold(mehr, household)

    deliver_aid(actor=mehr, at=LATER, hold_id=hold_id)
    deliver_aid(actor=mehr, at=LATER, hold_id=hold_id)

    assert counters(household) == [(1, 0, 1)]
    line = get_hold(actor=mehr, hold_id=hold_id)
    assert (line.status, line.settled_at) == (HoldStatus.DELIVERED, LATER)


def test_release_lets_another_help(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    release_aid(actor=mehr, at=AT, hold_id=hold(mehr, household))

    assert hold(omid, household)
    assert counters(household) == [(1, 1, 0)]


def test_another_organisation_settles_nothing(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    hold_id = hold(mehr, household)

    with pytest.raises(HoldUnknown):
        deliver_aid(actor=omid, at=AT, hold_id=hold_id)
    with pytest.raises(HoldUnknown):
        get_hold(actor=omid, hold_id=hold_id)
    assert [one.outcome for one in deliver_many(actor=omid, at=AT, hold_ids=[hold_id])] == [Outcome.UNKNOWN]
    assert counters(household) == [(1, 1, 0)]


def test_delivered_aid_is_not_released(mehr: Actor, household: KnownHousehold) -> None:
    hold_id = hold(mehr, household)
    deliver_aid(actor=mehr, at=AT, hold_id=hold_id)

    with pytest.raises(HoldSettled):
        release_aid(actor=mehr, at=AT, hold_id=hold_id)
    assert counters(household) == [(1, 0, 1)]


def test_many_deliveries_tell_what_became_of_each(mehr: Actor, household: KnownHousehold) -> None:
    first, second, third = (hold(mehr, household, NeedKind.CASH, quantity) for quantity in (10, 20, 30))
    deliver_aid(actor=mehr, at=AT, hold_id=second)
    release_aid(actor=mehr, at=AT, hold_id=third)

    settled = deliver_many(actor=mehr, at=AT, hold_ids=[first, second, third, 10**9, first])

    assert {one.hold_id: one.outcome for one in settled} == {
        first: Outcome.DONE,
        second: Outcome.REPLAY,
        third: Outcome.SETTLED,
        10**9: Outcome.UNKNOWN,
    }
    assert [(held, delivered) for _, held, delivered in counters(household)] == [(0, 30)]


def test_hold_expires_after_its_time_and_not_before(mehr: Actor, household: KnownHousehold) -> None:
    hold_id = hold(mehr, household)

    early, due, again = expire_holds(at=AT), expire_holds(at=LATER), expire_holds(at=LATER)

    assert (early, due, again) == (0, 1, 0)
    assert counters(household) == [(1, 0, 0)]
    with pytest.raises(HoldSettled):
        deliver_aid(actor=mehr, at=LATER, hold_id=hold_id)


def test_overdue_hold_that_nobody_swept_can_still_be_delivered(mehr: Actor, household: KnownHousehold) -> None:
    hold_id = hold(mehr, household)

    deliver_aid(actor=mehr, at=LATER, hold_id=hold_id)

    assert expire_holds(at=LATER) == 0
    assert counters(household) == [(1, 0, 1)]


@pytest.mark.parametrize("statement", ["SELECT ledger_expire(now(), 1)", "SELECT ledger_verify(now())"])
def test_only_the_system_sweeps_and_verifies(mehr: Actor, statement: str) -> None:
    with pytest.raises(Exception, match="only the system"), acting(mehr), connection.cursor() as cursor:
        cursor.execute(statement)


def test_sweep_frees_all_that_is_due(mehr: Actor, household: KnownHousehold, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SWEEP_SIZE", 2)
    for _ in range(5):
        hold(mehr, household, NeedKind.CASH, 1)

    with time_machine.travel(LATER, tick=False):
        jobs.expire_due_holds(0)

    assert [held for _, held, _ in counters(household)] == [0]


def test_needs_open_once_and_move_without_undercutting(mehr: Actor, household: KnownHousehold) -> None:
    opened = open_needs(actor=SYSTEM, at=AT, needs=[need(household, 100), need(household, 80)])
    again = open_needs(actor=SYSTEM, at=AT, needs=[need(household, 100)])
    hold(mehr, household, NeedKind.CASH, 60)

    lowered = open_needs(actor=SYSTEM, at=AT, needs=[need(household, 10)])

    assert (opened, again, lowered) == (1, 0, 1)
    assert counters(household) == [(60, 60, 0)]


def test_charity_opens_needs_of_its_own_households_and_moves_none(mehr: Actor, household: KnownHousehold) -> None:
    foreign = given_household()

    opened = open_needs(actor=mehr, at=AT, needs=[need(household, 100), need(foreign, 100)])
    raised = open_needs(actor=mehr, at=AT, needs=[need(household, 1000)])

    assert (opened, raised) == (1, 0)
    assert (counters(household), counters(foreign)) == ([(100, 0, 0)], [])


def test_nobody_opens_needs(household: KnownHousehold) -> None:
    with pytest.raises(PermissionMissing):
        open_needs(actor=NOBODY, at=AT, needs=[need(household, 100)])


def test_other_eyes_see_neither_needs_nor_holds_nor_events(mehr: Actor, omid: Actor) -> None:
    household = given_household(mehr)
    hold(mehr, household)
    expected = {
        "mehr": (mehr, (1, 1, 2)),
        "omid": (omid, (0, 0, 0)),
        "province": (an_officer(), (1, 1, 2)),
        "other county": (an_officer(Scope.COUNTY, county="3002"), (0, 0, 0)),
        "system": (SYSTEM, (1, 1, 2)),
        "nobody": (NOBODY, (0, 0, 0)),
    }

    assert {name: _visible(actor) for name, (actor, _) in expected.items()} == {
        name: counts for name, (_, counts) in expected.items()
    }


def test_charity_that_knows_the_household_sees_its_needs_but_not_the_holds_of_others(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    hold(mehr, household)

    assert _visible(omid) == (1, 0, 0)


def _visible(actor: Actor) -> tuple[int, int, int]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_need), (SELECT count(*) FROM ledger_hold),"
            " (SELECT count(*) FROM ledger_event)"
        )
        return cursor.fetchone()

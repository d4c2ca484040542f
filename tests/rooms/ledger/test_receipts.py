"""Whether deliveries arrived: who may say so, what it changes, and a sample that anybody can draw again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, household_actor
from sakha.access.rules.roles import Scope
from sakha.ledger.actions import CallsToDraw, answer_receipt, deliver_aid, draw_calls, record_call, tell_receipts
from sakha.ledger.queries import (
    call_rounds,
    calls_of_round,
    find_delivery_by_code,
    get_call_round,
    get_delivery,
    needs_of_household,
    receipts_of_household,
)
from sakha.ledger.rules.receipts import (
    CallOutcome,
    CallUnknown,
    NothingToSample,
    ReceiptAnswered,
    ReceiptState,
    ReceiptUnknown,
    ReceiptWay,
    receipt_code,
)
from tests.ledger_cast import AT, KnownHousehold, an_officer, given_household
from tests.rooms.ledger.test_settling import hold

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
TABLES = ("ledger_receipt", "ledger_call_round", "ledger_call")


def delivered(giver: Actor, household: KnownHousehold) -> int:
    hold_id = hold(giver, household)
    deliver_aid(actor=giver, at=AT, hold_id=hold_id)
    return hold_id


def say(actor: Actor, hold_id: int, state: ReceiptState, way: ReceiptWay) -> bool:
    return answer_receipt(actor=actor, at=LATER, hold_id=hold_id, state=state, way=way)


def state_of(household: KnownHousehold, hold_id: int) -> ReceiptState | None:
    return receipts_of_household(household_id=household.id).get(hold_id)


def a_round(officer: Actor, *, size: int = 10, seed: int = 7) -> int:
    calls = CallsToDraw(province="30", county="", from_at=AT - timedelta(days=1), until_at=LATER, size=size, seed=seed)
    return draw_calls(actor=officer, at=LATER, calls=calls)


def test_a_delivery_is_told_once_and_the_household_alone_answers_for_itself(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    hold_id = delivered(mehr, household)
    home, other = household_actor(household.id), household_actor(given_household(mehr).id)

    told = tell_receipts(at=AT, since=AT - timedelta(days=1), limit=10)
    assert [(one.hold_id, one.household_id) for one in told] == [(hold_id, household.id)]
    assert tell_receipts(at=AT, since=AT - timedelta(days=1), limit=10) == ()
    assert state_of(household, hold_id) is ReceiptState.TOLD
    for stranger, way in ((other, ReceiptWay.SITE), (mehr, ReceiptWay.VISIT), (home, ReceiptWay.CALL)):
        with pytest.raises(ReceiptUnknown):
            say(stranger, hold_id, ReceiptState.CONFIRMED, way)
    with pytest.raises(ReceiptUnknown):
        say(an_officer(Scope.COUNTY, county="3009"), hold_id, ReceiptState.CONFIRMED, ReceiptWay.VISIT)

    needs = needs_of_household(actor=SYSTEM, at=AT, household_id=household.id)
    assert say(home, hold_id, ReceiptState.NOT_RECEIVED, ReceiptWay.SITE)
    assert not say(home, hold_id, ReceiptState.NOT_RECEIVED, ReceiptWay.SMS)
    with pytest.raises(ReceiptAnswered):
        say(omid, hold_id, ReceiptState.CONFIRMED, ReceiptWay.VISIT)
    assert state_of(household, hold_id) is ReceiptState.NOT_RECEIVED
    assert needs_of_household(actor=SYSTEM, at=AT, household_id=household.id) == needs  # nothing is reversed
    assert say(an_officer(), hold_id, ReceiptState.CONFIRMED, ReceiptWay.CALL)
    with pytest.raises(ReceiptAnswered):
        say(omid, hold_id, ReceiptState.NOT_RECEIVED, ReceiptWay.VISIT)  # the office called
    assert say(an_officer(), hold_id, ReceiptState.NOT_RECEIVED, ReceiptWay.VISIT)
    with pytest.raises(ReceiptAnswered):
        say(omid, hold_id, ReceiptState.CONFIRMED, ReceiptWay.VISIT)  # the office was there
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT outcome FROM ledger_event WHERE action = 9 ORDER BY id")
        assert cursor.fetchall() == [(13,), (1,), (13,)]


def test_what_is_only_held_or_of_another_code_is_no_delivery(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    hold_id = hold(mehr, household)
    with pytest.raises(ReceiptUnknown):
        say(omid, hold_id, ReceiptState.CONFIRMED, ReceiptWay.VISIT)
    with pytest.raises(ReceiptUnknown):
        get_delivery(hold_id=hold_id)
    deliver_aid(actor=mehr, at=AT, hold_id=hold_id)

    assert say(omid, hold_id, ReceiptState.CONFIRMED, ReceiptWay.VISIT)
    assert get_delivery(hold_id=hold_id).organisation_id == mehr.organisation_id
    code = receipt_code(hold_id)
    assert find_delivery_by_code(at=LATER, household_ids=[household.id], code=code) == hold_id
    assert find_delivery_by_code(at=LATER, household_ids=[household.id + 1], code=code) is None
    assert find_delivery_by_code(at=AT + timedelta(days=60), household_ids=[household.id], code=code) is None


def test_a_sample_is_drawn_alike_by_the_same_seed_and_says_what_the_calls_said(mehr: Actor, omid: Actor) -> None:
    for number in range(14):
        delivered(mehr if number < 8 else omid, given_household(mehr, omid))
    officer = an_officer()
    first, again, other = (a_round(officer, seed=seed) for seed in (7, 7, 8))

    def drawn(round_id: int) -> list[int]:
        return [line.household_id for line in calls_of_round(actor=officer, round_id=round_id)]

    assert drawn(first) == drawn(again)
    assert drawn(first) != drawn(other)
    calls = calls_of_round(actor=officer, round_id=first)
    assert {line.organisation_id for line in calls} == {mehr.organisation_id, omid.organisation_id}
    for line in calls:
        said = CallOutcome.NOT_RECEIVED if line.place == 1 else CallOutcome.RECEIVED
        assert record_call(actor=officer, at=LATER, call_id=line.id, outcome=said)
    card = get_call_round(actor=officer, round_id=first)
    assert card.called_count == card.drawn_count == len(calls)
    assert {one.population for one in card.by_organisation.values()} == {8, 6}
    assert card.overall.low < card.overall.share < 1
    assert [one.id for one in call_rounds(actor=officer)] == [other, again, first]


def test_an_empty_area_has_no_sample_and_strangers_draw_and_read_none(mehr: Actor, household: KnownHousehold) -> None:
    officer = an_officer()
    with pytest.raises(NothingToSample):
        a_round(officer)
    delivered(mehr, household)
    round_id = a_round(officer)
    call_id = calls_of_round(actor=officer, round_id=round_id)[0].id

    with pytest.raises(PermissionMissing):
        a_round(mehr)
    with pytest.raises(NothingToSample):
        a_round(an_officer(province="21"))
    for stranger in (an_officer(province="21"), an_officer(Scope.COUNTY)):
        with pytest.raises(CallUnknown):
            record_call(actor=stranger, at=LATER, call_id=call_id, outcome=CallOutcome.RECEIVED)
        with pytest.raises(CallUnknown):
            get_call_round(actor=stranger, round_id=round_id)
    for actor in (mehr, officer, SYSTEM):
        for table in TABLES:
            with pytest.raises(ProgrammingError), transaction.atomic(), acting(actor):
                connection.cursor().execute(f"UPDATE {table} SET province = ''")

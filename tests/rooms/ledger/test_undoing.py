"""A delivery that its household disputes is taken back by two of an office, and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, household_actor
from sakha.access.rules.roles import Scope
from sakha.ledger.actions import decide_undoing, propose_undoing
from sakha.ledger.queries import find_undoing, waiting_undoings
from sakha.ledger.rules.receipts import ReceiptState, ReceiptWay, UndoingNotYours, UndoingState, UndoingUnknown
from sakha.ledger.rules.states import HoldStatus, LedgerAction, Outcome
from tests.ledger_cast import AT, KnownHousehold, given_officer
from tests.rooms.ledger.test_receipts import delivered, say
from tests.rooms.ledger.test_settling import counters, hold

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=2)
WHY = "با خانوار گفت‌وگو شد؛ بسته نرسیده است."


def disputed(giver: Actor, household: KnownHousehold) -> int:
    hold_id = delivered(giver, household)
    say(household_actor(household.id), hold_id, ReceiptState.NOT_RECEIVED, ReceiptWay.SITE)
    return hold_id


def rows(statement: str, *values: object) -> list[tuple[object, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def test_two_of_an_office_take_back_what_did_not_arrive_and_the_need_is_open_again(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    hold_id = disputed(mehr, household)
    first, second = given_officer("first"), given_officer("second", Scope.COUNTY)
    assert counters(household) == [(1, 0, 1)]

    undoing_id = propose_undoing(actor=first, at=LATER, hold_id=hold_id, reason=WHY)
    assert propose_undoing(actor=second, at=LATER, hold_id=hold_id, reason=WHY) == undoing_id
    assert counters(household) == [(1, 0, 1)]  # one word alone changes nothing
    with pytest.raises(UndoingNotYours):
        decide_undoing(actor=first, at=LATER, undoing_id=undoing_id, is_so=True)
    [line] = waiting_undoings(actor=first)
    assert (line.hold_id, line.is_own, line.reason) == (hold_id, True, WHY)

    assert decide_undoing(actor=second, at=LATER, undoing_id=undoing_id, is_so=True) == hold_id

    assert counters(household) == [(1, 0, 0)]
    assert rows("SELECT status FROM ledger_hold WHERE id = %s", hold_id) == [(HoldStatus.UNDONE.value,)]
    assert rows("SELECT outcome, user_id, reason FROM ledger_event WHERE action = %s", LedgerAction.UNDO.value) == [
        (Outcome.DONE.value, second.user_id, WHY)
    ]
    assert (waiting_undoings(actor=first), find_undoing(actor=first, hold_id=hold_id)) == ((), UndoingState.UNDONE)
    assert hold(omid, household)  # also the window of thirty days is free again
    with pytest.raises(UndoingUnknown):
        decide_undoing(actor=second, at=LATER, undoing_id=undoing_id, is_so=False)


def test_only_what_is_disputed_is_taken_back_and_a_rejected_proposal_may_come_again(
    mehr: Actor, household: KnownHousehold
) -> None:
    hold_id = delivered(mehr, household)
    home = household_actor(household.id)
    first, second = given_officer("first"), given_officer("second")
    elsewhere = given_officer("elsewhere", province="21")
    for state in (None, ReceiptState.CONFIRMED):
        if state:
            say(home, hold_id, state, ReceiptWay.SITE)
        with pytest.raises(UndoingUnknown):
            propose_undoing(actor=first, at=LATER, hold_id=hold_id, reason=WHY)
    say(home, hold_id, ReceiptState.NOT_RECEIVED, ReceiptWay.SITE)
    with pytest.raises(UndoingUnknown):
        propose_undoing(actor=elsewhere, at=LATER, hold_id=hold_id, reason=WHY)
    for giver in (mehr, home):
        with pytest.raises(PermissionMissing):
            propose_undoing(actor=giver, at=LATER, hold_id=hold_id, reason=WHY)

    undoing_id = propose_undoing(actor=first, at=LATER, hold_id=hold_id, reason=WHY)
    with pytest.raises(UndoingUnknown):
        decide_undoing(actor=elsewhere, at=LATER, undoing_id=undoing_id, is_so=True)
    decide_undoing(actor=second, at=LATER, undoing_id=undoing_id, is_so=False)
    assert counters(household) == [(1, 0, 1)]

    again = propose_undoing(actor=second, at=LATER, hold_id=hold_id, reason=WHY)
    say(home, hold_id, ReceiptState.CONFIRMED, ReceiptWay.SITE)  # it came after all
    with pytest.raises(UndoingNotYours):
        decide_undoing(actor=first, at=LATER, undoing_id=again, is_so=True)
    assert counters(household) == [(1, 0, 1)]
    assert waiting_undoings(actor=elsewhere) == ()
    with pytest.raises(ProgrammingError), transaction.atomic(), acting(mehr):
        connection.cursor().execute("SELECT ledger_decide_undoing(now(), %s, true)", [again])
    with pytest.raises(ProgrammingError), transaction.atomic(), acting(SYSTEM):
        connection.cursor().execute("UPDATE ledger_hold SET status = 5")

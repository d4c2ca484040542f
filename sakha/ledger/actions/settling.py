"""The end of a hold: delivered or released by its organisation, expired by the system; and the nightly comparison."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.ledger.actions.checking import BATCH_SIZE_MAX
from sakha.ledger.rules.results import DeliveryStopped, HoldSettled, HoldUnknown, Settled
from sakha.ledger.rules.states import HoldStatus, Outcome

_SETTLE: Final = "SELECT ledger_settle(%s, %s, %s::smallint)"
# Aid goes to the living: a household all of whose members have died since is stopped before the delivery.
_STOPPED: Final = """
    SELECT hold.id FROM ledger_hold AS hold
     WHERE hold.id = ANY(%s) AND hold.status = 1
       AND EXISTS (SELECT FROM registry_membership AS member WHERE member.household_id = hold.household_id
                      AND member.to_on IS NULL)
       AND NOT EXISTS (SELECT FROM registry_membership AS member JOIN registry_person AS person
                           ON person.id = member.person_id
                        WHERE member.household_id = hold.household_id AND member.to_on IS NULL
                          AND person.died_on IS NULL)
"""
_SETTLE_MANY: Final = "SELECT hold_id, outcome FROM ledger_settle_many(%s, %s::bigint[], %s::smallint)"


def deliver_aid(*, actor: Actor, at: datetime, hold_id: int) -> None:
    """Write that held aid reached the household. Repeating changes nothing.

    Raises:
        HoldUnknown: the organisation has no such hold.
        HoldSettled: it was released, or its time has passed and it was freed.
        DeliveryStopped: nobody of the household lives any more.
    """
    actor.require(Permission.DELIVER_AID)
    if _stopped([hold_id]):
        raise DeliveryStopped(field="hold_id")
    _settle(actor, at, hold_id, HoldStatus.DELIVERED)


def release_aid(*, actor: Actor, at: datetime, hold_id: int) -> None:
    """Give held aid back, so that others may help. Repeating changes nothing.

    Raises:
        HoldUnknown: the organisation has no such hold.
        HoldSettled: it was delivered before, or its time has passed and it was freed.
    """
    actor.require(Permission.HOLD_AID)
    _settle(actor, at, hold_id, HoldStatus.RELEASED)


def release_many(*, actor: Actor, at: datetime, hold_ids: Sequence[int]) -> list[Settled]:
    """Give many holds back; what became of each, by hold id. Batches of a thousand."""
    actor.require(Permission.HOLD_AID)
    settled: list[Settled] = []
    for start in range(0, len(hold_ids), BATCH_SIZE_MAX):
        batch = list(hold_ids[start : start + BATCH_SIZE_MAX])
        with acting(actor), connection.cursor() as cursor:
            cursor.execute(_SETTLE_MANY, (at, batch, HoldStatus.RELEASED.value))
            settled += [Settled(hold_id, Outcome(outcome)) for hold_id, outcome in cursor.fetchall()]
    return settled


def deliver_many(*, actor: Actor, at: datetime, hold_ids: Sequence[int]) -> list[Settled]:
    """Write many deliveries; what became of each, by hold id. Batches of a thousand."""
    actor.require(Permission.DELIVER_AID)
    settled: list[Settled] = []
    for start in range(0, len(hold_ids), BATCH_SIZE_MAX):
        with acting(actor), connection.cursor() as cursor:
            asked = list(hold_ids[start : start + BATCH_SIZE_MAX])
            stopped = _stopped(asked)
            settled += [Settled(hold_id, Outcome.STOPPED) for hold_id in sorted(stopped)]
            batch = [hold_id for hold_id in asked if hold_id not in stopped]
            cursor.execute(_SETTLE_MANY, (at, batch, HoldStatus.DELIVERED.value))
            settled += [Settled(hold_id, Outcome(outcome)) for hold_id, outcome in cursor.fetchall()]
    return settled


def expire_holds(*, at: datetime, limit: int = BATCH_SIZE_MAX) -> int:
    """Free holds whose time has passed, the oldest first; tell how many. 0 also while another sweep runs."""
    return _count_as_system("SELECT ledger_expire(%s, %s)", at, limit)


def verify_counters(*, at: datetime) -> int:
    """Compare every need's counters with the sums of its holds; each that differs is written down. Tell how many."""
    return _count_as_system("SELECT ledger_verify(%s)", at)


def _stopped(hold_ids: Sequence[int]) -> set[int]:
    """Read as the system: whether somebody lives is not a matter of who may see the file."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_STOPPED, [list(hold_ids)])
        return {row[0] for row in cursor.fetchall()}


def _settle(actor: Actor, at: datetime, hold_id: int, status: HoldStatus) -> None:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SETTLE, (at, hold_id, status.value))
        outcome = Outcome(cursor.fetchone()[0])
    if outcome is Outcome.UNKNOWN:
        raise HoldUnknown(field="hold_id")
    if outcome is Outcome.SETTLED:
        raise HoldSettled(field="hold_id")


def _count_as_system(statement: str, *values: Any) -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])

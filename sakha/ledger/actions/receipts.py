"""Whether deliveries arrived: telling households, keeping their answers, and calling a random sample of them.

What follows where something did not arrive is a case of `coordination`; here nothing is reversed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.ledger.queries import delivered_by_organisation
from sakha.ledger.rules.receipts import (
    SAMPLE_MAX,
    CallOutcome,
    CallUnknown,
    NothingToSample,
    ReceiptAnswered,
    ReceiptState,
    ReceiptUnknown,
    ReceiptWay,
    allocate_sample,
)
from sakha.ledger.rules.states import Outcome
from sakha.vocabulary.need_kinds import NeedKind

_TELL: Final = "SELECT hold_id, household_id, kind, quantity FROM ledger_tell_receipts(%s, %s, %s)"
_ANSWER: Final = "SELECT ledger_answer_receipt(%s, %s, %s::smallint, %s::smallint)"
_DRAW: Final = "SELECT ledger_draw_calls(%s, %s, %s, %s, %s, %s, %s::int[], %s::int[])"
_RECORD: Final = "SELECT ledger_record_call(%s, %s, %s::smallint)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDelivery:
    """A delivery that its household is now told of."""

    hold_id: int
    household_id: int
    kind: NeedKind
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsToDraw:
    """Which deliveries are sampled: of an area, settled in these days, about so many, by this seed."""

    province: str
    county: str
    from_at: datetime
    until_at: datetime
    size: int
    seed: int


def tell_receipts(*, at: datetime, since: datetime, limit: int) -> Sequence[ToldDelivery]:
    """Mark deliveries as told, each once; call it in the transaction that queues the notices."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_TELL, [at, since, limit])
        return tuple(
            ToldDelivery(hold_id=row[0], household_id=row[1], kind=NeedKind(row[2]), quantity=row[3])
            for row in cursor.fetchall()
        )


def answer_receipt(*, actor: Actor, at: datetime, hold_id: int, state: ReceiptState, way: ReceiptWay) -> bool:
    """Keep that a delivery arrived or not; saying so again changes nothing and tells False.

    Raises: ReceiptUnknown, ReceiptAnswered.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_ANSWER, [at, hold_id, state.value, way.value])
        outcome = Outcome(cursor.fetchone()[0])
    if outcome is Outcome.UNKNOWN:
        raise ReceiptUnknown(field="hold_id")
    if outcome is Outcome.SETTLED:
        raise ReceiptAnswered(field="hold_id")
    return outcome is Outcome.DONE


def draw_calls(*, actor: Actor, at: datetime, calls: CallsToDraw) -> int:
    """Draw a random sample of deliveries, spread over the organisations by what each delivered; tells the round.

    Raises: PermissionMissing, NothingToSample.
    """
    actor.require(Permission.READ_PROVINCE)
    populations = delivered_by_organisation(
        actor=actor, province=calls.province, county=calls.county, from_at=calls.from_at, until_at=calls.until_at
    )
    sizes = allocate_sample(populations, size=min(max(calls.size, 1), SAMPLE_MAX))
    if not sizes:
        raise NothingToSample(field="from_at")
    place: list[datetime | str | int] = [at, calls.province, calls.county, calls.from_at, calls.until_at, calls.seed]
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_DRAW, [*place, list(sizes), list(sizes.values())])
        return int(cursor.fetchone()[0])


def record_call(*, actor: Actor, at: datetime, call_id: int, outcome: CallOutcome) -> int:
    """Keep what a call came to; tells the delivery it was about. Raises: PermissionMissing, CallUnknown."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_RECORD, [at, call_id, outcome.value])
        hold_id = cursor.fetchone()[0]
    if hold_id is None:
        raise CallUnknown(field="call_id")
    return int(hold_id)

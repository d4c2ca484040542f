"""Holding aid, for one household and for many: one SQL function, one round trip, once per request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from sakha.access.queries import acting, write_list
from sakha.access.rules import Actor, Permission
from sakha.ledger.actions.checking import BATCH_SIZE_MAX, span_of
from sakha.ledger.rules.results import HoldRequest, HoldResult
from sakha.ledger.rules.states import Outcome
from sakha.ledger.rules.terms import clean_reason, require_quantity, terms_of
from sakha.vocabulary.need_kinds import NeedKind

_HOLD: Final = (
    "SELECT outcome, hold_id, open_quantity, held_until FROM ledger_hold(%s, %s, %s, %s::smallint, %s, %s, %s, %s, %s,"
    " %s::daterange, %s)"
)
_HOLD_MANY: Final = (
    "SELECT outcome, hold_id, open_quantity FROM ledger_hold_many(%s, %s::uuid[], %s::bigint[], %s::bigint[],"
    " %s::smallint, %s, %s, %s, %s, %s::daterange)"
)


def hold_aid(  # noqa: PLR0913 -- the promise itself: who, when, to whom, what, how much, on which request, why
    *,
    actor: Actor,
    at: datetime,
    household_id: int,
    kind: NeedKind,
    quantity: int,
    request_id: UUID,
    reason: str = "",
) -> HoldResult:
    """Hold aid for a household's need of the running period; the same request sent again gives the same hold.

    The result says what the ledger answered; a refusal is a result, for it is written down and must not be rolled
    back. `HoldResult.require_held` raises it afterwards.

    Raises:
        QuantityInvalid: the quantity is no gift.
        ReasonInvalid: the reason says nothing.
        PermissionMissing: the role, or the organisation's standing, does not hold.
    """
    actor.require(Permission.HOLD_AID)
    terms = terms_of(kind, at=at)
    values: list[Any] = [at, request_id, household_id, kind.value, terms.period, require_quantity(quantity)]
    values += [terms.standard, terms.unit_worth_rial, terms.expires_at, span_of(terms), clean_reason(reason)]
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_HOLD, values)
        outcome, hold_id, open_quantity, held_until = cursor.fetchone()
    return HoldResult(
        outcome=Outcome(outcome), kind=kind, hold_id=hold_id, open_quantity=open_quantity or 0, expires_at=held_until
    )


def hold_many(*, actor: Actor, at: datetime, kind: NeedKind, requests: Sequence[HoldRequest]) -> list[HoldResult]:
    """Hold one kind of aid for many households, in the order given; each is held or refused by itself.

    Batches of a thousand, each a transaction of its own unless the caller holds one. Where similar help is recent,
    the single `hold_aid` takes the reason.
    """
    actor.require(Permission.HOLD_AID)
    terms = terms_of(kind, at=at)
    for one in requests:
        require_quantity(one.quantity)
    results: list[HoldResult] = []
    for start in range(0, len(requests), BATCH_SIZE_MAX):
        part = requests[start : start + BATCH_SIZE_MAX]
        values: list[Any] = [at, write_list([one.request_id for one in part])]
        values += [write_list([one.household_id for one in part]), write_list([one.quantity for one in part])]
        values += [kind.value, terms.period, terms.standard, terms.unit_worth_rial, terms.expires_at]
        values.append(span_of(terms))
        with acting(actor), connection.cursor() as cursor:
            cursor.execute(_HOLD_MANY, values)
            rows = cursor.fetchall()
        results += [
            HoldResult(
                outcome=Outcome(outcome),
                kind=kind,
                hold_id=hold_id,
                open_quantity=open_quantity,
                expires_at=terms.expires_at if outcome == Outcome.DONE else None,
            )
            for outcome, hold_id, open_quantity in rows
        ]
    return results

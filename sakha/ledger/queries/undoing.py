"""Deliveries that one of an office says did not arrive and that wait for a second word, as far as one sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.ledger.rules.receipts import UndoingState
from sakha.vocabulary.need_kinds import NeedKind

_WAITING: Final = """
    SELECT u.id, u.hold_id, h.household_id, registry_household_code(h.household_id), h.kind, h.quantity, body.name,
           u.reason, u.proposed_at, u.proposed_by_id, u.province, u.county
      FROM ledger_undoing u
      JOIN ledger_hold h ON h.id = u.hold_id
      JOIN access_organisation body ON body.id = u.organisation_id
     WHERE u.state = 1 ORDER BY u.proposed_at, u.id LIMIT %s
"""
_OF_HOLD: Final = "SELECT state FROM ledger_undoing WHERE hold_id = %s ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoingLine:
    """A delivery that waits for the second word; `is_own`: the actor proposed it, so another decides."""

    id: int
    hold_id: int
    household_id: int
    household_code: str
    kind: NeedKind
    quantity: int
    organisation: str
    reason: str
    proposed_at: datetime
    is_own: bool
    province: str
    county: str


def waiting_undoings(*, actor: Actor, limit: int = 50) -> tuple[UndoingLine, ...]:
    """What waits for a second word in the actor's area, the oldest first. Raises: PermissionMissing."""
    actor.require(Permission.ANSWER_GRIEVANCE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_WAITING, [limit])
        rows = cursor.fetchall()
    return tuple(
        UndoingLine(
            id=row[0],
            hold_id=row[1],
            household_id=row[2],
            household_code=row[3],
            kind=NeedKind(row[4]),
            quantity=row[5],
            organisation=row[6],
            reason=row[7],
            proposed_at=row[8],
            is_own=row[9] == actor.user_id,
            province=row[10],
            county=row[11],
        )
        for row in rows
    )


def find_undoing(*, actor: Actor, hold_id: int) -> UndoingState | None:
    """Where taking back a delivery stands, as far as the actor sees it; None where nobody proposed it."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_OF_HOLD, [hold_id])
        row = cursor.fetchone()
    return None if row is None else UndoingState(row[0])

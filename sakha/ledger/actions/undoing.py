"""Taking back a delivery that did not arrive: one of an office proposes it, a second one decides.

Only what the household disputes can be taken back; what follows for introductions is `coordination`'s.
"""

from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.ledger.rules.receipts import UNDOING_REASON_MAX, UndoingNotYours, UndoingUnknown
from sakha.ledger.rules.states import Outcome
from sakha.vocabulary.persian_text import clean_text

_PROPOSE: Final = "SELECT outcome, undoing_id FROM ledger_propose_undoing(%s, %s, %s)"
_DECIDE: Final = "SELECT outcome, hold_id FROM ledger_decide_undoing(%s, %s, %s)"


def propose_undoing(*, actor: Actor, at: datetime, hold_id: int, reason: str) -> int:
    """Say that a disputed delivery did not arrive; tells the number under which a second one decides. Again: the same.

    Raises: PermissionMissing, UndoingUnknown.
    """
    actor.require(Permission.ANSWER_GRIEVANCE)
    words = clean_text(reason)[:UNDOING_REASON_MAX]
    if not words:
        raise UndoingUnknown(field="reason")
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_PROPOSE, [at, hold_id, words])
        outcome, undoing_id = cursor.fetchone()
    if Outcome(outcome) is Outcome.UNKNOWN:
        raise UndoingUnknown(field="hold_id")
    return int(undoing_id)


def decide_undoing(*, actor: Actor, at: datetime, undoing_id: int, is_so: bool) -> int:
    """Decide as the second one: yes takes the delivery back and opens the need; tells the delivery.

    Raises: PermissionMissing, UndoingUnknown, UndoingNotYours.
    """
    actor.require(Permission.ANSWER_GRIEVANCE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_DECIDE, [at, undoing_id, is_so])
        outcome, hold_id = cursor.fetchone()
    if Outcome(outcome) is Outcome.UNKNOWN:
        raise UndoingUnknown(field="undoing_id")
    if Outcome(outcome) is Outcome.SETTLED:
        raise UndoingNotYours(field="undoing_id")
    return int(hold_id)

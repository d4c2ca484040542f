"""What follows when two of an office take back a delivery: the need stands open, and its introduction goes to others.

The ledger decides who may and keeps it; the money of givers follows by itself, as it follows every hold.
"""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.coordination.actions.introduction_ends import GivenBack, give_back
from sakha.coordination.actions.placing import place
from sakha.coordination.rules.introductions import OfferState
from sakha.ledger.actions import decide_undoing
from sakha.scoring.actions import settle_needs

NOT_ARRIVED: Final = "NOT_ARRIVED"
_HOLD: Final = "SELECT household_id, kind, organisation_id FROM ledger_hold WHERE id = %s"
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('coordination.introductions'))"
# Served by nothing else of the same body since it took it.
_SERVED_BY_IT: Final = """
    SELECT one.id FROM coordination_introduction AS one
     WHERE one.household_id = %(household)s AND one.kind = %(kind)s AND one.taken_by_id = %(body)s
       AND one.state = 'SERVED'
       AND NOT EXISTS (SELECT FROM ledger_hold AS hold
                        WHERE hold.household_id = one.household_id AND hold.kind = one.kind
                          AND hold.organisation_id = one.taken_by_id AND hold.status = 2
                          AND hold.settled_at >= one.taken_at)
     ORDER BY one.id FOR NO KEY UPDATE OF one
"""


def decide_taking_back(*, actor: Actor, at: datetime, undoing_id: int, is_so: bool) -> None:
    """Decide as the second one of the office whether a delivery is taken back.

    Raises: PermissionMissing, UndoingUnknown, UndoingNotYours.
    """
    with transaction.atomic():
        hold_id = decide_undoing(actor=actor, at=at, undoing_id=undoing_id, is_so=is_so)
        if is_so:
            _follow(actor, at, hold_id)


def _follow(actor: Actor, at: datetime, hold_id: int) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_HOLD, [hold_id])
        household_id, kind, body = cursor.fetchone()
        settle_needs(actor=SYSTEM, at=at, household_ids=[household_id])
        cursor.execute(_LOCK)
        cursor.execute(_SERVED_BY_IT, {"household": household_id, "kind": kind, "body": body})
        ids = [row[0] for row in cursor.fetchall()]
        how = GivenBack(offer=OfferState.RECALLED, reason=NOT_ARRIVED, user_id=actor.user_id, settled_at=at)
        give_back(cursor, at=at, ids=ids, how=how)
        if ids:
            place(cursor, at=at, only=ids)

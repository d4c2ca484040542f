"""Gives an introduction back to others, or ends it: its offers, the opened file and the coverage go with it.

Statements of these two steps alone; who may ask for them, and when, is decided by the actions beside this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sakha.access.actions import close_files
from sakha.coordination.rules.introductions import ClosedBecause, OfferState
from sakha.vocabulary.jalali import TEHRAN

# Whoever took them, with the household; locked in one order by all.
_TAKEN: Final = """
    SELECT id, taken_by_id, household_id FROM coordination_introduction
     WHERE id = ANY(%s) AND state <> 'CLOSED' ORDER BY id FOR NO KEY UPDATE
"""
_BACK: Final = """
    UPDATE coordination_introduction
       SET state = 'OFFERED', state_at = %(at)s, taken_by_id = NULL, taken_at = NULL, claim_until = NULL,
           contacted_at = NULL, served_at = NULL, body_agreed_at = NULL, household_agreed_at = NULL, closes_at = NULL,
           disputed_at = NULL, disputed_by = '', settled_at = coalesce(%(settled)s::timestamptz, settled_at),
           note = %(note)s, user_id = %(user)s
     WHERE id = ANY(%(ids)s) AND state IN ('TAKEN', 'SERVED')
"""
_OFFER_BACK: Final = """
    UPDATE coordination_offer SET state = %(offer)s, reason = %(reason)s, state_at = %(at)s, user_id = %(user)s
     WHERE introduction_id = ANY(%(ids)s) AND state IN ('TAKEN', 'SERVED')
"""
_CLOSE: Final = """
    UPDATE coordination_introduction
       SET state = 'CLOSED', state_at = %(at)s, closed_at = %(at)s, closed_because = %(because)s, claim_until = NULL,
           user_id = %(user)s
     WHERE id = ANY(%(ids)s) AND state <> 'CLOSED'
"""
_CLOSE_OFFERS: Final = """
    UPDATE coordination_offer
       SET state = CASE WHEN state = 'OFFERED' THEN 'RECALLED' ELSE 'CLOSED' END, reason = %(reason)s,
           state_at = %(at)s, user_id = %(user)s
     WHERE introduction_id = ANY(%(ids)s) AND state IN ('OFFERED', 'TAKEN', 'SERVED')
"""
# The body goes on covering the household while it holds another need of it; so with the file.
_STILL: Final = """
    SELECT DISTINCT taken_by_id, household_id FROM coordination_introduction
     WHERE state IN ('TAKEN', 'SERVED') AND household_id = ANY(%s)
"""
_UNCOVER: Final = """
    UPDATE coordination_coverage AS kept SET to_on = greatest(%s, kept.from_on)
      FROM unnest(%s::int[], %s::bigint[]) AS one(organisation, household)
     WHERE kept.organisation_id = one.organisation AND kept.household_id = one.household AND kept.source = 'TAKEN'
       AND kept.to_on IS NULL
"""
ENDED_WORD: Final = "ENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """How a promise ended, and by whom."""

    offer: OfferState
    reason: str = ""
    note: str = ""
    user_id: int | None = None
    settled_at: datetime | None = None


def give_back(cursor: Any, *, at: datetime, ids: Sequence[int], how: GivenBack) -> None:
    """Make these free for others again."""
    if not ids:
        return
    taken = _lock(cursor, ids)
    facts = {
        "at": at,
        "ids": list(ids),
        "offer": how.offer.value,
        "reason": how.reason,
        "note": how.note,
        "user": how.user_id,
        "settled": how.settled_at,
    }
    cursor.execute(_OFFER_BACK, facts)
    cursor.execute(_BACK, facts)
    _leave(cursor, at, taken)


def close_introductions(
    cursor: Any, *, at: datetime, ids: Sequence[int], because: ClosedBecause, user_id: int | None = None
) -> None:
    """End these; the database refuses an end that one side alone declares."""
    if not ids:
        return
    taken = _lock(cursor, ids)
    facts = {"at": at, "ids": list(ids), "because": because.value, "reason": ENDED_WORD, "user": user_id}
    cursor.execute(_CLOSE_OFFERS, facts)
    cursor.execute(_CLOSE, facts)
    _leave(cursor, at, taken)


def _lock(cursor: Any, ids: Sequence[int]) -> list[tuple[int, int]]:
    cursor.execute(_TAKEN, [list(ids)])
    return [(taker, household) for _, taker, household in cursor.fetchall() if taker is not None]


def _leave(cursor: Any, at: datetime, taken: Sequence[tuple[int, int]]) -> None:
    if not taken:
        return
    cursor.execute(_STILL, [[household for _, household in taken]])
    still = set(cursor.fetchall())
    left = sorted(set(taken) - still)
    close_files(at=at, files=left)
    on = at.astimezone(TEHRAN).date()
    cursor.execute(_UNCOVER, [on, [taker for taker, _ in left], [household for _, household in left]])

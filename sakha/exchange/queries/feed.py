"""The feed of events by cursor, as far as the reader sees the households."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.exchange.rules.events import EventLine, FeedEvent
from sakha.vocabulary.need_kinds import NeedKind

_READ: Final = """
SELECT e.id, e.kind, e.at, h.code, e.need_kind, e.period, e.quantity, e.household_id
  FROM exchange_event e JOIN registry_household h ON h.id = e.household_id
 WHERE e.id > %(after)s AND e.id <= %(until)s AND e.kind = ANY(%(kinds)s)
   AND (%(household_id)s::bigint IS NULL OR e.household_id = %(household_id)s)
 ORDER BY e.id LIMIT %(limit)s
"""
_NEWEST: Final = "SELECT coalesce(max(id), 0) FROM exchange_event"
LAST: Final = 2**62


@dataclass(frozen=True, slots=True)
class FeedLine:
    """An event, and the household by the number that stays inside the house."""

    line: EventLine
    household_id: int


def read_feed(
    *,
    actor: Actor,
    after: int,
    until: int = LAST,
    kinds: Sequence[FeedEvent] = tuple(FeedEvent),
    limit: int = 100,
    household_id: int | None = None,
) -> tuple[FeedLine, ...]:
    """Events behind the cursor, the earliest first."""
    asked: dict[str, Any] = {
        "after": after,
        "until": until,
        "kinds": [kind.value for kind in kinds],
        "limit": limit,
        "household_id": household_id,
    }
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_READ, asked)
        rows = cursor.fetchall()
    return tuple(
        FeedLine(
            EventLine(
                id=row[0],
                kind=FeedEvent(row[1]),
                at=row[2],
                household_code=row[3],
                need_kind=None if row[4] is None else NeedKind(row[4]),
                period=row[5],
                quantity=row[6],
            ),
            row[7],
        )
        for row in rows
    )


def newest_event() -> int:
    """The end of the feed, whoever asks."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        return int(cursor.fetchone()[0])

"""Following what happens in the rooms below, into a feed of events in one order.

Rows are read again over a short way behind the watermark, because transactions end in another order than they begin;
each counts once by its source. A room's watermark stops where somebody from before is still writing, however much and
however long that one writes. One follower at a time, so that the feed's numbers rise as they become visible.
"""

from datetime import datetime, timedelta
from time import sleep
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, writers_of
from sakha.access.rules import SYSTEM

_AGAIN_ROWS: Final = 5_000
_AGAIN_SECONDS: Final = int(timedelta(minutes=15).total_seconds())
_PAUSE_SECONDS: Final = 0.05
_TABLES: Final = {"households": "registry_household", "ledger": "ledger_event"}
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('exchange_follow'))"
_MARK: Final = """
INSERT INTO exchange_watermark (name, position) VALUES (%(name)s, %(position)s)
ON CONFLICT (name) DO UPDATE SET position = greatest(exchange_watermark.position, excluded.position)
"""
_BEGIN: Final = """
INSERT INTO exchange_watermark (name, position) VALUES (%(name)s, %(position)s) ON CONFLICT (name) DO NOTHING
"""
_FIND_MARK: Final = "SELECT position FROM exchange_watermark WHERE name = %s"
_NEWEST_EVENT: Final = "SELECT coalesce(max(id), 0) FROM ledger_event"
# 1 is DONE; HOLD, DELIVER, RELEASE, OPEN_NEED of ledger.rules.states.
_NOTICE_AID: Final = """
INSERT INTO exchange_event (kind, household_id, need_kind, period, quantity, at, noticed_at, source)
SELECT CASE e.action WHEN 2 THEN 'aid.held' WHEN 3 THEN 'aid.delivered' WHEN 4 THEN 'aid.released'
            ELSE 'need.opened' END,
       e.household_id, e.kind, e.period, e.quantity, e.at, %(at)s, 'ledger:' || e.id
  FROM ledger_event e
 WHERE e.id > %(after)s AND e.outcome = 1 AND e.action IN (2, 3, 4, 6) AND e.household_id IS NOT NULL
 ORDER BY e.id
ON CONFLICT (source) DO NOTHING
"""
_NOTICE_HOMES: Final = """
INSERT INTO exchange_event (kind, household_id, member_count, at, noticed_at, source)
SELECT CASE WHEN h.registered_at = h.changed_at THEN 'household.registered'
            WHEN now.member_count > before.member_count THEN 'household.member_joined'
            ELSE 'household.changed' END,
       h.id, now.member_count, h.changed_at, %(at)s,
       'household:' || h.id || ':' || round(extract(epoch FROM h.changed_at) * 1000)::bigint
  FROM registry_household h
  CROSS JOIN LATERAL (SELECT count(*) AS member_count FROM registry_membership m
                       WHERE m.household_id = h.id AND m.to_on IS NULL) now
  LEFT JOIN LATERAL (SELECT e.member_count FROM exchange_event e
                      WHERE e.household_id = h.id AND e.member_count IS NOT NULL ORDER BY e.id DESC LIMIT 1) before
    ON true
 WHERE h.changed_at > to_timestamp(%(after)s) AND h.changed_at <= %(at)s AND h.merged_into_id IS NULL
 ORDER BY h.changed_at, h.id
ON CONFLICT (source) DO NOTHING
"""


def follow(*, at: datetime, patience_seconds: float = 5) -> int:
    """Notice what happened since the last time; the first time only where to begin. Tells how much was noticed.

    Where somebody is writing into a room for longer than the patience, its mark stays: what he writes is read the next
    time, and again, until he has ended.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_NEWEST_EVENT)
        newest = cursor.fetchone()[0]
        settled = _settled(patience_seconds)
        noticed = 0
        homes, aid = _position(cursor, "households"), _position(cursor, "ledger")
        if homes is not None:
            after = max(homes - _AGAIN_SECONDS, _begun(cursor, "households"))
            cursor.execute(_NOTICE_HOMES, {"after": after, "at": at})
            noticed += max(cursor.rowcount, 0)
        if aid is not None:
            cursor.execute(_NOTICE_AID, {"after": max(aid - _AGAIN_ROWS, _begun(cursor, "ledger")), "at": at})
            noticed += max(cursor.rowcount, 0)
        for name, position in (("households", int(at.timestamp())), ("ledger", newest)):
            cursor.execute(_BEGIN, {"name": f"{name}_begun", "position": position})
            if name in settled or (homes, aid) == (None, None):
                cursor.execute(_MARK, {"name": name, "position": position})
    return noticed


def _settled(patience_seconds: float) -> set[str]:
    """The rooms in which nothing can appear any more from before the moment that was read before asking."""
    before, waited = {name: writers_of(table) for name, table in _TABLES.items()}, 0.0
    while any(before.values()) and waited < patience_seconds:
        sleep(_PAUSE_SECONDS)
        waited += _PAUSE_SECONDS
        before = {name: known & writers_of(_TABLES[name]) for name, known in before.items()}
    return {name for name, known in before.items() if not known}


def _position(cursor: Any, name: str) -> int | None:
    cursor.execute(_FIND_MARK, (name,))
    row = cursor.fetchone()
    return None if row is None else int(row[0])


def _begun(cursor: Any, name: str) -> int:
    """What happened before the feed began is not told as news."""
    return _position(cursor, f"{name}_begun") or 0

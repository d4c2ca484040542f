"""How often clients called: for their limits, and for their own page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM, Actor

_COUNTS: Final = """
    SELECT coalesce(sum(request_count) FILTER (WHERE minute_at = %s), 0), coalesce(sum(request_count), 0)
      FROM access_client_use WHERE client_id = %s AND minute_at >= %s AND code = ''
"""
_BY_DAY: Final = """
    SELECT (minute_at AT TIME ZONE 'Asia/Tehran')::date, route, code, sum(request_count), max(minute_at)
      FROM access_client_use WHERE client_id = %s AND minute_at >= %s GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3
"""
_BUSIEST: Final = """
    SELECT coalesce(max(told.minute_count), 0) FROM (
      SELECT sum(request_count) AS minute_count FROM access_client_use
       WHERE client_id = %s AND minute_at >= %s AND code = '' GROUP BY minute_at) AS told
"""


def client_use_counts(*, client_id: int, minute_at: datetime, day_at: datetime) -> tuple[int, int]:
    """What all processes counted of this minute and this day."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_COUNTS, [minute_at, client_id, day_at])
        in_minute, in_day = cursor.fetchone()
    return int(in_minute), int(in_day)


@dataclass(frozen=True, slots=True)
class UseDay:
    """Requests of a route on a day in Tehran, or its refusals with one code."""

    on: date
    route: str
    code: str
    request_count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class UseHistory:
    """What a client called over some days, newest first, and how much in its busiest minute."""

    lines: tuple[UseDay, ...]
    busiest_minute_count: int


def use_history(*, actor: Actor, client_id: int, since: datetime) -> UseHistory:
    """What a client called since then, by day, route and refusal; of clients that the actor sees."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [client_id, since])
        lines = tuple(UseDay(*row) for row in cursor.fetchall())
        cursor.execute(_BUSIEST, [client_id, since])
        return UseHistory(lines, int(cursor.fetchone()[0]))

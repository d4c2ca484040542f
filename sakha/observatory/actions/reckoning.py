"""Counts provinces as of days: each province a transaction of its own, only where something changed, oldest day first.

Killed in between, it goes on with what is not counted yet; a finished day is never counted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.observatory.queries.filling import CHANGED, FILLS
from sakha.observatory.rules.daily import YEAR_DAYS
from sakha.vocabulary.jalali import TEHRAN, jalali_month, jalali_year
from sakha.vocabulary.places import PROVINCES

_EVER: Final = datetime(1900, 1, 1, tzinfo=UTC)
_YEAR: Final = timedelta(days=YEAR_DAYS)
# What was begun before a count may be committed after it, with a moment before: such a province is counted again.
_LATE: Final = timedelta(hours=1)
_COUNTED: Final = """
    SELECT DISTINCT ON (province) province, on_day, until_at FROM observatory_reckoning
     WHERE on_day <= %(day)s ORDER BY province, on_day DESC"""
# Two runs at once: the second waits, and finds the day counted.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('observatory ' || %(province)s))"
_FINISHED: Final = """
    SELECT until_at FROM observatory_reckoning WHERE province = %(province)s AND on_day = %(day)s"""
_FORGET: Final = (
    """DELETE FROM observatory_amount a USING observatory_reckoning r
        WHERE r.id = a.reckoning_id AND r.province = %(province)s AND r.on_day = %(day)s""",
    "DELETE FROM observatory_reckoning WHERE province = %(province)s AND on_day = %(day)s",
)
_BEGIN: Final = """
    INSERT INTO observatory_reckoning (province, on_day, until_at, reckoned_at)
    VALUES (%(province)s, %(day)s, %(until)s, %(at)s) RETURNING id"""


@dataclass(frozen=True, slots=True)
class DayReckoned:
    """A province that was counted as of a day, and how many amounts are kept of it."""

    province: str
    on: date
    amount_count: int


def reckon_days(
    *, actor: Actor, at: datetime, first: date, last: date, provinces: Sequence[str] = ()
) -> tuple[DayReckoned, ...]:
    """Count the days from `first` to `last`, each province only where something changed since its last counted day.

    A day that is not over at `at` is counted up to then, and again when it is over. Raises: PermissionMissing.
    """
    actor.require_scope(Scope.SYSTEM)
    done: list[DayReckoned] = []
    day = first
    while day <= min(last, at.astimezone(TEHRAN).date()):
        due = _to_reckon(day, at, provinces or sorted(PROVINCES))
        counted = (reckon_province(actor=actor, at=at, province=province, day=day) for province in due)
        done.extend(one for one in counted if one)
        day += timedelta(days=1)
    return tuple(done)


def reckon_province(*, actor: Actor, at: datetime, province: str, day: date) -> DayReckoned | None:
    """Count one province as of a day, in one transaction; None where that day was finished before.

    Raises: PermissionMissing.
    """
    actor.require_scope(Scope.SYSTEM)
    ends_at = end_of_day(day)
    until = min(ends_at, at)
    asked: dict[str, Any] = {
        "province": province,
        "day": day,
        "until": until,
        "at": at,
        "since": until - _YEAR,
        "month": jalali_month(day),
        "year": jalali_year(day),
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LOCK, asked)
        cursor.execute(_FINISHED, asked)
        if (known := cursor.fetchone()) and known[0] >= ends_at:
            return None
        for statement in _FORGET:
            cursor.execute(statement, asked)
        cursor.execute(_BEGIN, asked)
        asked["reckoning"] = cursor.fetchone()[0]
        amount_count = 0
        for statement in FILLS.values():
            cursor.execute(statement, asked)
            amount_count += cursor.rowcount
    return DayReckoned(province, day, amount_count)


def end_of_day(day: date) -> datetime:
    """Return the first moment after a day of Tehran."""
    return datetime.combine(day + timedelta(days=1), time(), TEHRAN)


def _to_reckon(day: date, at: datetime, provinces: Sequence[str]) -> list[str]:
    ends_at = end_of_day(day)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"day": day})
        counted = {province: (on, until_at) for province, on, until_at in cursor.fetchall()}
        open_ones = [one for one in provinces if one not in counted or counted[one][1] < ends_at]
        if not open_ones:
            return []
        since = min((counted[one][1] if one in counted else _EVER for one in open_ones), default=_EVER)
        asked: dict[str, Any] = {"since": since - _LATE, "until": min(ends_at, at), "year": _YEAR}
        cursor.execute(CHANGED, asked)
        changed = dict(cursor.fetchall())

    def is_due(province: str) -> bool:
        if province not in counted:
            return province in changed
        counted_on, counted_until = counted[province]
        # a new month ends the periods of needs everywhere
        return changed.get(province, _EVER) >= counted_until - _LATE or jalali_month(counted_on) != jalali_month(day)

    return [one for one in open_ones if is_due(one)]

"""Counts provinces as of days, each in a transaction, oldest day first, and adds a day's provinces up to the nation.

Killed in between, it goes on with what is not counted yet; a finished day is never counted again. A province that the
database fails to count does not keep the others from being counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import structlog
from django.db import connection
from django.db.utils import Error as DatabaseError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.observatory.queries.filling import DUE, FILLS, FORGET_SUM, IS_SUMMED, MISSED, SUM
from sakha.observatory.rules.daily import YEAR_DAYS
from sakha.vocabulary.jalali import TEHRAN, jalali_month, jalali_year
from sakha.vocabulary.places import PROVINCES

_YEAR: Final = timedelta(days=YEAR_DAYS)
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


_log = structlog.get_logger()


class DaysNotReckonedError(RuntimeError):
    """The database failed to count some provinces; all others are counted."""


@dataclass(frozen=True, slots=True)
class DayReckoned:
    """A province that was counted as of a day, and how many amounts are kept of it."""

    province: str
    on: date
    amount_count: int


def reckon_days(
    *, actor: Actor, at: datetime, first: date, last: date, provinces: Sequence[str] = ()
) -> tuple[DayReckoned, ...]:
    """Count the days from `first` to `last`, each in every province that was begun by then.

    A day that is not over at `at` is counted up to then, and again when it is over. Raises: PermissionMissing,
    DaysNotReckonedError when all that could be counted is.
    """
    actor.require_scope(Scope.SYSTEM)
    done: list[DayReckoned] = []
    failed: list[str] = []
    day = first
    while day <= min(last, at.astimezone(TEHRAN).date()):
        for province in _provinces_due(day, at, provinces or sorted(PROVINCES)):
            try:
                counted = reckon_province(actor=actor, at=at, province=province, day=day)
            except DatabaseError as error:
                # the kind alone: a database's words may repeat what stands in a row
                _log.error("province_not_reckoned", province=province, on=str(day), error=type(error).__name__)
                failed.append(f"{province} {day}")
            else:
                done.extend([counted] if counted else [])
        sum_nation(actor=actor, at=at, day=day)
        day += timedelta(days=1)
    if failed:
        raise DaysNotReckonedError(", ".join(failed))
    return tuple(done)


def find_first_missed_day(*, actor: Actor, first: date, last: date) -> date | None:
    """Return the first of these days that is not finished in a province that was counted before it; None: none is.

    Raises: PermissionMissing.
    """
    actor.require_scope(Scope.SYSTEM)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(MISSED, {"days": days, "ends": [end_of_day(day) for day in days]})
        missed: date | None = cursor.fetchone()[0]
    return missed


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


def sum_nation(*, actor: Actor, at: datetime, day: date) -> bool:
    """Add up the newest counts of all provinces as of a day; False where these very counts were added up before.

    Raises: PermissionMissing.
    """
    actor.require_scope(Scope.SYSTEM)
    asked: dict[str, Any] = {"provinces": sorted(PROVINCES), "province": "", "on": day, "day": day, "at": at}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LOCK, asked)
        cursor.execute(IS_SUMMED, asked)
        if cursor.fetchone()[0]:
            return False
        for statement in (*FORGET_SUM, SUM):
            cursor.execute(statement, asked)
    return True


def end_of_day(day: date) -> datetime:
    """Return the first moment after a day of Tehran."""
    return datetime.combine(day + timedelta(days=1), time(), TEHRAN)


def _provinces_due(day: date, at: datetime, provinces: Sequence[str]) -> list[str]:
    ends_at = end_of_day(day)
    asked: dict[str, Any] = {"provinces": list(provinces), "day": day, "ends_at": ends_at, "until": min(ends_at, at)}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(DUE, asked)
        return [province for (province,) in cursor.fetchall()]

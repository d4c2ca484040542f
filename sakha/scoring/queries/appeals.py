"""Appeals as the desk, the household's file and the rooms above see them; overrides that run; what is to be told.

The words of an appeal are opened for the body that brought it, the body that must answer, and the offices.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring, organisation_names
from sakha.access.rules import AccessAction, Actor, Permission, PermissionMissing
from sakha.access.rules.sealing import KeyRing, open_sealed
from sakha.scoring.rules.appeals import (
    AppealKind,
    AppealLevel,
    AppealOutcome,
    AppealState,
    AppealStepKind,
    AppealUnknown,
    Override,
)

# Over one in ten of a fact's appeals upheld: something is wrong with where it comes from (study, §5).
UPHELD_ALARM_PERCENT: Final = 10
UPHELD_ALARM_COUNT: Final = 10

# For statements of this room and of the rooms above: no aid of such a household stops.
OPEN_APPEAL_SQL: Final = (
    "EXISTS (SELECT FROM scoring_appeal a WHERE a.household_id = {household} AND a.state <> 'CLOSED')"
)

_LINE: Final = """
SELECT a.id, a.household_id, h.code, a.kind, a.fact, a.level, a.state, a.outcome, a.opened_at, a.due_at, a.was_late,
    a.county, a.answering_id, a.decided_at
FROM scoring_appeal a JOIN registry_household h ON h.id = a.household_id
"""
_DESK: Final = f"""{_LINE}
WHERE a.state <> 'CLOSED' AND (a.due_at, a.id) > (%(due)s, %(after)s) ORDER BY a.due_at, a.id LIMIT %(limit)s
"""
_OF_HOUSEHOLD: Final = f"{_LINE} WHERE a.household_id = %s ORDER BY a.opened_at DESC LIMIT 20"
_ONE: Final = """
SELECT a.statement_sealed, a.told_value, a.reason_sealed, a.score_before, a.decile_before, a.score_after,
    a.decile_after, a.facts_before
FROM scoring_appeal a WHERE a.id = %s
"""
_STEPS: Final = """
SELECT s.kind, s.level, s.at, s.note_sealed, u.display_name FROM scoring_appeal_step s
LEFT JOIN access_user u ON u.id = s.user_id WHERE s.appeal_id = %s ORDER BY s.at, s.id
"""
_OVERRIDES: Final = """
SELECT household_id, decile, from_on, until_on, model_decile, appeal_id FROM scoring_override
WHERE household_id = ANY(%s) AND from_on <= %s AND until_on > %s
"""
_SHARES: Final = """
SELECT fact, count(*), count(*) FILTER (WHERE outcome = 'UPHELD'), avg(decided_at - opened_at)
FROM scoring_appeal WHERE outcome IN ('UPHELD', 'REJECTED') AND kind = 'DATUM' GROUP BY fact ORDER BY 2 DESC, 1
"""
_UNTOLD: Final = """
SELECT n.id, n.household_id, n.topic, p.mobile_sealed FROM scoring_notice n
LEFT JOIN registry_membership m ON m.household_id = n.household_id AND m.relation = 'HEAD' AND m.to_on IS NULL
LEFT JOIN registry_person p ON p.id = m.person_id
WHERE n.told_at IS NULL ORDER BY n.id LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """An appeal on the desk."""

    id: int
    household_id: int
    household_code: str
    kind: AppealKind
    fact: str
    level: AppealLevel
    state: AppealState
    outcome: AppealOutcome
    opened_at: datetime
    due_at: datetime
    was_late: bool
    county: str
    answering_id: int | None
    decided_at: datetime | None

    def is_overdue(self, *, at: datetime) -> bool:
        """Whether the term of this instance has passed."""
        return self.state is not AppealState.CLOSED and self.due_at < at


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealStepLine:
    """One step, with the words that were left."""

    kind: AppealStepKind
    level: AppealLevel
    at: datetime
    note: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFile:
    """An appeal opened: the household's words, each step, score and facts before and after."""

    line: AppealLine
    statement: str
    told_value: int | None
    answering_name: str
    reason: str
    score_before: int | None
    decile_before: int | None
    score_after: int | None
    decile_after: int | None
    facts_before: dict[str, Any]
    steps: tuple[AppealStepLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningOverride:
    """A committee's decision that stands on the day asked for."""

    household_id: int
    model_decile: int
    appeal_id: int
    override: Override


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealShare:
    """How often appeals against a fact were upheld; too often flags where the fact comes from."""

    fact: str
    decided_count: int
    upheld_count: int
    mean_time: timedelta

    @property
    def is_flagged(self) -> bool:
        """Whether more than one in ten was wrong, where there are enough to tell."""
        return (
            self.decided_count >= UPHELD_ALARM_COUNT
            and self.upheld_count * 100 > self.decided_count * UPHELD_ALARM_PERCENT
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UntoldNotice:
    """What a household is to be told; the mobile stays sealed until it is sent, and is empty where there is none."""

    id: int
    household_id: int
    topic: AppealStepKind
    mobile_sealed: bytes | None


def appeals_desk(*, actor: Actor, limit: int = 25, after: tuple[datetime, int] | None = None) -> tuple[AppealLine, ...]:
    """Open appeals that the actor has to do with, the nearest term first."""
    actor.require(Permission.READ_HOUSEHOLD)
    due, last = after or ("-infinity", 0)
    parameters = {"due": due, "after": last, "limit": limit}
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_DESK, parameters)
        return tuple(_line(row) for row in cursor.fetchall())


def appeals_of_household(*, actor: Actor, household_id: int) -> tuple[AppealLine, ...]:
    """The appeals of one household, the newest first."""
    actor.require(Permission.READ_HOUSEHOLD)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_OF_HOUSEHOLD, [household_id])
        return tuple(_line(row) for row in cursor.fetchall())


def get_appeal(*, actor: Actor, at: datetime, appeal_id: int) -> AppealFile:
    """Open an appeal; that it was read is logged.

    Raises: AppealUnknown.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    ring = key_ring()
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(f"{_LINE} WHERE a.id = %s", [appeal_id])
        row = cursor.fetchone()
        if row is None:
            raise AppealUnknown(field="appeal_id")
        line = _line(row)
        cursor.execute(_ONE, [appeal_id])
        told = cursor.fetchone()
        cursor.execute(_STEPS, [appeal_id])
        steps = cursor.fetchall()
        names = organisation_names([line.answering_id] if line.answering_id else [])
        record_access(
            actor=actor, at=at, action=AccessAction.READ, household_id=line.household_id, purpose="رسیدگی به اعتراض"
        )
    return AppealFile(
        line=line,
        statement=open_sealed(ring, told[0], kind="appeal"),
        told_value=told[1],
        answering_name=names.get(line.answering_id or 0, ""),
        reason=open_sealed(ring, told[2], kind="appeal") if told[2] else "",
        score_before=told[3],
        decile_before=told[4],
        score_after=told[5],
        decile_after=told[6],
        facts_before=json.loads(told[7]),
        steps=tuple(_step(ring, *step) for step in steps),
    )


def _step(ring: KeyRing, kind: str, level: str, moment: datetime, note: bytes | None, by: str | None) -> AppealStepLine:
    return AppealStepLine(
        kind=AppealStepKind(kind),
        level=AppealLevel(level),
        at=moment,
        note=open_sealed(ring, note, kind="appeal") if note else "",
        by=by or "",
    )


def running_overrides(*, actor: Actor, on: date, household_ids: Iterable[int]) -> dict[int, RunningOverride]:
    """The committee decisions that stand on a day; each ends by itself."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_OVERRIDES, [list(household_ids), on, on])
        return {
            household_id: RunningOverride(
                household_id=household_id,
                model_decile=model_decile,
                appeal_id=appeal_id,
                override=Override(decile=decile, from_on=from_on, until_on=until_on),
            )
            for household_id, decile, from_on, until_on, model_decile, appeal_id in cursor.fetchall()
        }


def households_with_open_appeal(*, actor: Actor, household_ids: Sequence[int]) -> frozenset[int]:
    """Of these households, those whose aid must not stop now."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT household_id FROM scoring_appeal WHERE state <> 'CLOSED' AND household_id = ANY(%s)",
            [list(household_ids)],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def appeal_shares(*, actor: Actor) -> tuple[AppealShare, ...]:
    """By disputed fact: how many were decided and how many upheld, as the office sees them."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SHARES)
        return tuple(
            AppealShare(fact=fact, decided_count=decided, upheld_count=upheld, mean_time=mean)
            for fact, decided, upheld, mean in cursor.fetchall()
        )


def untold_notices(*, actor: Actor, limit: int) -> list[UntoldNotice]:
    """What households are to be told, oldest first; for the system, which tells it from a room above."""
    if not actor.is_system:
        raise PermissionMissing(field="actor")
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_UNTOLD, [limit])
        return [
            UntoldNotice(id=row[0], household_id=row[1], topic=AppealStepKind(row[2]), mobile_sealed=row[3])
            for row in cursor.fetchall()
        ]


def _line(row: tuple[Any, ...]) -> AppealLine:
    return AppealLine(
        id=row[0],
        household_id=row[1],
        household_code=row[2],
        kind=AppealKind(row[3]),
        fact=row[4],
        level=AppealLevel(row[5]),
        state=AppealState(row[6]),
        outcome=AppealOutcome(row[7]),
        opened_at=row[8],
        due_at=row[9],
        was_late=row[10],
        county=row[11],
        answering_id=row[12],
        decided_at=row[13],
    )

"""Reads of grievances: the desk, one with its history, and a household's own. The policies say who sees which."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission
from sakha.access.rules.sealing import open_sealed
from sakha.coordination.rules.grievances import (
    WAITING,
    About,
    GrievanceKind,
    GrievanceLevel,
    GrievanceState,
    GrievanceStep,
    GrievanceUnknown,
    GrievanceWay,
    may_answer,
)

_LINE: Final = """
    SELECT g.id, g.kind, g.state, g.level, g.way, g.about, g.is_confidential, g.province, g.county, g.opened_at,
           g.due_at, g.answered_at, g.was_reopened, g.household_id, body.name, g.about_organisation_id
      FROM coordination_grievance AS g LEFT JOIN access_organisation AS body ON body.id = g.about_organisation_id
"""
_FILE: Final = """
    SELECT g.text_sealed, g.answer_sealed, registry_household_code(g.household_id), g.mobile_sealed IS NOT NULL
      FROM coordination_grievance AS g WHERE g.id = %s
"""
_HISTORY: Final = """
    SELECT e.step, e.level, e.at, e.note_sealed, u.display_name
      FROM coordination_grievance_entry AS e LEFT JOIN access_user AS u ON u.id = e.user_id
     WHERE e.grievance_id = %s ORDER BY e.id
"""
_BODIES: Final = """
    SELECT o.id, o.name FROM access_organisation AS o
     WHERE o.licence_number <> 'SELF-REGISTRATION'
       AND (EXISTS (SELECT FROM ledger_hold h WHERE h.household_id = %(id)s AND h.organisation_id = o.id
                       AND h.status IN (1, 2))
            OR EXISTS (SELECT FROM registry_record r WHERE r.household_id = %(id)s AND r.organisation_id = o.id))
     ORDER BY o.name, o.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievanceLine:
    """A grievance in a list: what it is and where it stands, not what was written."""

    id: int
    kind: GrievanceKind
    state: GrievanceState
    level: GrievanceLevel
    way: GrievanceWay
    about: About
    is_confidential: bool
    province: str
    county: str
    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None
    was_reopened: bool
    household_id: int | None
    about_name: str
    about_organisation_id: int | None

    def is_overdue(self, *, at: datetime) -> bool:
        """Whether an answer is owed and late."""
        return self.state in WAITING and self.due_at < at


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievanceEntryLine:
    """A step of its history."""

    step: GrievanceStep
    level: GrievanceLevel
    at: datetime
    note: str = field(repr=False)
    by: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievanceFile:
    """One grievance, opened."""

    line: GrievanceLine
    text: str = field(repr=False)
    answer: str = field(repr=False)
    household_code: str
    has_phone: bool
    history: tuple[GrievanceEntryLine, ...]
    may_answer: bool
    may_say: bool


def grievance_desk(
    *, actor: Actor, limit: int = 30, after: tuple[datetime, int] | None = None
) -> tuple[GrievanceLine, ...]:
    """What waits for an answer and the actor sees, the nearest term first."""
    actor.require(Permission.READ_HOUSEHOLD)
    chosen = " WHERE g.state = ANY(%s)"
    values: list[object] = [[state.value for state in WAITING]]
    if after is not None:
        chosen, values = chosen + " AND (g.due_at, g.id) > (%s, %s)", [*values, *after]
    rows = _rows(actor, _LINE + chosen + " ORDER BY g.due_at, g.id LIMIT %s", [*values, limit])
    return tuple(_line(row) for row in rows)


def get_grievance(*, actor: Actor, at: datetime, grievance_id: int) -> GrievanceFile:
    """One grievance with its words and history; the look is logged where a household is known.

    Raises: PermissionMissing, GrievanceUnknown.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    with acting(actor):
        rows = _rows(actor, _LINE + " WHERE g.id = %s", [grievance_id])
        if not rows:
            raise GrievanceUnknown(field="grievance_id")
        line = _line(rows[0])
        [(text, answer, code, has_phone)] = _rows(actor, _FILE, [grievance_id])
        history = _rows(actor, _HISTORY, [grievance_id])
        if line.household_id is not None:
            record_access(
                actor=actor,
                at=at,
                action=AccessAction.READ,
                household_id=line.household_id,
                purpose="خواندن پیام خانوار",
            )
    is_waiting = line.state in WAITING
    return GrievanceFile(
        line=line,
        text=_open(text),
        answer=_open(answer),
        household_code=code or "",
        has_phone=has_phone,
        history=tuple(
            GrievanceEntryLine(
                step=GrievanceStep(row[0]), level=GrievanceLevel(row[1]), at=row[2], note=_open(row[3]), by=row[4] or ""
            )
            for row in history
        ),
        may_answer=is_waiting and actor.can(Permission.ANSWER_GRIEVANCE) and may_answer(actor.scope, line.level),
        may_say=is_waiting
        and actor.organisation_id is not None
        and line.about_organisation_id == actor.organisation_id,
    )


def grievances_of_household(*, household_id: int) -> tuple[tuple[GrievanceLine, str], ...]:
    """A household's own, the newest first, each with its answer; for that household's own pages."""
    rows = _rows(
        SYSTEM,
        _LINE.replace("SELECT g.id", "SELECT g.answer_sealed, g.id", 1)
        + " WHERE g.household_id = %s ORDER BY g.id DESC",
        [household_id],
    )
    return tuple((_line(row[1:]), _open(row[0])) for row in rows)


def bodies_of_household(*, household_id: int) -> tuple[tuple[int, str], ...]:
    """The bodies that gave to a household or keep a record of it; for its own pages and for whoever serves it."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_BODIES, {"id": household_id})
        return tuple((row[0], row[1]) for row in cursor.fetchall())


def _line(row: tuple[Any, ...]) -> GrievanceLine:
    return GrievanceLine(
        id=row[0],
        kind=GrievanceKind(row[1]),
        state=GrievanceState(row[2]),
        level=GrievanceLevel(row[3]),
        way=GrievanceWay(row[4]),
        about=About(row[5]),
        is_confidential=row[6],
        province=row[7],
        county=row[8],
        opened_at=row[9],
        due_at=row[10],
        answered_at=row[11],
        was_reopened=row[12],
        household_id=row[13],
        about_name=row[14] or "",
        about_organisation_id=row[15],
    )


def _open(sealed: Any) -> str:
    return "" if sealed is None else open_sealed(key_ring(), bytes(sealed))


def _rows(actor: Actor, statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows

"""Needs of a household, holds of one's organisation, the trail of aid.

Row-level security and the functions decide what the actor sees; here nothing is filtered for secrecy.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.ledger.rules.results import HoldLine, HoldUnknown
from sakha.ledger.rules.states import HoldStatus
from sakha.ledger.rules.trail import AidMatrix, Gift, first_day_of, last_months, months_matrix, name_giver
from sakha.ledger.rules.verdict import NeedLine
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of

_NEEDS: Final = """
    SELECT n.kind, n.period, n.target, n.held, n.delivered
      FROM ledger_need n JOIN unnest(%s::smallint[], %s::int[]) AS now(kind, period) USING (kind, period)
     WHERE n.household_id = %s ORDER BY n.kind
"""
# The code is made from the number, so a giver can name a household whose file it may not read.
_HOLDS: Final = """
    SELECT id, household_id, registry_household_code(household_id), kind, period, quantity, status, reason, created_at,
           expires_at, settled_at, found_at
      FROM ledger_hold WHERE organisation_id = %s
"""
_TRAIL: Final = "SELECT * FROM ledger_trail(%s, %s, %s)"


def current_periods(at: datetime) -> tuple[list[int], list[int]]:
    """Every kind with the period that runs at a moment, as two columns."""
    on = at.astimezone(TEHRAN).date()
    return [kind.value for kind in NeedKind], [period_of(kind, on) for kind in NeedKind]


def needs_of_household(*, actor: Actor, at: datetime, household_id: int) -> tuple[NeedLine, ...]:
    """The needs of the running periods, by kind, also those already covered."""
    actor.require(Permission.READ_HOUSEHOLD)
    kinds, periods = current_periods(at)
    return tuple(need_line(row) for row in _rows(actor, _NEEDS, (kinds, periods, household_id)))


def holds_of_organisation(
    *,
    actor: Actor,
    statuses: Sequence[HoldStatus] = (HoldStatus.HELD,),
    household_id: int | None = None,
    limit: int = 200,
) -> tuple[HoldLine, ...]:
    """The actor's own organisation's holds, newest first."""
    chosen, values = _HOLDS + " AND status = ANY (%s)", [actor.organisation_id, [one.value for one in statuses]]
    if household_id is not None:
        chosen, values = chosen + " AND household_id = %s", [*values, household_id]
    rows = _rows(actor, chosen + " ORDER BY created_at DESC, id DESC LIMIT %s", (*values, limit))
    return tuple(_hold_line(row) for row in rows)


def holds_before(*, actor: Actor, before_id: int | None, limit: int) -> tuple[HoldLine, ...]:
    """A page of all the organisation's holds, the newest first, from before the one with this number."""
    values = (actor.organisation_id, before_id, before_id, limit)
    chosen = _HOLDS + " AND (%s::bigint IS NULL OR id < %s) ORDER BY id DESC LIMIT %s"
    return tuple(_hold_line(row) for row in _rows(actor, chosen, values))


def get_hold(*, actor: Actor, hold_id: int) -> HoldLine:
    """One hold of the actor's organisation.

    Raises:
        HoldUnknown: the organisation has no such hold.
    """
    rows = _rows(actor, _HOLDS + " AND id = %s", (actor.organisation_id, hold_id))
    if not rows:
        raise HoldUnknown(field="hold_id")
    return _hold_line(rows[0])


def aid_trail(*, actor: Actor, at: datetime, household_id: int) -> tuple[Gift, ...]:
    """What the household was given and promised in the last six months, newest first."""
    first = first_day_of(last_months(at.astimezone(TEHRAN).date()))
    since = datetime.combine(first, time.min, tzinfo=TEHRAN)
    return tuple(_gift(row) for row in _rows(actor, _TRAIL, (at, household_id, since)))


def six_months_matrix(*, actor: Actor, at: datetime, household_id: int) -> AidMatrix:
    """How often the household was helped, by kind and month."""
    gifts = aid_trail(actor=actor, at=at, household_id=household_id)
    return months_matrix(gifts, on=at.astimezone(TEHRAN).date())


def need_line(row: Sequence[Any]) -> NeedLine:
    """A need from its columns: kind, period, target, held, delivered."""
    return NeedLine(NeedKind(row[0]), *row[1:5])


def _rows(actor: Actor, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _hold_line(row: tuple[Any, ...]) -> HoldLine:
    return HoldLine(
        hold_id=row[0],
        household_id=row[1],
        household_code=row[2],
        kind=NeedKind(row[3]),
        period=row[4],
        quantity=row[5],
        status=HoldStatus(row[6]),
        reason=row[7],
        created_at=row[8],
        expires_at=row[9],
        settled_at=row[10],
        found_double_at=row[11],
    )


def _gift(row: tuple[Any, ...]) -> Gift:
    hold_id, kind, quantity, status, moment, is_own, body, name, county, reason = row
    return Gift(
        hold_id=hold_id,
        kind=NeedKind(kind),
        quantity=quantity,
        status=HoldStatus(status),
        at=moment,
        giver=name_giver(name=name, organisation_kind=body, county=county),
        is_own=is_own,
        reason=reason,
    )

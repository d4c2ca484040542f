"""Opening an appeal, answering it, sending it on: each step is kept, and the household is to be told of it.

Who decides, and what follows, is `appeals_deciding`; that no aid stops meanwhile is `appeals_keeping`.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, PermissionMissing
from sakha.access.rules.sealing import seal
from sakha.registry.queries import HouseholdUnknown
from sakha.scoring.models import Appeal, AppealStep, HouseholdScore, Notice
from sakha.scoring.queries.facts import find_facts
from sakha.scoring.rules.appeals import (
    REOPEN_WITHIN,
    AppealClosed,
    AppealKind,
    AppealLevel,
    AppealNotYours,
    AppealOpenAlready,
    AppealOutcome,
    AppealState,
    AppealStepKind,
    AppealUnfit,
    AppealUnknown,
    due_at,
    first_level,
    next_level,
    require_reason,
)
from sakha.vocabulary.fact_names import FACTS, FactName

# What the household told of itself has no body to answer for it: that goes to the office.
_LAST_TOLD_BY: Final = """
SELECT CASE WHEN body.licence_issuer = 'SAKHA' AND body.licence_number = 'SELF-REGISTRATION' THEN NULL
            ELSE told.organisation_id END
FROM registry_fact AS told JOIN access_organisation AS body ON body.id = told.organisation_id
WHERE told.household_id = %s AND told.name = %s
ORDER BY told.observed_on DESC, told.submitted_at DESC, told.id DESC LIMIT 1
"""
_OVERDUE: Final = """
SELECT id FROM scoring_appeal WHERE state <> 'CLOSED' AND due_at < %s AND level <> 'PROVINCE'
ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
_LATE: Final = "UPDATE scoring_appeal SET was_late = true WHERE state <> 'CLOSED' AND due_at < %s AND NOT was_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppeal:
    """What a household objects to, in its own words; a wrong datum is named, with what would be right."""

    household_id: int
    kind: AppealKind
    statement: str
    fact: FactName | None = None
    told_value: int | None = None


def open_appeal(*, actor: Actor, at: datetime, appeal: NewAppeal) -> int:
    """Take in a household's objection through whoever serves it; from now on no aid of the household stops.

    Raises:
        HouseholdUnknown: the actor doesn't see the household.
        AppealUnfit: the words or the value are missing.
        AppealOpenAlready: the same matter is being looked at.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    statement = require_reason(appeal.statement)
    _require_datum(appeal)
    area = _require_seen(actor, at, appeal.household_id)
    row = Appeal(
        household_id=appeal.household_id,
        kind=appeal.kind.value,
        fact=appeal.fact.value if appeal.fact else "",
        told_value=appeal.told_value,
        statement_sealed=seal(key_ring(), statement, kind="appeal"),
        province=area[0],
        county=area[1],
        opened_at=at,
        opened_by_id=actor.user_id,
        organisation_id=actor.organisation_id,
    )
    try:
        with acting(SYSTEM), transaction.atomic():
            _complete(row, at)
            row.save()
            add_step(actor, at, row, AppealStepKind.OPENED)
    except IntegrityError as error:
        raise AppealOpenAlready(field="household_id") from error
    return row.pk


def answer_appeal(*, actor: Actor, at: datetime, appeal_id: int, note: str) -> None:
    """The body whose datum is disputed stands by it and says why: an office takes over. Mending it is `concede_appeal`.

    Raises: AppealUnknown, AppealClosed.
    """
    actor.require(Permission.WRITE_HOUSEHOLD)
    reason = require_reason(note)
    with acting(SYSTEM):
        row = take_appeal(actor, appeal_id)
        require_answering(actor, row)
        add_step(actor, at, row, AppealStepKind.ANSWERED, reason)
        _move_up(row, at)
        add_step(actor, at, row, AppealStepKind.ESCALATED)


def escalate_overdue_appeals(*, actor: Actor, at: datetime, limit: int = 1000) -> int:
    """Send on what waited too long; at the last instance it is only marked as late. Tells how many went on."""
    if not actor.is_system:
        raise PermissionMissing(field="actor")
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_OVERDUE, [at, limit])
        rows = Appeal.objects.in_bulk([row[0] for row in cursor.fetchall()])
        cursor.execute(_LATE, [at])
        for row in rows.values():
            row.was_late = True
            _move_up(row, at)
            add_step(actor, at, row, AppealStepKind.ESCALATED)
    return len(rows)


def carry_on_appeal(*, actor: Actor, at: datetime, appeal_id: int, statement: str) -> None:
    """Take a rejected appeal to the office above, within thirty days, for a household that isn't content.

    Raises: AppealUnknown, AppealClosed, AppealOpenAlready (the same matter was brought anew meanwhile).
    """
    actor.require(Permission.READ_HOUSEHOLD)
    words = require_reason(statement)
    try:
        with acting(SYSTEM), transaction.atomic():
            row = take_appeal(actor, appeal_id)
            may_go_on = (
                row.outcome == AppealOutcome.REJECTED.value
                and next_level(AppealLevel(row.level)) is not None
                and row.decided_at is not None
                and at - row.decided_at <= REOPEN_WITHIN
            )
            if not may_go_on:
                raise AppealClosed(field="appeal_id")
            row.outcome, row.decided_at, row.decided_by_id = AppealOutcome.NONE.value, None, None
            _move_up(row, at)
            add_step(actor, at, row, AppealStepKind.ESCALATED, words)
    except IntegrityError as error:
        raise AppealOpenAlready(field="appeal_id") from error


def withdraw_appeal(*, actor: Actor, at: datetime, appeal_id: int) -> None:
    """End an appeal because the household says so; only whoever brought it may.

    Raises: AppealUnknown, AppealClosed, AppealNotYours.
    """
    with acting(SYSTEM):
        row = take_appeal(actor, appeal_id)
        if row.state == AppealState.CLOSED.value:
            raise AppealClosed(field="appeal_id")
        if row.opened_by_id != actor.user_id:
            raise AppealNotYours(field="appeal_id")
        close_appeal(row, at=at, outcome=AppealOutcome.WITHDRAWN)
        add_step(actor, at, row, AppealStepKind.WITHDRAWN)


def take_appeal(actor: Actor, appeal_id: int) -> Appeal:
    """Lock an appeal that the actor sees (for the room's own use, inside `acting(SYSTEM)`)."""
    with acting(actor):
        is_seen = Appeal.objects.filter(id=appeal_id).exists()
    if not is_seen:
        raise AppealUnknown(field="appeal_id")
    return Appeal.objects.select_for_update().get(id=appeal_id)


def require_answering(actor: Actor, row: Appeal) -> None:
    """Refuse everybody but the body whose datum is disputed, while it has the word (for the room's own use)."""
    is_theirs = row.answering_id is not None and row.answering_id == actor.organisation_id
    if not is_theirs or row.level != AppealLevel.CHARITY.value or row.state == AppealState.CLOSED.value:
        raise AppealClosed(field="appeal_id")


def close_appeal(row: Appeal, *, at: datetime, outcome: AppealOutcome) -> None:
    """Write the end of an appeal (for the room's own use)."""
    row.was_late = row.was_late or row.due_at < at
    row.state, row.outcome, row.decided_at = AppealState.CLOSED.value, outcome.value, at
    row.save()


def add_step(actor: Actor, at: datetime, row: Appeal, kind: AppealStepKind, note: str = "") -> None:
    """Keep a step, and that the household is to be told of it (for the room's own use)."""
    sealed = seal(key_ring(), note, kind="appeal") if note else None
    AppealStep.objects.create(
        appeal=row, kind=kind.value, level=row.level, user_id=actor.user_id, note_sealed=sealed, at=at
    )
    if kind is not AppealStepKind.ANSWERED:
        Notice.objects.bulk_create(
            [Notice(household_id=row.household_id, appeal=row, topic=kind.value, at=at)], ignore_conflicts=True
        )


def _move_up(row: Appeal, at: datetime) -> None:
    level = next_level(AppealLevel(row.level))
    if level is None:
        raise AppealClosed(field="appeal_id")
    row.level, row.state, row.due_at = level.value, AppealState.OPEN.value, due_at(level, at=at)
    row.save()


def _require_datum(appeal: NewAppeal) -> None:
    if appeal.kind is not AppealKind.DATUM:
        return
    if appeal.fact is None or appeal.told_value is None:
        raise AppealUnfit(field="fact", reason="بگویید کدام داده نادرست است و درست آن چیست.")
    meaning = FACTS[appeal.fact]
    if not meaning.minimum <= appeal.told_value <= meaning.maximum:
        raise AppealUnfit(field="told_value", reason="این مقدار برای این داده پذیرفتنی نیست.")


def _require_seen(actor: Actor, at: datetime, household_id: int) -> tuple[str, str]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("SELECT province, county FROM registry_household WHERE id = %s", [household_id])
        area: tuple[str, str] | None = cursor.fetchone()
        if area is None:
            raise HouseholdUnknown(field="household_id")
        record_access(
            actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose="ثبت اعتراض خانوار"
        )
    return area


def _complete(row: Appeal, at: datetime) -> None:
    """Find whose datum it is, and keep score and facts as they stand."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_TOLD_BY, [row.household_id, row.fact])
        told_by = cursor.fetchone()
    row.answering_id = told_by[0] if told_by else None
    level = first_level(AppealKind(row.kind), told_by_organisation=row.answering_id is not None)
    row.level, row.due_at = level.value, due_at(level, at=at)
    score = HouseholdScore.objects.filter(household_id=row.household_id).first()
    if score is not None:
        row.score_before, row.decile_before = score.score, score.decile
    row.facts_before = _plain(find_facts(at=at, household_id=row.household_id) or {})


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    return kept

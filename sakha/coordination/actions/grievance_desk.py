"""What becomes of a grievance: taken, answered, sent up when late, «not solved» once, closed by the person or by time.

Nobody closes what is about himself: he doesn't see it, or may say a word and no more.
"""

from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, PermissionMissing
from sakha.access.rules.sealing import open_sealed, seal
from sakha.coordination.actions.grievances import add_entry, is_waiting
from sakha.coordination.actions.notices import (
    HouseholdNotice,
    NoticeToQueue,
    queue_household_notices,
    queue_notice,
)
from sakha.coordination.models import Grievance
from sakha.coordination.rules.grievances import (
    REOPEN_WITHIN,
    GrievanceClosed,
    GrievanceKind,
    GrievanceLevel,
    GrievanceState,
    GrievanceStep,
    GrievanceUnknown,
    due_at,
    level_above,
    may_answer,
    require_words,
)
from sakha.coordination.rules.notices import NoticeKind

# Whoever holds the phone learns that something was answered, not what, and not of whom.
ANSWERED_TEXT: Final = "سخا: پاسخ پیام شما آماده است. با کد پیگیری در صفحهٔ پیگیری سخا، یا در پروندهٔ خودتان ببینید."
_OVERDUE: Final = """
    SELECT id FROM coordination_grievance
     WHERE state IN ('RECEIVED', 'IN_WORK', 'ESCALATED', 'REOPENED') AND due_at < %s
       AND (level <> 'NATION' OR NOT was_late)
     ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_SILENT: Final = """
    SELECT id FROM coordination_grievance WHERE state = 'ANSWERED' AND answered_at < %s
     ORDER BY answered_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""


def take_grievance(*, actor: Actor, at: datetime, grievance_id: int) -> None:
    """Say that somebody is at it. Raises: PermissionMissing, GrievanceUnknown, GrievanceClosed."""
    actor.require(Permission.ANSWER_GRIEVANCE)
    with acting(SYSTEM):
        row = _lock(actor, at, grievance_id)
        _require_word(actor, row)
        row.state = GrievanceState.IN_WORK.value
        row.save()
        add_entry(actor, at, row, GrievanceStep.TAKEN)


def answer_grievance(*, actor: Actor, at: datetime, grievance_id: int, answer: str) -> None:
    """Answer the person; an SMS says that the answer is there, where there is a phone.

    Raises: PermissionMissing, GrievanceUnknown, GrievanceClosed, GrievanceUnfit.
    """
    actor.require(Permission.ANSWER_GRIEVANCE)
    words = require_words(answer, field="answer")
    with acting(SYSTEM):
        row = _lock(actor, at, grievance_id)
        _require_word(actor, row)
        row.was_late = row.was_late or row.due_at < at
        row.state, row.answered_at = GrievanceState.ANSWERED.value, at
        row.answer_sealed = seal(key_ring(), words)
        row.save()
        add_entry(actor, at, row, GrievanceStep.ANSWERED, words)
        _tell(row, at)


def escalate_grievance(*, actor: Actor, at: datetime, grievance_id: int, reason: str) -> None:
    """Send it to the office above, because it isn't one's own to decide.

    Raises: PermissionMissing, GrievanceUnknown, GrievanceClosed, GrievanceUnfit.
    """
    actor.require(Permission.ANSWER_GRIEVANCE)
    words = require_words(reason, field="reason")
    with acting(SYSTEM):
        row = _lock(actor, at, grievance_id)
        _require_word(actor, row)
        if not _move_up(row, at, GrievanceState.ESCALATED):
            raise GrievanceClosed(field="grievance_id")
        add_entry(actor, at, row, GrievanceStep.ESCALATED, words)


def say_as_body(*, actor: Actor, at: datetime, grievance_id: int, words: str) -> None:
    """Let the body that it is about say its word; whose turn it is, and the term, stay as they are.

    Raises: GrievanceUnknown, GrievanceClosed, GrievanceUnfit.
    """
    said = require_words(words, field="words")
    with acting(SYSTEM):
        row = _lock(actor, at, grievance_id)
        is_about = row.about_organisation_id is not None and row.about_organisation_id == actor.organisation_id
        if not is_about or not is_waiting(row):
            raise GrievanceClosed(field="grievance_id")
        add_entry(actor, at, row, GrievanceStep.SAID, said)


def say_solved(*, at: datetime, grievance_id: int, is_solved: bool) -> None:
    """The person is content, or says «not solved», which once sends it to the office above.

    Call it for whoever showed the tracking code, or for the household whose it is.

    Raises: GrievanceUnknown, GrievanceClosed.
    """
    with acting(SYSTEM):
        row = Grievance.objects.select_for_update().filter(id=grievance_id).first()
        if row is None:
            raise GrievanceUnknown(field="grievance_id")
        if row.state != GrievanceState.ANSWERED.value:
            raise GrievanceClosed(field="grievance_id")
        if is_solved:
            _close(row, at)
            return
        if row.was_reopened:
            raise GrievanceClosed(field="grievance_id")
        row.was_reopened = True
        if not _move_up(row, at, GrievanceState.REOPENED):
            row.state, row.due_at = GrievanceState.REOPENED.value, due_at(GrievanceKind(row.kind), at=at)
            row.save()
        add_entry(SYSTEM, at, row, GrievanceStep.REOPENED)


def escalate_overdue_grievances(*, actor: Actor, at: datetime, limit: int = 1000) -> int:
    """Send up what waited too long; at the nation it is marked as late. Tells how many it touched."""
    _require_system(actor)
    with acting(actor):
        rows = _taken(_OVERDUE, at, limit)
        for row in rows:
            row.was_late = True
            if _move_up(row, at, GrievanceState.ESCALATED):
                add_entry(actor, at, row, GrievanceStep.ESCALATED)
            else:
                row.save()
    return len(rows)


def close_answered_grievances(*, actor: Actor, at: datetime, limit: int = 1000) -> int:
    """Close what was answered thirty days ago and nobody objected to; tells how many."""
    _require_system(actor)
    with acting(actor):
        rows = _taken(_SILENT, at - REOPEN_WITHIN, limit)
        for row in rows:
            _close(row, at)
    return len(rows)


def _lock(actor: Actor, at: datetime, grievance_id: int) -> Grievance:
    with acting(actor):
        seen = Grievance.objects.filter(id=grievance_id).first()
        if seen is None:
            raise GrievanceUnknown(field="grievance_id")
        if seen.household_id is not None:
            record_access(
                actor=actor,
                at=at,
                action=AccessAction.WRITE,
                household_id=seen.household_id,
                purpose="رسیدگی به پیام خانوار",
            )
    return Grievance.objects.select_for_update().get(id=grievance_id)


def _require_word(actor: Actor, row: Grievance) -> None:
    if not is_waiting(row) or not may_answer(actor.scope, GrievanceLevel(row.level)):
        raise GrievanceClosed(field="grievance_id")


def _move_up(row: Grievance, at: datetime, state: GrievanceState) -> bool:
    level = level_above(GrievanceLevel(row.level))
    if level is None:
        return False
    row.level, row.state, row.due_at = level.value, state.value, due_at(GrievanceKind(row.kind), at=at)
    row.save()
    return True


def _close(row: Grievance, at: datetime) -> None:
    row.state, row.closed_at = GrievanceState.CLOSED.value, at
    row.save()
    add_entry(SYSTEM, at, row, GrievanceStep.CLOSED)


def _tell(row: Grievance, at: datetime) -> None:
    reference = f"grievance:{row.pk}:{row.level}:{'2' if row.was_reopened else '1'}"
    if row.mobile_sealed is not None:
        notice = NoticeToQueue(
            kind=NoticeKind.GRIEVANCE,
            reference=reference,
            mobile=open_sealed(key_ring(), bytes(row.mobile_sealed)),
            text=ANSWERED_TEXT,
            province=row.province,
            county="" if row.is_confidential else row.county,
        )
        queue_notice(actor=SYSTEM, at=at, notice=notice)
    elif row.household_id is not None and not row.is_confidential:
        told = HouseholdNotice(
            kind=NoticeKind.GRIEVANCE, reference=reference, household_id=row.household_id, text=ANSWERED_TEXT
        )
        queue_household_notices(actor=SYSTEM, at=at, notices=[told])


def _taken(statement: str, at: datetime, limit: int) -> list[Grievance]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [at, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Grievance.objects.filter(id__in=ids).order_by("id"))


def _require_system(actor: Actor) -> None:
    if not actor.is_system:
        raise PermissionMissing(field="actor")

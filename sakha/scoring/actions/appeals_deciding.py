"""Ending an appeal: the datum is mended, somebody visits, or a committee moves the place for a time, with a reason.

Nobody decides who registered the household, opened the appeal, or decided it before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import seal
from sakha.scoring.actions.appeals import add_step, close_appeal, require_answering, take_appeal
from sakha.scoring.actions.rescoring import rescore_households
from sakha.scoring.models import Appeal, HouseholdScore, ScoreOverride
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.facts import TEHRAN, find_facts
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.appeals import (
    AppealClosed,
    AppealKind,
    AppealLevel,
    AppealNotYours,
    AppealOutcome,
    AppealState,
    AppealStepKind,
    AppealUnfit,
    Override,
    OverrideUnbounded,
    require_decider,
    require_override,
    require_reason,
)
from sakha.scoring.rules.assessment import assess
from sakha.vocabulary.jalali import jalali_year

_INVOLVED: Final = """
SELECT submitted_by_id FROM registry_record WHERE household_id = %(household)s
UNION SELECT opened_by_id FROM scoring_appeal WHERE id = %(appeal)s
UNION SELECT user_id FROM scoring_appeal_step WHERE appeal_id = %(appeal)s AND kind IN ('DECIDED', 'ANSWERED')
"""
_MEND: Final = """
UPDATE scoring_confirmation SET superseded_at = %(at)s
WHERE household_id = %(household)s AND source = 'APPEAL' AND fact = %(fact)s AND superseded_at IS NULL
"""
_MENDED: Final = """
INSERT INTO scoring_confirmation (household_id, source, question, fact, value, confirmed_at)
VALUES (%(household)s, 'APPEAL', '', %(fact)s, %(value)s, %(at)s)
"""
_OVERLAPPING: Final = """
SELECT EXISTS (SELECT FROM scoring_override WHERE household_id = %s
    AND daterange(from_on, until_on) && daterange(%s, %s))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecision:
    """An office's word on an appeal; `right_value` mends a datum, `override` moves the place for a time."""

    appeal_id: int
    is_upheld: bool
    reason: str
    right_value: int | None = None
    override: Override | None = None


def concede_appeal(*, actor: Actor, at: datetime, appeal_id: int) -> None:
    """The body whose datum is disputed says that the household is right; what the household told stands.

    Raises: AppealUnknown, AppealClosed.
    """
    actor.require(Permission.WRITE_HOUSEHOLD)
    with acting(SYSTEM):
        row = take_appeal(actor, appeal_id)
        require_answering(actor, row)
        add_step(actor, at, row, AppealStepKind.DECIDED)
        _mend(row, at, row.told_value)
        _end(row, at, AppealOutcome.UPHELD)


def send_visit(*, actor: Actor, at: datetime, appeal_id: int) -> None:
    """Ask for somebody to go and see. The term runs on.

    Raises: AppealUnknown, AppealClosed, AppealNotYours.
    """
    with acting(SYSTEM):
        row = take_appeal(actor, appeal_id)
        _require_decider(actor, row)
        if row.state != AppealState.OPEN.value:
            raise AppealClosed(field="appeal_id")
        row.state = AppealState.VISITING.value
        row.save()
        add_step(actor, at, row, AppealStepKind.VISIT_SENT)


def record_visit(*, actor: Actor, at: datetime, appeal_id: int, note: str) -> None:
    """Write what was seen; the appeal waits for its decision again. Not by the body whose datum is disputed.

    Raises: AppealUnknown, AppealClosed, AppealNotYours.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    seen = require_reason(note)
    with acting(SYSTEM):
        row = take_appeal(actor, appeal_id)
        is_disputed = row.answering_id is not None and row.answering_id == actor.organisation_id
        if is_disputed:
            raise AppealNotYours(field="appeal_id")
        if row.state != AppealState.VISITING.value:
            raise AppealClosed(field="appeal_id")
        row.state = AppealState.OPEN.value
        row.save()
        add_step(actor, at, row, AppealStepKind.VISITED, seen)


def decide_appeal(*, actor: Actor, at: datetime, decision: AppealDecision) -> None:
    """Decide with a reason. An upheld datum is mended and scored anew; an override moves the place, not the score.

    Raises: AppealUnknown, AppealClosed, AppealNotYours, AppealUnfit, OverrideUnbounded.
    """
    reason = require_reason(decision.reason)
    with acting(SYSTEM):
        row = take_appeal(actor, decision.appeal_id)
        _require_decider(actor, row)
        if row.state == AppealState.CLOSED.value:
            raise AppealClosed(field="appeal_id")
        if decision.override is not None:
            _override(actor, at, row, decision)
        elif decision.is_upheld and row.kind == AppealKind.DECISION.value:
            raise AppealUnfit(field="override", reason="دهک و پایان تصمیم کمیته را بنویسید.")
        if decision.is_upheld and row.kind == AppealKind.DATUM.value:
            _mend(row, at, row.told_value if decision.right_value is None else decision.right_value)
        row.decided_by_id = actor.user_id
        row.reason_sealed = seal(key_ring(), reason, kind="appeal")
        add_step(actor, at, row, AppealStepKind.DECIDED, reason)
        _end(row, at, AppealOutcome.UPHELD if decision.is_upheld else AppealOutcome.REJECTED)


def _require_decider(actor: Actor, row: Appeal) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_INVOLVED, {"household": row.household_id, "appeal": row.pk})
        involved = {user_id for (user_id,) in cursor.fetchall()}
    require_decider(actor, level=AppealLevel(row.level), involved_user_ids=involved)


def _mend(row: Appeal, at: datetime, value: int | None) -> None:
    facts: dict[str, Any] = {"household": row.household_id, "fact": row.fact, "value": value, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_MEND, facts)
        cursor.execute(_MENDED, facts)
    rescore_households(actor=SYSTEM, at=at, household_ids=[row.household_id])


def _override(actor: Actor, at: datetime, row: Appeal, decision: AppealDecision) -> None:
    override = decision.override
    model_decile = _model_decile(row.household_id, at)
    if override is None or model_decile is None or not decision.is_upheld:
        raise OverrideUnbounded(field="override")
    require_override(override, model_decile=model_decile, on=at.astimezone(TEHRAN).date())
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPPING, [row.household_id, override.from_on, override.until_on])
        if cursor.fetchone()[0]:
            raise AppealUnfit(field="override", reason="در این روزها تصمیم دیگری دربارهٔ همین خانوار برقرار است.")
    ScoreOverride.objects.create(
        household_id=row.household_id,
        appeal=row,
        model_decile=model_decile,
        decile=override.decile,
        from_on=override.from_on,
        until_on=override.until_on,
        decided_by_id=actor.user_id,
        decided_at=at,
    )
    rescore_households(actor=SYSTEM, at=at, household_ids=[row.household_id])


def _model_decile(household_id: int, at: datetime) -> int | None:
    """The decile by the score alone: a decision is measured by it, never by another decision."""
    on = at.astimezone(TEHRAN).date()
    with acting(SYSTEM):
        row = find_facts(at=at, household_id=household_id)
    if row is None or not HouseholdScore.objects.filter(household_id=household_id).exists():
        return None
    alone = row | {"committee_decile": None}
    return assess(card_on(on), policies_on(on), alone, year=jalali_year(on)).place.decile


def _end(row: Appeal, at: datetime, outcome: AppealOutcome) -> None:
    score = HouseholdScore.objects.filter(household_id=row.household_id).first()
    if score is not None:
        row.score_after, row.decile_after = score.score, score.decile
    close_appeal(row, at=at, outcome=outcome)

"""Scores households by the compiled card, in one statement for all of them.

Runs as the system, which alone sees every fact: two organisations must never get two scores for one household.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, PermissionMissing
from sakha.scoring.models import Model, ScorePlace
from sakha.scoring.queries.assessment import run_assessment
from sakha.scoring.queries.documents import card_on, current_text
from sakha.scoring.queries.facts import TEHRAN
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.card import Card
from sakha.vocabulary.jalali import jalali_month, jalali_year

KEEP_SCORE: Final = """
ON CONFLICT (household_id) DO UPDATE SET model_sha = EXCLUDED.model_sha, price_year = EXCLUDED.price_year,
    score = EXCLUDED.score, known_count = EXCLUDED.known_count, decile = EXCLUDED.decile,
    poor20_share = EXCLUDED.poor20_share, poor40_share = EXCLUDED.poor40_share,
    expected_gap_rial = EXCLUDED.expected_gap_rial, priority = EXCLUDED.priority,
    policy_sha = EXCLUDED.policy_sha, month = EXCLUDED.month, scored_at = EXCLUDED.scored_at"""
_WRITE: Final = f"""
INSERT INTO scoring_score (household_id, model_sha, price_year, score, known_count, decile, poor20_share, poor40_share,
    expected_gap_rial, priority, policy_sha, month, scored_at)
SELECT household_id, %(sha)s, %(year)s, score, known_count, decile, poor20_share, poor40_share, expected_gap_rial,
    priority, %(policy_sha)s, %(month)s, %(at)s
FROM assessed
ORDER BY household_id
{KEEP_SCORE}"""  # noqa: S608 (own text)
# Changed since the last score, or never scored, or scored by another document or policy, or before a committee's
# decision began or ended. A load stamps what it changes with its beginning and shows it at its end: what changed
# shortly before a score is scored again, once a run.
_CHANGED: Final = """
SELECT h.id FROM registry_household h LEFT JOIN scoring_score s ON s.household_id = h.id
WHERE h.merged_into_id IS NULL
  AND (s.household_id IS NULL OR s.model_sha <> %(sha)s OR s.policy_sha <> %(policy_sha)s
   OR h.id IN (SELECT decided.household_id FROM scoring_override decided JOIN scoring_score kept USING (household_id)
                CROSS JOIN LATERAL (VALUES (decided.from_on), (decided.until_on)) AS turning(day)
                WHERE turning.day <= %(on)s AND turning.day > (kept.scored_at AT TIME ZONE 'Asia/Tehran')::date)
   OR (h.changed_at > s.scored_at - interval '15 minutes' AND s.scored_at < %(at)s))
ORDER BY h.id LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class ScoringRun:
    """What a run did."""

    model_sha: str
    household_count: int
    household_ids: tuple[int, ...] = ()
    """Whom it scored, where the run chose them itself."""


def score_households(*, actor: Actor, at: datetime, household_ids: Iterable[int] | None = None) -> ScoringRun:
    """Score these households, or all; the same facts give the same score whenever it is run."""
    require_system(actor)
    card = card_on(at.astimezone(TEHRAN).date())
    with acting(actor):
        adopt_model(card, at)
        run = run_assessment(_WRITE, at=at, household_ids=household_ids)
    return ScoringRun(model_sha=card.sha, household_count=run.row_count)


def score_changed_households(*, actor: Actor, at: datetime, limit: int) -> ScoringRun:
    """Score up to `limit` households that changed since they were scored, each once for one `at`."""
    require_system(actor)
    on = at.astimezone(TEHRAN).date()
    card = card_on(on)
    with acting(actor), connection.cursor() as cursor:
        wanted: dict[str, Any] = {
            "sha": card.sha,
            "policy_sha": policies_on(on).sha,
            "on": on,
            "at": at,
            "limit": limit,
        }
        cursor.execute(_CHANGED, wanted)
        household_ids = tuple(row[0] for row in cursor.fetchall())
    if not household_ids:
        return ScoringRun(model_sha=card.sha, household_count=0)
    run = score_households(actor=actor, at=at, household_ids=household_ids)
    return replace(run, household_ids=household_ids)


def adopt_model(card: Card, at: datetime) -> None:
    """Keep the document before its first use, and its score table of each month; later it only looks."""
    on = at.astimezone(TEHRAN).date()
    month = jalali_month(on)
    if ScorePlace.objects.filter(model_id=card.sha, month=month).exists():
        return
    told = {"name": card.id, "version": card.version, "document": current_text(), "adopted_at": at}
    Model.objects.bulk_create([Model(sha=card.sha, **told)], ignore_conflicts=True)
    factor, table = card.price_factor(jalali_year(on)), card.table
    ScorePlace.objects.bulk_create(
        (
            ScorePlace(
                model_id=card.sha,
                month=month,
                price_factor=factor,
                band=band,
                score=score,
                decile=place.decile,
                poor20_share=place.poor20_share,
                poor40_share=place.poor40_share,
                gap_rial=place.expected_gap_rial,
                middle_rial=place.middle_rial,
            )
            for band in range(len(table.bands))
            for score in range(table.lowest, table.highest + 1)
            for place in [table.place_of(score, band)]
        ),
        ignore_conflicts=True,  # somebody else's run may begin the month too
    )


def require_system(actor: Actor) -> None:
    """Refuse everybody else: whoever sees a part of the facts would get another score."""
    if not actor.is_system:
        raise PermissionMissing(field="actor")

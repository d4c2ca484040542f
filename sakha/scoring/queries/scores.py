"""Scores as other rooms read them: frozen, and only of households that the actor sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.scoring.models import HouseholdScore


@dataclass(frozen=True, slots=True)
class HouseholdScoreRef:
    """A household's score. The decile is Sakha's own, never the official one; shares are per mille."""

    household_id: int
    model_sha: str
    score: int
    decile: int
    poor20_share: int
    poor40_share: int
    expected_gap_rial: int
    priority: int
    known_count: int
    scored_at: datetime


def find_scores(*, actor: Actor, household_ids: Iterable[int]) -> dict[int, HouseholdScoreRef]:
    """The scores of these households, as far as they are seen and scored."""
    with acting(actor):
        rows = HouseholdScore.objects.filter(household_id__in=list(household_ids))
        return {row.household_id: _reference(row) for row in rows}


def _reference(row: HouseholdScore) -> HouseholdScoreRef:
    return HouseholdScoreRef(
        household_id=row.household_id,
        model_sha=row.model_id,
        score=row.score,
        decile=row.decile,
        poor20_share=row.poor20_share,
        poor40_share=row.poor40_share,
        expected_gap_rial=row.expected_gap_rial,
        priority=row.priority,
        known_count=row.known_count,
        scored_at=row.scored_at,
    )

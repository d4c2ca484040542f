"""The score of a household month by month, as each month ended; the running month is its latest score."""

from dataclasses import dataclass
from typing import Final

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.scoring.models import MonthScore

MONTHS_SHOWN: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthScoreCard:
    """What a household's score was in a Jalali month (140509), by which document and policy. Our decile, not theirs."""

    month: int
    model_sha: str
    policy_sha: str
    score: int
    decile: int
    poor20_share: int
    poor40_share: int
    expected_gap_rial: int
    priority: int
    known_count: int


def score_months(*, actor: Actor, household_id: int) -> tuple[MonthScoreCard, ...]:
    """The months of two years, the latest first; nothing where the household is not seen. Looks are logged by pages.

    Raises: PermissionMissing.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    with acting(actor):
        rows = list(MonthScore.objects.filter(household_id=household_id).order_by("-month")[:MONTHS_SHOWN])
    return tuple(
        MonthScoreCard(
            month=row.month,
            model_sha=row.model_id,
            policy_sha=row.policy_sha,
            score=row.score,
            decile=row.decile,
            poor20_share=row.poor20_share,
            poor40_share=row.poor40_share,
            expected_gap_rial=row.expected_gap_rial,
            priority=row.priority,
            known_count=row.known_count,
        )
        for row in rows
    )

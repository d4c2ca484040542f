"""Why a household's score is what it is, computed when somebody asks, from the facts known at that moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.facts import TEHRAN, find_facts
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.assessment import Assessment, assess
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.certainty import is_sure, likely_deciles, show_unsure
from sakha.scoring.rules.explanation import Reasons, explain
from sakha.vocabulary.jalali import jalali_year
from sakha.vocabulary.refusal import Refusal


class ScoreUnknown(Refusal):
    """Nothing to explain: the household isn't seen by the actor or doesn't exist."""

    code: ClassVar[str] = "SCORE_UNKNOWN"
    sentence: ClassVar[str] = "برای این خانوار امتیازی در دست نیست."


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score with its reasons: `score == sum of points of all reasons + expected_points`.

    The decile is Sakha's own estimate. The official decile is evidence of its own and is never shown as this.
    """

    household_id: int
    model_sha: str
    model_title: str
    score: int
    decile: int
    poor20_share: int
    poor40_share: int
    expected_gap_rial: int
    priority: int
    known_count: int
    variable_count: int
    is_sure: bool
    """Whether enough is known to speak of this decile without saying that it may well be another."""
    likely_deciles: tuple[int, int]
    reasons: Reasons

    @property
    def unsure_words(self) -> str:
        """That too little is known to be sure, and between which deciles it probably lies; empty where enough is."""
        return "" if self.is_sure else show_unsure(self.likely_deciles)


def get_explanation(*, actor: Actor, at: datetime, household_id: int) -> Explanation:
    """Explain one household's score by the same arithmetic that scored it."""
    actor.require(Permission.READ_HOUSEHOLD)
    on = at.astimezone(TEHRAN).date()
    with acting(actor):
        policies = policies_on(on)
        row = find_facts(at=at, household_id=household_id, rules=policies.needs)
    if row is None:
        raise ScoreUnknown(field="household_id")
    card = card_on(on)
    assessment = assess(card, policies, row, year=jalali_year(on))
    return _explanation(household_id, card, assessment, region_points=card.region_of(row.get("county")).points)


def _explanation(household_id: int, card: Card, assessment: Assessment, *, region_points: int) -> Explanation:
    evaluation = assessment.evaluation
    return Explanation(
        household_id=household_id,
        model_sha=card.sha,
        model_title=card.title,
        score=evaluation.score,
        decile=assessment.place.decile,
        poor20_share=assessment.place.poor20_share,
        poor40_share=assessment.place.poor40_share,
        expected_gap_rial=assessment.expected_gap_rial,
        priority=assessment.priority,
        known_count=len(evaluation.contributions),
        variable_count=len(card.variables),
        is_sure=is_sure(evaluation),
        likely_deciles=likely_deciles(card, evaluation, region_points=region_points),
        reasons=explain(card, evaluation),
    )

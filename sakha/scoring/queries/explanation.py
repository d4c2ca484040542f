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
    reasons: Reasons


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
    return _explanation(household_id, card, assessment)


def _explanation(household_id: int, card: Card, assessment: Assessment) -> Explanation:
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
        reasons=explain(card, evaluation),
    )

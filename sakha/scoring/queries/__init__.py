"""The reads of scoring: the documents in use, the facts of a household, and why its score is what it is."""

from sakha.scoring.queries.documents import current_card
from sakha.scoring.queries.explanation import Explanation, ScoreUnknown, get_explanation
from sakha.scoring.queries.needs import (
    NeedCard,
    NeedHistory,
    NeedsFile,
    NeedsLine,
    NeedsWanted,
    ProofCard,
    get_needs,
    list_needs,
)
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.queries.scores import HouseholdScoreRef, find_scores

__all__ = [
    "Explanation",
    "HouseholdScoreRef",
    "NeedCard",
    "NeedHistory",
    "NeedsFile",
    "NeedsLine",
    "NeedsWanted",
    "ProofCard",
    "ScoreUnknown",
    "current_card",
    "find_scores",
    "get_explanation",
    "get_needs",
    "list_needs",
    "policies_on",
]

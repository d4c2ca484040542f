"""The writes of scoring: adopt a document, score households, open assessed needs.."""

from sakha.scoring.actions.needs import OpenedNeeds, open_assessed_needs
from sakha.scoring.actions.scoring import ScoringRun, score_changed_households, score_households

__all__ = ["OpenedNeeds", "ScoringRun", "open_assessed_needs", "score_changed_households", "score_households"]

"""Tables and constraints of scoring, one module a part of the room."""

from sakha.scoring.models.scores import HouseholdScore, Model, ScorePlace

__all__ = ["HouseholdScore", "Model", "ScorePlace"]

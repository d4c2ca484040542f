"""Tables and constraints of scoring, one module a part of the room."""

from sakha.scoring.models.needs import HouseholdNeed, NeedEvent, NeedProof, Price
from sakha.scoring.models.policies import Material, Policy
from sakha.scoring.models.scores import HouseholdScore, Model, ScorePlace

__all__ = [
    "HouseholdNeed",
    "HouseholdScore",
    "Material",
    "Model",
    "NeedEvent",
    "NeedProof",
    "Policy",
    "Price",
    "ScorePlace",
]

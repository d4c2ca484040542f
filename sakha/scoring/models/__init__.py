"""Tables and constraints of scoring, one module a part of the room."""

from sakha.scoring.models.appeals import Appeal, AppealStep, Notice, ScoreOverride
from sakha.scoring.models.confirming import Confirmation, ConfirmationAnswer, ConfirmationRequest, Confirmer, LinkMiss
from sakha.scoring.models.needs import HouseholdNeed, NeedEvent, NeedProof, Price
from sakha.scoring.models.policies import Material, Policy
from sakha.scoring.models.scores import HouseholdScore, Model, MonthScore, ScorePlace

__all__ = [
    "Appeal",
    "AppealStep",
    "Confirmation",
    "ConfirmationAnswer",
    "ConfirmationRequest",
    "Confirmer",
    "HouseholdNeed",
    "HouseholdScore",
    "LinkMiss",
    "Material",
    "Model",
    "MonthScore",
    "NeedEvent",
    "NeedProof",
    "Notice",
    "Policy",
    "Price",
    "ScoreOverride",
    "ScorePlace",
]

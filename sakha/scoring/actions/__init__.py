"""The writes of scoring: adopt documents, score households, open needs and lead them from the word to the hand."""

from sakha.scoring.actions.needs import OpenedNeeds, open_assessed_needs
from sakha.scoring.actions.needs_states import (
    NeedStands,
    NeedStep,
    NeedUnknown,
    ProofIncomplete,
    ProofNotWanted,
    SeenPaper,
    attach_proof,
    confirm_need,
    declare_need,
    expire_needs,
    settle_needs,
)
from sakha.scoring.actions.rescoring import rescore_households
from sakha.scoring.actions.scoring import ScoringRun, score_changed_households, score_households

__all__ = [
    "NeedStands",
    "NeedStep",
    "NeedUnknown",
    "OpenedNeeds",
    "ProofIncomplete",
    "ProofNotWanted",
    "ScoringRun",
    "SeenPaper",
    "attach_proof",
    "confirm_need",
    "declare_need",
    "expire_needs",
    "open_assessed_needs",
    "rescore_households",
    "score_changed_households",
    "score_households",
    "settle_needs",
]

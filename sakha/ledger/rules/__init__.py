"""The rules of the ledger: the words it stores, the verdict of a check, the terms of a gift, what actions give back."""

from sakha.ledger.rules.results import (
    BriefCheck,
    BriefHold,
    Check,
    HoldLine,
    HoldRefused,
    HoldRequest,
    HoldResult,
    HoldSettled,
    HoldUnknown,
    NeedToOpen,
    Settled,
)
from sakha.ledger.rules.states import HoldStatus, LedgerAction, Outcome
from sakha.ledger.rules.terms import QuantityInvalid, ReasonInvalid
from sakha.ledger.rules.trail import AidMatrix, Gift, MatrixRow
from sakha.ledger.rules.verdict import AidFacts, Decision, NeedLine, Reason, ReasonCode, Verdict, decide_verdict

__all__ = [
    "AidFacts",
    "AidMatrix",
    "BriefCheck",
    "BriefHold",
    "Check",
    "Decision",
    "Gift",
    "HoldLine",
    "HoldRefused",
    "HoldRequest",
    "HoldResult",
    "HoldSettled",
    "HoldStatus",
    "HoldUnknown",
    "LedgerAction",
    "MatrixRow",
    "NeedLine",
    "NeedToOpen",
    "Outcome",
    "QuantityInvalid",
    "Reason",
    "ReasonCode",
    "ReasonInvalid",
    "Settled",
    "Verdict",
    "decide_verdict",
]

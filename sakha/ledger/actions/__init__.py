"""Writes of the ledger. Each calls one SQL function: the Python around it is courtesy, the function is the law."""

from sakha.ledger.actions.asking import ask_check, ask_check_many, ask_hold, ask_hold_many
from sakha.ledger.actions.checking import check_aid, check_many
from sakha.ledger.actions.holding import hold_aid, hold_many
from sakha.ledger.actions.identity import decide_identity
from sakha.ledger.actions.needs import open_needs
from sakha.ledger.actions.receipts import (
    CallsToDraw,
    ToldDelivery,
    answer_receipt,
    draw_calls,
    record_call,
    tell_receipts,
)
from sakha.ledger.actions.settling import (
    deliver_aid,
    deliver_many,
    expire_holds,
    release_aid,
    release_many,
    verify_counters,
)
from sakha.ledger.actions.undoing import decide_undoing, propose_undoing

__all__ = [
    "CallsToDraw",
    "ToldDelivery",
    "answer_receipt",
    "ask_check",
    "ask_check_many",
    "ask_hold",
    "ask_hold_many",
    "check_aid",
    "check_many",
    "decide_identity",
    "decide_undoing",
    "deliver_aid",
    "deliver_many",
    "draw_calls",
    "expire_holds",
    "hold_aid",
    "hold_many",
    "open_needs",
    "propose_undoing",
    "record_call",
    "release_aid",
    "release_many",
    "tell_receipts",
    "verify_counters",
]

"""Writes of the data banks: asking, keeping what was answered, cases, life events, extracts."""

from sakha.databanks.actions.asking import PRIORITY_FIRST, PRIORITY_USUAL, Asked, PersonToAsk, ask_about
from sakha.databanks.actions.evidence import record_evidence_many
from sakha.databanks.actions.renewing import reseal_batch

__all__ = [
    "PRIORITY_FIRST",
    "PRIORITY_USUAL",
    "Asked",
    "PersonToAsk",
    "ask_about",
    "record_evidence_many",
    "reseal_batch",
]

"""Writes of the data banks: asking, keeping what was answered, cases, life events, extracts."""

from sakha.databanks.actions.asking import PRIORITY_FIRST, PRIORITY_USUAL, Asked, PersonToAsk, ask_about
from sakha.databanks.actions.cases import (
    CaseUnknown,
    CaseWordsMissing,
    Contradiction,
    Correction,
    Proof,
    answer_case,
    bring_proof,
    lapse_cases,
    open_contradictions,
    open_correction,
    settle_case,
)
from sakha.databanks.actions.events import settle_event, subscribe_to_events
from sakha.databanks.actions.evidence import record_evidence_many
from sakha.databanks.actions.extracts import ExtractLoaded, ExtractSource, load_extract
from sakha.databanks.actions.following import Followed, renew_waiting_questions
from sakha.databanks.actions.inquiring import BankRun, ask_bank
from sakha.databanks.actions.progress import cancel_questions, mark_applied
from sakha.databanks.actions.receiving import receive_envelope, receive_webhook
from sakha.databanks.actions.renewing import reseal_batch

__all__ = [
    "PRIORITY_FIRST",
    "PRIORITY_USUAL",
    "Asked",
    "BankRun",
    "CaseUnknown",
    "CaseWordsMissing",
    "Contradiction",
    "Correction",
    "ExtractLoaded",
    "ExtractSource",
    "Followed",
    "PersonToAsk",
    "Proof",
    "answer_case",
    "ask_about",
    "ask_bank",
    "bring_proof",
    "cancel_questions",
    "lapse_cases",
    "load_extract",
    "mark_applied",
    "open_contradictions",
    "open_correction",
    "receive_envelope",
    "receive_webhook",
    "record_evidence_many",
    "renew_waiting_questions",
    "reseal_batch",
    "settle_case",
    "settle_event",
    "subscribe_to_events",
]

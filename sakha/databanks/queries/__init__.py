"""Reads of the data banks: the evidence that was kept, and the extracts as they come."""

from sakha.databanks.queries.bank_status import BankStatus, bank_statuses
from sakha.databanks.queries.cases import (
    CaseLine,
    CaseStepLine,
    LookedAgain,
    Paper,
    PaperUnknown,
    UpheldValue,
    cases_of_household,
    get_paper,
    looked_again,
    open_cases,
)
from sakha.databanks.queries.events import (
    LifeEventLine,
    events_of_household,
    find_received_event,
    received_event_ids,
)
from sakha.databanks.queries.evidence import EvidenceLine, evidence_history, latest_evidence
from sakha.databanks.queries.known import InquiryLine, KnownFact, PersonKnown, QuestionLine, what_is_known, who_asked
from sakha.databanks.queries.lines import line_state
from sakha.databanks.queries.progress import (
    AskingProgress,
    asking_progress,
    banks_with_due_questions,
    due_household_ids,
    households_that_wait,
    unapplied_household_ids,
)

__all__ = [
    "AskingProgress",
    "BankStatus",
    "CaseLine",
    "CaseStepLine",
    "EvidenceLine",
    "InquiryLine",
    "KnownFact",
    "LifeEventLine",
    "LookedAgain",
    "Paper",
    "PaperUnknown",
    "PersonKnown",
    "QuestionLine",
    "UpheldValue",
    "asking_progress",
    "bank_statuses",
    "banks_with_due_questions",
    "cases_of_household",
    "due_household_ids",
    "events_of_household",
    "evidence_history",
    "find_received_event",
    "get_paper",
    "households_that_wait",
    "latest_evidence",
    "line_state",
    "looked_again",
    "open_cases",
    "received_event_ids",
    "unapplied_household_ids",
    "what_is_known",
    "who_asked",
]

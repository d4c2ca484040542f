"""The states of a question, a case and an event, and which follows from which."""

from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal


class QuestionState(StrEnum):
    """Where a question to one bank about one person stands.

    WAITING -> ASKING -> ANSWERED, over AWAITED where the answer comes later to our door. From ASKING and AWAITED it
    goes back to WAITING when the bank was silent. REFUSED: the bank will not answer, until somebody asks anew.
    """

    WAITING = "WAITING"
    ASKING = "ASKING"
    AWAITED = "AWAITED"
    ANSWERED = "ANSWERED"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"


UNSETTLED_QUESTIONS: Final = (QuestionState.WAITING, QuestionState.ASKING, QuestionState.AWAITED)


class CaseKind(StrEnum):
    """Why what is known is looked at again. All but the first are a household's own corrections."""

    CONTRADICTION = "CONTRADICTION"
    CHANGED = "CHANGED"
    WRONG = "WRONG"
    MISSING = "MISSING"


class CaseState(StrEnum):
    """Where a case stands.

    WAITING_FOR_PROOF -> IN_REVIEW -> UPHELD (the household is right) or REJECTED; LAPSED when no proof came in time.
    A contradiction waits for a word of the household or its charity; the bank's next answer may settle it
    (SETTLED_BY_BANK). What only people can tell, who heads a household now, ends with their word (ANSWERED).
    """

    WAITING_FOR_PROOF = "WAITING_FOR_PROOF"
    IN_REVIEW = "IN_REVIEW"
    UPHELD = "UPHELD"
    REJECTED = "REJECTED"
    LAPSED = "LAPSED"
    SETTLED_BY_BANK = "SETTLED_BY_BANK"
    ANSWERED = "ANSWERED"


OPEN_CASES: Final = (CaseState.WAITING_FOR_PROOF, CaseState.IN_REVIEW)
_FOLLOWS: Final = {
    CaseState.WAITING_FOR_PROOF: {
        CaseState.IN_REVIEW,
        CaseState.LAPSED,
        CaseState.SETTLED_BY_BANK,
        CaseState.ANSWERED,
    },
    CaseState.IN_REVIEW: {CaseState.UPHELD, CaseState.REJECTED, CaseState.SETTLED_BY_BANK, CaseState.ANSWERED},
}
# Ours, for the pilot's council to change: a month to bring a paper, half a month to look at it.
PROOF_WITHIN: Final = timedelta(days=30)
REVIEW_WITHIN: Final = timedelta(days=15)
# As long as a correction is taken for newer than the bank's own books.
CORRECTION_COUNTS_FOR: Final = timedelta(days=365)


class EventState(StrEnum):
    """RECEIVED -> APPLIED, or SET_ASIDE where it is about nobody in the register or doesn't fit."""

    RECEIVED = "RECEIVED"
    APPLIED = "APPLIED"
    SET_ASIDE = "SET_ASIDE"


class CaseStateWrong(Refusal):
    """The step doesn't follow from where the case is."""

    code: ClassVar[str] = "CASE_STATE_WRONG"
    sentence: ClassVar[str] = "این درخواست در مرحله‌ای نیست که این کار را بپذیرد."


def require_follows(before: CaseState, after: CaseState) -> None:
    """Refuse a step that doesn't follow."""
    if after not in _FOLLOWS.get(before, set()):
        raise CaseStateWrong(field="state")

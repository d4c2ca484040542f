"""The states of a need from the word to the hand, and which way leads from one to the other.

The database holds the same ways (migration 0005) and refuses any other; a test compares the two.
"""

from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal


class NeedState(IntEnum):
    """Where a need stands; the number is what is stored.

    DECLARED ---> EVIDENCED ---> CONFIRMED      somebody says so; facts or a paper say so; people who know say so
                      |  ^           |  ^
                      v  |           v  |       a new period or a raised target opens it again
                   PART_MET -----> MET          by what the ledger says was delivered, whoever gave it
    each of them ---> EXPIRED ---> EVIDENCED    evidence too old, or no longer so; a fresh fact renews it
    """

    DECLARED = 1
    EVIDENCED = 2
    CONFIRMED = 3
    PART_MET = 4
    MET = 5
    EXPIRED = 6


WAYS: Final[dict[NeedState, frozenset[NeedState]]] = {
    NeedState.DECLARED: frozenset({NeedState.EVIDENCED, NeedState.CONFIRMED, NeedState.EXPIRED}),
    NeedState.EVIDENCED: frozenset({NeedState.CONFIRMED, NeedState.PART_MET, NeedState.MET, NeedState.EXPIRED}),
    NeedState.CONFIRMED: frozenset({NeedState.EVIDENCED, NeedState.PART_MET, NeedState.MET, NeedState.EXPIRED}),
    NeedState.PART_MET: frozenset({NeedState.EVIDENCED, NeedState.CONFIRMED, NeedState.MET, NeedState.EXPIRED}),
    NeedState.MET: frozenset({NeedState.EVIDENCED, NeedState.CONFIRMED, NeedState.PART_MET, NeedState.EXPIRED}),
    NeedState.EXPIRED: frozenset({NeedState.DECLARED, NeedState.EVIDENCED, NeedState.CONFIRMED}),
}
# In these the ledger keeps the need open for givers; a word alone doesn't open anything.
OPEN_STATES: Final = (NeedState.EVIDENCED, NeedState.CONFIRMED, NeedState.PART_MET)


class NeedSource(StrEnum):
    """Who says that the need is there."""

    RULE = "RULE"
    HAND = "HAND"


class Proof(StrEnum):
    """What shows that a need is real."""

    FACTS = "FACTS"
    VISIT = "VISIT"
    LEASE = "LEASE"
    MEDICAL = "MEDICAL"
    DISABILITY_CARD = "DISABILITY_CARD"
    SCHOOL = "SCHOOL"
    MARRIAGE = "MARRIAGE"
    DEATH = "DEATH"
    COURT = "COURT"
    DEBT_PAPER = "DEBT_PAPER"
    WORK_PLAN = "WORK_PLAN"
    REPORT = "REPORT"
    PEOPLE = "PEOPLE"


PROOF_SEAL: Final = "need proof"  # what is sealed as a paper's reference opens as nothing else
PROOF_WORDS: Final = {
    Proof.FACTS: "داده‌های ثبت‌شده",
    Proof.VISIT: "بازدید از خانه",
    Proof.LEASE: "اجاره‌نامه",
    Proof.MEDICAL: "مدرک درمان",
    Proof.DISABILITY_CARD: "کارت معلولیت بهزیستی",
    Proof.SCHOOL: "نامهٔ مدرسه",
    Proof.MARRIAGE: "عقدنامه",
    Proof.DEATH: "گواهی فوت",
    Proof.COURT: "نامهٔ دادگاه",
    Proof.DEBT_PAPER: "سند بدهی",
    Proof.WORK_PLAN: "طرح کار",
    Proof.REPORT: "گزارش حادثه",
    Proof.PEOPLE: "تأیید مردم محل",
}
STATE_WORDS: Final = {
    NeedState.DECLARED: "اعلام‌شده",
    NeedState.EVIDENCED: "با مدرک",
    NeedState.CONFIRMED: "تأییدشده",
    NeedState.PART_MET: "بخشی رسیده",
    NeedState.MET: "برآورده",
    NeedState.EXPIRED: "پایان‌یافته",
}


class NeedWayClosed(Refusal):
    """A need can't go from where it stands to where somebody wants it."""

    code: ClassVar[str] = "NEED_WAY_CLOSED"
    sentence: ClassVar[str] = "این نیاز اکنون «{before}» است و نمی‌تواند «{after}» شود."


def require_way(before: NeedState, after: NeedState) -> None:
    """Refuse a way that isn't drawn; staying is always allowed."""
    if before is not after and after not in WAYS[before]:
        raise NeedWayClosed(field="state", before=STATE_WORDS[before], after=STATE_WORDS[after])


def state_by_aid(target: int, delivered: int, *, is_confirmed: bool) -> NeedState:
    """Where an evidenced need stands by what was delivered of it in its running period."""
    if delivered >= target:
        return NeedState.MET
    if delivered > 0:
        return NeedState.PART_MET
    return NeedState.CONFIRMED if is_confirmed else NeedState.EVIDENCED

"""The verdict of a check: may this aid be given to this household, why, and what would help it instead.

Decided from facts alone. The same order of questions stands in the SQL functions, which are the law; a test compares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sakha.ledger.rules.states import Outcome
from sakha.vocabulary.jalali import show_age_ago, show_date
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, show_quantity
from sakha.vocabulary.periods import show_period

INSTEAD_COUNT_MAX: Final = 3  # more names than three nobody keeps in mind while standing at a door


class Verdict(StrEnum):
    """What a giver should do."""

    CLEAR = "CLEAR"
    """Give."""
    SOFT = "SOFT"
    """Similar help is recent: better give something else, or go on with a reason."""
    HARD = "HARD"
    """Nothing of this need is open."""
    PROTECTED = "PROTECTED"
    """A protected household that the asker has no record of: neither place nor giver is shown."""
    UNKNOWN = "UNKNOWN"
    """Nobody is registered under this identifier."""


class ReasonCode(StrEnum):
    """Why; stable for programs."""

    NEED_OPEN = "NEED_OPEN"
    STANDARD_NEED = "STANDARD_NEED"
    PARTLY_COVERED = "PARTLY_COVERED"
    EXCEEDS_OPEN = "EXCEEDS_OPEN"
    SIMILAR_HELP = "SIMILAR_HELP"
    COVERED = "COVERED"
    PROTECTED_HOUSEHOLD = "PROTECTED_HOUSEHOLD"
    NOT_REGISTERED = "NOT_REGISTERED"


VERDICT_OF_OUTCOME: Final[dict[Outcome, Verdict]] = {
    Outcome.DONE: Verdict.CLEAR,
    Outcome.EXCEEDS: Verdict.CLEAR,
    Outcome.SOFT: Verdict.SOFT,
    Outcome.COVERED: Verdict.HARD,
    Outcome.PROTECTED: Verdict.PROTECTED,
    Outcome.UNKNOWN: Verdict.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code for programs, a sentence for people."""

    code: ReasonCode
    sentence: str


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need of a household and how much of it is open."""

    kind: NeedKind
    period: int
    target: int
    held: int
    delivered: int

    @property
    def open_quantity(self) -> int:
        """What nobody promised or gave yet."""
        return self.target - self.held - self.delivered

    @property
    def open_share(self) -> float:
        """The open part, 0 to 1."""
        return self.open_quantity / self.target if self.target else 0.0

    @property
    def sentence(self) -> str:
        """Name and open amount: «درمان: ۶۰۰٬۰۰۰ تومان»."""
        return f"{NEED_KINDS[self.kind].name}: {show_quantity(self.kind, self.open_quantity)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AidFacts:
    """All that a verdict is decided from. `need` is None where no need was opened yet."""

    kind: NeedKind
    period: int
    on: date
    quantity: int
    standard: int
    is_known: bool = True
    is_hidden: bool = False
    """A protected household, and the asker has no record of it."""
    need: NeedLine | None = None
    similar_on: date | None = None
    free_on: date | None = None
    other_needs: tuple[NeedLine, ...] = ()

    @property
    def open_quantity(self) -> int:
        """What is open of this need; where none was opened, the standard need."""
        if not self.is_known:
            return 0
        return self.standard if self.need is None else self.need.open_quantity


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict with its reasons; `instead` says what the household still needs."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    instead: str


def decide_verdict(facts: AidFacts) -> Decision:
    """Decide; the first question that is answered with yes gives the verdict."""
    if not facts.is_known:
        return Decision(Verdict.UNKNOWN, (_not_registered(),), "")
    if facts.is_hidden:
        return Decision(Verdict.PROTECTED, (_protected(),), "")
    instead = say_instead(facts.other_needs)
    if facts.open_quantity <= 0:
        return Decision(Verdict.HARD, (_covered(facts), *_similar(facts)), instead)
    if facts.similar_on is not None:
        return Decision(Verdict.SOFT, _similar(facts), instead)
    return Decision(Verdict.CLEAR, (_open(facts),), "")


def say_instead(others: Sequence[NeedLine]) -> str:
    """Name what the household still needs, the most open first."""
    ordered = order_needs(others)[:INSTEAD_COUNT_MAX]
    if not ordered:
        return "برای این خانوار نیاز باز دیگری ثبت نشده است."
    names = [NEED_KINDS[one.kind].name for one in ordered]
    listed = names[0] if len(names) == 1 else "، ".join(names[:-1]) + " و " + names[-1]
    return f"به جای آن، این خانوار به {listed} نیاز دارد که هنوز کسی کامل بر عهده نگرفته است."


def order_needs(needs: Sequence[NeedLine]) -> tuple[NeedLine, ...]:
    """Order open needs: the largest open share first, then by kind."""
    return tuple(sorted((one for one in needs if one.open_quantity > 0), key=lambda one: (-one.open_share, one.kind)))


def _open(facts: AidFacts) -> Reason:
    shown = show_quantity(facts.kind, facts.open_quantity)
    if facts.quantity > facts.open_quantity:
        return Reason(ReasonCode.EXCEEDS_OPEN, f"از این نیاز {shown} مانده است؛ بیش از آن را نمی‌توان رزرو کرد.")
    if facts.need is None:
        return Reason(
            ReasonCode.STANDARD_NEED, f"این نیاز هنوز ارزیابی نشده است؛ با رزرو شما نیاز استاندارد ({shown}) باز می‌شود."
        )
    if facts.need.open_quantity < facts.need.target:
        return Reason(ReasonCode.PARTLY_COVERED, f"بخشی از این نیاز را دیگران بر عهده گرفته‌اند؛ {shown} مانده است.")
    return Reason(ReasonCode.NEED_OPEN, f"این نیاز باز است و کسی هنوز آن را بر عهده نگرفته است: {shown}.")


def _covered(facts: AidFacts) -> Reason:
    name, period = NEED_KINDS[facts.kind].name, show_period(facts.period)
    return Reason(ReasonCode.COVERED, f"نیاز این خانوار به {name} ({period}) کامل پوشش داده شده است.")


def _similar(facts: AidFacts) -> tuple[Reason, ...]:
    if facts.similar_on is None:
        return ()
    name, when = NEED_KINDS[facts.kind].name, show_age_ago((facts.on - facts.similar_on).days)
    turn = f" نوبت بعد از {show_date(facts.free_on)} است." if facts.free_on else ""
    return (Reason(ReasonCode.SIMILAR_HELP, f"برای این خانوار {when} {name} ثبت شده است.{turn}"),)


def _protected() -> Reason:
    return Reason(
        ReasonCode.PROTECTED_HOUSEHOLD,
        "این خانوار محافظت‌شده است و جا و کمک‌های آن نشان داده نمی‌شود. برای کمک با پشتیبانی سامانه هماهنگ کنید.",
    )


def _not_registered() -> Reason:
    return Reason(
        ReasonCode.NOT_REGISTERED, "کسی با این شناسه هنوز در سامانه ثبت نشده است. می‌توانید پروندهٔ خانوار را ثبت کنید."
    )

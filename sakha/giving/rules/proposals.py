"""Proposals of fair shares: where each may stand, who may decide, and the words of the refusals.

Who gets what is decided in `allocation`; what may be drawn when the proposal is carried out, in `sql/proposals.sql`.
"""

from enum import StrEnum
from typing import ClassVar, Final

from sakha.access.rules import Actor, Scope
from sakha.vocabulary.refusal import Refusal

NATION: Final = ""


class ProposalState(StrEnum):
    """Where a proposal stands.

    PROPOSED ---> APPROVED ---> CANCELLED     what is held stays held; what waits is held no more
        +-------> REJECTED
    """

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class ShareState(StrEnum):
    """WAITING for its body; HELD in full; PARTLY held, for the world changed; LEFT_OUT, and why."""

    WAITING = "WAITING"
    HELD = "HELD"
    PARTLY = "PARTLY"
    LEFT_OUT = "LEFT_OUT"


class LeftOut(StrEnum):
    """Why nothing of a share was held."""

    MONEY_GONE = "MONEY_GONE"
    NEED_COVERED = "NEED_COVERED"
    NEED_UNVERIFIED = "NEED_UNVERIFIED"
    PROTECTED = "PROTECTED"
    NOT_HELD = "NOT_HELD"  # the ledger refused: similar help is recent, or the body knows the household no more


LEFT_OUT_WORDS: Final = {
    LeftOut.MONEY_GONE: "پولش پیش از این به نیاز دیگری رسید",
    LeftOut.NEED_COVERED: "دیگری این نیاز را پوشش داد",
    LeftOut.NEED_UNVERIFIED: "تأیید نیاز کهنه شد یا برداشته شد",
    LeftOut.PROTECTED: "نشانی خانوار از این پس پنهان است",
    LeftOut.NOT_HELD: "دفتر کمک‌ها نپذیرفت",
}


class ProposalUnknown(Refusal):
    """No such proposal, or none that this office decides on."""

    code: ClassVar[str] = "PROPOSAL_UNKNOWN"
    sentence: ClassVar[str] = "چنین پیشنهادی پیدا نشد."


class ProposalDecided(Refusal):
    """Somebody decided before."""

    code: ClassVar[str] = "PROPOSAL_DECIDED"
    sentence: ClassVar[str] = "دربارهٔ این پیشنهاد پیش‌تر تصمیم گرفته شده است."


class OwnProposal(Refusal):
    """Nobody approves what they proposed."""

    code: ClassVar[str] = "OWN_PROPOSAL"
    sentence: ClassVar[str] = "پیشنهاد را کس دیگری باید تصویب کند."


class ProposalOutdated(Refusal):
    """The nation's policy that counts today isn't the one under which it was shared."""

    code: ClassVar[str] = "PROPOSAL_OUTDATED"
    sentence: ClassVar[str] = "سیاست صندوق از زمان این پیشنهاد عوض شده است. آن را رد کنید و از نو پیشنهاد دهید."


class NothingToShare(Refusal):
    """No money lies ready, or no verified need is open that it may pay."""

    code: ClassVar[str] = "NOTHING_TO_SHARE"
    sentence: ClassVar[str] = "پولی که به نیازی تأییدشده برسد در صندوق نیست."


class OpenProposal(Refusal):
    """Another proposal over the same money waits."""

    code: ClassVar[str] = "OPEN_PROPOSAL"
    sentence: ClassVar[str] = "پیشنهاد دیگری برای همین صندوق در انتظار تصمیم است."


class SharesBroken(Refusal):
    """The second program found that the shares break a hard rule: a fault of ours, and nobody is to decide on it."""

    code: ClassVar[str] = "SHARES_BROKEN"
    sentence: ClassVar[str] = "سنجش دوم، سهم‌ها را نادرست یافت. پیشنهادی ساخته نشد و این خطا برای بررسی ثبت شد."


def may_decide_for(actor: Actor, province: str) -> bool:
    """Whether an officer decides on the money for a province; an empty one is the whole nation."""
    if actor.is_of_nation:
        return True
    return actor.scope is Scope.PROVINCE and province != NATION and province == actor.province

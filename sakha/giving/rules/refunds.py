"""Money that goes back to its giver: why it waits, where a refund stands, who decides.

It goes by the gateway that took it where that takes refunds, else by hand through the bank.
"""

from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final

from sakha.access.rules import Actor
from sakha.vocabulary.refusal import Refusal

# A named need that left, and nothing alike is open since: so long it is waited for. Our own figure.
GONE_FOR: Final = timedelta(days=30)
REFERENCE_MOST: Final = 64


class WaitsFor(StrEnum):
    """Why money reaches nobody: its last day passed, its need and all alike are gone, or it came back late."""

    EXPIRED = "EXPIRED"
    GONE = "GONE"
    CAME_BACK = "CAME_BACK"


class RefundState(StrEnum):
    """Where a refund stands; from APPROVED on the money is booked as gone back and nobody draws it.

    PROPOSED ---> APPROVED ---> SENT          asked of the gateway until it surely answers, under one key
        |             +-------> BY_HAND ---> SENT   the gateway takes none: the bank does, and its number is written
        +-------> REJECTED
    """

    PROPOSED = "PROPOSED"
    REJECTED = "REJECTED"
    APPROVED = "APPROVED"
    BY_HAND = "BY_HAND"
    SENT = "SENT"


class RefundUnknown(Refusal):
    """No such refund or gift waits, or none that this office decides on."""

    code: ClassVar[str] = "REFUND_UNKNOWN"
    sentence: ClassVar[str] = "چنین پولی در انتظار برگشت نیست."


class RefundDecided(Refusal):
    """Somebody decided before."""

    code: ClassVar[str] = "REFUND_DECIDED"
    sentence: ClassVar[str] = "پیش‌تر دربارهٔ این برگشت تصمیم گرفته شده است."


class RefundChanged(Refusal):
    """Since it was proposed some of the money was drawn or came back, or a need that it may pay is open again."""

    code: ClassVar[str] = "REFUND_CHANGED"
    sentence: ClassVar[str] = "از هنگام پیشنهاد، این پول تغییر کرده یا دوباره به کار نیازی می‌آید. پیشنهاد را رد کنید."


class OwnRefund(Refusal):
    """Nobody approves what they proposed."""

    code: ClassVar[str] = "OWN_REFUND"
    sentence: ClassVar[str] = "برگشت را کس دیگری باید تصویب کند."


class RefundNamedThere(Refusal):
    """The gateway's books and ours tell this refund differently, and nobody cleared it up: the bank might pay twice."""

    code: ClassVar[str] = "REFUND_NAMED_THERE"
    sentence: ClassVar[str] = "دفتر درگاه از این برگشت چیز دیگری می‌گوید؛ نخست در «همخوانی با درگاه پرداخت» روشنش کنید."


class ReferenceMissing(Refusal):
    """By hand means: with the bank's number."""

    code: ClassVar[str] = "REFERENCE_MISSING"
    sentence: ClassVar[str] = "شمارهٔ پیگیری بانک را بنویسید."


def may_refund(actor: Actor) -> bool:
    """The pool is the nation's."""
    return actor.is_of_nation

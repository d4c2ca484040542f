"""How many places somebody may keep without paying, so that nobody keeps needs from others by promising only.

Decides by counts of promises that one browser, phone or network address has open now and has made within a day. A
network address is shared by thousands of phones, so it may do much more than one browser.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal

DAY: Final = timedelta(days=1)
# Digests of who promised are forgotten after this: longer than anything is counted by them.
MARKS_LIVE: Final = timedelta(days=2)
# A need that was kept in vain for its whole amount within these hours keeps places no more: who pays first has it.
KEPT_IN_VAIN_WITHIN: Final = timedelta(hours=6)
# What one payment may bring to; the gateway's page shows one sum for all of it.
BASKET_MOST: Final = 10


class MarkKind(IntEnum):
    """By what promises are counted."""

    SESSION = 1
    ADDRESS = 2
    PHONE = 3


@dataclass(frozen=True, slots=True)
class PromiseLimit:
    """How many promises may be open unpaid, and how many may be made within a day and stay unpaid."""

    open_most: int
    a_day_most: int


# Our own figures, not a regulator's: one full basket and something beside it; an address as many as a busy hall.
LIMITS: Final = MappingProxyType(
    {
        MarkKind.SESSION: PromiseLimit(open_most=BASKET_MOST + 2, a_day_most=3 * BASKET_MOST),
        MarkKind.PHONE: PromiseLimit(open_most=BASKET_MOST + 2, a_day_most=3 * BASKET_MOST),
        MarkKind.ADDRESS: PromiseLimit(open_most=5 * BASKET_MOST, a_day_most=20 * BASKET_MOST),
    }
)


class PromisesUnpaid(Refusal):
    """Too many promises of the same giver wait to be paid."""

    code: ClassVar[str] = "PROMISES_UNPAID"
    sentence: ClassVar[str] = (
        "چند هدیهٔ پرداخت‌نشده از همین‌جا در راه است. یکی را بپردازید یا بیست دقیقه بعد دوباره بیایید؛"
        " جایی که پرداخت نشود به دیگران می‌رسد."
    )


class BasketUnfit(Refusal):
    """An empty basket, one with too many needs, or with the same need twice."""

    code: ClassVar[str] = "BASKET_UNFIT"
    sentence: ClassVar[str] = "در یک سبد از یک تا {most} نیاز می‌گنجد و هر نیاز یک بار."


@dataclass(frozen=True, slots=True, kw_only=True)
class GiverMarks:
    """By what the promises of somebody are counted; only keyed digests of it are kept, and only for two days."""

    session: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    # Whose account the gift goes to; nobody's where it is given without a name.
    donor_id: int | None = None
    is_organisation: bool = False
    # When banks last said who the giver is; None where nobody asked them.
    verified_at: datetime | None = None


def is_over_limit(kind: MarkKind, *, open_count: int, a_day_count: int, asked_count: int = 1) -> bool:
    """Whether one more promise would be too many."""
    limit = LIMITS[kind]
    return open_count + asked_count > limit.open_most or a_day_count + asked_count > limit.a_day_most

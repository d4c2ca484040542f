"""Promises for every month: for what, in which state, what a month's money goes to, and when it is asked for again.

Decides by what is shown today; how a place is kept and paid is the same as for any gift.
"""

from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.refusal import Refusal

# Needs that come back each month and that people stay with.
SPONSORED_KINDS: Final = (NeedKind.ORPHAN, NeedKind.CASH)
# A need of a new month opens with its assessment: so long nothing is asked for and nothing replaced. Our own figure.
RENEWS_WITHIN_DAYS: Final = 10
REMINDED_AFTER: Final = timedelta(days=7)
# So many promises of one giver stand at once, so that one phone doesn't take every need for itself. Our own figure.
OPEN_MOST: Final = 12
# A promise of which so many months in a row were asked for and not paid ends by itself. Our own figure.
MISSED_MOST: Final = 3
# And only if its giver was told so this long before, by a message that really went. Our own figure.
WARNED_BEFORE: Final = timedelta(days=7)


class SponsorshipAim(StrEnum):
    """For the pool under conditions; for one shown need; for one orphan's household, whom the system chooses."""

    POOL = "POOL"
    NEED = "NEED"
    ORPHAN = "ORPHAN"


class SponsorshipState(StrEnum):
    """ACTIVE and PAUSED as often as the giver likes; ENDED is final."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"


class EndedBy(StrEnum):
    """Who ended a promise: its giver, or three months in a row that nobody paid."""

    GIVER = "GIVER"
    MISSED = "MISSED"


class MonthPlan(StrEnum):
    """What a month's money is asked for: any need of the pool, the one it stays with, another, or nothing yet."""

    POOL = "POOL"
    SAME = "SAME"
    ANOTHER = "ANOTHER"
    LATER = "LATER"


class MonthState(StrEnum):
    """Where a month stands for its giver."""

    PAID = "PAID"
    OPEN = "OPEN"
    MISSED = "MISSED"


class SponsorshipUnknown(Refusal):
    """No such promise of this giver, or no month under this link."""

    code: ClassVar[str] = "SPONSORSHIP_UNKNOWN"
    sentence: ClassVar[str] = "این هدیهٔ ماهانه پیدا نشد."


class SponsorshipStopped(Refusal):
    """It rests or has ended."""

    code: ClassVar[str] = "SPONSORSHIP_STOPPED"
    sentence: ClassVar[str] = "این هدیهٔ ماهانه ایستاده است و چیزی برای پرداخت نیست."


class MonthPaid(Refusal):
    """This month is paid already."""

    code: ClassVar[str] = "MONTH_PAID"
    sentence: ClassVar[str] = "هدیهٔ این ماه رسیده است. سپاس."


class MonthPassed(Refusal):
    """The month is over."""

    code: ClassVar[str] = "MONTH_PASSED"
    sentence: ClassVar[str] = "این ماه گذشته است. هدیهٔ ماه تازه نشانی خودش را دارد."


class NobodyToSponsor(Refusal):
    """No shown need has room for so much a month beside what others promised for it."""

    code: ClassVar[str] = "NOBODY_TO_SPONSOR"
    sentence: ClassVar[str] = (
        "اکنون نیازی نمایان نیست که این مبلغ ماهانه در آن جا داشته باشد."
        " مبلغ کمتری بنویسید یا صندوق همگانی را برگزینید."
    )


class PromisesMany(Refusal):
    """As many promises of this giver stand as one may have."""

    code: ClassVar[str] = "PROMISES_MANY"
    sentence: ClassVar[str] = "هم‌اکنون {most} هدیهٔ ماهانه دارید. برای تازه‌ای، یکی از آن‌ها را پایان دهید."


class KindNotSponsored(Refusal):
    """The need doesn't come back each month."""

    code: ClassVar[str] = "KIND_NOT_SPONSORED"
    sentence: ClassVar[str] = "این نیاز ماهانه نیست؛ یک بار سهمی از آن را بردارید."


def plan_month(aim: SponsorshipAim, *, has_need: bool, is_shown: bool, has_left: bool, day_of_month: int) -> MonthPlan:
    """What a month is asked for: `has_left` is a need that is shown no more for good, `is_shown` one of this month."""
    if aim is SponsorshipAim.POOL:
        return MonthPlan.POOL
    if has_need and is_shown:
        return MonthPlan.SAME
    if has_need and not has_left and day_of_month <= RENEWS_WITHIN_DAYS:
        return MonthPlan.LATER
    return MonthPlan.ANOTHER


def month_state(*, is_paid: bool, is_over: bool) -> MonthState:
    """A month that is over and was not paid is missed; nothing of it is asked for any more."""
    if is_paid:
        return MonthState.PAID
    return MonthState.MISSED if is_over else MonthState.OPEN


def may_become(before: SponsorshipState, after: SponsorshipState) -> bool:
    """What has ended stays ended."""
    return before is not SponsorshipState.ENDED and after is not before

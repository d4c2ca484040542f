"""The terms of a gift: how much, for what, for how long a place is kept; and the words of the refusals.

Which money may pay which need is decided in SQL (`sql/draw.sql`) by the conditions kept here with the gift.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

from sakha.giving.rules.conditions import CONDITION_SETS, HouseholdType
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit
from sakha.vocabulary.refusal import Refusal

# ZarinPal takes nothing below 10,000 rials. Larger gifts than the upper limit want a known giver (docs/giving.md).
GIFT_LEAST_RIAL: Final = 100_000
GIFT_MOST_RIAL: Final = 2_000_000_000
# A gateway's page lives a quarter of an hour; a place in a need is kept a little longer.
PLEDGE_LIVES: Final = timedelta(minutes=20)
# Needs that are counted in rial can be shared; a parcel or an item is given whole.
GIVEN_KINDS: Final = tuple(kind for kind in NeedKind if NEED_KINDS[kind].unit is NeedUnit.RIAL)


class GiftInvalid(Refusal):
    """An amount that no gateway takes, or a condition that nothing fulfils."""

    code: ClassVar[str] = "GIFT_INVALID"
    sentence: ClassVar[str] = "مبلغ باید میان {least} و {most} باشد."


class LastDayPassed(GiftInvalid):
    """Money with such a last day would reach nobody and lie until it is refunded."""

    code: ClassVar[str] = "LAST_DAY_PASSED"
    sentence: ClassVar[str] = "این روز گذشته است؛ روزی از امروز به بعد بنویسید."


class ConditionsUnfit(GiftInvalid):
    """What was chosen beside a named set is not of it: the set's name would promise what its money doesn't keep."""

    code: ClassVar[str] = "CONDITIONS_UNFIT"
    sentence: ClassVar[str] = "«{title}» برای این نیست. یا نیت را بردارید یا این را خالی بگذارید."


class ListingFull(Refusal):
    """Others gave meanwhile; less is missing than was offered."""

    code: ClassVar[str] = "LISTING_FULL"
    sentence: ClassVar[str] = (
        "دیگران هم‌زمان رسیدند و از این نیاز کمتر مانده است. مبلغ کمتری بنویسید یا به صندوق همگانی بدهید."
    )


class ListingUnknown(Refusal):
    """No such need is shown, or not any more."""

    code: ClassVar[str] = "LISTING_UNKNOWN"
    sentence: ClassVar[str] = "این نیاز دیگر در فهرست نیست."


class LeaveTakenBack(Refusal):
    """The household itself took its leave back: a body can't give it again in its name."""

    code: ClassVar[str] = "LEAVE_TAKEN_BACK"
    sentence: ClassVar[str] = (
        "خانوار خودش این اجازه را پس گرفته است. تنها خود خانوار یا فرمانداری می‌تواند دوباره ثبتش کند."
    )


class GiftUnknown(Refusal):
    """No gift under this code."""

    code: ClassVar[str] = "GIFT_UNKNOWN"
    sentence: ClassVar[str] = "هدیه‌ای با این نشانی پیدا نشد."


class RequestReused(Refusal):
    """The same request was sent before with something else in it."""

    code: ClassVar[str] = "REQUEST_REUSED"
    sentence: ClassVar[str] = "این درخواست پیش‌تر با مبلغ یا شرط دیگری فرستاده شد."


class GiftBegun(Refusal):
    """The same form was sent before: a second click, or a step back in the browser."""

    code: ClassVar[str] = "GIFT_BEGUN"
    sentence: ClassVar[str] = (
        "این هدیه پیش‌تر آغاز شده است. اگر به درگاه نرفتید، همین برگه را دوباره بفرستید تا هدیهٔ تازه‌ای آغاز شود."
    )


class MoneyShort(Refusal):
    """No money lies ready whose givers' conditions allow this need."""

    code: ClassVar[str] = "MONEY_SHORT"
    sentence: ClassVar[str] = "برای این نیاز پولی که شرط بخشنده‌اش جور باشد به این اندازه نرسیده است."


class NeedUnverified(Refusal):
    """No evidence and nobody's word stands behind the need today, or they are too old: givers' money waits."""

    code: ClassVar[str] = "NEED_UNVERIFIED"
    sentence: ClassVar[str] = "پول بخشندگان تنها به نیازی می‌رسد که تأیید شده باشد؛ این نیاز هنوز تأیید نشده است."


class NothingToRefund(Refusal):
    """All of the gift is held or delivered, or went back already."""

    code: ClassVar[str] = "NOTHING_TO_REFUND"
    sentence: ClassVar[str] = "از این هدیه چیزی در صندوق نمانده است که برگردد."


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftTerms:
    """What the giver asked for, kept for ever with the money; empty is no restriction.

    `listing_code` names one need: its money goes to nothing else while the need is shown.
    """

    listing_code: str = ""
    province: str = ""
    county: str = ""
    kinds: tuple[NeedKind, ...] = ()
    types: tuple[HouseholdType, ...] = ()
    condition_set: str = ""
    household_most_rial: int | None = None
    expires_on: date | None = None


def follow_digest(follow_code: str) -> bytes:
    """By what a gift is found again. Without a key: the code is 96 random bits, and must outlive every key."""
    return hashlib.sha256(f"gift\x1f{follow_code}".encode()).digest()[:16]


def part_code(follow_code: str, number: int) -> str:
    """The code of a part of a basket; the first is the basket's own."""
    return f"{follow_code}.{number}" if number else follow_code


def require_gift(amount_rial: int) -> int:
    """Refuse an amount that can't be a gift."""
    if not GIFT_LEAST_RIAL <= amount_rial <= GIFT_MOST_RIAL:
        from_least, to_most = f"{GIFT_LEAST_RIAL // 10:,} تومان", f"{GIFT_MOST_RIAL // 10:,} تومان"
        raise GiftInvalid(field="amount", least=from_least, most=to_most)
    return amount_rial


def require_terms(terms: GiftTerms, *, on: date) -> None:
    """Refuse a last day that has passed, and kinds or types that a named set doesn't hold.

    Raises: LastDayPassed, ConditionsUnfit.
    """
    if terms.expires_on is not None and terms.expires_on < on:
        raise LastDayPassed(field="expires_on")
    if not terms.condition_set:
        return
    named = CONDITION_SETS.get(terms.condition_set)
    if named is None:
        raise ConditionsUnfit(field="rule", title=terms.condition_set)
    if named.kinds and not (terms.kinds and set(terms.kinds) <= set(named.kinds)):
        raise ConditionsUnfit(field="kind", title=named.title)
    if named.types and not (terms.types and set(terms.types) <= set(named.types)):
        raise ConditionsUnfit(field="type", title=named.title)

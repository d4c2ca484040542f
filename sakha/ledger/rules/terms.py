"""What one gift of a kind asks of the ledger: period, standard need, rolling window, expiry, worth; and its limits.

Decides nothing about a household; the SQL functions do that with these terms.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit
from sakha.vocabulary.periods import period_of
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.refusal import Refusal

_MILLION_TOMAN: Final = 10_000_000
REASON_LENGTH_MAX: Final = 300
REASON_LENGTH_MIN: Final = 5
QUANTITY_MAX: Final = 10**15  # beyond any gift; keeps sums of worth inside a bigint

# What one parcel or item is reckoned at when refused double aid is counted in rial. First proposals of 1404-1405 for
# the policy owner, like the standard targets; nothing that is promised or given is counted by them.
UNIT_WORTH_RIAL: Final[dict[NeedKind, int]] = {
    NeedKind.FOOD: 1 * _MILLION_TOMAN,
    NeedKind.DISABILITY: 10 * _MILLION_TOMAN,
    NeedKind.DOWRY: 50 * _MILLION_TOMAN,
    NeedKind.HOME_GOODS: 15 * _MILLION_TOMAN,
}


class QuantityInvalid(Refusal):
    """A gift of nothing, of less than nothing, or beyond belief."""

    code: ClassVar[str] = "QUANTITY_INVALID"
    sentence: ClassVar[str] = "مقدار کمک را درست بنویسید؛ باید بیشتر از صفر باشد."


class ReasonInvalid(Refusal):
    """A reason too short to tell anybody anything, or too long to keep."""

    code: ClassVar[str] = "REASON_INVALID"
    sentence: ClassVar[str] = "دلیل را در یک جملهٔ کوتاه بنویسید (از {least} تا {most} نویسه)."


@dataclass(frozen=True, slots=True)
class AidTerms:
    """The terms of giving one kind at one moment."""

    kind: NeedKind
    on: date
    period: int
    standard: int
    unit_worth_rial: int
    expires_at: datetime
    window_until: date | None
    """First day after the rolling window that a gift of today opens; None where givers may share."""


def terms_of(kind: NeedKind, *, at: datetime) -> AidTerms:
    """Give the terms of a kind at a moment; the day is Tehran's."""
    facts = NEED_KINDS[kind]
    on = at.astimezone(TEHRAN).date()
    return AidTerms(
        kind=kind,
        on=on,
        period=period_of(kind, on),
        standard=facts.standard_target,
        unit_worth_rial=1 if facts.unit is NeedUnit.RIAL else UNIT_WORTH_RIAL[kind],
        expires_at=at + timedelta(hours=facts.hold_hours),
        window_until=None if facts.rolling_days is None else on + timedelta(days=facts.rolling_days),
    )


def require_quantity(quantity: int) -> int:
    """Refuse a quantity that can't be a gift."""
    if not 0 < quantity <= QUANTITY_MAX:
        raise QuantityInvalid(field="quantity")
    return quantity


def clean_reason(text: str) -> str:
    """Give the reason as it is kept; empty where none is given."""
    reason = clean_text(text)
    if reason and not REASON_LENGTH_MIN <= len(reason) <= REASON_LENGTH_MAX:
        raise ReasonInvalid(field="reason", least=REASON_LENGTH_MIN, most=REASON_LENGTH_MAX)
    return reason

"""The thirteen kinds of need: how each is named, counted, renewed and held.

The targets are the standard needs that open where no assessment set another; amounts are first proposals for 1404-1405
and belong to the policy owner, like the priority weights.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from sakha.vocabulary.digits import group_thousands
from sakha.vocabulary.money import show_toman


class NeedKind(IntEnum):
    """A kind of need; the number is what is stored."""

    FOOD = 1
    CASH = 2
    HEALTH = 3
    RENT = 4
    DWELLING = 5
    EDUCATION = 6
    DISABILITY = 7
    WORK = 8
    DOWRY = 9
    DEBT = 10
    HOME_GOODS = 11
    ORPHAN = 12
    SHOCK = 13


class NeedUnit(StrEnum):
    """In what a need is counted."""

    RIAL = "RIAL"
    PARCEL = "PARCEL"
    ITEM = "ITEM"


class NeedPeriod(StrEnum):
    """How often a need opens anew."""

    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"
    ONCE = "ONCE"


@dataclass(frozen=True, slots=True)
class NeedKindFacts:
    """What the house knows of a kind of need."""

    kind: NeedKind
    name: str
    unit: NeedUnit
    icon: str
    """Name of an icon of the lucide set."""
    rolling_days: int | None
    """A second gift within so many days is refused, whatever the period; None where givers may share a need."""
    standard_target: int
    """The standard need of one period, in the unit (rial, not toman)."""
    period: NeedPeriod
    hold_hours: int
    """How long aid may be held before it is delivered or falls free."""


UNIT_NAMES: Final = {NeedUnit.RIAL: "ریال", NeedUnit.PARCEL: "بسته", NeedUnit.ITEM: "قلم"}
_HOLD_HOURS: Final = 72  # three days: a parcel packed on Thursday is handed over before Sunday ends
_MILLION_TOMAN: Final = 10_000_000
_MONTH_DAYS: Final = 30


def _kind(  # noqa: PLR0913 -- one row of a table, read by its columns
    kind: NeedKind, name: str, icon: str, unit: NeedUnit, period: NeedPeriod, target: int, *, rolling: int | None = None
) -> NeedKindFacts:
    return NeedKindFacts(
        kind=kind,
        name=name,
        unit=unit,
        icon=icon,
        rolling_days=rolling,
        standard_target=target,
        period=period,
        hold_hours=_HOLD_HOURS,
    )


_RIAL, _PARCEL, _ITEM = NeedUnit.RIAL, NeedUnit.PARCEL, NeedUnit.ITEM
_MONTHLY, _YEARLY, _ONCE = NeedPeriod.MONTHLY, NeedPeriod.YEARLY, NeedPeriod.ONCE

NEED_KINDS: Final[dict[NeedKind, NeedKindFacts]] = {
    facts.kind: facts
    for facts in (
        # One parcel feeds a household for a month: the second within 30 days is the double aid charities complain of.
        _kind(NeedKind.FOOD, "بستهٔ غذایی", "shopping-basket", _PARCEL, _MONTHLY, 1, rolling=_MONTH_DAYS),
        # 1.4 million toman: the Relief Committee's monthly pension of one person in 1404 (ILNA, 1404/06/17).
        _kind(NeedKind.CASH, "کمک نقدی ماهانه", "wallet", _RIAL, _MONTHLY, 14 * _MILLION_TOMAN // 10),
        _kind(NeedKind.HEALTH, "درمان", "heart-pulse", _RIAL, _YEARLY, 20 * _MILLION_TOMAN),
        _kind(NeedKind.RENT, "اجارهٔ خانه", "key-round", _RIAL, _MONTHLY, 3 * _MILLION_TOMAN),
        _kind(NeedKind.DWELLING, "تعمیر خانه", "hammer", _RIAL, _ONCE, 100 * _MILLION_TOMAN),
        _kind(NeedKind.EDUCATION, "تحصیل", "graduation-cap", _RIAL, _YEARLY, 5 * _MILLION_TOMAN),
        _kind(NeedKind.DISABILITY, "وسایل توان‌یابی", "accessibility", _ITEM, _YEARLY, 1),
        _kind(NeedKind.WORK, "کار و ابزار کار", "briefcase", _RIAL, _ONCE, 100 * _MILLION_TOMAN),
        # A fixed parcel of the year, once.
        _kind(NeedKind.DOWRY, "جهیزیه", "gift", _PARCEL, _ONCE, 1),
        _kind(NeedKind.DEBT, "بدهی", "scale", _RIAL, _ONCE, 50 * _MILLION_TOMAN),
        _kind(NeedKind.HOME_GOODS, "لوازم خانه", "refrigerator", _ITEM, _YEARLY, 1),
        _kind(NeedKind.ORPHAN, "پشتیبانی از فرزند یتیم", "heart-handshake", _RIAL, _MONTHLY, 1 * _MILLION_TOMAN),
        _kind(NeedKind.SHOCK, "پیشامد ناگهانی", "siren", _RIAL, _MONTHLY, 10 * _MILLION_TOMAN),
    )
}


def show_quantity(kind: NeedKind, quantity: int) -> str:
    """Write a quantity of a kind of need with its unit: «۲ بسته», «۱٬۴۰۰٬۰۰۰ تومان»."""
    unit = NEED_KINDS[kind].unit
    return show_toman(quantity) if unit is NeedUnit.RIAL else f"{group_thousands(quantity)} {UNIT_NAMES[unit]}"

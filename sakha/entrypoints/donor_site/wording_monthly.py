"""What is said of promises for every month, in plain sentences. Decides words only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sakha.entrypoints.donor_site.wording import words_of_conditions
from sakha.giving.queries.sponsorships import MonthToPay, SponsoredMonthCard, SponsorshipCard
from sakha.giving.rules.sponsorships import MonthState, SponsorshipAim, SponsorshipState
from sakha.vocabulary.digits import group_thousands
from sakha.vocabulary.jalali import month_name
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.places import COUNTIES, PROVINCES

_STATES: Final = {
    SponsorshipState.ACTIVE: ("هر ماه", "clear"),
    SponsorshipState.PAUSED: ("ایستاده", "wait"),
    SponsorshipState.ENDED: ("پایان‌یافته", ""),
}
_WARNING: Final = "دو ماه گذشته نرسید؛ اگر این ماه هم نرسد، هدیهٔ ماهانه خودبه‌خود پایان می‌یابد."
_MONTHS: Final = {
    MonthState.PAID: ("پرداخت شد", "done"),
    MonthState.OPEN: ("در انتظار پرداخت", "wait"),
    MonthState.MISSED: ("پرداخت نشد", ""),
}


@dataclass(frozen=True, slots=True)
class MonthWords:
    """One month of a promise in words."""

    id: int
    name: str
    state: str
    kind: str
    is_open: bool
    is_replaced: bool
    # What was paid besides, where two payments were open at once.
    extra: str
    # What comes should it be missed too.
    warning: str


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """A promise for every month in words; the sign is a tile to know the household by."""

    id: int
    amount: str
    aim: str
    state: str
    kind: str
    sign: str
    is_active: bool
    is_paused: bool
    months: tuple[MonthWords, ...]


def promise_lines(cards: Sequence[SponsorshipCard]) -> list[PromiseWords]:
    """The giver's promises."""
    return [promise_words(card) for card in cards]


def promise_words(card: SponsorshipCard) -> PromiseWords:
    """One promise."""
    state, kind = _STATES[card.state]
    return PromiseWords(
        id=card.id,
        amount=show_toman(card.amount_rial),
        aim=_aim(card),
        state=state,
        kind=kind,
        sign=card.sign,
        is_active=card.state is SponsorshipState.ACTIVE,
        is_paused=card.state is SponsorshipState.PAUSED,
        months=tuple(month_words(month) for month in card.months),
    )


def month_words(month: SponsoredMonthCard | MonthToPay) -> MonthWords:
    """One month."""
    state, kind = _MONTHS[month.state]
    extra = f"{group_thousands(month.extra_count)} پرداخت دیگر هم رسید؛ هدیه‌ای جداست" if month.extra_count else ""
    is_open = month.state is MonthState.OPEN
    return MonthWords(
        id=month.id,
        name=month_name(month.month),
        state=state,
        kind=kind,
        is_open=is_open,
        is_replaced=month.is_replaced,
        extra=extra,
        warning=_WARNING if month.is_last and is_open else "",
    )


def _aim(card: SponsorshipCard) -> str:
    place = COUNTIES[card.county].name if card.county in COUNTIES else ""
    place = place or (PROVINCES[card.province].name if card.province in PROVINCES else "")
    if card.aim is not SponsorshipAim.POOL:
        kinds = "، ".join(NEED_KINDS[kind].name for kind in card.kinds)
        words = ["یک یتیم" if card.aim is SponsorshipAim.ORPHAN else kinds]
    else:
        words = ["صندوق همگانی", *words_of_conditions(card.condition_set, card.kinds, card.types)]
    return "، ".join([*words, place] if place else words)

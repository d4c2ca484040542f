"""From the answers of the rooms to the words on the page: checks, needs, gifts, months, waiting times.

Chooses words only; every figure and verdict comes from below.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.screens import (
    CheckScreen,
    FactRow,
    HoldOffer,
    HouseholdCard,
    Matrix,
    MonthCell,
    MonthRow,
    NeedRow,
    Span,
    TrailRow,
    VerdictScreen,
)
from sakha.ledger.rules import AidMatrix, Check, Gift, HoldStatus, NeedLine, Verdict
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import month_name, show_age_ago, show_date
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, show_quantity
from sakha.vocabulary.places import COUNTIES, PROVINCES

_VERDICTS = {
    Verdict.CLEAR: ("clear", "circle-check", "می‌توانید بدهید"),
    Verdict.SOFT: ("soft", "hourglass", "دست نگه دارید: کمک مشابه"),
    Verdict.HARD: ("hard", "octagon-x", "ندهید: این نیاز پوشش دارد"),
    Verdict.PROTECTED: ("protected", "shield", "خانوار محافظت‌شده"),
    Verdict.UNKNOWN: ("unknown", "user-round-search", "پرونده‌ای نیست"),
}
_HOLD_WORDS = {HoldStatus.HELD: "در دست تحویل", HoldStatus.DELIVERED: "تحویل شد", HoldStatus.RELEASED: "رها شد"}
# what fits beside six months on a phone
_SHORT_NAMES = {
    NeedKind.FOOD: "غذا",
    NeedKind.CASH: "نقدی",
    NeedKind.HEALTH: "درمان",
    NeedKind.RENT: "اجاره",
    NeedKind.DWELLING: "تعمیر",
    NeedKind.EDUCATION: "تحصیل",
    NeedKind.DISABILITY: "توان‌یابی",
    NeedKind.WORK: "کار",
    NeedKind.DOWRY: "جهیزیه",
    NeedKind.DEBT: "بدهی",
    NeedKind.HOME_GOODS: "لوازم",
    NeedKind.ORPHAN: "فرزند",
    NeedKind.SHOCK: "پیشامد",
}
_DAYS_COUNTED = 60
_HOURS_A_DAY = 24
_SECONDS_AN_HOUR = 3600


def show_check(check: Check, *, actor: Actor) -> CheckScreen:
    """Put a check into words."""
    may_hold = actor.can(Permission.HOLD_AID) and check.household_id is not None
    may_hold = may_hold and check.verdict is not Verdict.PROTECTED
    return CheckScreen(
        verdict=_show_verdict(check, may_hold=may_hold, may_register=actor.can(Permission.WRITE_HOUSEHOLD)),
        at=check.at,
        needs=tuple(show_need(need, check.household_id if may_hold else None) for need in check.needs),
        matrix=show_matrix(check.matrix, now=check.kind if check.verdict in {Verdict.SOFT, Verdict.HARD} else None),
        trail=tuple(show_gift(gift, at=check.at) for gift in check.recent[:5]),
        household=_show_household(check, actor=actor),
    )


def _show_verdict(check: Check, *, may_hold: bool, may_register: bool) -> VerdictScreen:
    kind, sign, words = _VERDICTS[check.verdict]
    sentences = [reason.sentence for reason in check.reasons]
    is_offered = may_hold and check.open_quantity > 0 and check.verdict in {Verdict.CLEAR, Verdict.SOFT}
    offer = None
    if is_offered and check.household_id is not None:
        quantity = min(check.open_quantity, check.quantity)
        offer = new_offer(check.household_id, check.kind, quantity, asks_reason=check.verdict is Verdict.SOFT)
    leads_on = check.verdict is Verdict.UNKNOWN and may_register
    return VerdictScreen(
        kind=kind,
        sign=sign,
        words=words,
        title=sentences[0] if sentences else words,
        reasons=tuple(sentences[1:]),
        instead=check.instead,
        span=_show_span(check),
        offer=offer,
        next_address=reverse("register") if leads_on else "",
        next_words="ثبت خانوار" if leads_on else "",
    )


def _show_span(check: Check) -> Span | None:
    days = NEED_KINDS[check.kind].rolling_days
    if check.verdict is not Verdict.SOFT or check.free_on is None or not days:
        return None
    today = timezone.localtime(check.at).date()
    last_on = check.free_on - timedelta(days=days)
    left = max((check.free_on - today).days, 0)
    return Span(
        share=1 - left / days,
        start=f"{show_date(last_on)}: آخرین {NEED_KINDS[check.kind].name}",
        end=f"{persian_digits(left)} روز تا نوبت بعد ({show_date(check.free_on)})",
    )


def _show_household(check: Check, *, actor: Actor) -> HouseholdCard | None:
    if check.household_id is None or check.verdict is Verdict.PROTECTED:
        return None
    helped = f"{persian_digits(len(check.recent))} بار" if check.recent else "هیچ کمکی ثبت نشده است"
    return HouseholdCard(
        household_id=check.household_id,
        code=check.household_code,
        title=show_place(check.province, check.county) or "جا نامعلوم",
        lines=("خانوار محافظت‌شده: جا و زمان را جایی ننویسید.",) if check.is_protected else (),
        facts=(
            FactRow(name="در پروندهٔ شما", value="هست" if check.has_record else "نیست"),
            FactRow(name="کمک در شش ماه", value=helped),
        ),
        is_readable=check.has_record and actor.can(Permission.READ_HOUSEHOLD),
    )


def show_place(province: str, county: str) -> str:
    """Name a county and its province."""
    names = [COUNTIES[county].name] if county in COUNTIES else []
    names += [PROVINCES[province].name] if province in PROVINCES else []
    return "، ".join(dict.fromkeys(names))


def new_offer(household_id: int, kind: NeedKind, quantity: int, *, asks_reason: bool = False) -> HoldOffer:
    """Offer to hold aid, under a request id of its own."""
    return HoldOffer(
        household_id=household_id,
        kind=int(kind),
        quantity=quantity,
        request_id=str(uuid4()),
        asks_reason=asks_reason,
    )


def show_need(need: NeedLine, household_id: int | None) -> NeedRow:
    """Show a need; with a household it is offered to be held."""
    offer = None
    if household_id is not None and need.open_quantity > 0:
        offer = new_offer(household_id, need.kind, need.open_quantity)
    return NeedRow(
        kind=int(need.kind),
        left=need.open_quantity,
        target=need.target,
        held=need.held,
        delivered=need.delivered,
        hold_hours=NEED_KINDS[need.kind].hold_hours,
        offer=offer,
    )


def show_gift(gift: Gift, *, at: datetime) -> TrailRow:
    """Show one help on the trail."""
    days = (timezone.localtime(at).date() - gift.on).days
    state = _HOLD_WORDS.get(gift.status, "")
    when = f"{show_date(gift.on)} · {_show_days_ago(days)}"
    return TrailRow(
        title=f"{NEED_KINDS[gift.kind].name}، {show_quantity(gift.kind, gift.quantity)}",
        place=f"{gift.giver} (شما)" if gift.is_own else gift.giver,
        when=f"{when} · {state}" if state else when,
        state="now" if gift.status is HoldStatus.HELD else "",
        reason=gift.reason,
    )


def _show_days_ago(days: int) -> str:
    """Say days while days matter: a parcel of twelve days ago is another thing than one of eight."""
    return f"{persian_digits(days)} روز پیش" if 1 < days < _DAYS_COUNTED else show_age_ago(days)


def show_matrix(matrix: AidMatrix, *, now: NeedKind | None = None) -> Matrix | None:
    """Show six months at a glance; None where nothing was given."""
    if not matrix.rows:
        return None
    last = len(matrix.months) - 1
    return Matrix(
        months=tuple(month_name(month).split()[0] for month in matrix.months),
        rows=tuple(
            MonthRow(
                name=_SHORT_NAMES[row.kind],
                icon=NEED_KINDS[row.kind].icon,
                cells=tuple(
                    MonthCell(count=count, is_now=place == last and row.kind is now)
                    for place, count in enumerate(row.counts)
                ),
            )
            for row in matrix.rows
        ),
    )


def show_time_left(until: datetime, *, at: datetime) -> str:
    """Say how much time is left, in days and hours."""
    hours = int((until - at).total_seconds() // _SECONDS_AN_HOUR)
    if hours < 0:
        return "مهلت گذشته است"
    days, rest = divmod(hours, _HOURS_A_DAY)
    parts = [f"{persian_digits(days)} روز"] if days else []
    parts += [f"{persian_digits(rest)} ساعت"] if rest else []
    return " و ".join(parts) + " مانده" if parts else "کمتر از یک ساعت مانده"


def join_words(words: Sequence[str]) -> str:
    """List words with Persian commas and «و» before the last."""
    return words[0] if len(words) == 1 else "، ".join(words[:-1]) + " و " + words[-1] if words else ""

"""From campaigns, their forecasts and those whom no SMS reaches to the words of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sakha.coordination.actions import CampaignForecast, ToAskLine
from sakha.coordination.queries.campaigns import CampaignLine, RoomOfKind
from sakha.coordination.rules.campaigns import CampaignState, PersonalOutcome
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.jalali import show_date
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.places import COUNTIES, PROVINCES

_STATES: Final = {
    CampaignState.RUNNING: ("در جریان", "clear"),
    CampaignState.PAUSED: ("نگه داشته شده", "wait"),
    CampaignState.STOPPED: ("پایان یافته", ""),
}
_WHY: Final = {
    "NO_PHONE": "شماره‌ای از او نداریم",
    "BLOCKED_BY_RECIPIENT": "پیامک‌های انبوه را بسته است",
    "INVALID_NUMBER": "شماره درست نیست",
}
OUTCOME_WORDS: Final = {
    PersonalOutcome.WILL_COME: "می‌آید و ثبت‌نام می‌کند",
    PersonalOutcome.NOT_FOUND: "پیدا نشد",
    PersonalOutcome.WANTS_NOT: "نمی‌خواهد",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """A campaign in words."""

    id: int
    title: str
    note: str
    reach: str
    state: str
    kind: str
    is_running: bool
    is_paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastScreen:
    """What a campaign would do, and whether bodies could take up who comes."""

    queued: str
    waves: str
    cost: str
    expected: str
    is_too_many: bool
    not_invited: str
    by_decile: tuple[tuple[str, str], ...]
    by_county: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAskRow:
    """Somebody whom no SMS reaches, without a name."""

    candidate_id: int
    title: str
    note: str
    taken_by: str
    is_mine: bool


def show_campaign(line: CampaignLine) -> CampaignRow:
    """Show a campaign in the list."""
    place = COUNTIES[line.county].name if line.county in COUNTIES else f"استان {PROVINCES[line.province].name}"
    waves = (
        "یک‌جا"
        if line.wave_size is None
        else f"هر {persian_digits(line.wave_days)} روز {group_thousands(line.wave_size)} نفر"
    )
    following = f"نوبت بعد {show_date(line.next_wave_on)}" if line.next_wave_on else ""
    parts = (place, f"تا دهک {persian_digits(line.deciles_max)}", waves, following)
    state, kind = _STATES[line.state]
    reach = (
        f"{group_thousands(line.sent_count)} فرستاده · {group_thousands(line.reached_count)} رسیده · "
        f"{group_thousands(line.unreached_count)} نرسیده · {group_thousands(line.registered_count)} ثبت‌نام"
    )
    waiting = f" · {group_thousands(line.queued_count)} در صف" if line.queued_count else ""
    return CampaignRow(
        id=line.id,
        title=line.name,
        note=" · ".join(part for part in parts if part),
        reach=f"{reach}{waiting} · هزینه {_toman(line.cost_rial)}",
        state=state,
        kind=kind,
        is_running=line.state is CampaignState.RUNNING,
        is_paused=line.state is CampaignState.PAUSED,
    )


def show_forecast(forecast: CampaignForecast, room: Sequence[RoomOfKind]) -> ForecastScreen:
    """Show what a dry run said, beside the free places of the directory."""
    queued, expected = forecast.queued, forecast.expected_household_count
    free = max((one.free_count for one in room), default=0)
    return ForecastScreen(
        queued=f"{group_thousands(queued.queued_count)} نفر، {group_thousands(queued.part_count)} بخش پیامک",
        waves=f"{group_thousands(forecast.wave_count)} نوبت",
        cost="بهای پیامک تنظیم نشده است" if forecast.cost_rial is None else _toman(forecast.cost_rial),
        expected="هنوز نمی‌دانیم: دعوت‌های پیشین کم‌تر از آن است که چیزی بگوید"
        if expected is None
        else f"حدود {group_thousands(expected)} خانوار ثبت‌نام می‌کنند",
        is_too_many=expected is not None and expected > free,
        not_invited=(
            f"{group_thousands(queued.without_mobile_count)} بی‌شماره · "
            f"{group_thousands(queued.shared_phone_count)} با گوشی مشترک · "
            f"{group_thousands(queued.opted_out_count)} پیامک نمی‌خواهند · "
            f"{group_thousands(queued.invited_before_count)} پیش‌تر دعوت شده"
        ),
        by_decile=tuple(
            (f"دهک {persian_digits(decile)}", group_thousands(count))
            for decile, count in enumerate(forecast.by_decile, 1)
            if count
        ),
        by_county=tuple(
            (COUNTIES[county].name if county in COUNTIES else "نامعلوم", group_thousands(count))
            for county, count in forecast.by_county
        ),
    )


def show_room(room: RoomOfKind) -> tuple[str, str]:
    """Name a kind, and say how many can be taken up this month."""
    words = (
        f"{group_thousands(room.free_count)} جای خالی از {group_thousands(room.capacity)} در ماه، "
        f"{group_thousands(room.body_count)} نهاد"
    )
    return NEED_KINDS[room.kind].name, words


def show_to_ask(line: ToAskLine) -> ToAskRow:
    """Show somebody of the list of those whom no SMS reaches."""
    place = COUNTIES[line.county].name if line.county in COUNTIES else "شهرستان نامعلوم"
    return ToAskRow(
        candidate_id=line.candidate_id,
        title=f"{place}، {persian_digits(line.household_size)} نفر",
        note=_WHY.get(line.why, "پیامک به گوشی‌اش نرسید"),
        taken_by=line.taken_by,
        is_mine=line.is_mine,
    )


def _toman(rial: int) -> str:
    return f"{group_thousands(rial // 10)} تومان"

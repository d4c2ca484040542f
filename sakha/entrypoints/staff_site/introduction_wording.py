"""From introductions and the directory to the words of the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sakha.coordination.queries.directory import ServiceLine
from sakha.coordination.queries.introductions import IntroductionLine, ServiceLoad
from sakha.coordination.rules.introductions import (
    GRAVEST,
    ClosedBecause,
    DeclineReason,
    IntroductionLevel,
    IntroductionState,
    ServiceState,
)
from sakha.entrypoints.staff_site.wording import show_place, show_time_left
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_age_ago
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.places import COUNTIES, PROVINCES

DECLINE_WORDS: Final = {
    DeclineReason.NO_MONEY: "بودجه نداریم",
    DeclineReason.NO_CAPACITY: "ظرفیت نداریم",
    DeclineReason.OTHER_KIND: "این کمک کار ما نیست",
    DeclineReason.OTHER_AREA: "جای دیگری است",
    DeclineReason.NOT_REACHED: "پیدایشان نکردیم",
    DeclineReason.HELPED_ALREADY: "پیش‌تر کمک گرفته‌اند",
}
LEVEL_WORDS: Final = {
    IntroductionLevel.COUNTY: "شهرستان",
    IntroductionLevel.PROVINCE: "استان",
    IntroductionLevel.NATION: "کشور",
}
_CLOSED_WORDS: Final = {
    ClosedBecause.BOTH: "هر دو سو گفتند پایان یافت",
    ClosedBecause.DEADLINE: "مهلت گذشت و کسی اعتراض نکرد",
    ClosedBecause.OFFICE: "فرمانداری به پایان برد",
    ClosedBecause.NEED_GONE: "نیاز برآورده شد",
    ClosedBecause.CONSENT_WITHDRAWN: "خانوار رضایتش را پس گرفت",
    ClosedBecause.JOINED: "دو پرونده یکی شد",
}
_SEVERITY_WORDS: Final = {1: "نیاز", 2: "نیاز جدی", 3: "نیاز فوری"}
_SOON: Final = timedelta(hours=24)
_STATE_WORDS: Final = {
    ServiceState.WAITING: ("در انتظار تأیید فرمانداری", "wait"),
    ServiceState.ACTIVE: ("می‌پذیرد", "clear"),
    ServiceState.PAUSED: ("فعلاً نمی‌پذیرد", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionRow:
    """An introduction in words."""

    id: int
    household_id: int
    kind: int
    title: str
    note: str
    state: str
    state_kind: str
    is_taken: bool = False
    is_served: bool = False
    is_disputed: bool = False
    may_propose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRow:
    """A kind's load beside its capacity."""

    name: str
    share: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A line of the directory in words."""

    id: int
    name: str
    licence: str
    title: str
    kind: int
    place: str
    capacity: str
    eligibility: str
    contact: str
    state: str
    state_kind: str
    is_waiting: bool


def show_offered(line: IntroductionLine, *, at: datetime) -> IntroductionRow:
    """A new one: what may be known of it before it is taken."""
    return _row(line, state=_SEVERITY_WORDS[line.severity], kind="stop" if line.severity >= GRAVEST else "", at=at)


def show_taken(line: IntroductionLine, *, at: datetime) -> IntroductionRow:
    """A promise, with how long it still holds."""
    if line.is_disputed:
        state, kind = "خانوار نپذیرفت؛ فرمانداری بررسی می‌کند", "stop"
    elif line.state is IntroductionState.SERVED:
        state, kind = "رسید؛ چشم‌به‌راه سخن خانوار", "clear"
    elif line.has_body_agreed:
        state, kind = "پایانش را پیشنهاد کرده‌اید", "wait"
    else:
        until = line.claim_until or line.state_at
        state, kind = show_time_left(until, at=at), "stop" if until - at < _SOON else "wait"
    return _row(line, state=state, kind=kind, at=at)


def show_followed(line: IntroductionLine, *, at: datetime) -> IntroductionRow:
    """A client that was handed upward, and where that stands."""
    return _row(line, state=_stands(line), kind="clear" if line.state is IntroductionState.SERVED else "", at=at)


def show_to_look_at(line: IntroductionLine, *, at: datetime) -> IntroductionRow:
    """What an office looks at."""
    state = "خانوار نپذیرفته است" if line.is_disputed else f"تا {LEVEL_WORDS[line.level]} بالا رفته"
    return _row(line, state=state, kind="stop" if line.is_disputed else "wait", at=at)


def show_load(load: ServiceLoad) -> LoadRow:
    """How full a kind is."""
    share = min(load.taken_count / load.capacity, 1.0) if load.capacity else 1.0
    words = f"{persian_digits(load.taken_count)} از {persian_digits(load.capacity)} خانوار در ماه"
    return LoadRow(name=NEED_KINDS[load.kind].name, share=share, words=words)


def show_service(line: ServiceLine) -> ServiceRow:
    """A line of the directory."""
    state, kind = _STATE_WORDS[line.state] if line.is_licensed else ("مجوز ندارد", "stop")
    return ServiceRow(
        id=line.id,
        name=line.organisation_name,
        licence=line.licence,
        title=NEED_KINDS[line.kind].name,
        kind=line.kind.value,
        place=_serves(line.province, line.county),
        capacity=f"{persian_digits(line.households_a_month)} خانوار در ماه",
        eligibility=line.eligibility,
        contact=line.contact,
        state=state,
        state_kind=kind,
        is_waiting=line.state is ServiceState.WAITING,
    )


def _serves(province: str, county: str) -> str:
    if county in COUNTIES:
        return f"شهرستان {COUNTIES[county].name}"
    return f"همهٔ استان {PROVINCES[province].name}" if province in PROVINCES else "همهٔ کشور"


def _stands(line: IntroductionLine) -> str:
    if line.closed_because is not None:
        return _CLOSED_WORDS[line.closed_because]
    if line.state is IntroductionState.OFFERED:
        return f"به نهادهای {LEVEL_WORDS[line.level]} پیشنهاد شده"
    if line.state is IntroductionState.SERVED:
        return f"رسید، از {line.taken_by}"
    return f"{line.taken_by} پذیرفت"


def _row(line: IntroductionLine, *, state: str, kind: str, at: datetime) -> IntroductionRow:
    parts = [
        show_place(line.province, line.county),
        f"{persian_digits(line.household_size)} نفر",
        "" if line.decile is None else f"دهک برآوردی {persian_digits(line.decile)}",
        show_age_ago((at - line.opened_at).days),
    ]
    return IntroductionRow(
        id=line.id,
        household_id=line.household_id,
        kind=line.kind.value,
        title=NEED_KINDS[line.kind].name,
        note=" · ".join(part for part in parts if part),
        state=state,
        state_kind=kind,
        is_taken=line.state is IntroductionState.TAKEN,
        is_served=line.state is IntroductionState.SERVED,
        is_disputed=line.is_disputed,
        may_propose=line.state is IntroductionState.TAKEN and not line.has_body_agreed and not line.is_disputed,
    )

"""Objections: to whom, until when, who may not decide, and how far a committee's decision may go.

Decides the order of instances and the bounds of an override; reading and writing is left to queries and actions.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from sakha.access.rules import Actor, Permission, Scope
from sakha.vocabulary.refusal import Refusal

# Ours, to be set by the policy owner; Chile has fixed terms for each procedure (docs/appeals.md).
OVERRIDE_DECILES_MAX: Final = 2
OVERRIDE_DAYS_MAX: Final = 366
REOPEN_WITHIN: Final = timedelta(days=30)
REASON_LENGTH_MIN: Final = 10
REASON_LENGTH_MAX: Final = 1000
DECILES: Final = range(1, 11)


class AppealKind(StrEnum):
    """What is asked for."""

    DATUM = "DATUM"
    VISIT = "VISIT"
    DECISION = "DECISION"


class AppealLevel(StrEnum):
    """Who has the word now."""

    CHARITY = "CHARITY"
    COUNTY = "COUNTY"
    PROVINCE = "PROVINCE"


class AppealState(StrEnum):
    """OPEN -> VISITING -> OPEN, and from either CLOSED."""

    OPEN = "OPEN"
    VISITING = "VISITING"
    CLOSED = "CLOSED"


class AppealOutcome(StrEnum):
    """How an appeal ended; empty while it is open."""

    NONE = ""
    UPHELD = "UPHELD"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class AppealStepKind(StrEnum):
    """What happened with an appeal."""

    OPENED = "OPENED"
    ANSWERED = "ANSWERED"
    ESCALATED = "ESCALATED"
    VISIT_SENT = "VISIT_SENT"
    VISITED = "VISITED"
    DECIDED = "DECIDED"
    WITHDRAWN = "WITHDRAWN"


KIND_WORDS: Final = {
    AppealKind.DATUM: "این داده نادرست است",
    AppealKind.VISIT: "به دیدن ما بیایید",
    AppealKind.DECISION: "کمیته تصمیم بگیرد",
}
LEVEL_WORDS: Final = {
    AppealLevel.CHARITY: "نهادی که داده را ثبت کرده",
    AppealLevel.COUNTY: "فرمانداری شهرستان",
    AppealLevel.PROVINCE: "استانداری",
}
OUTCOME_WORDS: Final = {
    AppealOutcome.NONE: "در رسیدگی",
    AppealOutcome.UPHELD: "پذیرفته شد",
    AppealOutcome.REJECTED: "پذیرفته نشد",
    AppealOutcome.WITHDRAWN: "پس گرفته شد",
}
_DAYS: Final = {AppealLevel.CHARITY: 7, AppealLevel.COUNTY: 14, AppealLevel.PROVINCE: 21}
_NEXT: Final = {AppealLevel.CHARITY: AppealLevel.COUNTY, AppealLevel.COUNTY: AppealLevel.PROVINCE}
_SCOPES: Final = {
    AppealLevel.COUNTY: frozenset({Scope.COUNTY, Scope.PROVINCE, Scope.NATION}),
    AppealLevel.PROVINCE: frozenset({Scope.PROVINCE, Scope.NATION}),
}


class AppealUnknown(Refusal):
    """No such appeal, or none that the actor sees."""

    code: ClassVar[str] = "APPEAL_UNKNOWN"
    sentence: ClassVar[str] = "این اعتراض پیدا نشد."


class AppealClosed(Refusal):
    """It has been decided, or somebody else has the word."""

    code: ClassVar[str] = "APPEAL_CLOSED"
    sentence: ClassVar[str] = "این اعتراض اکنون در دست شما نیست."


class AppealOpenAlready(Refusal):
    """The same thing is being looked at."""

    code: ClassVar[str] = "APPEAL_OPEN_ALREADY"
    sentence: ClassVar[str] = "به همین موضوع رسیدگی می‌شود؛ پاسخ آن را چشم‌به‌راه باشید."


class AppealNotYours(Refusal):
    """Nobody decides about what he registered, opened, or decided before."""

    code: ClassVar[str] = "APPEAL_NOT_YOURS"
    sentence: ClassVar[str] = "کسی که خودش ثبت کرده یا پیش‌تر رأی داده، دربارهٔ این اعتراض تصمیم نمی‌گیرد."


class AppealUnfit(Refusal):
    """The appeal or the decision lacks something."""

    code: ClassVar[str] = "APPEAL_UNFIT"
    sentence: ClassVar[str] = "{reason}"


class OverrideUnbounded(Refusal):
    """A committee may move a place a little, for a time, with a reason."""

    code: ClassVar[str] = "OVERRIDE_UNBOUNDED"
    sentence: ClassVar[str] = "تصمیم کمیته دست بالا دو دهک جابه‌جا می‌کند، دلیل و پایان دارد و از یک سال بیشتر نمی‌شود."


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A committee's decision: this decile, from a day until another."""

    decile: int
    from_on: date
    until_on: date

    def runs(self, on: date) -> bool:
        """Whether it stands on this day; the last day is not part of it."""
        return self.from_on <= on < self.until_on


def due_at(level: AppealLevel, *, at: datetime) -> datetime:
    """The last moment of an instance that begins now."""
    return at + timedelta(days=_DAYS[level])


def next_level(level: AppealLevel) -> AppealLevel | None:
    """The instance above, or None at the last."""
    return _NEXT.get(level)


def first_level(kind: AppealKind, *, told_by_organisation: bool) -> AppealLevel:
    """A datum goes first to the body that told it, which may simply mend it; the rest to an office."""
    return AppealLevel.CHARITY if kind is AppealKind.DATUM and told_by_organisation else AppealLevel.COUNTY


def require_decider(actor: Actor, *, level: AppealLevel, involved_user_ids: Collection[int | None]) -> None:
    """Refuse whoever is no office of this instance, registered the household, opened the appeal or decided before."""
    actor.require(Permission.READ_PROVINCE)
    if level is AppealLevel.CHARITY or actor.scope not in _SCOPES[level]:
        raise AppealClosed
    if actor.user_id is None or actor.user_id in involved_user_ids:
        raise AppealNotYours


def require_reason(text: str) -> str:
    """A reason in words, neither empty nor endless."""
    reason = " ".join(text.split())
    if len(reason) < REASON_LENGTH_MIN:
        raise AppealUnfit(field="reason", reason="دلیل را در یک جمله بنویسید.")
    if len(reason) > REASON_LENGTH_MAX:
        raise AppealUnfit(field="reason", reason="دلیل را کوتاه‌تر بنویسید.")
    return reason


def require_override(override: Override, *, model_decile: int, on: date) -> None:
    """Refuse a decision that moves too far, lasts too long, or has begun before."""
    is_bounded = (
        override.decile in DECILES
        and abs(override.decile - model_decile) <= OVERRIDE_DECILES_MAX
        and override.from_on >= on
        and override.from_on < override.until_on <= override.from_on + timedelta(days=OVERRIDE_DAYS_MAX)
    )
    if not is_bounded:
        raise OverrideUnbounded(field="decile")

"""Introductions: their states and ways, how long each step may take, and the words of refusals.

The database holds the same ways (migration 0006) and refuses any other; a test compares the two.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal


class IntroductionState(StrEnum):
    """Where a household's introduction stands for the household.

    OFFERED ---> TAKEN ---> SERVED ---> CLOSED      somebody promises; it came; both sides say so, or a deadline passed
       |  <-------  |          |                    the promise lapsed, was given back, or passed on
       |  <-----------------  SERVED                an office found that nothing came
       +---> CLOSED <--- TAKEN                      the need is gone, the consent was taken back, both sides say so
    """

    OFFERED = "OFFERED"
    TAKEN = "TAKEN"
    SERVED = "SERVED"
    CLOSED = "CLOSED"


class OfferState(StrEnum):
    """Where it stands for one body that it was offered to.

    OFFERED ---> TAKEN ---> SERVED ---> CLOSED
       |           +------> PASSED_ON | DECLINED | LAPSED | RECALLED | CLOSED
       +------------------> PASSED_ON | DECLINED | RECALLED       RECALLED: another took it, or it ended
                            SERVED ---> RECALLED                  an office found that nothing came
    """

    OFFERED = "OFFERED"
    TAKEN = "TAKEN"
    DECLINED = "DECLINED"
    PASSED_ON = "PASSED_ON"
    LAPSED = "LAPSED"
    RECALLED = "RECALLED"
    SERVED = "SERVED"
    CLOSED = "CLOSED"


INTRODUCTION_WAYS: Final[Mapping[IntroductionState, frozenset[IntroductionState]]] = {
    IntroductionState.OFFERED: frozenset({IntroductionState.TAKEN, IntroductionState.CLOSED}),
    IntroductionState.TAKEN: frozenset({IntroductionState.OFFERED, IntroductionState.SERVED, IntroductionState.CLOSED}),
    IntroductionState.SERVED: frozenset({IntroductionState.OFFERED, IntroductionState.CLOSED}),
    IntroductionState.CLOSED: frozenset(),
}
OFFER_WAYS: Final[Mapping[OfferState, frozenset[OfferState]]] = {
    OfferState.OFFERED: frozenset({OfferState.TAKEN, OfferState.DECLINED, OfferState.PASSED_ON, OfferState.RECALLED}),
    OfferState.TAKEN: frozenset(
        {
            *(OfferState.SERVED, OfferState.CLOSED, OfferState.DECLINED),
            *(OfferState.PASSED_ON, OfferState.LAPSED, OfferState.RECALLED),
        }
    ),
    OfferState.SERVED: frozenset({OfferState.CLOSED, OfferState.RECALLED}),
    **{
        ended: frozenset()
        for ended in (OfferState.DECLINED, OfferState.PASSED_ON, OfferState.LAPSED, OfferState.RECALLED)
    },
    OfferState.CLOSED: frozenset(),
}


class IntroductionLevel(StrEnum):
    """How high it has climbed: to the bodies of the county, of the whole province, of the nation."""

    COUNTY = "COUNTY"
    PROVINCE = "PROVINCE"
    NATION = "NATION"


class DeclineReason(StrEnum):
    """Why a body does not take it; a list, so that it can be counted."""

    NO_MONEY = "NO_MONEY"
    NO_CAPACITY = "NO_CAPACITY"
    OTHER_KIND = "OTHER_KIND"
    OTHER_AREA = "OTHER_AREA"
    NOT_REACHED = "NOT_REACHED"
    HELPED_ALREADY = "HELPED_ALREADY"


class ClosedBecause(StrEnum):
    """Why it ended. What the database asks of each stands in migration 0006."""

    BOTH = "BOTH"
    DEADLINE = "DEADLINE"
    OFFICE = "OFFICE"
    NEED_GONE = "NEED_GONE"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    JOINED = "JOINED"


class Side(StrEnum):
    """Who says something about an introduction."""

    HOUSEHOLD = "HOUSEHOLD"
    BODY = "BODY"
    OFFICE = "OFFICE"


class ServiceState(StrEnum):
    """A line of the directory: asked for, approved by an office, or paused by the body itself."""

    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"


# Decision 0039: as long as aid may be held (vocabulary.need_kinds): over a weekend, and no longer.
CLAIM_HOURS: Final = 72
# Whoever was spoken with and not helped within two weeks is offered to others again.
CONTACTED_DAYS: Final = 14
# Decision 0040: three bodies at once, so that one that sleeps costs nobody three days.
OFFERS_AT_ONCE: Final = 3
GRAVEST: Final = 3
CLIMB_HOURS: Final = 72
CLIMB_HOURS_GRAVEST: Final = 24
# Decision 0041: a side that says nothing for so long is taken to agree; who disputes stops the clock.
AGREE_DAYS: Final = 14
# A need that ended by both sides' word is not offered again at once.
REST_DAYS: Final = 30
LOAD_DAYS: Final = 30
NOTE_LENGTH_MAX: Final = 300
HOUSEHOLDS_A_MONTH_MAX: Final = 100_000

CLAIM_TIME: Final = timedelta(hours=CLAIM_HOURS)
AGREE_TIME: Final = timedelta(days=AGREE_DAYS)
CONTACTED_TIME: Final = timedelta(days=CONTACTED_DAYS)


class IntroductionUnknown(Refusal):
    """No such introduction, or none that the actor has a part in: the answer is the same."""

    code: ClassVar[str] = "INTRODUCTION_UNKNOWN"
    sentence: ClassVar[str] = "این معرفی پیدا نشد یا دیگر با سازمان شما نیست."


class IntroductionTaken(Refusal):
    """Another body was quicker."""

    code: ClassVar[str] = "INTRODUCTION_TAKEN"
    sentence: ClassVar[str] = "این خانوار را همین حالا سازمان دیگری بر عهده گرفته است."


class IntroductionElsewhere(Refusal):
    """It does not stand where this can be done."""

    code: ClassVar[str] = "INTRODUCTION_ELSEWHERE"
    sentence: ClassVar[str] = "این معرفی در مرحله‌ای نیست که این کار را بپذیرد؛ صفحه را تازه کنید."


class IntroductionDisputed(Refusal):
    """The other side says that it is otherwise: an office looks at it."""

    code: ClassVar[str] = "INTRODUCTION_DISPUTED"
    sentence: ClassVar[str] = "طرف دیگر این را نپذیرفته است؛ فرمانداری بررسی می‌کند."


class IntroductionExists(Refusal):
    """The need is being introduced already."""

    code: ClassVar[str] = "INTRODUCTION_EXISTS"
    sentence: ClassVar[str] = "این نیاز خانوار پیش‌تر معرفی شده و پیگیری می‌شود."


class IntroductionConsentMissing(Refusal):
    """Nobody is introduced without having said yes."""

    code: ClassVar[str] = "INTRODUCTION_CONSENT_MISSING"
    sentence: ClassVar[str] = "بدون رضایت ثبت‌شدهٔ خانوار کسی به خیریه معرفی نمی‌شود؛ نخست رضایت را بپرسید و ثبت کنید."


class IntroductionNeedMissing(Refusal):
    """The household has no open need of this kind."""

    code: ClassVar[str] = "INTRODUCTION_NEED_MISSING"
    sentence: ClassVar[str] = "این خانوار نیاز بازی از این نوع ندارد."


class BodyCannotTake(Refusal):
    """The named body has no licence today, or is the one that passes it on."""

    code: ClassVar[str] = "BODY_CANNOT_TAKE"
    sentence: ClassVar[str] = "این سازمان اکنون نمی‌تواند خانواری بپذیرد؛ سازمان دیگری را برگزینید."


class ServiceInvalid(Refusal):
    """A line of the directory that says too little, too much, or names a place outside."""

    code: ClassVar[str] = "SERVICE_INVALID"
    sentence: ClassVar[str] = "نوع کمک، جای آن و شمار خانوار در ماه را درست بنویسید."


class ServiceUnknown(Refusal):
    """No such line of the directory, or not the actor's to change."""

    code: ClassVar[str] = "SERVICE_UNKNOWN"
    sentence: ClassVar[str] = "این خدمت در راهنما پیدا نشد."


def next_level(level: IntroductionLevel) -> IntroductionLevel:
    """One step up; the nation is the last."""
    return IntroductionLevel.PROVINCE if level is IntroductionLevel.COUNTY else IntroductionLevel.NATION

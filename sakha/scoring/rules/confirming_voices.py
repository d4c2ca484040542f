"""Whose word never counts, and the link by which people answer: how long it lives, how often it may be tried.

Decides from what the queries found; the counting itself is `confirming`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_urlsafe
from typing import ClassVar, Final

from sakha.scoring.rules.confirming import ConfirmerKind, Voice, reliability
from sakha.scoring.rules.confirming_questions import QUESTIONS, QuestionCode
from sakha.vocabulary.refusal import Refusal

LINK_LIVES: Final = timedelta(hours=48)
TOKEN_BYTES: Final = 18
# 144 bits can't be guessed; the limits keep a forwarded link and a curious address out.
WRONG_CODES_MAX: Final = 5
ADDRESS_WINDOW: Final = timedelta(minutes=15)
ADDRESS_MISSES_MAX: Final = 20
CODE_DIGITS: Final = 4
ASKED_AGAIN_AFTER: Final = timedelta(days=365)


class RequestState(StrEnum):
    """Where a request to a confirmer stands."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    LOCKED = "LOCKED"
    EXPIRED = "EXPIRED"


class Exclusion(StrEnum):
    """Why an answer doesn't count."""

    KIN = "KIN"
    OWN_CLIENT = "OWN_CLIENT"
    STOPPED = "STOPPED"
    REPEATED = "REPEATED"
    NOT_ASKED_KIND = "NOT_ASKED_KIND"


class LinkClosed(Refusal):
    """Unknown, used, expired, locked: one answer for all, so that trying tells nothing."""

    code: ClassVar[str] = "LINK_CLOSED"
    sentence: ClassVar[str] = "این پیوند دیگر باز نیست."


class LinkCodeWrong(Refusal):
    """The four digits are not those of the phone that the link was sent to."""

    code: ClassVar[str] = "LINK_CODE_WRONG"
    sentence: ClassVar[str] = "این چهار رقم با شماره‌ای که پیوند برایش فرستاده شده یکی نیست."


class LinkTriedTooOften(Refusal):
    """Too many closed links were tried from one address."""

    code: ClassVar[str] = "LINK_TRIED_TOO_OFTEN"
    sentence: ClassVar[str] = "از این‌جا چند پیوند نادرست باز شده است. یک ربع دیگر دوباره بکوشید."


class ConfirmerUnfit(Refusal):
    """A confirmer can't be added like this."""

    code: ClassVar[str] = "CONFIRMER_UNFIT"
    sentence: ClassVar[str] = "این گواه را نمی‌توان افزود: {reason}"


class HouseholdNotToBeAsked(Refusal):
    """A protected household is never asked about: the question alone would tell where it is."""

    code: ClassVar[str] = "HOUSEHOLD_NOT_TO_BE_ASKED"
    sentence: ClassVar[str] = "دربارهٔ این خانوار از کسی پرسیده نمی‌شود."


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer with all that decides whether it counts."""

    confirmer_id: int
    kind: ConfirmerKind
    organisation_id: int | None
    nominated_by_id: int | None
    question: QuestionCode
    value: int
    answered_at: datetime
    is_kin: bool
    is_stopped: bool
    right_count: int
    audited_count: int


def new_token() -> str:
    """A link's secret; it says nothing of anybody."""
    return token_urlsafe(TOKEN_BYTES)


def exclude(answer: GivenAnswer, *, registered_by_id: int | None) -> Exclusion | None:
    """Why this answer doesn't count, or None."""
    if answer.is_kin:
        return Exclusion.KIN
    if registered_by_id is not None and registered_by_id in {answer.organisation_id, answer.nominated_by_id}:
        return Exclusion.OWN_CLIENT
    if answer.is_stopped:
        return Exclusion.STOPPED
    if answer.kind not in QUESTIONS[answer.question].kinds:
        return Exclusion.NOT_ASKED_KIND
    return None


def voices_of(answers: Iterable[GivenAnswer], *, registered_by_id: int | None) -> list[Voice]:
    """The voices that count, each confirmer once: of two answers within a year the newer."""
    latest: dict[int, GivenAnswer] = {}
    for answer in sorted(answers, key=lambda one: one.answered_at):
        if exclude(answer, registered_by_id=registered_by_id) is None:
            latest[answer.confirmer_id] = answer
    return [
        Voice(
            one.confirmer_id,
            one.kind,
            one.nominated_by_id,
            reliability(right_count=one.right_count, audited_count=one.audited_count),
            one.value,
        )
        for one in latest.values()
    ]

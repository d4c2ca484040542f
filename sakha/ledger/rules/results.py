"""What the actions give back: a check, a hold, a settlement. Sentences for people are made here.

A refused hold is a result and not an exception: that it was refused is written in the same transaction, and an
exception would take that back. `require_held` turns it into a refusal once the transaction has ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar, Final, NamedTuple
from uuid import UUID

from sakha.ledger.rules.states import HoldStatus, Outcome
from sakha.ledger.rules.trail import AidMatrix, Gift
from sakha.ledger.rules.verdict import NeedLine, Reason, Verdict
from sakha.vocabulary.need_kinds import NeedKind, show_quantity
from sakha.vocabulary.refusal import Refusal


class HoldRefused(Refusal):
    """The ledger refused the hold."""

    code: ClassVar[str] = "HOLD_REFUSED"


class NeedCovered(HoldRefused):
    """Nothing of the need is open."""

    code = "NEED_COVERED"
    sentence = "این نیاز کامل پوشش داده شده است."


class SimilarHelpRecent(HoldRefused):
    """Similar help lies within the rolling window and no reason was given."""

    code = "SIMILAR_HELP_RECENT"
    sentence = "این خانوار به‌تازگی کمک مشابهی گرفته است. اگر باز هم لازم است، دلیل را بنویسید."


class ExceedsOpenNeed(HoldRefused):
    """Less is open than was offered."""

    code = "EXCEEDS_OPEN_NEED"
    sentence = "از این نیاز تنها {shown} مانده است."


class HouseholdProtected(HoldRefused):
    """A protected household, and the organisation has no record of it."""

    code = "HOUSEHOLD_PROTECTED"
    sentence = "این خانوار محافظت‌شده است. برای کمک با پشتیبانی سامانه هماهنگ کنید."


class HouseholdNotAsked(HoldRefused):
    """The household does not exist, or the organisation neither has a record of it nor asked for it today."""

    code = "HOUSEHOLD_NOT_ASKED"
    sentence = "پیش از رزرو، خانوار را با کد ملی یکی از اعضا استعلام کنید."


class RequestReused(HoldRefused):
    """The request id belongs to another hold."""

    code = "REQUEST_REUSED"
    sentence = "این درخواست پیش‌تر برای کمک دیگری فرستاده شده است. صفحه را تازه کنید و دوباره بفرستید."


class RequestSettled(HoldRefused):
    """The same request was carried out before, but its hold was released or has expired since."""

    code = "REQUEST_SETTLED"
    sentence = "این کمک پیش‌تر رها شده یا مهلتش گذشته است؛ دوباره استعلام کنید."


class HouseholdRepeated(HoldRefused):
    """The household stands twice in one batch."""

    code = "HOUSEHOLD_REPEATED"
    sentence = "این خانوار در همین فهرست دو بار آمده است."


_REFUSALS: Final[Mapping[Outcome, type[HoldRefused]]] = MappingProxyType(
    {
        Outcome.COVERED: NeedCovered,
        Outcome.SOFT: SimilarHelpRecent,
        Outcome.EXCEEDS: ExceedsOpenNeed,
        Outcome.PROTECTED: HouseholdProtected,
        Outcome.UNKNOWN: HouseholdNotAsked,
        Outcome.MISMATCH: RequestReused,
        Outcome.SETTLED: RequestSettled,
        Outcome.REPEATED: HouseholdRepeated,
    }
)


class HoldUnknown(Refusal):
    """The organisation has no such hold."""

    code: ClassVar[str] = "HOLD_UNKNOWN"
    sentence: ClassVar[str] = "چنین رزروی برای سازمان شما ثبت نشده است."


class HoldSettled(Refusal):
    """The hold was delivered, released or expired before, and not as now asked."""

    code: ClassVar[str] = "HOLD_SETTLED"
    sentence: ClassVar[str] = "این رزرو دیگر باز نیست؛ پیش‌تر تحویل شده، پس داده شده یا مهلتش گذشته است."


class DeliveryStopped(Refusal):
    """Nobody of the household lives any more: the aid is given back, so that it reaches others."""

    code: ClassVar[str] = "DELIVERY_STOPPED"
    sentence: ClassVar[str] = (
        "ثبت احوال درگذشت همهٔ اعضای این خانوار را خبر داده است؛ تحویل متوقف شد."
        " اگر چنین نیست، با فرمانداری تماس بگیرید."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedToOpen:
    """A need as an assessment found it."""

    household_id: int
    kind: NeedKind
    period: int
    target: int


HELD: Final = frozenset({Outcome.DONE, Outcome.REPLAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRequest:
    """One hold of a batch."""

    household_id: int
    quantity: int
    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldResult:
    """What became of a request to hold aid. `open_quantity` is what is open afterwards."""

    outcome: Outcome
    kind: NeedKind
    hold_id: int | None
    open_quantity: int
    expires_at: datetime | None = None

    @property
    def is_held(self) -> bool:
        """Whether the aid is held, by this very request or by the same one sent before."""
        return self.outcome in HELD

    def require_held(self) -> int:
        """Give the hold's id, or refuse. Call it after the transaction: the refusal itself is on record."""
        if self.hold_id is None or not self.is_held:
            raise _REFUSALS[self.outcome](shown=show_quantity(self.kind, self.open_quantity))
        return self.hold_id


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one hold of a batch: DONE, REPLAY (so already), SETTLED (another way before), UNKNOWN."""

    hold_id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainCheck:
    """The answer to «may I give this?». `province` and `county` are empty for a protected household."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    instead: str
    household_id: int | None
    household_code: str
    province: str
    county: str
    is_protected: bool
    has_record: bool
    """Whether the asker's organisation has a record of the household (or oversees its area)."""
    open_quantity: int
    free_on: date | None
    needs: tuple[NeedLine, ...]
    """The household's other open needs, the most open first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(PlainCheck):
    """The same for a page: what was asked, and what the household was given in six months."""

    at: datetime
    kind: NeedKind
    period: int
    quantity: int
    recent: tuple[Gift, ...]
    matrix: AidMatrix


class BriefCheck(NamedTuple):
    """The answer for one of many: a tuple, because thousands of them are made at a time."""

    verdict: Verdict
    household_id: int | None
    open_quantity: int
    free_on: date | None


class BriefHold(NamedTuple):
    """What became of one hold of many, as `HoldResult` says it."""

    outcome: Outcome
    hold_id: int | None
    open_quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """A hold of one's own organisation."""

    hold_id: int
    household_id: int
    household_code: str
    kind: NeedKind
    period: int
    quantity: int
    status: HoldStatus
    reason: str
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    found_double_at: datetime | None = None
    """Since when it is known that others gave the same: two households proved to be one."""

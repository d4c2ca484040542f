"""What differs between a gateway's own books of a day and ours: unknown here, unknown there, or another sum.

Names differences and repairs none: what can be booked was booked before, the rest is for people.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from sakha.access.rules import Actor
from sakha.giving.rules.refunds import RefundState
from sakha.giving.rules.states import PaymentState
from sakha.vocabulary.refusal import Refusal

# An answer that got lost is asked for again for three days, so ours may be written so much later than theirs.
THEIRS_BEFORE: Final = timedelta(days=4)
# And a day at most after ours, for two clocks.
THEIRS_AFTER: Final = timedelta(days=1)
# A night that was missed is made up for, so many of them at most. Our own figure.
DAYS_MOST: Final = 31
# One night without an answer happens; from the second on it is an alarm. Our own figure.
LATE_DAYS: Final = 2
NOTE_MIN: Final = 10
NOTE_MAX: Final = 300
REFUND_KEY: Final = "refund-"


class CaseKind(StrEnum):
    """What differs."""

    UNKNOWN_HERE = "UNKNOWN_HERE"
    UNKNOWN_THERE = "UNKNOWN_THERE"
    DIFFERS = "DIFFERS"
    # Days of which no answer came for so long that they are asked about no more.
    NOT_COMPARED = "NOT_COMPARED"


class CaseUnknown(Refusal):
    """No such case is open, or none of this office."""

    code: ClassVar[str] = "GATEWAY_CASE_UNKNOWN"
    sentence: ClassVar[str] = "چنین پرونده‌ای در درگاه پرداخت باز نیست."


class NoteMissing(Refusal):
    """How it was cleared up is not said."""

    code: ClassVar[str] = "GATEWAY_CASE_NOTE_MISSING"
    sentence: ClassVar[str] = "بنویسید چه روشن شد؛ دست‌کم {least} نویسه."


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPayment:
    """A payment as the gateway's own books have it."""

    authority: str
    reference: str
    amount_rial: int
    fee_rial: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRefund:
    """What the gateway sent back, under our key of it."""

    authority: str
    key: str
    reference: str
    amount_rial: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a gateway took for us and sent back between two moments."""

    payments: tuple[StatedPayment, ...]
    refunds: tuple[StatedRefund, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OurPayment:
    """A payment as our books have it: of a basket the sum of its parts."""

    gift_id: int
    state: PaymentState
    reference: str
    amount_rial: int
    fee_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OurRefund:
    """A refund as our books have it."""

    gift_id: int
    state: RefundState
    reference: str
    amount_rial: int
    authority: str
    is_by_hand: bool
    asked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference. The key is the authority of a payment, or ours of a refund; rials are unknown where it is."""

    kind: CaseKind
    is_refund: bool
    key: str
    reference: str = ""
    theirs_rial: int | None = None
    ours_rial: int | None = None
    gift_id: int | None = None


def may_see_gateway(actor: Actor) -> bool:
    """The gateway's books are the nation's."""
    return actor.is_of_nation


def compare_payments(
    theirs: Iterable[StatedPayment], ours: Mapping[str, OurPayment], *, of_day: Collection[str]
) -> list[Finding]:
    """Payments of a day that they took and we don't know as paid, or with other sums.

    `theirs` are those of the days around too: one told twice, on whatever days, is one of both sums.
    """
    told: dict[str, StatedPayment] = {}
    for one in theirs:
        before = told.get(one.authority)
        rial = one.amount_rial + (before.amount_rial if before else 0)
        told[one.authority] = replace(before or one, amount_rial=rial)
    findings = []
    for one in told.values():
        if one.authority not in of_day:
            continue
        own = ours.get(one.authority)
        found = Finding(
            kind=CaseKind.UNKNOWN_HERE,
            is_refund=False,
            key=one.authority,
            reference=one.reference,
            theirs_rial=one.amount_rial,
            gift_id=own.gift_id if own else None,
        )
        if own is None or own.state is not PaymentState.VERIFIED:
            findings.append(found)
        elif (one.amount_rial, one.fee_rial, one.reference) != (own.amount_rial, own.fee_rial, own.reference):
            findings.append(replace(found, kind=CaseKind.DIFFERS, ours_rial=own.amount_rial))
    return findings


def compare_refunds(
    theirs: Iterable[StatedRefund], ours: Mapping[str, OurRefund], *, of_day: Collection[str]
) -> list[Finding]:
    """Refunds of a day that they sent and we don't know of, with another sum, or from another payment.

    One whose answer got lost is asked for again; one that the bank paid, or is to, is paid twice. Told twice as above.
    """
    told: dict[str, list[StatedRefund]] = {}
    for one in theirs:
        told.setdefault(one.key, []).append(one)
    findings = []
    for key, lines in told.items():
        if key not in of_day:
            continue
        own, rial = ours.get(key), sum(one.amount_rial for one in lines)
        found = Finding(
            kind=CaseKind.UNKNOWN_HERE,
            is_refund=True,
            key=key,
            reference=lines[0].reference,
            theirs_rial=rial,
            gift_id=own.gift_id if own else None,
        )
        if own is None or own.is_by_hand or own.state not in {RefundState.APPROVED, RefundState.SENT}:
            findings.append(found)
        elif rial != own.amount_rial or any(_is_another(one, own) for one in lines):
            findings.append(replace(found, kind=CaseKind.DIFFERS, ours_rial=own.amount_rial))
    return findings


def _is_another(told: StatedRefund, own: OurRefund) -> bool:
    return told.authority != own.authority or own.reference not in {"", told.reference}

"""From grievances, deliveries and rounds of calls to the words of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from sakha.coordination.queries.grievances import GrievanceFile, GrievanceLine
from sakha.coordination.rules.grievances import (
    ABOUT_WORDS,
    KIND_WORDS,
    LEVEL_WORDS,
    STATE_WORDS,
    STEP_WORDS,
    WAITING,
    About,
    GrievanceStep,
)
from sakha.entrypoints.staff_site.screens import TrailRow
from sakha.entrypoints.staff_site.wording import show_time_left
from sakha.ledger.queries import CallLine, CallRoundCard, UndoingLine
from sakha.ledger.rules.receipts import CallOutcome, Estimate, ReceiptState
from sakha.ledger.rules.states import HoldStatus
from sakha.ledger.rules.trail import Gift
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_date, show_moment
from sakha.vocabulary.need_kinds import NEED_KINDS, show_quantity
from sakha.vocabulary.places import COUNTIES, PROVINCES

OUTCOME_WORDS = {
    CallOutcome.RECEIVED: "رسیده است",
    CallOutcome.NOT_RECEIVED: "نرسیده است",
    CallOutcome.NOT_REACHED: "پیدا نشد",
    CallOutcome.NO_ANSWER: "نخواست بگوید",
}
_RECEIPTS = {
    ReceiptState.CONFIRMED: ("رسید", "clear"),
    ReceiptState.NOT_RECEIVED: ("نرسید", "hard"),
    ReceiptState.TOLD: ("پرسیده شد", "wait"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievanceRow:
    """A grievance on the desk."""

    grievance_id: int
    title: str
    note: str
    due: str
    kind: str
    is_confidential: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoingRow:
    """A delivery that somebody of the office says did not arrive; `is_own`: another decides."""

    undoing_id: int
    household_id: int
    title: str
    note: str
    reason: str
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievanceScreen:
    """A grievance opened, with what may be done now."""

    row: GrievanceRow
    text: str
    answer: str
    household_id: int | None
    household_code: str
    place: str
    has_phone: bool
    steps: tuple[TrailRow, ...]
    may_answer: bool
    may_say: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A delivery that a visitor may speak of."""

    hold_id: int
    title: str
    note: str
    words: str
    kind: str
    may_say: bool
    is_disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """A round of calls in a list."""

    round_id: int
    title: str
    note: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """What the calls say of one organisation."""

    name: str
    made: str
    answered: str
    share: str
    span: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A delivery to call about."""

    call_id: int
    household_id: int
    code: str
    title: str
    note: str
    outcome: str


def show_undoing(line: UndoingLine) -> UndoingRow:
    """Show a delivery that waits for the second word of an office."""
    county = COUNTIES[line.county].name if line.county in COUNTIES else PROVINCES[line.province].name
    return UndoingRow(
        undoing_id=line.id,
        household_id=line.household_id,
        title=f"{NEED_KINDS[line.kind].name}، {show_quantity(line.kind, line.quantity)}، از {line.organisation}",
        note=f"خانوار {line.household_code} · {county} · پیشنهاد {show_moment(line.proposed_at)}",
        reason=line.reason,
        is_own=line.is_own,
    )


def show_grievance_row(line: GrievanceLine, *, at: datetime) -> GrievanceRow:
    """Show a grievance in a list."""
    is_waiting = line.state in WAITING
    about = line.about_name or ("" if line.about is About.OTHER else ABOUT_WORDS[line.about])
    parts = (STATE_WORDS[line.state], f"نزد {LEVEL_WORDS[line.level]}", about and f"دربارهٔ {about}")
    return GrievanceRow(
        grievance_id=line.id,
        title=KIND_WORDS[line.kind],
        note=" · ".join(part for part in parts if part),
        due=show_time_left(line.due_at, at=at) if is_waiting else STATE_WORDS[line.state],
        kind="hard" if line.is_overdue(at=at) else ("wait" if is_waiting else "clear"),
        is_confidential=line.is_confidential,
    )


def show_grievance(file: GrievanceFile, *, at: datetime) -> GrievanceScreen:
    """Show one grievance."""
    line = file.line
    county = COUNTIES[line.county].name if line.county in COUNTIES else ""
    return GrievanceScreen(
        row=show_grievance_row(line, at=at),
        text=file.text,
        answer=file.answer,
        household_id=line.household_id,
        household_code=file.household_code,
        place="، ".join(filter(None, (PROVINCES[line.province].name, county))),
        has_phone=file.has_phone,
        steps=tuple(
            TrailRow(
                title=STEP_WORDS[entry.step],
                place=entry.by or LEVEL_WORDS[entry.level],
                when=show_moment(entry.at),
                state="clear" if entry.step is GrievanceStep.ANSWERED else "",
                reason=entry.note,
            )
            for entry in file.history
        ),
        may_answer=file.may_answer,
        may_say=file.may_say,
    )


def show_deliveries(gifts: tuple[Gift, ...], receipts: Mapping[int, ReceiptState]) -> tuple[DeliveryRow, ...]:
    """Show what a household was given, and what is known of its arrival."""
    delivered = [gift for gift in gifts if gift.status is HoldStatus.DELIVERED]
    return tuple(_delivery(gift, receipts.get(gift.hold_id)) for gift in delivered)


def _delivery(gift: Gift, receipt: ReceiptState | None) -> DeliveryRow:
    words, kind = _RECEIPTS[receipt] if receipt is not None else ("پرسیده نشده", "")
    return DeliveryRow(
        hold_id=gift.hold_id,
        title=f"{NEED_KINDS[gift.kind].name}، {show_quantity(gift.kind, gift.quantity)}",
        note=f"{gift.giver} · {show_date(gift.on)}",
        words=words,
        kind=kind,
        may_say=not gift.is_own,
        is_disputed=receipt is ReceiptState.NOT_RECEIVED,
    )


def show_round(card: CallRoundCard) -> RoundRow:
    """Show a round in a list."""
    area = COUNTIES[card.county].name if card.county in COUNTIES else PROVINCES[card.province].name
    since, until = (show_date(timezone.localtime(one).date()) for one in (card.from_at, card.until_at))
    called = f"{persian_digits(card.called_count)} از {persian_digits(card.drawn_count)} تماس گرفته شد"
    return RoundRow(
        round_id=card.id,
        title=f"{area}، از {since} تا {until}",
        note=f"{called} · شمارهٔ قرعه {persian_digits(card.seed)}",
        share=_share(card.overall),
    )


def show_shares(card: CallRoundCard, names: Mapping[int, str]) -> tuple[ShareRow, ...]:
    """Show what the calls say of each organisation, the least sure of arrival first, and of all together."""
    single = sorted(card.by_organisation.items(), key=lambda one: (one[1].low, one[0]))
    return tuple(
        ShareRow(
            name=name,
            made=persian_digits(one.population),
            answered=persian_digits(one.answered_count),
            share=_share(one),
            span=_span(one),
        )
        for name, one in (
            ("همه با هم", card.overall),
            *((names.get(number, "نهادی دیگر"), one) for number, one in single),
        )
    )


def _share(one: Estimate) -> str:
    return f"{persian_digits(round(100 * one.share))}٪" if one.answered_count else "هنوز پاسخی نیست"


def _span(one: Estimate) -> str:
    if not one.answered_count:
        return "—"
    low, high = (persian_digits(round(100 * end)) for end in (one.low, one.high))
    return f"{low} تا {high}٪"


def show_call(line: CallLine, names: Mapping[int, str]) -> CallRow:
    """Show a delivery to call about."""
    delivered = show_date(timezone.localtime(line.delivered_at).date())
    return CallRow(
        call_id=line.id,
        household_id=line.household_id,
        code=line.household_code,
        title=f"{NEED_KINDS[line.kind].name}، {show_quantity(line.kind, line.quantity)}",
        note=f"{names.get(line.organisation_id, 'نهادی دیگر')} · {delivered}",
        outcome=OUTCOME_WORDS[line.outcome] if line.outcome is not None else "",
    )

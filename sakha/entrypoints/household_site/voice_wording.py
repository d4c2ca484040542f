"""Puts grievances and receipts into the words of the people's own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from sakha.coordination.actions.grievances import TrackedGrievance
from sakha.coordination.queries.grievances import GrievanceLine
from sakha.coordination.rules.grievances import (
    KIND_WORDS,
    LEVEL_WORDS,
    STATE_WORDS,
    WAITING,
    GrievanceKind,
    GrievanceLevel,
    GrievanceState,
)
from sakha.ledger.rules.receipts import ReceiptState
from sakha.ledger.rules.states import HoldStatus
from sakha.ledger.rules.trail import Gift
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_date
from sakha.vocabulary.need_kinds import NEED_KINDS, show_quantity

_GIFTS: Final = {
    None: ("تحویل ثبت شد", ""),
    ReceiptState.TOLD: ("تحویل ثبت شد", ""),
    ReceiptState.CONFIRMED: ("رسید", "clear"),
    ReceiptState.NOT_RECEIVED: ("گفتید نرسیده؛ رسیدگی می‌شود", "wait"),
}


@dataclass(frozen=True, slots=True)
class GiftRow:
    """What was given or promised, by whom, when; `hold_id` where the household may say whether it arrived.

    `proof_id` where a receipt can be had: of what was delivered.
    """

    title: str
    giver: str
    when: str
    words: str
    state: str
    hold_id: int | None
    proof_id: int | None


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """One's own grievance: where it lies, its answer, and whether «not solved» may still be said."""

    grievance_id: int
    title: str
    words: str
    note: str
    answer: str
    is_answered: bool
    may_reopen: bool


def show_gifts(gifts: Sequence[Gift], receipts: Mapping[int, ReceiptState]) -> tuple[GiftRow, ...]:
    """What came and what is on its way."""
    return tuple(_gift(gift, receipts.get(gift.hold_id)) for gift in gifts)


def _gift(gift: Gift, receipt: ReceiptState | None) -> GiftRow:
    is_delivered = gift.status is HoldStatus.DELIVERED
    words, state = _GIFTS[receipt] if is_delivered else ("در راه است", "wait")
    is_open = is_delivered and receipt is not ReceiptState.CONFIRMED
    return GiftRow(
        title=f"{NEED_KINDS[gift.kind].name}، {show_quantity(gift.kind, gift.quantity)}",
        giver=gift.giver,
        when=show_date(gift.on),
        words=words,
        state=state,
        hold_id=gift.hold_id if is_open else None,
        proof_id=gift.hold_id if is_delivered else None,
    )


def show_voice(line: GrievanceLine, answer: str) -> VoiceRow:
    """One of the household's own."""
    return _row(line.id, line.kind, line.state, line.level, line.due_at, answer, was_reopened=line.was_reopened)


def show_tracked(found: TrackedGrievance) -> VoiceRow:
    """What the tracking code shows."""
    return _row(
        found.grievance_id,
        found.kind,
        found.state,
        found.level,
        found.due_at,
        found.answer,
        was_reopened=found.was_reopened,
    )


def _row(  # noqa: PLR0913 -- what two kinds of lines have in common
    number: int,
    kind: GrievanceKind,
    state: GrievanceState,
    level: GrievanceLevel,
    due_at: datetime,
    answer: str,
    *,
    was_reopened: bool,
) -> VoiceRow:
    due = show_date(timezone.localtime(due_at).date())
    return VoiceRow(
        grievance_id=number,
        title=KIND_WORDS[kind],
        words=STATE_WORDS[state],
        note=f"نزد {LEVEL_WORDS[level]}؛ پاسخ تا {due}" if state in WAITING else "",
        answer=answer,
        is_answered=state is GrievanceState.ANSWERED,
        may_reopen=state is GrievanceState.ANSWERED and not was_reopened,
    )


def show_code(code: str) -> str:
    """Twelve digits in groups of four, as they are read aloud."""
    return persian_digits(" ".join((code[:4], code[4:8], code[8:])))

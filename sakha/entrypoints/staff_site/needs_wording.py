"""Needs in words: their state, what is left of them, why they are there, and what would prove them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sakha.entrypoints.staff_site.screens import NeedRow
from sakha.entrypoints.staff_site.wording import join_words, show_place
from sakha.scoring.queries import NeedCard, NeedHistory, NeedsLine, ProofCard
from sakha.scoring.rules.needs_states import PROOF_WORDS, STATE_WORDS, NeedState, Proof
from sakha.vocabulary.jalali import show_age_ago, show_date, show_moment
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, show_quantity

STATE_KINDS = {
    NeedState.DECLARED: "wait",
    NeedState.EVIDENCED: "brand",
    NeedState.CONFIRMED: "clear",
    NeedState.PART_MET: "brand",
    NeedState.MET: "clear",
    NeedState.EXPIRED: "",
}
STATE_SIGNS = {
    NeedState.DECLARED: "message-circle",
    NeedState.EVIDENCED: "file-check",
    NeedState.CONFIRMED: "badge-check",
    NeedState.PART_MET: "chart-pie",
    NeedState.MET: "check",
    NeedState.EXPIRED: "clock-alert",
}
_REASONS = {"OLD": "داده یا مدرکش کهنه شد", "OVER": "داده‌های تازه آن را نشان نمی‌دهند", "": ""}
SEVERITY_WORDS = {1: "عادی", 2: "سخت", 3: "بسیار سخت"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedScreen:
    """One need as its page shows it."""

    kind: int
    name: str
    state: str
    state_kind: str
    sign: str
    is_grave: bool
    left: str
    why: str
    amount: str
    proofs: str
    freshness: str
    seen: tuple[str, ...]
    takes_paper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedStepRow:
    """One step of a need's history."""

    title: str
    note: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTag:
    """A need in a list, in short."""

    kind: int
    name: str
    left: str
    state: str
    state_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsRow:
    """A household in the order of help."""

    household_id: int
    code: str
    place: str
    points: int
    since: str
    needs: tuple[NeedTag, ...]


def show_need_card(card: NeedCard, papers: tuple[ProofCard, ...], *, on: date) -> NeedScreen:
    """Put a need into words that the household, too, may read."""
    seen = tuple(
        f"{PROOF_WORDS[one.proof]}، {one.reference} ({show_date(one.seen_on)})"
        for one in papers
        if one.need_id == card.need_id
    )
    return NeedScreen(
        kind=int(card.kind),
        name=NEED_KINDS[card.kind].name,
        state=STATE_WORDS[card.state],
        state_kind=STATE_KINDS[card.state],
        sign=STATE_SIGNS[card.state],
        is_grave=card.severity == max(SEVERITY_WORDS),
        left=show_left(card),
        why=card.why or _why_by_hand(card),
        amount=show_amount(card),
        proofs=join_words([PROOF_WORDS[proof] for proof in card.proofs]),
        freshness=show_freshness(card, on=on),
        seen=seen,
        takes_paper=bool(card.proofs),
    )


def with_state(row: NeedRow, cards: Sequence[NeedCard]) -> NeedRow:
    """A need of the ledger with its state and its reason."""
    card = next((one for one in cards if int(one.kind) == row.kind), None)
    if card is None:
        return row
    return replace(row, state=STATE_WORDS[card.state], state_kind=STATE_KINDS[card.state], why=card.why)


def show_left(card: NeedCard) -> str:
    """What is still open."""
    if card.state is NeedState.EXPIRED:
        return "دیگر باز نیست"
    if card.target == 0:
        return "کمک‌های دیگر آن را پر می‌کند"
    if card.left == 0:
        return f"کامل رسید: {show_quantity(card.kind, card.target)}"
    return f"{show_quantity(card.kind, card.left)} مانده از {show_quantity(card.kind, card.target)}"


def show_amount(card: NeedCard) -> str:
    """How the amount came to be, with what is taken off and what was given."""
    parts = [card.reckoned] if card.reckoned else []
    parts.append(f"نیاز {show_quantity(card.kind, card.amount)}")
    if card.less:
        parts.append(f"{show_quantity(card.kind, card.less)} از کمک‌های دیگر می‌رسد")
    if card.delivered:
        parts.append(f"{show_quantity(card.kind, card.delivered)} تا کنون رسیده است")
    return "؛ ".join(parts) + "."


def show_freshness(card: NeedCard, *, on: date) -> str:
    """How old the evidence is and until when it stands."""
    if card.state is NeedState.EXPIRED:
        return _REASONS.get(card.reason, card.reason)
    seen = f"آخرین داده یا مدرک: {show_age_ago((on - card.evidence_on).days)}؛ " if card.evidence_on else ""
    confirmed = f" تأیید مردم: {show_moment(card.confirmed_at)}." if card.confirmed_at else ""
    return f"{seen}تا {show_date(card.expires_on)} معتبر است.{confirmed}"


def show_step(one: NeedHistory, kinds: dict[int, NeedKind], *, own: int | None) -> NeedStepRow:
    """One step of the history; other bodies are not named."""
    who = "سامانه" if one.organisation_id is None else "سازمان شما" if one.organisation_id == own else "یک نهاد"
    if one.organisation_id is None and one.user_id is not None:
        who = "کارشناس"
    proof = PROOF_WORDS[Proof(one.proof)] if one.proof else ""
    note = "، ".join(filter(None, (who, proof, _REASONS.get(one.reason, one.reason))))
    kind = kinds.get(one.need_id)
    name = NEED_KINDS[kind].name if kind else ""
    return NeedStepRow(title=f"{name}: {STATE_WORDS[one.after]}", note=note, when=show_moment(one.at))


def show_line(line: NeedsLine, *, on: date) -> NeedsRow:
    """A household of the list, without a name or a street."""
    return NeedsRow(
        household_id=line.household_id,
        code=line.code,
        place="جا گفته نمی‌شود" if line.is_protected else show_place(line.province, line.county),
        points=line.priority,
        since=f"ثبت {show_age_ago((on - line.registered_on).days)}",
        needs=tuple(
            NeedTag(
                kind=int(need.kind),
                name=NEED_KINDS[need.kind].name,
                left=show_quantity(need.kind, need.left),
                state=STATE_WORDS[need.state],
                state_kind=STATE_KINDS[need.state],
            )
            for need in line.needs
        ),
    )


def _why_by_hand(card: NeedCard) -> str:
    if card.state is NeedState.EXPIRED:
        return "داده‌های امروز این نیاز را نشان نمی‌دهند."
    return "مددکار آن را اعلام کرده است." if card.source.value == "HAND" else "با داده‌های پیشین باز شده است."

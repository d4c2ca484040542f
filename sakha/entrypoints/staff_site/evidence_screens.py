"""What the pages of the data banks show: facts with source, age and state, cases, how the banks are doing.

Decides who sees a figure: an office sees what a bank said, a charity only that it is known, how fresh, and a band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils import timezone

from sakha.access.rules import Actor, Permission
from sakha.databanks.banks.catalogue import find_mapping
from sakha.databanks.queries import BankStatus, CaseLine, CaseStepLine, InquiryLine, KnownFact, QuestionLine
from sakha.databanks.rules import BankFact
from sakha.databanks.rules.papers import PAPER_WORDS
from sakha.databanks.rules.states import CaseState, QuestionState
from sakha.entrypoints.kashi.corrections import CASE_STATES, KIND_WORDS, fact_state
from sakha.registry.queries.bank_evidence import MemberKnown
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.jalali import show_age_ago, show_date, show_moment

HIDDEN: Final = "نزد سازمان‌های ناظر"
_BANDS: Final = ((3, "سه دهک نخست"), (6, "دهک‌های میانی"), (10, "دهک‌های بالا"))
_WAITS: Final = {
    QuestionState.WAITING: "در نوبت پرسش",
    QuestionState.ASKING: "در حال پرسش",
    QuestionState.AWAITED: "پرسیده شد؛ پاسخ در راه است",
    QuestionState.REFUSED: "بانک پاسخ نمی‌دهد",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One fact: what the bank says beside what was declared."""

    label: str
    found: str
    declared: str
    source: str
    state: str
    kind: str
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRow:
    """A bank that has not answered yet."""

    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberScreen:
    """A member with everything that is known and everything that is not."""

    person_id: int
    name: str
    is_head: bool
    rows: tuple[EvidenceRow, ...]
    waits: tuple[WaitRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of a case; `paper_id` names the step whose paper may be opened, for whoever reviews it."""

    words: str
    paper_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScreen:
    """A case, with the next step that may be taken."""

    case_id: int
    title: str
    state: str
    kind: str
    words: str
    deadline: str
    is_late: bool
    wants_proof: bool
    wants_decision: bool
    steps: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BankRow:
    """How one bank is doing."""

    label: str
    state: str
    kind: str
    sign: str
    last_answer: str
    errors: str
    backlog: str
    speed: str


def sees_figures(actor: Actor) -> bool:
    """Whether the actor is an office: charities and agencies see no figure of a bank."""
    return actor.can(Permission.READ_PROVINCE)


def show_member(member: MemberKnown, *, actor: Actor, declared: Mapping[str, str]) -> MemberScreen:
    """What is known of a member; what was declared stands with the head, as it is of the household."""
    known = member.known
    return MemberScreen(
        person_id=member.person_id,
        name=member.name or "بی‌نام",
        is_head=member.is_head,
        rows=tuple(_show_fact(fact, actor, declared if member.is_head else {}) for fact in known.facts),
        waits=tuple(WaitRow(label=one.label, words=_show_wait(one)) for one in known.questions if one.state in _WAITS),
    )


def _show_fact(fact: KnownFact, actor: Actor, declared: Mapping[str, str]) -> EvidenceRow:
    state, kind, sign = fact_state(fact)
    mapping = find_mapping(fact.fact, fact.source)
    told = declared.get(mapping.household.fact.value, "") if mapping and mapping.household else ""
    return EvidenceRow(
        label=fact.label,
        found=fact.shown if sees_figures(actor) else _hide(fact),
        declared=told,
        source=f"{fact.source_label}، {show_age_ago(fact.age_days)}",
        state=state,
        kind=kind,
        sign=sign,
    )


def _hide(fact: KnownFact) -> str:
    """A charity learns that something is known; of the official decile, the band."""
    if fact.value is None:
        return fact.shown
    if fact.fact == BankFact.OFFICIAL_DECILE:
        return next((words for decile, words in _BANDS if fact.value <= decile), "")
    return ""


def _show_wait(line: QuestionLine) -> str:
    words = _WAITS[line.state]
    if line.state is QuestionState.WAITING and line.error_code:
        return f"هنوز پاسخ نداده است؛ نوبت بعد {show_moment(line.next_try_at)}"
    return words


def show_case(line: CaseLine, *, actor: Actor) -> CaseScreen:
    """A case in words; the value that a bank found is an office's to see."""
    state, kind = CASE_STATES[line.state]
    title = f"{KIND_WORDS[line.kind]}: {line.label}"
    words = [line.words] if line.words else []
    if line.declared_value is not None:
        words.append(f"اظهار خانوار: {line.declared_shown}")
    if line.found_value is not None:
        words.append(f"پاسخ {line.source_label}: {line.found_shown if sees_figures(actor) else HIDDEN}")
    return CaseScreen(
        case_id=line.id,
        title=title,
        state=state,
        kind=kind,
        words="؛ ".join(words),
        deadline=f"تا {show_date(line.due_on)}" if line.is_open else "",
        is_late=line.is_late,
        wants_proof=line.state is CaseState.WAITING_FOR_PROOF,
        wants_decision=line.state is CaseState.IN_REVIEW and sees_figures(actor),
        steps=tuple(_show_step(step, actor) for step in line.steps),
    )


def _show_step(step: CaseStepLine, actor: Actor) -> StepRow:
    paper = f"مدرک: {PAPER_WORDS[step.paper]}" if step.paper else ""
    return StepRow(
        words=" · ".join(
            filter(None, (show_moment(step.at), CASE_STATES[step.state][0], step.by, persian_digits(step.words), paper))
        ),
        paper_id=step.id if step.paper and sees_figures(actor) else None,
    )


def show_inquiry(line: InquiryLine) -> WaitRow:
    """Who asked, what for."""
    who = line.organisation_name or line.asked_by
    banks = "، ".join(line.bank_labels)
    refused = "، پذیرفته نشد" if line.refused_code else ""
    words = f"{line.purpose}{refused} · {show_moment(line.asked_at)} · {banks}"
    return WaitRow(label=who, words=words)


def show_bank(status: BankStatus, *, at: datetime) -> BankRow:
    """One bank's row."""
    state, kind, sign = _bank_state(status)
    waiting = status.waiting_count + status.asking_count
    backlog = "چیزی در نوبت نیست" if not waiting else f"{group_thousands(waiting)} پرسش در نوبت"
    errors = "پرسشی فرستاده نشده"
    if status.batch_count:
        errors = f"{persian_digits(round(100 * status.error_share))}٪ از {group_thousands(status.batch_count)} دسته"
    return BankRow(
        label=status.label,
        state=state,
        kind=kind,
        sign=sign,
        last_answer=_show_last(status.last_answer_at, at),
        errors=errors,
        backlog=backlog,
        speed=f"{group_thousands(status.usual_milliseconds)} هزارم ثانیه" if status.usual_milliseconds else "—",
    )


def _bank_state(status: BankStatus) -> tuple[str, str, str]:
    if not status.is_reached:
        return "اکنون وصل نیست" if status.last_answer_at else "وصل نشده", "", "unplug"
    if status.breaker == "open":
        return "پاسخ نمی‌دهد؛ کمی بعد دوباره", "stop", "circle-x"
    if status.breaker != "closed":
        return "در آزمون بازگشت", "wait", "clock"
    if status.last_answer_at is None and not status.batch_count:
        return "هنوز پرسیده نشده", "", "clock"
    if status.last_error_at and (status.last_answer_at is None or status.last_error_at > status.last_answer_at):
        return "آخرین پرسش ناکام بود", "wait", "triangle-alert"
    return "برقرار", "clear", "check"


def _show_last(last: datetime | None, at: datetime) -> str:
    if last is None:
        return "هنوز پاسخی نیامده"
    today: date = timezone.localtime(at).date()
    return show_moment(last) if timezone.localtime(last).date() == today else show_date(timezone.localtime(last).date())

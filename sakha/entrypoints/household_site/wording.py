"""Puts what the rooms tell into the household's words: plain, warm, short, with Persian digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils import timezone

from sakha.access.queries import Look
from sakha.access.rules import AccessAction
from sakha.coordination.actions.registering import SELF_NAME
from sakha.coordination.queries import RegistrationCard
from sakha.entrypoints.household_site.forms import MemberForm
from sakha.entrypoints.household_site.sheet import ANSWERS, MEMBERS, STEPS, make_form
from sakha.entrypoints.kashi.answers import show_answer
from sakha.scoring.queries.appeals import AppealLine
from sakha.scoring.queries.needs import NeedCard
from sakha.scoring.rules.appeals import KIND_WORDS, LEVEL_WORDS, OUTCOME_WORDS, AppealState
from sakha.scoring.rules.explanation_readers import SourcedReason
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.fact_names import FACTS, FactName
from sakha.vocabulary.jalali import show_date, show_moment
from sakha.vocabulary.need_kinds import NEED_KINDS, show_quantity
from sakha.vocabulary.places import COUNTIES, PROVINCES

_CODES: Final = frozenset({"national_id", "postal_code"})
_LOOKS: Final = {
    AccessAction.READ: "پروندهٔ شما را دید",
    AccessAction.SEARCH: "در جست‌وجو به شما رسید",
    AccessAction.CHECK: "پیش از کمک پرسید چه گرفته‌اید",
    AccessAction.WRITE: "چیزی به پروندهٔ شما افزود",
    AccessAction.IMPORT: "شما را از فهرست خود ثبت کرد",
    AccessAction.EXPORT: "از فهرستی که شما در آن هستید خروجی گرفت",
    AccessAction.INVITE: "شما را دعوت کرد",
}
# With which the household's own looks at its file are logged.
OWN_PURPOSE: Final = "خود خانوار"
OWN_PURPOSES: Final = frozenset({OWN_PURPOSE, "توضیح امتیاز برای خانوار"})
# Nothing is missing where nobody helps.
_WHOLE: Final = frozenset({STEPS[0].title})


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A member who was told of."""

    name: str
    note: str
    address: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer."""

    name: str
    value: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A page's answers, the page where they can be changed, and how much was left unsaid."""

    title: str
    rows: tuple[AnswerRow, ...]
    change: str
    unsaid_count: int


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need, what of it came, and what is left."""

    kind: int
    name: str
    note: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class LookRow:
    """Who looked, at what, when."""

    who: str
    what: str
    when: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason of one's place, whose word it is, and of which day."""

    sentence: str
    source: str
    on: str


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An objection and where it lies."""

    title: str
    note: str
    is_open: bool


def show_people(members: Sequence[Mapping[str, Any]]) -> tuple[PersonRow, ...]:
    """The members told of so far."""
    return tuple(
        PersonRow(
            name=f"{one['given_name']} {one['family_name']}",
            note=" · ".join(filter(None, (one.get("relation", ""), persian_digits(one.get("birth_date", ""))))),
            address=reverse("household_member", args=[number]),
        )
        for number, one in enumerate(members, start=1)
    )


def show_parts(own: RegistrationCard) -> tuple[AnswerPart, ...]:
    """Everything that was told, page by page."""
    parts: list[AnswerPart] = []
    for step in STEPS:
        if step.name == MEMBERS:
            for number, kept in enumerate(own.draft[MEMBERS], start=1):
                address = reverse("household_member", args=[number])
                parts.append(_part(f"عضو {persian_digits(number + 1)}", MemberForm(), kept, address))
        elif step.name != ANSWERS:
            address = reverse("household_step", args=[step.name])
            parts.append(_part(step.title, make_form(step.name, own, None, None), own.draft[step.name], address))
    return tuple(parts)


def _part(title: str, form: forms.Form, kept: Mapping[str, Any], address: str) -> AnswerPart:
    said = [name for name in form.fields if kept.get(name)]
    rows = tuple(
        AnswerRow(str(form.fields[name].label), show_answer(form, name, kept[name]), name in _CODES) for name in said
    )
    return AnswerPart(title, rows, address, len(form.fields) - len(said) if title not in _WHOLE else 0)


def show_needs(cards: Sequence[NeedCard]) -> tuple[NeedRow, ...]:
    """The needs that are open or were met, the gravest first."""
    return tuple(
        NeedRow(
            kind=int(card.kind),
            name=NEED_KINDS[card.kind].name,
            note=_need_note(card),
            is_met=not card.left,
        )
        for card in sorted(cards, key=lambda card: (not card.left, -card.severity))
        if card.is_open or card.delivered
    )


def _need_note(card: NeedCard) -> str:
    if not card.left:
        return f"کامل رسید: {show_quantity(card.kind, card.target)}"
    came = f"، {show_quantity(card.kind, card.delivered)} رسیده" if card.delivered else ""
    return f"{show_quantity(card.kind, card.left)} مانده{came}"


def show_looks(looks: Sequence[Look], *, most: int) -> tuple[LookRow, ...]:
    """Who looked, in words; how often one looked oneself tells nobody anything."""
    return tuple(
        LookRow(who=_looker(look), what=_LOOKS.get(look.action, "به پرونده رسید"), when=show_moment(look.at))
        for look in looks
        if not _is_own(look)
    )[:most]


def _is_own(look: Look) -> bool:
    return not look.organisation_name and not look.is_user and look.purpose in OWN_PURPOSES


def _looker(look: Look) -> str:
    if look.organisation_name:
        return "خودتان، هنگام ثبت‌نام" if look.organisation_name == SELF_NAME else look.organisation_name
    if look.county in COUNTIES:
        return f"فرمانداری {COUNTIES[look.county].name}"
    if look.province in PROVINCES:
        return f"استانداری {PROVINCES[look.province].name}"
    return "دفتر کشوری سخا" if look.is_user else "خودِ سامانهٔ سخا"


def show_reasons(reasons: Sequence[SourcedReason]) -> tuple[ReasonRow, ...]:
    """Why, with whose word it is and of which day."""
    return tuple(
        ReasonRow(
            sentence=one.sentence,
            source="گفتهٔ خودتان" if one.source == SELF_NAME else one.source,
            on=show_date(one.on) if one.on else "",
        )
        for one in reasons
    )


def show_appeals(lines: Sequence[AppealLine], *, at: datetime) -> tuple[AppealRow, ...]:
    """The household's objections."""
    return tuple(_appeal(line, at) for line in lines)


def _appeal(line: AppealLine, at: datetime) -> AppealRow:
    fact = f"، {FACTS[FactName(line.fact)].label}" if line.fact else ""
    is_open = line.state is not AppealState.CLOSED
    if is_open:
        due = show_date(timezone.localtime(line.due_at).date())
        late = "؛ دیر شده است و خودش بالاتر می‌رود" if line.is_overdue(at=at) else ""
        note = f"نزد {LEVEL_WORDS[line.level]}؛ پاسخ تا {due}{late}"
    else:
        note = OUTCOME_WORDS[line.outcome]
    return AppealRow(title=f"{KIND_WORDS[line.kind]}{fact}", note=note, is_open=is_open)

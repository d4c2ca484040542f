"""To whom the household was introduced, who took it, and its own word where somebody says that it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sakha.coordination.actions.settling_introductions import agree_to_closing, dispute_introduction
from sakha.coordination.queries import RegistrationCard
from sakha.coordination.queries.introductions import IntroductionLine, introductions_of_household
from sakha.coordination.rules.introductions import ClosedBecause, IntroductionState
from sakha.entrypoints.household_site.gate import file_page, show
from sakha.entrypoints.household_site.sessions import tell
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.need_kinds import NEED_KINDS

_ENDED: Final = {
    ClosedBecause.CONSENT_WITHDRAWN: "رضایت پس گرفته شد",
    ClosedBecause.NEED_GONE: "این نیاز برآورده شد",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroducedRow:
    """A need that was introduced, in the household's words."""

    id: int
    kind: int
    name: str
    note: str
    state: str
    state_kind: str
    may_agree: bool
    may_dispute: bool


@file_page("GET", "POST")
def introductions(request: HttpRequest, *, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Show what was introduced and to whom; take in «رسید» and «نرسید»."""
    reader = own.reader
    if reader is None or own.household_id is None:
        return show(request, "elsewhere")
    lines = introductions_of_household(actor=reader, household_id=own.household_id)
    if request.method == "POST":
        asked = request.POST.get("introduction", "")
        line = next((one for one in lines if str(one.id) == asked), None)
        if line is not None and "yes" in request.POST:
            agree_to_closing(actor=reader, at=at, introduction_id=line.id)
            tell(request, "سپاس. این معرفی پایان یافت.")
        elif line is not None and "no" in request.POST:
            note = request.POST.get("note", "")
            dispute_introduction(actor=reader, at=at, introduction_id=line.id, note=note)
            tell(request, "ثبت شد. فرمانداری بررسی می‌کند و چیزی بسته نمی‌شود.")
        return HttpResponseRedirect(reverse("household_introductions"))
    return show(request, "introductions", rows=tuple(_show(line) for line in lines))


def _show(line: IntroductionLine) -> IntroducedRow:
    state, kind = _state(line)
    is_with_body = line.state in {IntroductionState.TAKEN, IntroductionState.SERVED} and not line.is_disputed
    return IntroducedRow(
        id=line.id,
        kind=line.kind.value,
        name=NEED_KINDS[line.kind].name,
        note=_note(line),
        state=state,
        state_kind=kind,
        may_agree=is_with_body and line.has_body_agreed,
        may_dispute=is_with_body,
    )


def _note(line: IntroductionLine) -> str:
    """Who has it, in a sentence: a name may be long, and a sign beside it has no room for it on a small phone."""
    if line.closed_because is None and line.is_disputed:
        return "گفته‌اید که چنین نیست؛ فرمانداری بررسی می‌کند"
    if line.state is IntroductionState.SERVED:
        return f"{line.taken_by} می‌گوید رسانده است"
    if line.state is IntroductionState.TAKEN:
        return f"{line.taken_by} پذیرفته و با شما سخن می‌گوید"
    if not line.asked_count:
        return "نهادی یافت نشد هنوز"
    return f"از {persian_digits(line.asked_count)} نهاد پرسیده شده است"


def _state(line: IntroductionLine) -> tuple[str, str]:
    if line.closed_because is not None:
        return _ENDED.get(line.closed_because, "پایان یافت"), ""
    if line.is_disputed:
        return "بررسی می‌شود", "wait"
    if line.state is IntroductionState.SERVED:
        return "رسیده", "clear"
    if line.state is IntroductionState.TAKEN:
        return "پذیرفته شد", "clear"
    return "چشم‌به‌راه پذیرش", "wait"

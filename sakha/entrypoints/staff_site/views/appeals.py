"""The desk of appeals: the nearest term first, the file beside, and each step by who may take it."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.choosing import read_moment_place, write_moment_place
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.people_forms import AppealForm, DecisionForm
from sakha.entrypoints.staff_site.people_wording import show_appeal, show_appeal_row
from sakha.entrypoints.staff_site.screens import FactRow
from sakha.entrypoints.staff_site.sessions import tell
from sakha.registry.rules.fact_text import fact_label
from sakha.scoring.actions.appeals import NewAppeal, answer_appeal, carry_on_appeal, open_appeal, withdraw_appeal
from sakha.scoring.actions.appeals_deciding import (
    AppealDecision,
    concede_appeal,
    decide_appeal,
    record_visit,
    send_visit,
)
from sakha.scoring.queries.appeals import appeal_shares, appeals_desk, get_appeal
from sakha.scoring.rules.appeals import AppealKind, AppealUnknown
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.fact_names import FactName

_DESK_LENGTH = 25
_TOLD = {
    "concede": "سپاس؛ داده درست شد و امتیاز از نو سنجیده شد.",
    "answer": "پاسخ شما ثبت شد و پرونده به فرمانداری رفت.",
    "visit": "بازدید خواسته شد.",
    "visited": "آنچه دیده شد ثبت شد.",
    "decide": "تصمیم با دلیل آن ثبت شد و به خانوار گفته می‌شود.",
    "carry_on": "اعتراض به مرجع بالاتر رفت.",
    "withdraw": "اعتراض پس گرفته شد.",
}


@page(Permission.READ_HOUSEHOLD)
def desk(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show open appeals; what is not on the page yet comes with the next."""
    lines = appeals_desk(actor=actor, limit=_DESK_LENGTH, after=read_moment_place(request.GET.get("after", "")))
    last = lines[-1] if len(lines) == _DESK_LENGTH else None
    context = {
        "may_be_asked": not actor.can(Permission.READ_PROVINCE),
        "rows": tuple(show_appeal_row(line, at=at) for line in lines),
        "next_page": write_moment_place(last.due_at, last.id) if last else "",
        "shares": _show_shares(actor) if actor.can(Permission.READ_PROVINCE) else (),
    }
    return render(request, "staff_site/appeals.html", context)


@page(Permission.READ_HOUSEHOLD)
def appeal(request: HttpRequest, *, actor: Actor, at: datetime, appeal_id: int) -> HttpResponse:
    """Show one appeal; that it was read is logged."""
    return _show(request, actor, at, appeal_id, DecisionForm(), HTTPStatus.OK)


@page(Permission.READ_HOUSEHOLD, "GET", "POST")
def new_appeal(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Take in a household's objection."""
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        appeal_id = open_appeal(
            actor=actor,
            at=at,
            appeal=NewAppeal(
                household_id=household_id,
                kind=AppealKind(given["kind"]),
                statement=given["statement"],
                fact=FactName(given["fact"]) if given["fact"] else None,
                told_value=given["told"],
            ),
        )
        tell(request, "اعتراض ثبت شد. تا پاسخ آن، هیچ کمکی از این خانوار بریده نمی‌شود.")
        return HttpResponseRedirect(reverse("appeal", args=[appeal_id]))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "staff_site/new_appeal.html", {"form": form, "household_id": household_id}, status=status)


@page(Permission.READ_HOUSEHOLD, "POST")
def take_step(request: HttpRequest, *, actor: Actor, at: datetime, appeal_id: int, step: str) -> HttpResponse:
    """Take one step of an appeal; who may is decided by the room."""
    note = request.POST.get("note", "")
    match step:
        case "decide":
            return _decide(request, actor, at, appeal_id)
        case "concede":
            concede_appeal(actor=actor, at=at, appeal_id=appeal_id)
        case "answer":
            answer_appeal(actor=actor, at=at, appeal_id=appeal_id, note=note)
        case "visit":
            send_visit(actor=actor, at=at, appeal_id=appeal_id)
        case "visited":
            record_visit(actor=actor, at=at, appeal_id=appeal_id, note=note)
        case "carry_on":
            carry_on_appeal(actor=actor, at=at, appeal_id=appeal_id, statement=note)
        case "withdraw":
            withdraw_appeal(actor=actor, at=at, appeal_id=appeal_id)
        case _:
            raise AppealUnknown(field="step")
    tell(request, _TOLD[step])
    return HttpResponseRedirect(reverse("appeal", args=[appeal_id]))


def _decide(request: HttpRequest, actor: Actor, at: datetime, appeal_id: int) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, at, appeal_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    is_upheld = request.POST.get("is_upheld") == "yes"
    decision = AppealDecision(
        appeal_id=appeal_id,
        is_upheld=is_upheld,
        reason=form.cleaned_data["reason"],
        override=form.override(timezone.localtime(at).date()) if is_upheld else None,
    )
    decide_appeal(actor=actor, at=at, decision=decision)
    tell(request, _TOLD["decide"])
    return HttpResponseRedirect(reverse("appeal", args=[appeal_id]))


def _show(
    request: HttpRequest, actor: Actor, at: datetime, appeal_id: int, form: DecisionForm, status: HTTPStatus
) -> HttpResponse:
    file = get_appeal(actor=actor, at=at, appeal_id=appeal_id)
    context = {"screen": show_appeal(file, actor=actor, at=at), "form": form}
    return render(request, "staff_site/appeal.html", context, status=status)


def _show_shares(actor: Actor) -> tuple[FactRow, ...]:
    return tuple(
        FactRow(
            name=fact_label(share.fact),
            value=f"{persian_digits(share.upheld_count)} از {persian_digits(share.decided_count)} پذیرفته شد",
            note="بیش از یک در ده: سرچشمهٔ این داده را بازبینی کنید." if share.is_flagged else "",
        )
        for share in appeal_shares(actor=actor)
    )

"""The desk of complaints, suggestions and reports: the nearest term first, one page each, and writing one down."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from sakha.access.queries import organisations
from sakha.access.rules import Actor, OrganisationKind, Permission
from sakha.coordination.actions.grievance_desk import (
    answer_grievance,
    escalate_grievance,
    say_as_body,
    take_grievance,
)
from sakha.coordination.actions.grievances import NewGrievance, bring_grievance
from sakha.coordination.queries.grievances import get_grievance, grievance_desk
from sakha.coordination.rules.grievances import GrievanceKind, GrievanceNeedsPhone, GrievanceUnfit, GrievanceUnknown
from sakha.entrypoints.staff_site.choosing import read_moment_place, shown_province, write_moment_place
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.grievance_forms import DeskGrievanceForm
from sakha.entrypoints.staff_site.grievance_wording import show_grievance, show_grievance_row, show_undoing
from sakha.entrypoints.staff_site.sessions import tell
from sakha.ledger.queries import waiting_undoings
from sakha.vocabulary.digits import persian_digits

_DESK_LENGTH = 25
_TOLD = {
    "take": "در دست شماست.",
    "answer": "پاسخ ثبت شد و به او خبر داده می‌شود.",
    "up": "به دفتر بالاتر رفت.",
    "say": "سخن شما ثبت شد؛ پاسخ با دفتر است.",
}


@page(Permission.READ_HOUSEHOLD)
def desk(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show what waits for an answer; what is not on the page comes with the next."""
    lines = grievance_desk(actor=actor, limit=_DESK_LENGTH, after=read_moment_place(request.GET.get("after", "")))
    last = lines[-1] if len(lines) == _DESK_LENGTH else None
    may_answer = actor.can(Permission.ANSWER_GRIEVANCE)
    undoings = waiting_undoings(actor=actor) if may_answer else ()
    context = {
        "undoings": tuple(show_undoing(line) for line in undoings),
        "rows": tuple(show_grievance_row(line, at=at) for line in lines),
        "next_page": write_moment_place(last.due_at, last.id) if last else "",
        "may_answer": may_answer,
    }
    return render(request, "staff_site/grievances.html", context)


@page(Permission.READ_HOUSEHOLD)
def grievance(request: HttpRequest, *, actor: Actor, at: datetime, grievance_id: int) -> HttpResponse:
    """Show one; that it was read is logged."""
    file = get_grievance(actor=actor, at=at, grievance_id=grievance_id)
    return render(request, "staff_site/grievance.html", {"screen": show_grievance(file, at=at)})


@sensitive_post_parameters()
@page(Permission.READ_HOUSEHOLD, "POST")
def take_step(request: HttpRequest, *, actor: Actor, at: datetime, grievance_id: int, step: str) -> HttpResponse:
    """Take one step; who may is decided by the room."""
    note = request.POST.get("note", "")
    match step:
        case "take":
            take_grievance(actor=actor, at=at, grievance_id=grievance_id)
        case "answer":
            answer_grievance(actor=actor, at=at, grievance_id=grievance_id, answer=note)
        case "up":
            escalate_grievance(actor=actor, at=at, grievance_id=grievance_id, reason=note)
        case "say":
            say_as_body(actor=actor, at=at, grievance_id=grievance_id, words=note)
        case _:
            raise GrievanceUnknown(field="step")
    tell(request, _TOLD[step])
    # Sent up, it may be an office's that one does not see.
    place = reverse("grievances") if step == "up" else reverse("grievance", args=[grievance_id])
    return HttpResponseRedirect(place)


@sensitive_post_parameters()
@sensitive_variables("brought")
@page(Permission.READ_HOUSEHOLD, "GET", "POST")
def new_grievance(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int | None = None) -> HttpResponse:
    """Write down what somebody says at the desk, and tell the code to hand over, once."""
    province = shown_province(actor)
    bodies = [
        (one.id, one.name)
        for kind in (OrganisationKind.AGENCY, OrganisationKind.CHARITY)
        for one in organisations(kind=kind, province=province)
    ]
    form = DeskGrievanceForm(request.POST if request.method == "POST" else None, bodies=bodies)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        about, organisation_id = form.about_whom()
        new = NewGrievance(
            kind=GrievanceKind(given["kind"]),
            text=given["text"],
            about=about,
            about_organisation_id=organisation_id,
            is_confidential=given["is_confidential"],
            household_id=household_id,
            mobile=given["mobile"],
            province=province,
        )
        try:
            brought = bring_grievance(actor=actor, at=at, grievance=new)
        except GrievanceUnfit as refusal:
            form.add_error("text", refusal.message)
        except GrievanceNeedsPhone as refusal:
            form.add_error("mobile", refusal.message)
        else:
            code = brought.tracking_code
            shown = persian_digits(" ".join((code[:4], code[4:8], code[8:]))).strip()
            return render(request, "staff_site/grievance_kept.html", {"code": shown})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "household_id": household_id}
    return render(request, "staff_site/new_grievance.html", context, status=status)

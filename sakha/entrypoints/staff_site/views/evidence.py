"""What the data banks know of a household, and the corrections it may ask for, each with its proof and deadline."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.databanks.actions import Correction, Proof, bring_proof, open_correction, settle_case
from sakha.databanks.actions.cases import CaseUnknown
from sakha.databanks.queries import get_paper
from sakha.databanks.rules.papers import MEDIA_TYPES
from sakha.databanks.rules.states import CaseKind
from sakha.entrypoints.kashi.corrections import CorrectionForm, fact_choices
from sakha.entrypoints.staff_site.evidence_forms import DecisionForm, ProofForm
from sakha.entrypoints.staff_site.evidence_screens import sees_figures, show_case, show_inquiry, show_member
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.sessions import tell
from sakha.registry.queries.bank_evidence import PURPOSE, HouseholdKnown, household_known, member_identifier
from sakha.registry.queries.households import get_household_file
from sakha.vocabulary.refusal import Refusal


@page(Permission.READ_HOUSEHOLD)
def evidence(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Show what is known, what is not, and what is looked at again."""
    known = household_known(actor=actor, at=at, household_id=household_id, is_noted=False)  # the file below notes it
    return _show(request, actor, at, known, CorrectionForm(choices=fact_choices(known.members)))


@page(Permission.READ_HOUSEHOLD, "POST")
def correct(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Open a correction; its proof comes next."""
    known = household_known(actor=actor, at=at, household_id=household_id)
    form = CorrectionForm(request.POST, choices=fact_choices(known.members))
    if not form.is_valid():
        return _show(request, actor, at, known, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wanted = form.cleaned_data
    person, fact, source = wanted["about"].split(":")
    identifier = member_identifier(actor=actor, household_id=household_id, person_id=int(person))
    correction = Correction(
        kind=CaseKind(wanted["kind"]),
        household_id=household_id,
        identifier=identifier,
        fact=fact,
        source=source,
        words=wanted["words"],
    )
    open_correction(actor=actor, at=at, correction=correction)
    tell(request, "درخواست اصلاح ثبت شد. مدرک آن را همین‌جا بیفزایید تا بازبینی آغاز شود.")
    return _back(household_id)


@page(Permission.READ_HOUSEHOLD, "POST")
def prove(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int, case_id: int) -> HttpResponse:
    """Take the paper; the review begins."""
    _require_case(household_known(actor=actor, at=at, household_id=household_id), case_id)
    form = ProofForm(request.POST, request.FILES)
    given = form.files.get("proof")
    proof = Proof(content=given.read() if given else b"")
    bring_proof(actor=actor, at=at, case_id=case_id, proof=proof, words=request.POST.get("words", ""))
    tell(request, "مدرک رسید. تا پایان بازبینی، این پاسخ بانک مبنای تصمیم نیست.")
    return _back(household_id)


@page(Permission.READ_PROVINCE, "POST")
def decide(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int, case_id: int) -> HttpResponse:
    """End a review with a reason."""
    _require_case(household_known(actor=actor, at=at, household_id=household_id), case_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise DecisionIncomplete(field="words")
    wanted = form.cleaned_data
    settle_case(
        actor=actor,
        at=at,
        case_id=case_id,
        is_upheld=wanted["decision"] == "UPHELD",
        words=wanted["words"],
        value=wanted["value"],
    )
    tell(request, "تصمیم ثبت شد و خانوار آن را با دلیل شما می‌بیند.")
    return _back(household_id)


@page(Permission.READ_PROVINCE)
def paper(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int, step_id: int) -> HttpResponse:
    """Hand the paper to whoever reviews it, as a file to keep apart from our pages; that it was read is noted."""
    del request
    household_known(actor=actor, at=at, household_id=household_id)
    brought = get_paper(household_id=household_id, step_id=step_id)
    answer = HttpResponse(brought.content, content_type=MEDIA_TYPES[brought.kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="paper-{step_id}.{brought.kind.value.lower()}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


class DecisionIncomplete(Refusal):
    """A decision says in a sentence why."""

    code = "DECISION_INCOMPLETE"
    sentence = "تصمیم و دلیل آن را بنویسید؛ دلیل به خانوار نشان داده می‌شود."


def _require_case(known: HouseholdKnown, case_id: int) -> None:
    """A case is reached through its own household only."""
    if case_id not in {case.id for case in known.cases}:
        raise CaseUnknown(field="case")


def _back(household_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("evidence", args=[household_id]))


def _show(
    request: HttpRequest,
    actor: Actor,
    at: datetime,
    known: HouseholdKnown,
    form: CorrectionForm,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    file = get_household_file(actor=actor, at=at, household_id=known.household_id, purpose=PURPOSE)
    declared = {one.name: one.shown for one in file.facts if one.is_latest}
    context = {
        "code": file.code,
        "household_id": known.household_id,
        "sees_figures": sees_figures(actor),
        "members": tuple(show_member(one, actor=actor, declared=declared) for one in known.members),
        "cases": tuple(show_case(one, actor=actor) for one in known.cases),
        "inquiries": tuple(show_inquiry(one) for one in known.inquiries),
        "form": form,
        "is_wrong": status != HTTPStatus.OK,
    }
    return render(request, "staff_site/evidence.html", context, status=status)

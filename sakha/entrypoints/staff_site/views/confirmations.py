"""Confirmers: those an office may ask, answers to check on the spot, signs of rings; and answering inside the site."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.people_forms import ConfirmerForm
from sakha.entrypoints.staff_site.people_wording import (
    show_answer_to_audit,
    show_asked,
    show_confirmer,
    show_sign,
)
from sakha.entrypoints.staff_site.sessions import tell
from sakha.scoring.actions.confirming import NewConfirmer, add_confirmer, stop_confirmer
from sakha.scoring.actions.confirming_links import GivenAnswers, answer_in_site, asked_in_site
from sakha.scoring.actions.confirming_results import audit_answer, settle_of_confirmer
from sakha.scoring.queries.confirmations import answers_to_audit, confirmers, get_confirmer_identity
from sakha.scoring.queries.confirmations_signs import collusion_signs
from sakha.scoring.rules.confirming_questions import QuestionCode

_PAGE_LENGTH = 30
_DIGITS_MAX = 18


@sensitive_post_parameters("mobile", "national_id", "name")
@page(Permission.READ_PROVINCE, "GET", "POST")
def overview(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show the office's confirmers and what to look into; take in a new one."""
    form = ConfirmerForm(
        request.POST if request.method == "POST" else None, province=actor.province, county=actor.county
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        confirmer = NewConfirmer(
            kind=form.confirmer_kind(),
            name=given["name"],
            mobile=given["mobile"],
            county=given["county"],
            national_id=given["national_id"],
        )
        add_confirmer(actor=actor, at=at, confirmer=confirmer)
        tell(request, "گواه افزوده شد. نام و شماره‌اش مهر شده است و جز برای بازرسی باز نمی‌شود.")
        return HttpResponseRedirect(reverse("confirmers"))
    after = request.GET.get("after", "")
    known = confirmers(
        actor=actor,
        limit=_PAGE_LENGTH,
        after=int(after) if after.isdecimal() and len(after) <= _DIGITS_MAX else 0,
    )
    context = {
        "form": form,
        "rows": tuple(show_confirmer(card) for card in known),
        "next_page": known[-1].id if len(known) == _PAGE_LENGTH else 0,
        "signs": tuple(show_sign(sign) for sign in collusion_signs(actor=actor, at=at)),
        "audits": tuple(show_answer_to_audit(answer) for answer in answers_to_audit(actor=actor)),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "staff_site/confirmers.html", context, status=status)


@page(Permission.READ_PROVINCE, "POST")
def open_identity(request: HttpRequest, *, actor: Actor, at: datetime, confirmer_id: int) -> HttpResponse:
    """Open who a confirmer is, for an audit; by POST, since it is written down."""
    identity = get_confirmer_identity(actor=actor, at=at, confirmer_id=confirmer_id)
    return render(request, "staff_site/confirmer.html", {"identity": identity, "confirmer_id": confirmer_id})


@page(Permission.READ_PROVINCE, "POST")
def stop(request: HttpRequest, *, actor: Actor, at: datetime, confirmer_id: int) -> HttpResponse:
    """Count a confirmer's word no longer."""
    stop_confirmer(actor=actor, at=at, confirmer_id=confirmer_id)
    settle_of_confirmer(actor=actor, at=at, confirmer_id=confirmer_id)
    tell(request, "از این پس سخن این گواه شمرده نمی‌شود، و آنچه به سخن او بود دوباره سنجیده شد.")
    return HttpResponseRedirect(reverse("confirmers"))


@page(Permission.READ_PROVINCE, "POST")
def audit(request: HttpRequest, *, actor: Actor, at: datetime, answer_id: int) -> HttpResponse:
    """Write what a check on the spot found."""
    audit_answer(actor=actor, at=at, answer_id=answer_id, was_right=request.POST.get("was_right") == "yes")
    tell(request, "بازرسی ثبت شد و در اعتبار گواه به حساب آمد.")
    return HttpResponseRedirect(reverse("confirmers"))


@page(Permission.CHECK_AID, "GET", "POST")
def asked(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show what the actor is asked about families of other bodies, and take the answers."""
    if request.method == "POST":
        number = request.POST.get("request", "")
        given = GivenAnswers(
            answers={code: request.POST.get(code.value, "") for code in QuestionCode},
            is_kin="is_kin" in request.POST,
        )
        request_id = int(number) if number.isdecimal() and len(number) <= _DIGITS_MAX else 0
        answer_in_site(actor=actor, at=at, request_id=request_id, given=given)
        tell(request, "سپاس؛ پاسخ شما ثبت شد و نام شما در آن نمی‌آید.")
        return HttpResponseRedirect(reverse("asked"))
    rows = tuple(show_asked(one, at=at) for one in asked_in_site(actor=actor, at=at))
    return render(request, "staff_site/asked.html", {"rows": rows})

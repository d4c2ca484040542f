"""What the banks know of the head, from whom and when, and the three corrections: on the head's own telephone."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from sakha.access.rules import Actor
from sakha.coordination.queries import RegistrationCard
from sakha.databanks.actions import Proof
from sakha.databanks.rules.lines import LineState
from sakha.databanks.rules.states import CaseKind, CaseStateWrong
from sakha.entrypoints.household_site.evidence import (
    OwnCorrectionForm,
    PaperForm,
    show_asked,
    show_corrections,
    show_known,
)
from sakha.entrypoints.household_site.gate import file_page, show
from sakha.entrypoints.household_site.sessions import tell
from sakha.entrypoints.household_site.wording import OWN_PURPOSE
from sakha.entrypoints.kashi.corrections import fact_choices
from sakha.registry.actions.own_corrections import (
    OwnCorrection,
    ask_whose_line,
    bring_own_proof,
    open_own_correction,
)
from sakha.registry.queries.own_evidence import OwnKnown, own_known

_ASKED_COUNT = 10


@sensitive_post_parameters()
@file_page("GET", "POST")
def known(request: HttpRequest, *, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Show what the banks said, or take in a correction with its paper."""
    reader = own.reader
    if reader is None:
        return show(request, "elsewhere")
    found = own_known(actor=reader, at=at, mobile=own.mobile, purpose=OWN_PURPOSE)
    if found.head is None:
        line = ask_whose_line(actor=reader, at=at, mobile=own.mobile)
        return show(request, "known_closed", is_asked=line is LineState.ASKED, asked=_asked(found))
    choices = fact_choices((found.head,))
    if request.method != "POST":
        return _show(request, found, OwnCorrectionForm(choices=choices))
    form = OwnCorrectionForm(request.POST, request.FILES, choices=choices)
    if form.is_valid():
        try:
            _correct(reader, at, own.mobile, form.cleaned_data)
        except CaseStateWrong:
            form.add_error("about", "دربارهٔ همین مورد درخواستی در دست بازبینی است؛ پایین صفحه را ببینید.")
        else:
            tell(request, "درخواست شما ثبت شد. مهلت و پاسخ آن را همین‌جا می‌بینید.")
            return HttpResponseRedirect(reverse("household_known"))
    return _show(request, found, form)


@file_page("GET", "POST")
def proof(request: HttpRequest, *, own: RegistrationCard, at: datetime, case_id: int) -> HttpResponse:
    """Take the paper of a correction that waits for it."""
    reader = own.reader
    if reader is None:
        return show(request, "elsewhere")
    form = PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()
    if form.is_bound and form.is_valid():
        paper = Proof(content=form.cleaned_data["proof"])
        bring_own_proof(actor=reader, at=at, mobile=own.mobile, case_id=case_id, proof=paper)
        tell(request, "مدرک رسید. تا پایان بازبینی، این پاسخ بانک مبنای تصمیم نیست.")
        return HttpResponseRedirect(reverse("household_known"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "proof", status=status, form=form)


def _correct(reader: Actor, at: datetime, mobile: str, given: dict[str, Any]) -> None:
    _, fact, source = given["about"].split(":")
    told = OwnCorrection(kind=CaseKind(given["kind"]), fact=fact, source=source, words=given["words"])
    paper = Proof(content=given["proof"]) if given["proof"] else None
    open_own_correction(actor=reader, at=at, mobile=mobile, told=told, proof=paper)


def _asked(found: OwnKnown) -> tuple[Any, ...]:
    return show_asked(found.inquiries[:_ASKED_COUNT])


def _show(request: HttpRequest, found: OwnKnown, form: OwnCorrectionForm) -> HttpResponse:
    head = found.head
    return show(
        request,
        "known",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        name=head.name if head else "",
        rows=show_known(head.known.facts) if head else (),
        waits=tuple(one.label for one in head.known.questions if one.answered_at is None) if head else (),
        other_count=found.other_count,
        cases=show_corrections(found.cases),
        asked=_asked(found),
        form=form,
    )

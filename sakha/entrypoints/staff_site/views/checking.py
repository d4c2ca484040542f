"""«استعلام پیش از کمک»: check before you give. The identifier travels by POST alone and is never sent back."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.forms import CheckForm
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.wording import show_check
from sakha.ledger.actions import check_aid
from sakha.vocabulary.need_kinds import NeedKind


@sensitive_post_parameters("identifier")
@page(Permission.CHECK_AID, "GET", "POST")
def check(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show the question; answer it where it was asked."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    screen, status = None, HTTPStatus.OK
    if form.is_bound:
        if form.is_valid():
            kind = NeedKind(form.cleaned_data["kind"])
            answer = check_aid(actor=actor, at=at, kind=kind, national_id=form.cleaned_data["identifier"])
            screen = show_check(answer, actor=actor)
        else:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    template = "staff_site/check.html#answer" if "HX-Request" in request.headers else "staff_site/check.html"
    return render(request, template, {"form": form, "screen": screen}, status=status)

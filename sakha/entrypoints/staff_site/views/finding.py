"""«یافتن»: a person from any part of a name, number or birth date, while it is typed. What is typed travels by POST."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.forms import FindForm
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.identity_wording import show_found
from sakha.linkage.rules.desk_question import understand_question
from sakha.registry.queries.finding import find_people
from sakha.vocabulary.refusal import Refusal


@sensitive_post_parameters("text")
@page(Permission.READ_HOUSEHOLD, "GET", "POST")
def find(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show the field; list who is found below it, as it is typed or when it is sent."""
    form = FindForm(request.POST if request.method == "POST" else None)
    is_typing = "HX-Request" in request.headers
    screen, status = None, HTTPStatus.OK
    if form.is_bound and form.is_valid():
        try:
            question = understand_question(form.cleaned_data["text"])
            screen = show_found(find_people(actor=actor, at=at, question=question))
        except Refusal as refusal:
            form.add_error("text", refusal.message)
    if form.errors and not is_typing:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    template = "staff_site/find.html#found" if is_typing else "staff_site/find.html"
    return render(request, template, {"form": form, "screen": screen}, status=status)

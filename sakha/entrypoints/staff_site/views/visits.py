"""Whom to visit first: the households whose place among the poorest is least sure, for offices."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.choosing import shown_province
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.needs_forms import CountyFilter
from sakha.entrypoints.staff_site.wording import show_place
from sakha.scoring.queries.visits import VisitCandidate, riskiest_households
from sakha.vocabulary.digits import persian_digits

_PAGE_LENGTH = 30


class VisitRow(NamedTuple):
    """A household of the list in words."""

    household_id: int
    code: str
    place: str
    risk: str
    note: str


@page(Permission.READ_PROVINCE)
def visits(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List the least sure first; every one on the page is logged."""
    form = CountyFilter(request.GET or None, province=shown_province(actor))
    county = form.cleaned_data["county"] if form.is_bound and form.is_valid() else ""
    found = riskiest_households(actor=actor, at=at, limit=_PAGE_LENGTH, county=county)
    return render(request, "staff_site/visits.html", {"form": form, "rows": tuple(_show(one) for one in found)})


def _show(one: VisitCandidate) -> VisitRow:
    return VisitRow(
        household_id=one.household_id,
        code=one.code,
        place="جا گفته نمی‌شود" if one.is_protected else show_place(one.province, one.county),
        risk=f"{persian_digits(round(one.risk / 10))} از ۱۰۰",
        note=f"دهک برآوردی {persian_digits(one.decile)} · {persian_digits(one.known_count)} داده معلوم است",
    )

"""Before and after: what stood on the eve of a province's opening, beside the last counted day."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.reports.values import show_amount
from sakha.entrypoints.staff_site.choosing import shown_province
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.place_screens import define, file_address
from sakha.observatory.queries.openings import Change, find_since_opening
from sakha.observatory.queries.reports import AT_A_GLANCE
from sakha.observatory.rules.daily import Place
from sakha.observatory.rules.shapes import FigureUnit
from sakha.vocabulary.jalali import TEHRAN


@page(Permission.READ_PROVINCE)
def since_opening(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show each figure at a glance on both days, and how much it changed."""
    place = Place(shown_province(actor, request.GET.get("province", "")), actor.county)
    since = find_since_opening(actor=actor, place=place, on=at.astimezone(TEHRAN).date())
    if since is None:
        raise Http404
    rows = [
        {
            "title": define(code).title,
            "meaning": define(code).meaning,
            "before": show_amount(one.before.value, one.before.unit),
            "now": show_amount(one.now.value, one.now.unit),
            "change": show_change(one),
        }
        for code, one in ((code, since.changes[code]) for code in AT_A_GLANCE)
    ]
    files = [(day, file_address(place, day)) for day in (since.eve, since.on)]
    context = {"since": since, "place": place, "rows": rows, "files": files}
    return render(request, "staff_site/since.html", context)


def show_change(one: Change) -> str:
    """Write how much a figure changed, with its sign; of a percentage in points."""
    if one.by is None:
        return show_amount(None, one.now.unit)
    sign = "" if not one.by else "+" if one.by > 0 else "\N{MINUS SIGN}"
    # the mark keeps the sign before its digits where the line is read from the right; money ends in words
    mark = "" if one.now.unit is FigureUnit.RIAL or not sign else "\N{LEFT-TO-RIGHT MARK}"
    return f"{mark}{sign}{show_amount(abs(one.by), one.now.unit)}"

"""Reports of closed months as PDF and Excel, for those whose area it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.reports.paper import draw_report
from sakha.entrypoints.reports.workbook import write_workbook
from sakha.entrypoints.staff_site.choosing import shown_province
from sakha.entrypoints.staff_site.gate import page
from sakha.observatory.queries import find_first_counted
from sakha.observatory.queries.kept_reports import get_kept_report, kept_reports
from sakha.observatory.queries.reports import get_report
from sakha.observatory.rules.daily import Place
from sakha.observatory.rules.reports import ReportKind
from sakha.vocabulary.jalali import TEHRAN, jalali_month, month_ends, month_name
from sakha.vocabulary.places import PROVINCES

NATION: Final = "iran"
_MONTHS_SHOWN: Final = 12
_FORMS: Final = {
    "pdf": (draw_report, "application/pdf"),
    "xlsx": (write_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@page(Permission.READ_PROVINCE)
def reports(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List the days of which a report can be had: yesterday, and the ends of the closed months."""
    code = request.GET.get("province", "")
    code = NATION if code == NATION and not actor.province else shown_province(actor, code)
    place, today = _place(actor, code), at.astimezone(TEHRAN).date()
    days = [(today - timedelta(days=1), "تا دیروز")]
    days += [(end, month_name(jalali_month(end))) for end in month_ends(today, _MONTHS_SHOWN)]
    first = find_first_counted(actor=actor, place=place)
    after = _read_day(request.GET.get("after", ""))
    kept, next_page = ((), None) if place.county else kept_reports(actor=actor, province=place.province, after=after)
    context = {
        "code": code,
        "place": place,
        "days": [(day, words) for day, words in days if first is not None and first <= day],
        "others": () if actor.province else tuple(PROVINCES.values()),
        "nation": NATION,
        "kept": kept,
        "next_page": next_page,
        "kinds": [(ReportKind.MONTHLY.value.lower(), "ماهانه"), (ReportKind.COUNCIL.value.lower(), "برای شورا")],
    }
    return render(request, "staff_site/reports.html", context)


@page(Permission.READ_PROVINCE)
def report(  # noqa: PLR0913 -- what the address names
    request: HttpRequest, *, actor: Actor, at: datetime, kind: str, code: str, on: str, form: str
) -> HttpResponse:
    """Hand out one report: of a day that is over, of the actor's own area."""
    del request
    if form not in _FORMS or kind.upper() not in set(ReportKind):
        raise Http404
    day = _read_day(on)
    if day is None or day >= at.astimezone(TEHRAN).date():
        raise Http404
    written = get_report(actor=actor, kind=ReportKind(kind.upper()), place=_place(actor, code), on=day)
    draw, content_type = _FORMS[form]
    response = HttpResponse(draw(written), content_type=content_type, status=HTTPStatus.OK)
    response["Content-Disposition"] = f'attachment; filename="sakha-{kind}-{code}-{day.isoformat()}.{form}"'
    return response


@page(Permission.READ_PROVINCE)
def kept_report(request: HttpRequest, *, actor: Actor, at: datetime, number: int) -> HttpResponse:
    """Hand out a report as it was kept."""
    del request, at
    line, content = get_kept_report(actor=actor, report_id=number)
    response = HttpResponse(content, content_type=_FORMS[line.form][1], status=HTTPStatus.OK)
    response["Content-Disposition"] = f'attachment; filename="{line.name}"'
    return response


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _place(actor: Actor, code: str) -> Place:
    """The place of a code; a county's officer has the county alone."""
    if code == NATION:
        return Place()
    return Place(code, actor.county if code == actor.province else "")

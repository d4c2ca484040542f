"""The public's pages in two languages: what Sakha is, its figures, its method, how to begin, what is kept and what not.

The figures are read at most once in ten minutes by each process. Reads the clock for that and for the year of prices.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from sakha.entrypoints.open_data.kept import KEPT_SECONDS, Kept, NotReady
from sakha.entrypoints.public_site.frame import LANGUAGES, frame_of
from sakha.entrypoints.public_site.languages import Language
from sakha.entrypoints.public_site.points import list_points
from sakha.entrypoints.public_site.tables import (
    CODEBOOK,
    STANDING,
    appeal_rows,
    grievance_rows,
    kind_rows,
    place_rows,
    write_file,
)
from sakha.exchange.queries.published import bounded_reads
from sakha.observatory.queries.public_tables import PublicTables, read_public_tables
from sakha.scoring.queries.documents import current_card
from sakha.vocabulary.jalali import TEHRAN, jalali_year
from sakha.vocabulary.places import PROVINCES


def _read() -> PublicTables:
    with bounded_reads():
        return read_public_tables(at=timezone.now(), has_running=settings.SAKHA.is_demonstration)


TABLES: Final = Kept(_read)


@require_safe
def home(request: HttpRequest, language: str) -> HttpResponse:
    """What Sakha is; whoever is signed in is led to their own first page."""
    if getattr(request, "actor", None) is not None:
        return HttpResponseRedirect(reverse("home"))
    spoken = LANGUAGES[language]
    try:
        tables = TABLES.get()
    except NotReady:
        return _show(request, spoken, "home")
    if ("HOUSEHOLDS", "") not in tables.standing:
        return _show(request, spoken, "home")
    shown = {name: spoken.number(tables.standing.get((name, ""), 0)) for name in ("HOUSEHOLDS", "UNCOVERED")}
    told = {"needs": spoken.told(tables.help.told("")), "month": spoken.month(tables.help.month)}
    return _show(request, spoken, "home", standing=shown, on=spoken.day(tables.on), **told)


@require_safe
def figures(request: HttpRequest, language: str, province: str = "") -> HttpResponse:
    """What was needed and given, for the country or one province."""
    if province and province not in PROVINCES:
        raise Http404
    spoken = LANGUAGES[language]
    try:
        tables = TABLES.get()
    except NotReady:
        return _not_ready(request, spoken)
    worth = tables.help.worth_rial.get(province)
    return _show(
        request,
        spoken,
        "figures",
        province=province,
        place=spoken.place(province),
        places=place_rows(tables, spoken, province),
        kinds=kind_rows(tables, spoken, province),
        standing={name: spoken.number(tables.standing.get((name, province), 0)) for name in STANDING},
        shares=_shares(tables),
        bounds=_BOUNDS,
        needs=spoken.told(tables.help.told(province)),
        worth="" if worth is None else spoken.money(worth),
        month=spoken.month(tables.help.month),
        on=spoken.day(tables.on),
        has_running=settings.SAKHA.is_demonstration,
    )


@require_safe
def voices(request: HttpRequest, language: str) -> HttpResponse:
    """What people objected to and complained of, and what became of it."""
    spoken = LANGUAGES[language]
    try:
        tables = TABLES.get()
    except NotReady:
        return _not_ready(request, spoken)
    late = {name: spoken.number(tables.voices.get(f"{name} LATE", 0)) for name in ("APPEAL", "GRIEVANCE")}
    rows = {"appeals": appeal_rows(tables, spoken), "grievances": grievance_rows(tables, spoken)}
    return _show(request, spoken, "voices", late=late, on=spoken.day(tables.on), **rows)


@require_safe
def data(request: HttpRequest, language: str) -> HttpResponse:
    """The open data sets and what their columns mean."""
    spoken = LANGUAGES[language]
    columns = [(name, fa if spoken.is_persian else en) for name, fa, en in CODEBOOK]
    return _show(request, spoken, "data", columns=columns)


@require_safe
def method(request: HttpRequest, language: str) -> HttpResponse:
    """How help is given by rule, with the points of the model in force."""
    spoken = LANGUAGES[language]
    year, card = jalali_year(timezone.now().astimezone(TEHRAN).date()), current_card()
    points = list_points(spoken, year=year)
    model = {"name": f"{card.id}-{card.version}", "sha": card.sha, "count": spoken.number(len(points))}
    return _show(request, spoken, "method", points=points, model=model, year=spoken.digits(year))


@require_safe
def text(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """A page of words alone."""
    return _show(request, LANGUAGES[language], name)


@require_safe
def figures_file(request: HttpRequest) -> HttpResponse:
    """All told figures as CSV."""
    del request
    try:
        content = write_file(TABLES.get())
    except NotReady:
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})
    response = HttpResponse("\N{BYTE ORDER MARK}" + content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sakha-figures.csv"'
    return _keep(response)


# Steps of colour: shares of the uncovered among all needy households of a province.
_BOUNDS: Final = (0.1, 0.2, 0.3, 0.4)


def _shares(tables: PublicTables) -> dict[str, float]:
    """Of each province with anybody in it the coverage gap, as everywhere, made of what is told alone.

    An uncovered household of the register is one of the households already.
    """
    shares = {}
    for code in PROVINCES:
        names = ("HOUSEHOLDS", "UNCOVERED_OUTSIDE", "UNCOVERED")
        known, outside, uncovered = (tables.standing.get((name, code), 0) for name in names)
        if known + outside:
            shares[code] = min(uncovered / (known + outside), 1.0)
    return shares


def _show(request: HttpRequest, language: Language, name: str, **context: Any) -> HttpResponse:
    frame = frame_of(language, name, province=context.get("province", ""))
    return _keep(render(request, f"public_site/{language.code}/{name}.html", {**frame, **context}))


def _not_ready(request: HttpRequest, language: Language) -> HttpResponse:
    response = _show(request, language, "not_ready")
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response.headers["Retry-After"] = "60"
    response.headers["Cache-Control"] = "no-store"
    return response


def _keep(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response

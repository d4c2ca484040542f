"""HSDS 3.0 and 360Giving 1.4 for anybody: reads only, by pages, and nobody's name but a body's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from sakha.entrypoints.open_data.kept import KEPT_SECONDS, Kept, NotReady
from sakha.exchange.queries.partners import own_name
from sakha.exchange.queries.published import bounded_reads, published_bodies, published_grants, published_offers
from sakha.exchange.rules.directory import (
    PER_PAGE,
    PER_PAGE_MAX,
    write_extension,
    write_organization,
    write_page,
    write_profile,
    write_service,
    write_service_at_location,
    write_taxonomy,
    write_terms,
)
from sakha.exchange.rules.grants import Publisher, write_csv, write_package
from sakha.vocabulary.jalali import TEHRAN

_PAGE_MAX: Final = 100_000
_ADDRESS: Final = "https://publisher.invalid/"  # what is kept is the same for every name under which we are asked
Lines = Mapping[str, dict[str, Any]]
View = Callable[..., HttpResponse]


def _by_id(lines: Iterable[dict[str, Any]]) -> Lines:
    return {line["id"]: line for line in lines}


def _offers(write: Callable[[Any], dict[str, Any]]) -> Lines:
    with bounded_reads():
        return _by_id(map(write, published_offers(on=timezone.now().astimezone(TEHRAN).date())))


def _bodies() -> Lines:
    with bounded_reads():
        return _by_id(map(write_organization, published_bodies()))


def _grants() -> dict[str, bytes]:
    publisher = Publisher(name="سخا", prefix=f"360G-{own_name()}", address=_ADDRESS)
    with bounded_reads():
        grants = published_grants()
    package = write_package(grants, publisher=publisher, at=timezone.now())
    return {"json": json.dumps(package, ensure_ascii=False).encode(), "csv": write_csv(package).encode()}


LISTS: Final[dict[str, Kept[Lines]]] = {
    "organizations": Kept(_bodies),
    "services": Kept(lambda: _offers(write_service)),
    "service_at_locations": Kept(lambda: _offers(write_service_at_location)),
    "taxonomies": Kept(lambda: _by_id([write_taxonomy()])),
    "taxonomy_terms": Kept(lambda: _by_id(write_terms())),
}
GRANTS: Final = Kept(_grants)


def forget_published() -> None:
    """Make everything anew when it is next asked for."""
    GRANTS.forget()
    for kept in LISTS.values():
        kept.forget()


def _when_ready(view: View) -> View:
    @wraps(view)
    def answered(request: HttpRequest, **named: str) -> HttpResponse:
        try:
            return view(request, **named)
        except NotReady:
            busy = JsonResponse({"error": "not ready, ask again"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
            busy["Retry-After"] = "60"
            return busy

    return answered


@require_GET
def show_root(request: HttpRequest) -> HttpResponse:
    """Which version and profile this is."""
    return _kept(write_profile(request.build_absolute_uri()))


@require_GET
def show_extension(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- the form of a view
    """Our profile: what it adds to the standard."""
    return _kept(write_extension())


@require_GET
@_when_ready
def show_list(request: HttpRequest, name: str) -> HttpResponse:
    """A page of a list; `organization_id`, `taxonomy_term_id` and `search` narrow it."""
    lines = [line for line in LISTS[name].get().values() if _is_wanted(request, line)]
    page, per_page = _number(request, "page", 1, _PAGE_MAX), _number(request, "per_page", PER_PAGE, PER_PAGE_MAX)
    begins = (page - 1) * per_page
    return _kept(write_page(lines[begins : begins + per_page], total=len(lines), page=page, per_page=per_page))


@require_GET
@_when_ready
def show_one(request: HttpRequest, name: str, one_id: str) -> HttpResponse:  # noqa: ARG001 -- the form of a view
    """One line by its id."""
    found = LISTS[name].get().get(one_id)
    if found is None:
        return JsonResponse({"error": "not found"}, status=HTTPStatus.NOT_FOUND)
    return _kept(found)


@require_GET
@_when_ready
def show_grants(request: HttpRequest, form: str) -> HttpResponse:
    """Delivered money as 360Giving: JSON or CSV."""
    told = GRANTS.get()[form].replace(_ADDRESS.encode(), request.build_absolute_uri("/").encode(), 1)
    response = HttpResponse(told, content_type="application/json" if form == "json" else "text/csv; charset=utf-8")
    if form == "csv":
        response["Content-Disposition"] = 'attachment; filename="360giving.csv"'
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


def _is_wanted(request: HttpRequest, line: dict[str, Any]) -> bool:
    body, term, words = (request.GET.get(name, "") for name in ("organization_id", "taxonomy_term_id", "search"))
    terms = [attribute["taxonomy_term_id"] for attribute in line.get("attributes", [])]
    return (
        (not body or body in {line.get("organization_id"), line.get("location", {}).get("organization_id")})
        and (not term or term in terms)
        and (not words or words in f"{line.get('name', '')} {line.get('description', '')}")
    )


def _number(request: HttpRequest, name: str, default: int, most: int) -> int:
    text = request.GET.get(name, "")
    is_number = text.isascii() and text.isdigit() and 0 < len(text) <= len(str(most))
    return min(max(int(text), 1), most) if is_number else default


def _kept(body: Any) -> HttpResponse:
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response

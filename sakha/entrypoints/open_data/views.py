"""HSDS 3.0 and 360Giving 1.4 for anybody: reads only, by pages, and nobody's name but a body's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from sakha.exchange.queries.partners import own_name
from sakha.exchange.queries.published import published_bodies, published_grants, published_offers
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

KEPT_SECONDS: Final = 600
_PAGE_MAX: Final = 100_000


def _offers() -> Sequence[Any]:
    return published_offers(on=timezone.now().astimezone(TEHRAN).date())


LISTS: Final[dict[str, tuple[Callable[[], Sequence[Any]], Callable[[Any], dict[str, Any]]]]] = {
    "organizations": (published_bodies, write_organization),
    "services": (_offers, write_service),
    "service_at_locations": (_offers, write_service_at_location),
    "taxonomies": (lambda: [write_taxonomy()], dict),
    "taxonomy_terms": (write_terms, dict),
}


@require_GET
def show_root(request: HttpRequest) -> HttpResponse:
    """Which version and profile this is."""
    return _kept(write_profile(request.build_absolute_uri()))


@require_GET
def show_extension(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- the form of a view
    """Our profile: what it adds to the standard."""
    return _kept(write_extension())


@require_GET
def show_list(request: HttpRequest, name: str) -> HttpResponse:
    """A page of a list; `organization_id`, `taxonomy_term_id` and `search` narrow it."""
    read, write = LISTS[name]
    lines = [line for line in map(write, read()) if _is_wanted(request, line)]
    page, per_page = _number(request, "page", 1, _PAGE_MAX), _number(request, "per_page", PER_PAGE, PER_PAGE_MAX)
    begins = (page - 1) * per_page
    return _kept(write_page(lines[begins : begins + per_page], total=len(lines), page=page, per_page=per_page))


@require_GET
def show_one(request: HttpRequest, name: str, one_id: str) -> HttpResponse:  # noqa: ARG001 -- the form of a view
    """One line by its id."""
    read, write = LISTS[name]
    found = next((line for line in map(write, read()) if line["id"] == one_id), None)
    if found is None:
        return JsonResponse({"error": "not found"}, status=HTTPStatus.NOT_FOUND)
    return _kept(found)


@require_GET
def show_grants(request: HttpRequest, form: str) -> HttpResponse:
    """Delivered money as 360Giving: JSON or CSV."""
    publisher = Publisher(name="سخا", prefix=f"360G-{own_name()}", address=request.build_absolute_uri("/"))
    package = write_package(published_grants(), publisher=publisher, at=timezone.now())
    if form == "json":
        return _kept(package)
    response = HttpResponse(write_csv(package), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="360giving.csv"'
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

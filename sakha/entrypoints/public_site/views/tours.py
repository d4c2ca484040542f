"""The guided tour, which only a demonstration has: five minutes for each role, by links to its real pages."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from sakha.entrypoints.public_site.frame import LANGUAGES, frame_of
from sakha.entrypoints.public_site.tour_steps import TOURS

# Pages that are no name of the table of addresses.
_ADDRESSES: Final = {"api_reference": "/api/v1/openapi.json", "open_data": "/open-data/hsds/"}
_KEPT_SECONDS: Final = 600


@require_safe
def tour(request: HttpRequest, spoken: str) -> HttpResponse:
    """Show all roles' tours; outside a demonstration there is none."""
    if not settings.SAKHA.is_demonstration:
        raise Http404
    language = LANGUAGES[spoken]
    place = 0 if language.is_persian else 1
    tours = [
        {
            "name": one.name,
            "icon": one.icon,
            "title": one.title[place],
            "other_title": one.title[1 - place],
            "entry": one.entry[place],
            "steps": [
                {
                    "address": address_of_step(step.page, is_persian=language.is_persian),
                    "title": step.title[place],
                    "words": step.words[place],
                    "other": step.title[1 - place],
                }
                for step in one.steps
            ],
        }
        for one in TOURS
    ]
    context = frame_of(language, "tour") | {
        "tours": tours,
        "other": reverse("tour_en" if language.is_persian else "tour"),
        "frame": f"public_site/{spoken}/page.html",
    }
    response = render(request, "public_site/tour.html", context)
    patch_cache_control(response, public=True, max_age=_KEPT_SECONDS)
    return response


def address_of_step(page: str, *, is_persian: bool) -> str:
    """Where a step leads; a public page in the reader's language."""
    if page in _ADDRESSES:
        return _ADDRESSES[page]
    if not is_persian:
        try:
            return reverse(f"{page}_en")
        except NoReverseMatch:
            return reverse(page)
    return reverse(page)

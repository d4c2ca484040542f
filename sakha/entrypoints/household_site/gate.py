"""The gate before the household's pages: who came in through the door, and whether the page is of this hour.

Reads the clock once a request. A page without a gate fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sakha.coordination.queries import RegistrationCard, find_registration
from sakha.coordination.rules.states import RegistrationState
from sakha.entrypoints.household_site.sessions import find_visit, take_told
from sakha.vocabulary.refusal import Refusal

# A view that is told whose registration it is and when (`own`, `at`), beside what the address names.
Page: TypeAlias = Callable[..., HttpResponse]
_BREAKAGES = frozenset({"KEY_MISSING", "SEAL_BROKEN"})  # nobody in front of a page can mend these


def sheet_page(*methods: str) -> Callable[[Page], Callable[..., HttpResponse]]:
    """Let in whoever is still filling in; what was sent leads to the file."""
    return _gate(methods, lambda own: own.state is RegistrationState.BEGUN)


def file_page(*methods: str) -> Callable[[Page], Callable[..., HttpResponse]]:
    """Let in whose household is registered; whoever is still filling in is led back to the sheet."""
    return _gate(methods, lambda own: own.household_id is not None)


def own_page(*methods: str) -> Callable[[Page], Callable[..., HttpResponse]]:
    """Let in whoever came through the door."""
    return _gate(methods, lambda _: True)


def _gate(
    methods: tuple[str, ...], fits: Callable[[RegistrationCard], bool]
) -> Callable[[Page], Callable[..., HttpResponse]]:
    def guard(view: Page) -> Callable[..., HttpResponse]:
        @never_cache
        @require_http_methods(methods or ("GET",))
        @wraps(view)
        def guarded(request: HttpRequest, **place: Any) -> HttpResponse:
            visit = find_visit(request)
            own = None if visit is None else find_registration(registration_id=visit)
            if own is None:
                return HttpResponseRedirect(reverse("household_door"))
            if not fits(own):
                return HttpResponseRedirect(reverse("household_home"))
            try:
                return view(request, own=own, at=timezone.now(), **place)
            except Refusal as refusal:
                if refusal.code in _BREAKAGES:
                    raise
                return show_stop(request, refusal.message)

        guarded.is_gated = True  # type: ignore[attr-defined]  # read by the test that walks all addresses
        return guarded

    return guard


def show(request: HttpRequest, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> HttpResponse:
    """Draw a page of this site; its address is told to nobody else.

    Not `no-referrer`: browsers then name no origin with a form either, and the form would be refused as a stranger's.
    """
    context |= {"told": take_told(request)}
    response = render(request, f"household_site/{template}.html", context, status=status)
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def show_stop(
    request: HttpRequest, title: str, *, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY, hint: str = ""
) -> HttpResponse:
    """Say why it doesn't go on, and the way that stays open."""
    return show(request, "stopped", status=status, title=title, hint=hint)

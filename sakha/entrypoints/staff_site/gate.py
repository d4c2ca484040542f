"""The gate before every page: who is signed in, and whether the page is theirs.

Reads the clock once a request and hands it on. A page without a gate fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from sakha.access.rules import Actor, Permission

# A view that is told who asks and when (`actor`, `at`), beside what the address names.
Page: TypeAlias = Callable[..., HttpResponse]


def find_request_actor(request: HttpRequest) -> Actor | None:
    """Return who the middleware found to be signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor


def page(permission: Permission, *methods: str) -> Callable[[Page], Callable[..., HttpResponse]]:
    """Let only those with the permission see the page; strangers are asked to sign in."""
    allowed = methods or ("GET",)

    def guard(view: Page) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, **place: Any) -> HttpResponse:
            actor = find_request_actor(request)
            if actor is None:
                return ask_to_sign_in(request)
            actor.require(permission)
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            return view(request, actor=actor, at=timezone.now(), **place)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the test that walks all addresses
        guarded.methods = allowed  # type: ignore[attr-defined]  # read by the test that knows every page
        return guarded

    return guard


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in page, and back afterwards where the address alone says enough."""
    address = reverse("sign_in")
    if request.method == "GET" and "HX-Request" not in request.headers:
        return HttpResponseRedirect(f"{address}?{urlencode({'next': request.get_full_path()})}")
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)

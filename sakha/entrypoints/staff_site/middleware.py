"""Puts the signed-in actor around the whole request: one transaction, in the actor's name, undone when it breaks.

Views that are marked with `own_transactions` are left to begin and end theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from sakha.access.actions import acting
from sakha.entrypoints.operations.transactions import has_own_transactions
from sakha.entrypoints.staff_site.refusals import show_refusal
from sakha.entrypoints.staff_site.sessions import find_session_actor
from sakha.vocabulary.refusal import Refusal

_BREAKAGES = frozenset({"KEY_MISSING", "SEAL_BROKEN"})  # nobody in front of a page can mend these


class ActorMiddleware:
    """Works as the session's actor, turns refusals into pages, and rolls back whatever ends with 500 or more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as whoever is signed in."""
        actor = find_session_actor(request, timezone.now())
        request.actor = actor  # type: ignore[attr-defined]  # read through gate.find_request_actor
        if actor is None:
            return self.get_response(request)
        if has_own_transactions(request):
            response = self.get_response(request)
        else:
            with acting(actor):
                response = self.get_response(request)
                if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    transaction.set_rollback(True)
        # the next person at a shared desk must not find the page by the back button
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a refusal; anything else is a bug, or a key that is gone, and goes its way to the log."""
        if isinstance(exception, Refusal) and exception.code not in _BREAKAGES:
            return show_refusal(request, exception)
        return None

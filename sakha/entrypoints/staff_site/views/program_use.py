"""One program: its keys, what it called by day and way, what was refused and what helps, and what it may try."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sakha.access.queries import get_client, use_history
from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.program_wording import DAYS_SHOWN, examples_of, show_use
from sakha.entrypoints.staff_site.views.programs import show_program
from sakha.vocabulary.jalali import TEHRAN


@page(Permission.KEEP_CLIENT_KEYS)
def program(request: HttpRequest, *, actor: Actor, at: datetime, client_id: int) -> HttpResponse:
    """Show the program; `?day=` shows the ways and refusals of one day."""
    card = get_client(actor=actor, client_id=client_id)
    midnight = at.astimezone(TEHRAN).replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=DAYS_SHOWN - 1)
    history = use_history(actor=actor, client_id=card.id, since=since)
    chosen = _day(request.GET.get("day", ""))
    context = {
        "is_one_day": chosen is not None,
        "row": show_program(card, at),
        "use": show_use(card, history, today=midnight.date(), chosen=chosen),
        "examples": examples_of(card, address=request.build_absolute_uri("/api/v1")),
        "may_stop": actor.can(Permission.ADMIT_CLIENT),
    }
    return render(request, "staff_site/program.html", context)


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None

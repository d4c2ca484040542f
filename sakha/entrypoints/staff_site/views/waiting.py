"""The officials' desk: what waits for a decision of theirs, oldest first, each with the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.observatory.queries.waiting import decisions_that_wait
from sakha.vocabulary.digits import group_thousands
from sakha.vocabulary.jalali import show_age_ago

_SIGNS = {
    "appeals": "message-square-warning",
    "identity_queue": "users-round",
    "policies": "scale",
    "introductions": "heart-handshake",
    "directory": "list-filter",
    "grievances": "megaphone",
    "prices": "scale",
    "evidence": "database",
    "shares": "scale",
    "refunds": "hand-heart",
    "gateway_cases": "triangle-alert",
    "legal_givers": "hand-heart",
    "pool_policies": "scale",
}
_LATE_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """A pile of decisions in words."""

    title: str
    note: str
    sign: str
    kind: str
    address: str


def waiting_rows(*, actor: Actor, at: datetime) -> tuple[WaitingRow, ...]:
    """Return each pile with its count and its oldest, in words."""
    return tuple(
        WaitingRow(
            title=f"{one.title}: {group_thousands(one.count)}",
            note=f"{one.detail} · کهنه‌ترین: {show_age_ago((at - one.oldest_at).days)}",
            sign=_SIGNS[one.url_name],
            kind="stop" if (at - one.oldest_at).days >= _LATE_DAYS else "wait",
            address=reverse(one.url_name, args=[one.household_id] if one.household_id else None),
        )
        for one in decisions_that_wait(actor=actor, at=at)
    )


@page(Permission.READ_PROVINCE)
def desk(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show what waits."""
    return render(request, "staff_site/desk.html", {"rows": waiting_rows(actor=actor, at=at)})

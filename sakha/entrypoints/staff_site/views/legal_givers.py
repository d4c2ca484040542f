"""Companies that ask for a giver's account: what was seen of their papers, approved by somebody else, stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.sessions import tell
from sakha.giving.actions.legal_givers import check_legal_giver, decide_legal_giver, stop_legal_giver
from sakha.giving.queries.legal_givers import PAGE_SIZE, LegalGiverCard, legal_givers
from sakha.giving.rules.legal_givers import NOTE_MAX, LegalGiverState, LegalGiverUnknown
from sakha.vocabulary.identifiers import parse_legal_id, show_mobile
from sakha.vocabulary.jalali import TEHRAN, show_date_short
from sakha.vocabulary.refusal import Refusal

_STATES = {
    LegalGiverState.WAITING: ("مدرک‌ها دیده شود", "wait"),
    LegalGiverState.CHECKED: ("در انتظار چشم دوم", "wait"),
    LegalGiverState.APPROVED: ("حساب دارد", "clear"),
    LegalGiverState.REJECTED: ("ردشده", ""),
    LegalGiverState.STOPPED: ("بسته", ""),
}
_DONE = {
    "check": "نوشته شد. کس دیگری تصویب می‌کند.",
    "approve": "تصویب شد و به گوشی درخواست‌کننده خبر می‌رود.",
    "reject": "رد شد و به گوشی درخواست‌کننده خبر می‌رود.",
    "stop": "بسته شد. از این پس کسی به نام آن نمی‌دهد.",
}
_PAGE_DIGITS = 4
_ID_MOST = 20


@page(Permission.DECIDE_POLICY)
def waiting(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:  # noqa: ARG001 -- of every page
    """Show who asks, the longest wait first, then who was approved and who was not; or those of one national ID."""
    asked, told = request.GET.get("page", ""), request.GET.get("legal_id", "").strip()
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= _PAGE_DIGITS else 1
    context: dict[str, object] = {"note_most": NOTE_MAX, "legal_id": told[:_ID_MOST], "lines": []}
    try:
        legal_id = parse_legal_id(told) if told else ""
    except Refusal as refusal:
        context["wrong"] = refusal.message
    else:
        found = legal_givers(actor=actor, page=number, legal_id=legal_id)
        context["lines"] = [_line(one, actor) for one in found]
        context["next_page"] = number + 1 if len(found) == PAGE_SIZE else 0
    return render(request, "staff_site/legal_givers.html", context)


@page(Permission.DECIDE_POLICY, "POST")
def step(request: HttpRequest, *, actor: Actor, at: datetime, legal_giver_id: int, step: str) -> HttpResponse:
    """Write what was seen; approve or reject; stop."""
    note = request.POST.get("note", "")
    asked: dict[str, Any] = {"actor": actor, "at": at, "legal_giver_id": legal_giver_id}
    try:
        if step == "check":
            check_legal_giver(**asked, note=note)
        elif step in {"approve", "reject"}:
            decide_legal_giver(**asked, is_approved=step == "approve", reason=note)
        elif step == "stop":
            stop_legal_giver(**asked, reason=note)
        else:
            raise LegalGiverUnknown
    except Refusal as refusal:
        tell(request, refusal.message)
    else:
        tell(request, _DONE[step])
    return HttpResponseRedirect(reverse("legal_givers"))


def _line(card: LegalGiverCard, actor: Actor) -> dict[str, object]:
    state, kind = _STATES[card.state]
    return {
        "id": card.id,
        "name": card.name,
        "legal_id": card.legal_id,
        "state": state,
        "kind": kind,
        # Whom to call; afterwards it is nobody's to see here.
        "contact": card.contact,
        "mobile": show_mobile(card.mobile) if card.is_open else "",
        "has_account": card.is_open and card.has_account,
        "is_of_register": card.is_of_register,
        "on": show_date_short(card.registered_at.astimezone(TEHRAN).date()),
        "note": card.note,
        "reason": card.reason,
        "who": "، ".join(filter(None, (card.checked_by, card.decided_by))),
        "is_open": card.is_open,
        "is_waiting": card.state is LegalGiverState.WAITING,
        "is_own": card.checked_by_id == actor.user_id,
        "is_approved": card.state is LegalGiverState.APPROVED,
    }

"""Money of givers that waits to go back: proposed by one officer of the nation, decided by another, sent."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.operations.transactions import own_transactions
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.sessions import tell
from sakha.giving.actions.refunding import decide_refund, note_sent_by_hand, propose_refund, send_refunds
from sakha.giving.queries.refunds import RefundCard, refunds, waiting_gifts
from sakha.giving.rules.refunds import RefundState, RefundUnknown, WaitsFor
from sakha.vocabulary.jalali import TEHRAN, show_date_short
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.refusal import Refusal

_WHY = {
    WaitsFor.EXPIRED: "روز آخری که بخشنده گفته بود گذشته است",
    WaitsFor.GONE: "نیازش رفته و نیازی همانند باز نیست",
    WaitsFor.CAME_BACK: "پس از برگشت، از خیریه بازآمده است",
}
_STATES = {
    RefundState.PROPOSED: ("در انتظار چشم دوم", "wait"),
    RefundState.REJECTED: ("ردشده", ""),
    RefundState.APPROVED: ("در راه، از درگاه پرسیده می‌شود", "wait"),
    RefundState.BY_HAND: ("درگاه برگشت ندارد: از راه بانک", "wait"),
    RefundState.SENT: ("برگشت داده شد", "clear"),
}


@page(Permission.DECIDE_POLICY)
def waiting(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show what waits and what is on its way."""
    context = {
        "gifts": [
            (one.gift_id, show_toman(one.rial), _WHY[one.why], show_date_short(one.paid_at.astimezone(TEHRAN).date()))
            for one in waiting_gifts(actor=actor, at=at)
        ],
        "refunds": [_line(card, actor) for card in refunds(actor=actor)],
    }
    return render(request, "staff_site/refunds.html", context)


@own_transactions
@page(Permission.DECIDE_POLICY, "POST")
def step(request: HttpRequest, *, actor: Actor, at: datetime, number: int, step: str) -> HttpResponse:
    """Propose the refund of a gift; approve, reject or finish a proposed one."""
    try:
        told = _step(request, actor, at, number, step)
    except Refusal as refusal:
        told = refusal.message
    tell(request, told)
    return HttpResponseRedirect(reverse("refunds"))


def _step(request: HttpRequest, actor: Actor, at: datetime, number: int, step: str) -> str:
    if step == "propose":
        propose_refund(actor=actor, at=at, gift_id=number, reason=request.POST.get("reason", "").strip())
        return "پیشنهاد شد. کس دیگری باید تصویب کند."
    if step in {"approve", "reject"}:
        decide_refund(actor=actor, at=at, refund_id=number, is_approved=step == "approve")
        if step == "reject":
            return "رد شد."
        sent_count, hand_count = send_refunds(at=at, refund_id=number)
        if sent_count:
            return "تصویب شد و درگاه برگرداند."
        return "تصویب شد. درگاه برگشت ندارد." if hand_count else "تصویب شد. درگاه هنوز پاسخ نداده است."
    if step == "sent":
        note_sent_by_hand(actor=actor, at=at, refund_id=number, reference=request.POST.get("reference", ""))
        return "نوشته شد."
    raise RefundUnknown


def _line(card: RefundCard, actor: Actor) -> dict[str, object]:
    state, kind = _STATES[card.state]
    return {
        "id": card.id,
        "gift": card.gift_id,
        "amount": show_toman(card.rial),
        "state": state,
        "kind": kind,
        "reason": card.reason,
        "reference": card.reference,
        "on": show_date_short(card.proposed_at.astimezone(TEHRAN).date()),
        "is_open": card.state is RefundState.PROPOSED,
        "is_own": card.proposed_by_id == actor.user_id,
        "is_by_hand": card.state is RefundState.BY_HAND,
    }

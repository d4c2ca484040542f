"""Goods and hours that organisations offer: what a body may take, and for which of its households."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.kashi.goods_words import offer_lines, offer_words
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.sessions import tell
from sakha.giving.actions.goods import take_goods
from sakha.giving.queries.goods import get_offer, open_offers
from sakha.giving.rules.goods import GoodsUnknown
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.need_kinds import show_quantity
from sakha.vocabulary.refusal import Refusal

_LONGEST_NUMBER = 15


@page(Permission.HOLD_AID)
def goods(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show what is in stock in the own province."""
    return render(request, "staff_site/goods.html", {"offers": offer_lines(open_offers(actor=actor, at=at))})


@page(Permission.HOLD_AID, "GET", "POST")
def offer(request: HttpRequest, *, actor: Actor, at: datetime, offer_id: int) -> HttpResponse:
    """Show one offer and the needs it fits; POST takes pieces for one of them."""
    if request.method == "POST":
        tell(request, _take(request, actor, at, offer_id))
        return HttpResponseRedirect(reverse("goods"))
    try:
        card, needs = get_offer(actor=actor, at=at, offer_id=offer_id)
    except GoodsUnknown as refusal:
        tell(request, refusal.message)
        return HttpResponseRedirect(reverse("goods"))
    lines = [
        (one.household_id, one.household_code, show_quantity(card.facts.kind, one.open_quantity), uuid4())
        for one in needs
    ]
    return render(
        request, "staff_site/goods_offer.html", {"offer": offer_words(card), "unit": card.facts.unit, "needs": lines}
    )


def _take(request: HttpRequest, actor: Actor, at: datetime, offer_id: int) -> str:
    try:
        take_goods(
            actor=actor,
            at=at,
            offer_id=offer_id,
            household_id=_number(request.POST.get("household", "")),
            quantity=_number(fold_digits(request.POST.get("quantity", "").strip())),
            request_id=UUID(request.POST.get("request", "")),
        )
    except Refusal as refusal:
        return refusal.message
    except ValueError:  # the form is not ours
        return GoodsUnknown().message
    return "نگه داشته شد. از «در دست تحویل» بگویید که رسید."


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) <= _LONGEST_NUMBER else 0

"""Prices and poverty lines: dated rows with their source, proposed by one officer and approved by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.price_forms import PriceForm
from sakha.entrypoints.staff_site.sessions import tell
from sakha.scoring.actions.policy_prices import approve_price, draft_price, withdraw_price
from sakha.scoring.queries.policy_prices import PriceCard, price_cards
from sakha.scoring.rules.needs_prices import LEVEL, NATION
from sakha.scoring.rules.policy_prices import NewPrice, may_decide_for
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_date_short
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.places import PROVINCES
from sakha.vocabulary.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """A row in words. `state` says whether it counts, is to come, has ended, or waits for other eyes."""

    id: int
    label: str
    place: str
    amount: str
    days: str
    source: str
    state: str
    kind: str
    who: str
    may_approve: bool
    may_withdraw: bool


@page(Permission.DECIDE_POLICY, "GET", "POST")
def prices(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show every row, what waits, and the form of a new one."""
    cards = price_cards(actor=actor, at=at)
    names = {card.name: card.label for card in cards if card.name != LEVEL}
    form = PriceForm(request.POST or None, names=names, province=actor.province)
    if request.method == "POST" and form.is_valid():
        try:
            draft_price(actor=actor, at=at, price=_told(form))
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            tell(request, "ردیف نوشته شد و با تصویب کس دیگری به کار می‌آید.")
            return HttpResponseRedirect(reverse("prices"))
    lines = tuple(_show(card, actor, at) for card in cards)
    context = {
        "form": form,
        "waiting": [line for card, line in zip(cards, lines, strict=True) if card.waits],
        "standing": [line for card, line in zip(cards, lines, strict=True) if not card.waits],
    }
    return render(request, "staff_site/prices.html", context, status=422 if form.errors else 200)


@page(Permission.DECIDE_POLICY, "POST")
def approve(request: HttpRequest, *, actor: Actor, at: datetime, price_id: int) -> HttpResponse:
    """Approve somebody else's row."""
    try:
        approve_price(actor=actor, at=at, price_id=price_id)
    except Refusal as refusal:
        tell(request, refusal.message)
    else:
        tell(request, "تصویب شد. از روز آغاز، اندازهٔ نیازها با آن سنجیده می‌شود.")
    return HttpResponseRedirect(reverse("prices"))


@page(Permission.DECIDE_POLICY, "POST")
def withdraw(request: HttpRequest, *, actor: Actor, at: datetime, price_id: int) -> HttpResponse:
    """Put a proposed row aside."""
    withdraw_price(actor=actor, at=at, price_id=price_id)
    tell(request, "کنار گذاشته شد.")
    return HttpResponseRedirect(reverse("prices"))


def _told(form: PriceForm) -> NewPrice:
    given = form.cleaned_data
    return NewPrice(
        name=given["name"],
        province=given["province"],
        amount=given["amount"],
        valid_from=given["valid_from"].on,
        valid_to=given["valid_to"].on if given["valid_to"] else None,
        source=given["source"],
    )


def _show(card: PriceCard, actor: Actor, at: datetime) -> PriceLine:
    today = timezone.localtime(at).date()
    if card.waits:
        state, kind = "در انتظار چشم دوم", "wait"
    elif card.counts_on(today):
        state, kind = "به کار است", "clear"
    else:
        state, kind = ("از آینده", "brand") if card.valid_from > today else ("پایان یافته", "")
    is_theirs = may_decide_for(actor, card.province)
    until = f" تا {show_date_short(card.valid_to)}" if card.valid_to else ""
    return PriceLine(
        id=card.id,
        label=card.label,
        place="همهٔ کشور" if card.province == NATION else PROVINCES[card.province].name,
        amount=f"{persian_digits(round(card.amount / 10))}٪ کشور" if card.name == LEVEL else show_toman(card.amount),
        days=f"از {show_date_short(card.valid_from)}{until}",
        source=card.source,
        state=state,
        kind=kind,
        who="، ".join(filter(None, (card.drafted_by, card.approved_by))),
        may_approve=card.waits and is_theirs and card.drafted_by_id != actor.user_id,
        may_withdraw=card.waits and is_theirs,
    )

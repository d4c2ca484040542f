"""Whether deliveries arrived: a visitor's word on a household's deliveries, and rounds of calls by random sample."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.queries import acting, organisation_names
from sakha.access.rules import Actor, Permission, Scope
from sakha.coordination.actions.receipts import confirm_delivery, keep_call
from sakha.coordination.actions.taking_back import decide_taking_back
from sakha.entrypoints.staff_site.choosing import shown_province
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.grievance_forms import DrawForm
from sakha.entrypoints.staff_site.grievance_wording import (
    OUTCOME_WORDS,
    show_call,
    show_deliveries,
    show_round,
    show_shares,
)
from sakha.entrypoints.staff_site.sessions import tell
from sakha.ledger.actions import CallsToDraw, draw_calls, propose_undoing
from sakha.ledger.queries import (
    aid_trail,
    call_rounds,
    calls_of_round,
    get_call_round,
    receipts_of_household,
)
from sakha.ledger.rules.receipts import CallOutcome, CallUnknown, NothingToSample, ReceiptWay
from sakha.registry.queries import get_household_file

_PAGE_LENGTH = 25


@page(Permission.READ_HOUSEHOLD)
def deliveries(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Show a household's deliveries to whoever visits it; the look is logged."""
    with acting(actor):
        file = get_household_file(actor=actor, at=at, household_id=household_id, purpose="بازدید برای رسید")
        gifts = aid_trail(actor=actor, at=at, household_id=household_id)
    rows = show_deliveries(gifts, receipts_of_household(household_id=household_id))
    context = {
        "household_id": household_id,
        "code": file.code,
        "rows": rows,
        "may_take_back": actor.can(Permission.ANSWER_GRIEVANCE),
    }
    return render(request, "staff_site/deliveries.html", context)


@page(Permission.READ_HOUSEHOLD, "POST")
def visited(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int, hold_id: int) -> HttpResponse:
    """Keep what a visitor heard; never from the giver itself."""
    is_received = request.POST.get("received") == "yes"
    confirm_delivery(actor=actor, at=at, hold_id=hold_id, is_received=is_received, way=ReceiptWay.VISIT)
    tell(request, "نوشته شد." if is_received else "نوشته شد؛ پرونده‌ای برای رسیدگی باز شد.")
    return HttpResponseRedirect(reverse("deliveries", args=[household_id]))


@page(Permission.ANSWER_GRIEVANCE, "POST")
def propose_back(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int, hold_id: int) -> HttpResponse:
    """Propose that a delivery did not arrive; a second one of the office decides."""
    propose_undoing(actor=actor, at=at, hold_id=hold_id, reason=request.POST.get("note", ""))
    tell(request, "پیشنهاد شد. همکار دیگری در «پیام‌های مردم» تصمیم می‌گیرد؛ تا آن دم چیزی دگرگون نمی‌شود.")
    return HttpResponseRedirect(reverse("deliveries", args=[household_id]))


@page(Permission.ANSWER_GRIEVANCE, "POST")
def decide_back(request: HttpRequest, *, actor: Actor, at: datetime, undoing_id: int) -> HttpResponse:
    """Decide as the second one: the delivery is taken back, or stays."""
    is_so = request.POST.get("is_so") == "yes"
    decide_taking_back(actor=actor, at=at, undoing_id=undoing_id, is_so=is_so)
    tell(request, "پس گرفته شد؛ نیاز دوباره باز است." if is_so else "تحویل همان‌گونه که بود ماند.")
    return HttpResponseRedirect(reverse("grievances"))


@page(Permission.READ_PROVINCE, "GET", "POST")
def rounds(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List the rounds of the area, or draw a new one."""
    form = DrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        calls = CallsToDraw(
            province=shown_province(actor),
            county=actor.county if actor.scope is Scope.COUNTY else "",
            from_at=at - timedelta(days=int(form.cleaned_data["days"])),
            until_at=at,
            size=int(form.cleaned_data["size"]),
            seed=form.cleaned_data["seed"],
        )
        try:
            return HttpResponseRedirect(reverse("call_round", args=[draw_calls(actor=actor, at=at, calls=calls)]))
        except NothingToSample as refusal:
            form.add_error("days", refusal.message)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    found = tuple(show_round(card) for card in call_rounds(actor=actor))
    return render(request, "staff_site/calls.html", {"form": form, "rows": found}, status=status)


@page(Permission.READ_PROVINCE)
def call_round(request: HttpRequest, *, actor: Actor, at: datetime, round_id: int) -> HttpResponse:
    """Show a round: whom to call next, and what the calls say."""
    del at
    card = get_call_round(actor=actor, round_id=round_id)
    with acting(actor):
        names = organisation_names(card.by_organisation)
    lines = calls_of_round(actor=actor, round_id=round_id, limit=_PAGE_LENGTH)
    context = {
        "round": show_round(card),
        "shares": show_shares(card, names),
        "calls": tuple(show_call(line, names) for line in lines),
        "outcomes": tuple((outcome.name.lower(), words) for outcome, words in OUTCOME_WORDS.items()),
    }
    return render(request, "staff_site/call_round.html", context)


@page(Permission.READ_PROVINCE, "POST")
def called(request: HttpRequest, *, actor: Actor, at: datetime, round_id: int, call_id: int) -> HttpResponse:
    """Keep what a call came to."""
    said = request.POST.get("outcome", "").upper()
    if said not in CallOutcome.__members__:
        raise CallUnknown(field="outcome")
    keep_call(actor=actor, at=at, call_id=call_id, outcome=CallOutcome[said])
    return HttpResponseRedirect(reverse("call_round", args=[round_id]))

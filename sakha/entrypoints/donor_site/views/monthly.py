"""Gifts for every month: promised, rested, ended, and each month paid by its link or from the own account.

Reads the clock once a request.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from sakha.entrypoints.donor_site.forms import MonthlyForm, MonthlyNeedForm
from sakha.entrypoints.donor_site.kept import keep_mark, read_marks
from sakha.entrypoints.donor_site.sessions import find_giver, require_same_giver
from sakha.entrypoints.donor_site.showing import back_to, is_open, page_of, show, stop
from sakha.entrypoints.donor_site.wording import GATEWAY_SILENT, line_of
from sakha.entrypoints.donor_site.wording_monthly import month_words, promise_words
from sakha.entrypoints.operations.transactions import own_transactions
from sakha.giving.actions.sponsored_months import begin_month
from sakha.giving.actions.sponsorships import NewSponsorship, begin_sponsorship, change_sponsorship
from sakha.giving.gateways import PaymentUncertain
from sakha.giving.queries import get_shown_need
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.queries.sponsorships import MonthToPay, get_month
from sakha.giving.rules.sponsorships import MonthState, SponsorshipAim, SponsorshipState, SponsorshipUnknown
from sakha.giving.rules.terms import GiftTerms, ListingUnknown
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.refusal import Refusal

_WORD_MOST = 64
_STEPS = {
    "rest": SponsorshipState.PAUSED,
    "go-on": SponsorshipState.ACTIVE,
    "end": SponsorshipState.ENDED,
}


@never_cache
@require_http_methods(["GET", "POST"])
def monthly(request: HttpRequest) -> HttpResponse:
    """Promise so much for every month; whoever isn't known yet comes in first."""
    giver, at = find_giver(request), timezone.now()
    if giver is None:
        return HttpResponseRedirect(reverse("donor_account"))
    line = None
    if code := request.GET.get("need", "")[:8]:
        try:
            line = line_of(get_shown_need(code=code))
        except ListingUnknown as refusal:
            return stop(request, refusal, HTTPStatus.GONE)
    posted = request.POST if request.method == "POST" else None
    start = {"request": uuid4(), "choice": request.GET.get("for", "")}
    form: MonthlyForm | MonthlyNeedForm = MonthlyNeedForm(posted, initial=start)
    if line is None:
        form = MonthlyForm(posted, initial=start, today=at.astimezone(TEHRAN).date())
    if form.is_bound and form.is_valid():
        terms = GiftTerms(listing_code=line.code) if line else GiftTerms()
        if isinstance(form, MonthlyForm):
            terms = form.read_terms(form.cleaned_data)
        given = form.cleaned_data
        aim = form.aim if isinstance(form, MonthlyForm) else SponsorshipAim.NEED
        new = NewSponsorship(request_id=given["request"], amount_rial=int(given["amount"]), aim=aim, terms=terms)
        try:
            require_same_giver(request, giver)
            begin_sponsorship(giver=giver, at=at, promise=new)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else "amount", refusal.message)
        else:
            return HttpResponseRedirect(reverse("donor_account"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "monthly", status=status, form=form, line=line, giver=giver)


@never_cache
@require_POST
def change(request: HttpRequest, sponsorship_id: int, step: str) -> HttpResponse:
    """Let an own promise rest, go on or end, at once."""
    giver = find_giver(request)
    if giver is None or step not in _STEPS:
        return HttpResponseRedirect(reverse("donor_account"))
    try:
        change_sponsorship(giver=giver, at=timezone.now(), sponsorship_id=sponsorship_id, state=_STEPS[step])
    except Refusal as refusal:
        return stop(request, refusal, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(reverse("donor_account"))


@own_transactions
@never_cache
@sensitive_variables("word")
@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, word: str) -> HttpResponse:
    """A month by the link of its SMS: whoever holds it may pay, and sees what for, not by whom."""
    at = timezone.now()
    try:
        month = get_month(at=at, word=word[:_WORD_MOST])
    except SponsorshipUnknown as refusal:
        return stop(request, refusal, HTTPStatus.NOT_FOUND)
    return _month(request, at, month, find_donor(donor_id=month.sponsorship.donor_id))


@own_transactions
@never_cache
@require_http_methods(["GET", "POST"])
def own_month(request: HttpRequest, month_id: int) -> HttpResponse:
    """A month of the own account."""
    giver, at = find_giver(request), timezone.now()
    if giver is None:
        return HttpResponseRedirect(reverse("donor_account"))
    try:
        month = get_month(at=at, donor_id=giver.donor_id, month_id=month_id)
    except SponsorshipUnknown as refusal:
        return stop(request, refusal, HTTPStatus.NOT_FOUND)
    return _month(request, at, month, giver, is_own=True)


def _month(
    request: HttpRequest, at: datetime, month: MonthToPay, giver: DonorCard | None, *, is_own: bool = False
) -> HttpResponse:
    """Show the month; POST leads on to the gateway. In whose name stands on the own page only."""
    message, named = "", giver if is_own else None
    if request.method == "POST" and is_open():
        marks = read_marks(request, giver)
        try:
            begun = begin_month(at=at, month=month, callback_for=lambda follow: back_to(request, follow), giver=marks)
        except Refusal as refusal:
            message = GATEWAY_SILENT if isinstance(refusal, PaymentUncertain) else refusal.message
        else:
            page = page_of(request, begun.follow_code) if begun.follow_code else ""
            amount = month.sponsorship.amount_rial
            told: dict[str, Any] = {"line": None, "month": True, "amount": amount, "giver": named}
            response = show(request, "pay", address=begun.address, gift_page=page, **told)
            keep_mark(response, marks)
            return response
    is_payable = month.state is MonthState.OPEN and month.sponsorship.state is SponsorshipState.ACTIVE
    return show(
        request,
        "month",
        status=HTTPStatus.CONFLICT if message else HTTPStatus.OK,
        promise=promise_words(month.sponsorship),
        month=month_words(month),
        is_payable=is_payable and not message,
        message=message,
        giver=named,
    )

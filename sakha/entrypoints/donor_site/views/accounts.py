"""A giver's account: in by a code on the phone, the own gifts, a year's statement. Reads the clock once a request."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sakha.entrypoints.donor_site.forms import MobileForm
from sakha.entrypoints.donor_site.receipt import draw_receipt
from sakha.entrypoints.donor_site.receipt_words import receipt_of, statement_of
from sakha.entrypoints.donor_site.sessions import begin_visit, end_visit, find_asked, find_giver, keep_asked
from sakha.entrypoints.donor_site.showing import show, stop
from sakha.entrypoints.donor_site.views.legal import company_lines
from sakha.entrypoints.donor_site.wording import account_steps, asked_lines, own_lines, share_lines
from sakha.entrypoints.donor_site.wording_monthly import promise_lines
from sakha.entrypoints.kashi.sheet_forms import CodeForm
from sakha.entrypoints.operations.addresses import client_address
from sakha.giving.actions.donors import ask_giver_code, enter_giver
from sakha.giving.queries.donors import PAGE_SIZE, get_own_gift, gift_years, gifts_of_year, own_gifts
from sakha.giving.queries.gifts import GiftAccount
from sakha.giving.queries.sponsorships import own_sponsorships
from sakha.giving.rules.terms import GiftUnknown
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.refusal import Refusal

_PAGE_MOST = 10_000
_YEAR_FIRST, _YEAR_LAST = 1400, 1499


@never_cache
@sensitive_post_parameters("mobile")
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The own gifts; for whoever is not known yet the way in."""
    giver = find_giver(request)
    if giver is not None:
        asked = request.GET.get("page", "")
        page = min(int(asked), _PAGE_MOST) if asked.isascii() and asked.isdecimal() else 1
        gifts = own_gifts(donor_id=giver.donor_id, page=page)
        years = gift_years(donor_id=giver.donor_id)
        next_page = f"?page={page + 1}" if len(gifts) == PAGE_SIZE else ""
        promises = own_sponsorships(donor_id=giver.donor_id, on=timezone.now().astimezone(TEHRAN).date())
        return show(
            request,
            "account",
            giver=giver,
            lines=own_lines(gifts),
            years=years,
            next_page=next_page,
            promises=promise_lines(promises),
            companies=company_lines(request, giver),
        )
    form = MobileForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            number = ask_giver_code(
                at=timezone.now(), mobile=form.cleaned_data["mobile"], address=client_address(request)
            )
        except Refusal as refusal:
            form.add_error("mobile", refusal.message)
        else:
            keep_asked(request, number)
            return HttpResponseRedirect(reverse("donor_code"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "enter", status=status, form=form, heading="هدیه‌های من", is_code=False)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the one-time code and open the account."""
    number = find_asked(request)
    if not number:
        return HttpResponseRedirect(reverse("donor_account"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            begin_visit(request, enter_giver(at=timezone.now(), mobile=number, code=form.cleaned_data["code"]))
        except Refusal as refusal:
            form.add_error("code", refusal.message)
        else:
            return HttpResponseRedirect(reverse("donor_account"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "enter", status=status, form=form, heading="رمز پیامک‌شده", is_code=True)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the account in this browser."""
    end_visit(request)
    return HttpResponseRedirect(reverse("donor_needs"))


@never_cache
@require_safe
def own_gift(request: HttpRequest, gift_id: int) -> HttpResponse:
    """The account of one of the own gifts: of nobody else's."""
    given = _find_own(request, gift_id)
    if isinstance(given, HttpResponse):
        return given
    steps, asked, shares = account_steps(given), asked_lines(given), share_lines(given)
    return show(request, "gift", account=given, follow="", steps=steps, asked=asked, shares=shares)


@never_cache
@require_safe
def own_receipt(request: HttpRequest, gift_id: int) -> HttpResponse:
    """The paper of one of the own gifts; there is none before anything is paid."""
    given = _find_own(request, gift_id)
    if isinstance(given, HttpResponse):
        return given
    if given.paid_at is None:
        return stop(request, GiftUnknown(), HTTPStatus.NOT_FOUND)
    address = request.build_absolute_uri(reverse("donor_own_gift", args=[gift_id]))
    drawn = draw_receipt(receipt_of(given, follow="", address=address, at=timezone.now()))
    headers = {"Content-Disposition": f'inline; filename="sakha-gift-{gift_id}.pdf"'}
    return HttpResponse(drawn, content_type="application/pdf", headers=headers)


def _find_own(request: HttpRequest, gift_id: int) -> GiftAccount | HttpResponse:
    """One of the own gifts, or the answer to whoever has none like that: the way in, or a page that isn't there."""
    giver = find_giver(request)
    if giver is None:
        return HttpResponseRedirect(reverse("donor_account"))
    try:
        return get_own_gift(donor_id=giver.donor_id, gift_id=gift_id)
    except GiftUnknown as refusal:
        return stop(request, refusal, HTTPStatus.NOT_FOUND)


@never_cache
@require_safe
def statement(request: HttpRequest, year: int) -> HttpResponse:
    """What was given in a Jalali year, as a paper."""
    giver = find_giver(request)
    if giver is None:
        return HttpResponseRedirect(reverse("donor_account"))
    if not _YEAR_FIRST <= year <= _YEAR_LAST:
        return stop(request, GiftUnknown(), HTTPStatus.NOT_FOUND)
    gifts = gifts_of_year(donor_id=giver.donor_id, year=year)
    address = request.build_absolute_uri(reverse("donor_account"))
    drawn = draw_receipt(statement_of(giver, gifts, year=year, address=address, at=timezone.now()))
    disposition = f'inline; filename="sakha-{year}.pdf"'
    return HttpResponse(drawn, content_type="application/pdf", headers={"Content-Disposition": disposition})

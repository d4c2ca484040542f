"""Needs, the gift, the way to the gateway and back, and the account of a gift. Reads the clock once a request."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from sakha.entrypoints.donor_site.forms import GiftForm, PoolForm
from sakha.entrypoints.donor_site.wording import GATEWAY_SILENT, ShownLine, account_steps, line_of, share_lines
from sakha.giving.actions import NewGift, note_seen, pledge_gift, settle_payment
from sakha.giving.gateways import PaymentUncertain
from sakha.giving.queries import PAGE_SIZE, NeedsAsked, get_gift, get_shown_need, shown_needs
from sakha.giving.rules.terms import GiftTerms, GiftUnknown, ListingUnknown
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import PROVINCES
from sakha.vocabulary.refusal import Refusal

_AUTHORITY_MOST = 64


@never_cache
@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """The needs that anybody may see."""
    asked = _read_asked(request)
    found = shown_needs(asked=asked)
    return _show(
        request,
        "needs",
        lines=[line_of(one) for one in found.needs],
        count=found.count,
        kinds=[(kind.value, NEED_KINDS[kind].name, count, kind is asked.kind) for kind, count in found.kinds],
        asked=asked,
        provinces=[(code, one.name) for code, one in PROVINCES.items()],
        next_page=asked.page + 1 if asked.page * PAGE_SIZE < found.count else 0,
        is_open=_is_open(),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def need(request: HttpRequest, code: str) -> HttpResponse:
    """One need, and a gift for it."""
    try:
        line = line_of(get_shown_need(code=code[:8]))
    except ListingUnknown as refusal:
        return _stop(request, refusal, HTTPStatus.GONE)
    if request.method == "GET":
        note_seen(code=line.code)
    form = GiftForm(request.POST if request.method == "POST" else None, initial={"request": uuid4()})
    return _give(request, form, line, GiftTerms(listing_code=line.code))


@never_cache
@require_http_methods(["GET", "POST"])
def pool(request: HttpRequest) -> HttpResponse:
    """A gift for whoever needs it most, within what the giver asks for."""
    form = PoolForm(request.POST if request.method == "POST" else None, initial={"request": uuid4()})
    terms = GiftTerms()
    if form.is_bound and form.is_valid():
        kind = form.cleaned_data["kind"]
        kinds = (NeedKind(int(kind)),) if kind else ()
        terms = GiftTerms(kinds=kinds, province=form.cleaned_data["province"])
    return _give(request, form, None, terms)


@never_cache
@sensitive_variables("follow")
@require_safe
def back(request: HttpRequest, follow: str) -> HttpResponse:
    """Take the browser back. Of what it brings only the payment's name is read; the gateway is asked."""
    # The account says where the gift stands; what stays open is asked again by itself.
    with suppress(GiftUnknown, PaymentUncertain):
        settle_payment(at=timezone.now(), authority=request.GET.get("Authority", "")[:_AUTHORITY_MOST])
    return HttpResponseRedirect(reverse("donor_gift", args=[follow]))


@never_cache
@sensitive_variables("follow")
@require_safe
def gift(request: HttpRequest, follow: str) -> HttpResponse:
    """The account given back."""
    try:
        account = get_gift(follow_code=follow[:64])
    except GiftUnknown as refusal:
        return _stop(request, refusal, HTTPStatus.NOT_FOUND)
    return _show(request, "gift", account=account, steps=account_steps(account), shares=share_lines(account))


def _give(request: HttpRequest, form: GiftForm, line: ShownLine | None, terms: GiftTerms) -> HttpResponse:
    if form.is_bound and form.is_valid() and _is_open():
        given = form.cleaned_data
        new = NewGift(request_id=given["request"], amount_rial=int(given["amount"]), terms=terms)
        try:
            pledged = pledge_gift(at=timezone.now(), gift=new, callback_for=lambda follow: _back_to(request, follow))
        except Refusal as refusal:
            form.add_error("amount", GATEWAY_SILENT if isinstance(refusal, PaymentUncertain) else refusal.message)
            # Sent again, it is another gift.
            form.data = {**request.POST.dict(), "request": str(uuid4())}
        else:
            gift_page = request.build_absolute_uri(reverse("donor_gift", args=[pledged.follow_code]))
            told: dict[str, Any] = {
                "line": line,
                "amount": new.amount_rial,
                "address": pledged.address,
                "gift_page": gift_page,
            }
            return _show(request, "pay", **told)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return _show(request, "give", status=status, form=form, line=line, is_open=_is_open())


def _back_to(request: HttpRequest, follow: str) -> str:
    return request.build_absolute_uri(reverse("donor_back", args=[follow]))


def _read_asked(request: HttpRequest) -> NeedsAsked:
    kind, page = request.GET.get("kind", ""), request.GET.get("page", "")
    province = request.GET.get("province", "")
    return NeedsAsked(
        kind=NeedKind(int(kind)) if kind.isascii() and kind.isdecimal() and int(kind) in set(NeedKind) else None,
        province=province if province in PROVINCES else "",
        code=request.GET.get("code", "")[:8],
        page=min(int(page), 10_000) if page.isascii() and page.isdecimal() else 1,
    )


def _is_open() -> bool:
    return bool(settings.SAKHA.zarinpal_merchant.get_secret_value())


def _stop(request: HttpRequest, refusal: Refusal, status: HTTPStatus) -> HttpResponse:
    return _show(request, "stopped", status=status, title=refusal.message)


def _show(request: HttpRequest, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> HttpResponse:
    response = render(request, f"donor_site/{template}.html", context, status=status)
    # The address of a gift opens its account: no other site may be told it.
    response.headers["Referrer-Policy"] = "same-origin"
    return response

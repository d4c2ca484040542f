"""The way back from the gateway, and the account of a gift. Reads the clock once a request."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from sakha.entrypoints.donor_site.receipt import draw_receipt
from sakha.entrypoints.donor_site.receipt_words import receipt_of
from sakha.entrypoints.donor_site.showing import page_of, show, stop
from sakha.entrypoints.donor_site.wording import account_steps, asked_lines, share_lines
from sakha.entrypoints.operations.transactions import own_transactions
from sakha.giving.actions import settle_payment
from sakha.giving.gateways import PaymentUncertain
from sakha.giving.queries import get_gift
from sakha.giving.rules.terms import GiftUnknown

_AUTHORITY_MOST = 64


@own_transactions
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
        return stop(request, refusal, HTTPStatus.NOT_FOUND)
    return show(
        request,
        "gift",
        account=account,
        follow=follow,
        steps=account_steps(account),
        asked=asked_lines(account),
        shares=share_lines(account),
    )


@never_cache
@sensitive_variables("follow")
@require_safe
def receipt(request: HttpRequest, follow: str) -> HttpResponse:
    """The account as a paper to keep; there is none before anything is paid."""
    follow = follow[:64]
    try:
        account = get_gift(follow_code=follow)
    except GiftUnknown as refusal:
        return stop(request, refusal, HTTPStatus.NOT_FOUND)
    if account.paid_at is None:
        return stop(request, GiftUnknown(), HTTPStatus.NOT_FOUND)
    address = page_of(request, follow)
    drawn = draw_receipt(receipt_of(account, follow=follow, address=address, at=timezone.now()))
    return HttpResponse(
        drawn,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="sakha-gift.pdf"', "Referrer-Policy": "same-origin"},
    )

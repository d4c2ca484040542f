"""A gift for a need, for the pool, or for a basket; the way to the gateway. Reads the clock once a request."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sakha.entrypoints.donor_site.forms import BasketForm, GiftForm, PoolForm
from sakha.entrypoints.donor_site.kept import keep_basket, keep_mark, read_basket, read_marks
from sakha.entrypoints.donor_site.previewing import tell_preview
from sakha.entrypoints.donor_site.sessions import find_giver, require_same_giver
from sakha.entrypoints.donor_site.showing import back_to, is_open, page_of, show, stop
from sakha.entrypoints.donor_site.wording import GATEWAY_SILENT, BasketLine, ShownLine, line_of
from sakha.entrypoints.operations.transactions import own_transactions
from sakha.giving.actions import NewGift, note_seen, part_request, pledge_basket
from sakha.giving.gateways import PaymentUncertain
from sakha.giving.queries import get_shown_need, shown_by_code
from sakha.giving.queries.donors import DonorCard
from sakha.giving.rules.promises import BASKET_MOST
from sakha.giving.rules.sponsorships import SPONSORED_KINDS
from sakha.giving.rules.terms import GiftTerms, ListingUnknown, require_gift
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.refusal import Refusal


@own_transactions
@never_cache
@require_http_methods(["GET", "POST"])
def need(request: HttpRequest, code: str) -> HttpResponse:
    """One need, and a gift for it: paid now, or put into the basket."""
    try:
        shown = get_shown_need(code=code[:8])
    except ListingUnknown as refusal:
        return stop(request, refusal, HTTPStatus.GONE)
    line = line_of(shown)
    if request.method == "GET":
        note_seen(code=line.code)
    form = GiftForm(request.POST if request.method == "POST" else None, initial={"request": uuid4()})
    if form.is_bound and form.is_valid() and request.POST.get("do") == "basket":
        return _put(request, form, line, shown.left_rial)
    return _give(request, form, line, GiftTerms(listing_code=line.code))


@own_transactions
@never_cache
@require_http_methods(["GET", "POST"])
def pool(request: HttpRequest) -> HttpResponse:
    """A gift for whoever needs it most, within what the giver asks for."""
    posted = request.POST if request.method == "POST" else None
    form = PoolForm(posted, initial={"request": uuid4()}, today=timezone.now().astimezone(TEHRAN).date())
    terms = form.read_terms(form.cleaned_data) if form.is_bound and form.is_valid() else GiftTerms()
    return _give(request, form, None, terms)


@own_transactions
@never_cache
@require_http_methods(["GET", "POST"])
def basket(request: HttpRequest) -> HttpResponse:
    """Several needs in one payment. What filled up or left meanwhile is said, and left out."""
    kept = read_basket(request)
    if request.method == "POST" and (leaves := request.POST.get("leaves", "")):
        response: HttpResponse = HttpResponseRedirect(reverse("donor_basket"))
        keep_basket(response, {code: rial for code, rial in kept.items() if code != leaves})
        return response
    shown = shown_by_code(codes=list(kept))
    lines = [
        BasketLine(line=line_of(shown[code]), rial=rial, is_open=rial <= shown[code].left_rial)
        for code, rial in kept.items()
        if code in shown
    ]
    going = [one for one in lines if one.is_open]
    form = BasketForm(request.POST if request.method == "POST" else None, initial={"request": uuid4()})
    giver = find_giver(request)
    if going and form.is_bound and form.is_valid() and is_open():
        request_id = form.cleaned_data["request"]
        gifts = [
            NewGift(
                request_id=part_request(request_id, number),
                amount_rial=one.rial,
                terms=GiftTerms(listing_code=one.line.code),
            )
            for number, one in enumerate(going)
        ]
        paid = _pledge(request, form, gifts, None, giver)
        if paid is not None:
            keep_basket(paid, {})
            return paid
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    sum_rial = sum(one.rial for one in going)
    gone_count = len(kept) - len(going)
    context = {"form": form, "lines": lines, "sum_rial": sum_rial, "gone_count": gone_count, "giver": giver}
    return show(request, "basket", status=status, **context)


def _put(request: HttpRequest, form: GiftForm, line: ShownLine, left_rial: int) -> HttpResponse:
    kept, rial = read_basket(request), int(form.cleaned_data["amount"])
    try:
        require_gift(rial)
    except Refusal as refusal:
        form.add_error("amount", refusal.message)
    if rial > left_rial:
        form.add_error("amount", f"از این نیاز {show_toman(left_rial)} مانده است.")
    elif len({*kept, line.code}) > BASKET_MOST:
        form.add_error("amount", "سبد پر است؛ نخست همین‌ها را بپردازید.")
    if form.errors:
        giver = find_giver(request)
        return show(request, "give", status=HTTPStatus.UNPROCESSABLE_ENTITY, form=form, line=line, giver=giver)
    response = HttpResponseRedirect(reverse("donor_basket"))
    keep_basket(response, {**kept, line.code: rial})
    return response


def _give(request: HttpRequest, form: GiftForm, line: ShownLine | None, terms: GiftTerms) -> HttpResponse:
    giver = find_giver(request)
    if form.is_bound and form.is_valid() and is_open():
        given = form.cleaned_data
        new = NewGift(request_id=given["request"], amount_rial=int(given["amount"]), terms=terms)
        paid = _pledge(request, form, [new], line, giver)
        if paid is not None:
            return paid
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    monthly, preview = reverse("donor_monthly"), ""
    if line is not None:
        monthly = f"{monthly}?need={line.code}" if line.kind in SPONSORED_KINDS else ""
    elif request.method == "GET":
        preview = tell_preview()
    return show(
        request,
        "give",
        status=status,
        form=form,
        line=line,
        giver=giver,
        monthly=monthly,
        preview=preview,
    )


def _pledge(
    request: HttpRequest, form: Any, gifts: Sequence[NewGift], line: ShownLine | None, giver: DonorCard | None
) -> HttpResponse | None:
    """Promise them and lead on to the gateway; None where the form now says why not."""
    marks = read_marks(request, giver)
    try:
        require_same_giver(request, giver)
        pledged = pledge_basket(
            at=timezone.now(), gifts=gifts, callback_for=lambda follow: back_to(request, follow), giver=marks
        )
    except Refusal as refusal:
        words = GATEWAY_SILENT if isinstance(refusal, PaymentUncertain) else refusal.message
        form.add_error("amount" if "amount" in form.fields else None, words)
        # Sent again, it is another gift.
        form.data = {**request.POST.dict(), "request": str(uuid4())}
        return None
    page = page_of(request, pledged.follow_code)
    amount = sum(gift.amount_rial for gift in gifts)
    told: dict[str, Any] = {"line": line, "count": len(gifts), "amount": amount, "giver": giver}
    response = show(request, "pay", address=pledged.address, gift_page=page, **told)
    keep_mark(response, marks)
    return response

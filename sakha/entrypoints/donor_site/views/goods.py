"""Goods and hours of work of an organisation: offered, taken back, and what became of them. Reads the clock once."""

from __future__ import annotations

from http import HTTPStatus
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sakha.entrypoints.donor_site.goods_forms import GoodsForm
from sakha.entrypoints.donor_site.sessions import find_giver, require_same_giver
from sakha.entrypoints.donor_site.showing import show, stop
from sakha.entrypoints.kashi.goods_words import offer_lines
from sakha.giving.actions.goods import NewOffer, offer_goods, withdraw_goods
from sakha.giving.queries.goods import own_offers
from sakha.giving.rules.goods import OnlyOrganisationsOffer
from sakha.vocabulary.refusal import Refusal

_NUMBER_MOST = 15


@never_cache
@require_http_methods(["GET", "POST"])
def goods(request: HttpRequest) -> HttpResponse:
    """Show the own offers and the form of a new one; only organisations in good standing offer."""
    giver, at = find_giver(request), timezone.now()
    if giver is None:
        return HttpResponseRedirect(reverse("donor_account"))
    if not giver.is_organisation or not giver.is_in_good_standing:
        return stop(request, OnlyOrganisationsOffer(), HTTPStatus.FORBIDDEN)
    number = request.POST.get("withdraws", "")
    if number.isascii() and number.isdecimal() and len(number) <= _NUMBER_MOST:
        try:
            withdraw_goods(giver=giver, at=at, offer_id=int(number))
        except Refusal as refusal:
            return stop(request, refusal, HTTPStatus.NOT_FOUND)
        return HttpResponseRedirect(reverse("donor_goods"))
    form = GoodsForm(request.POST if request.method == "POST" else None, initial={"request": uuid4()})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        new = NewOffer(
            request_id=given["request"],
            item=given["item"],
            quantity=given["quantity"],
            worth_rial=int(given["worth"]),
            province=given["province"],
            county=given["county"],
            contact=given["contact"],
            expires_on=given["expires_on"].on if given["expires_on"] else None,
        )
        try:
            require_same_giver(request, giver)
            offer_goods(giver=giver, at=at, offer=new)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            return HttpResponseRedirect(reverse("donor_goods"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    offers = offer_lines(own_offers(donor_id=giver.donor_id))
    return show(request, "goods", status=status, form=form, offers=offers, giver=giver)

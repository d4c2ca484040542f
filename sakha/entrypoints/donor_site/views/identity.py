"""Who a natural giver is, asked once for large gifts. Reads the clock once a request, and lets the banks read it on."""

from __future__ import annotations

import time
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sakha.databanks.banks.catalogue import asked_banks
from sakha.entrypoints.donor_site.forms import IdentityForm
from sakha.entrypoints.donor_site.sessions import find_giver
from sakha.entrypoints.donor_site.showing import show
from sakha.entrypoints.operations.transactions import own_transactions
from sakha.giving.actions.identity import verify_giver
from sakha.giving.queries.donors import amount_limits
from sakha.giving.rules.identity import OWNER_BANK, holds
from sakha.vocabulary.jalali import TEHRAN, show_date
from sakha.vocabulary.refusal import Refusal


@own_transactions
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    """Say whether it is verified, and take number and birth date where it isn't."""
    giver = find_giver(request)
    if giver is None:
        return HttpResponseRedirect(reverse("donor_account"))
    at = timezone.now()
    form = IdentityForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            verify_giver(
                giver=giver,
                clock=timezone.now,
                pause=time.sleep,
                national_id=told["national_id"],
                birth_on=told["birth_on"].on,
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            return HttpResponseRedirect(reverse("donor_identity"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    verified_on = show_date(giver.verified_at.astimezone(TEHRAN).date()) if giver.verified_at else ""
    return show(
        request,
        "identity",
        status=status,
        form=form,
        giver=giver,
        is_verified=holds(giver.verified_at, at=at),
        verified_on=verified_on,
        is_asked=OWNER_BANK in asked_banks(),
        phone_rial=amount_limits(on=at.astimezone(TEHRAN).date()).phone_rial,
        verified_rial=settings.SAKHA.giver_verified_rial,
    )

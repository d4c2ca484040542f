"""The receipt of a gift that anybody can check: each transfer of it, with the way to a published root."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from sakha.entrypoints.donor_site.showing import show, stop
from sakha.entrypoints.kashi.receipts import NOT_YET, hand_out
from sakha.giving.queries.proofs import prove_gift
from sakha.giving.rules.terms import GiftUnknown


@never_cache
@sensitive_variables("follow")
@require_safe
def proof(request: HttpRequest, follow: str) -> HttpResponse:
    """Hand it out to whoever holds the gift's code."""
    try:
        proofs = prove_gift(follow_code=follow[:64])
    except GiftUnknown as refusal:
        return stop(request, refusal, HTTPStatus.NOT_FOUND)
    return hand_out(proofs) if proofs else show(request, "stopped", status=HTTPStatus.NOT_FOUND, title=NOT_YET)

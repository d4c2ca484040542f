"""What the giver's browser keeps for us: the basket and a mark by which unpaid promises are counted.

Both are signed cookies that name no household and nobody: public codes of needs, amounts, and a random word.
"""

from __future__ import annotations

import json
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sakha.entrypoints.operations.addresses import client_address
from sakha.giving.queries.donors import DonorCard
from sakha.giving.rules.promises import BASKET_MOST, GiverMarks

_BASKET: Final = "giver_basket"
_MARK: Final = "giver"
_DAYS: Final = 7 * 24 * 3600
_CODE_LENGTH: Final = 8


def read_basket(request: HttpRequest) -> dict[str, int]:
    """The codes in the basket, each with its rials; what was changed by hand counts for nothing."""
    text = request.get_signed_cookie(_BASKET, default="", salt=_BASKET, max_age=_DAYS)
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        return {}
    pairs = list(kept.items())[:BASKET_MOST] if isinstance(kept, dict) else []
    return {code: rial for code, rial in pairs if len(code) <= _CODE_LENGTH and isinstance(rial, int) and rial > 0}


def keep_basket(response: HttpResponse, basket: dict[str, int]) -> None:
    """Leave the basket with the browser, or take it away where it is empty."""
    if not basket:
        response.delete_cookie(_BASKET, path="/give/")
        return
    _keep(response, _BASKET, json.dumps(basket))


def read_marks(request: HttpRequest, giver: DonorCard | None) -> GiverMarks:
    """By what the promises of this browser are counted, and whose account they go to."""
    word = request.get_signed_cookie(_MARK, default="", salt=_MARK, max_age=_DAYS)
    return GiverMarks(
        session=word or secrets.token_urlsafe(12),
        address=client_address(request),
        mobile=giver.mobile if giver else "",
        donor_id=giver.donor_id if giver else None,
        is_organisation=giver.is_organisation and giver.is_in_good_standing if giver else False,
        verified_at=giver.verified_at if giver else None,
    )


def keep_mark(response: HttpResponse, marks: GiverMarks) -> None:
    """Know the browser again at its next promise."""
    _keep(response, _MARK, marks.session)


def _keep(response: HttpResponse, name: str, text: str) -> None:
    response.set_signed_cookie(
        name,
        text,
        salt=name,
        max_age=_DAYS,
        path="/give/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

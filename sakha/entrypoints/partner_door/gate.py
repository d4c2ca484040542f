"""What the door says to whom it does not open, and how it reads and writes JSON.

Every refusal has the standard's own shape; a stranger learns nothing but that he is not known.
"""

from __future__ import annotations

import json
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse

from sakha.entrypoints.program_gate.door import ClientUnrecognised, leave
from sakha.entrypoints.program_gate.limits import LimitReached
from sakha.exchange.rules.answers import write_error
from sakha.exchange.rules.refusals import MessageRefused

if TYPE_CHECKING:
    from datetime import datetime

    from sakha.vocabulary.refusal import Refusal

BODY_BYTES_MAX: Final = 2 * 1024 * 1024
_STATUSES: Final = {
    "err.request.unauthorized": HTTPStatus.UNAUTHORIZED,
    "err.request.forbidden": HTTPStatus.FORBIDDEN,
    "err.sender_id.invalid": HTTPStatus.FORBIDDEN,
    "err.signature.invalid": HTTPStatus.UNAUTHORIZED,
    "err.signature.missing": HTTPStatus.UNAUTHORIZED,
    "err.request.not_found": HTTPStatus.NOT_FOUND,
    "err.request.too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
}


def read_body(request: HttpRequest) -> Any:
    """The JSON of a request. Raises: MessageRefused."""
    if request.content_type != "application/json":
        raise MessageRefused(reason="Content-Type must be application/json")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not str(length).isdigit() or int(length) > BODY_BYTES_MAX:
        raise MessageRefused(reason="the body is too large")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise MessageRefused(reason="the body is no JSON") from None


def answer_refusal(request: HttpRequest, refusal: Refusal, *, at: datetime) -> HttpResponse:
    """No, in the standard's shape."""
    reason = refusal.reason if isinstance(refusal, MessageRefused) else refusal.code
    error = _error_of(refusal)
    body = write_error(error=error, reason=reason, correlation_id=secrets.token_hex(16), at=at)
    response = answer(request, body, status=_STATUSES.get(error, HTTPStatus.BAD_REQUEST))
    if isinstance(refusal, LimitReached):
        response["Retry-After"] = str(refusal.seconds)
    return response


def answer(request: HttpRequest, body: Any, *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """JSON with its Persian letters as they are, kept by nobody on the way."""
    response = JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
    leave(request, response)
    response["Cache-Control"] = "no-store"
    return response


def _error_of(refusal: Refusal) -> str:
    if isinstance(refusal, MessageRefused):
        return refusal.error
    if isinstance(refusal, ClientUnrecognised):
        return "err.request.unauthorized"
    return "err.request.too_many_requests" if isinstance(refusal, LimitReached) else "err.request.forbidden"

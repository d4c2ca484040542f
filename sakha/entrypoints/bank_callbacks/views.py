"""Takes what a bank brings and acknowledges it in the words of SP DCI. Decides how a refusal is answered, nothing else.

Nothing of a body is logged; a stranger learns nothing but that the signature was not taken.
"""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from sakha.databanks.actions import receive_envelope, receive_webhook
from sakha.databanks.banks.signatures import own_public_keys
from sakha.databanks.rules.answers import AnswerInvalid
from sakha.databanks.rules.evidence import BankUnknown
from sakha.vocabulary.message_signing import SignatureBad

BODY_BYTES_MAX: Final = 10 * 1024 * 1024
ACTIONS: Final = frozenset({"on-search", "on-subscribe", "notify"})
_log = structlog.get_logger(__name__)


@require_GET
def show_keys(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- the form of a view
    """Our public keys."""
    return JsonResponse(own_public_keys())


@csrf_exempt
@require_POST
def take_envelope(request: HttpRequest, bank: str, action: str) -> HttpResponse:
    """A signed DCI message."""
    if action not in ACTIONS:
        return _answer("ERR", at=timezone.now(), code="err.request.not_found", status=HTTPStatus.NOT_FOUND)
    body = _body(request)

    def take(at: datetime) -> bool:
        return receive_envelope(at=at, bank=bank, action=action, told=_read(body))

    return _taken(take, bank, is_readable=body is not None)


@csrf_exempt
@require_POST
def take_webhook(request: HttpRequest, bank: str) -> HttpResponse:
    """A signed event in plain JSON."""
    body, signature = _body(request), request.headers.get("X-Signature", "")

    def take(at: datetime) -> bool:
        return receive_webhook(at=at, bank=bank, signature=signature, body=body or b"")

    return _taken(take, bank, is_readable=body is not None)


def _taken(take: Callable[[datetime], bool], bank: str, *, is_readable: bool) -> HttpResponse:
    at = timezone.now()
    if not is_readable:
        return _answer("ERR", at=at, code="err.request.bad", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        is_new = take(at)
    except SignatureBad as refusal:
        _log.warning("bank_message_refused", bank=bank, reason=refusal.reason)
        return _answer("ERR", at=at, code="err.signature.invalid", status=HTTPStatus.UNAUTHORIZED)
    except BankUnknown:
        return _answer("ERR", at=at, code="err.signature.invalid", status=HTTPStatus.UNAUTHORIZED)
    except AnswerInvalid as refusal:
        _log.warning("bank_message_unreadable", bank=bank, reason=refusal.reason)
        return _answer("ERR", at=at, code="err.request.bad", status=HTTPStatus.BAD_REQUEST)
    _log.info("bank_message_taken", bank=bank, is_new=is_new)
    return _answer("ACK", at=at)


def _body(request: HttpRequest) -> bytes | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not str(length).isdigit() or int(length) > BODY_BYTES_MAX:
        return None
    return request.body


def _read(body: bytes | None) -> Any:
    try:
        return json.loads(body or b"")
    except (ValueError, RecursionError):
        raise AnswerInvalid(reason="no JSON") from None


def _answer(ack: str, *, at: datetime, code: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    message: dict[str, Any] = {"ack_status": ack, "timestamp": at.isoformat(), "correlation_id": secrets.token_hex(8)}
    if code:
        message["error"] = {"code": code, "message": code}
    return JsonResponse({"message": message}, status=status)

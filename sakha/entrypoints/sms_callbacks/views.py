"""Takes what Kavenegar brings and says that it arrived. Decides who may bring; nothing of a body is logged."""

import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import hear, receive_reports
from sakha.coordination.gateways import named_address
from sakha.coordination.gateways.kavenegar import KavenegarGateway, read_inbound, read_report
from sakha.vocabulary.identifiers import IdentifierInvalid

_BODY_BYTES_MAX: Final = 16 * 1024
_log = structlog.get_logger(__name__)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def take_text(request: HttpRequest, secret: str) -> HttpResponse:
    """A text of somebody. What comes from no mobile number is taken too, or it would be brought for ever."""
    if not _is_provider(secret):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    told = read_inbound(_form(request))
    if told is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        heard = hear(
            actor=SYSTEM, at=timezone.now(), provider=KavenegarGateway.name, told=told, address=named_address()
        )
    except IdentifierInvalid:
        return HttpResponse(status=HTTPStatus.OK)
    _log.info("sms_heard", meaning=heard.meaning.value, is_new=heard.is_new, is_answered=heard.is_answered)
    return HttpResponse(status=HTTPStatus.OK)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def take_report(request: HttpRequest, secret: str) -> HttpResponse:
    """Where a message ended."""
    if not _is_provider(secret):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    report = read_report(_form(request))
    if report is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    receive_reports(actor=SYSTEM, at=timezone.now(), provider=KavenegarGateway.name, reports=[report])
    return HttpResponse(status=HTTPStatus.OK)


def _is_provider(secret: str) -> bool:
    """Without a secret in the settings this door does not exist."""
    ours = settings.SAKHA.sms_callback_secret.get_secret_value()
    return ours != "" and hmac.compare_digest(secret.encode(), ours.encode())


def _form(request: HttpRequest) -> Mapping[str, str]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not str(length).isdigit() or int(length) > _BODY_BYTES_MAX:
        return {}
    return {**request.GET.dict(), **request.POST.dict()}

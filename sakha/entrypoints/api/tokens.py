"""OAuth 2 client credentials (RFC 6749 section 4.4): a key is exchanged for a token of fifteen minutes."""

import base64
import binascii
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sakha.access.queries import find_client_by_key, make_client_token
from sakha.access.rules import Client, ClientScope
from sakha.access.rules.clients import TOKEN_LIVES
from sakha.entrypoints.program_gate.door import CertificateWrong, require_certificate
from sakha.entrypoints.program_gate.limits import METER, LimitReached


@csrf_exempt
@require_POST
def give_token(request: HttpRequest) -> HttpResponse:
    """Exchange `client_id` and `client_secret`, in the form or by HTTP Basic; `scope` may ask for fewer scopes."""
    if request.POST.get("grant_type") != "client_credentials":
        return _refuse("unsupported_grant_type")
    public_id, secret = _credentials(request)
    at = timezone.now()
    client = find_client_by_key(secret, at=at) if secret else None
    if client is None or not constant_time_compare(client.public_id, public_id) or not _is_let_in(request, client):
        return _refuse("invalid_client", status=HTTPStatus.UNAUTHORIZED)
    words = request.POST.get("scope", "").split()
    if set(words) - {scope.value for scope in client.scopes}:
        return _refuse("invalid_scope")
    try:
        METER.take(client, route="token", weight=1, at=at)
    except LimitReached as refusal:
        response = _refuse("slow_down", status=HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(refusal.seconds)
        return response
    scopes = frozenset(ClientScope(word) for word in words) or client.scopes
    answer = JsonResponse(
        {
            "access_token": make_client_token(client, at=at, scopes=scopes),
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIVES.total_seconds()),
            "scope": " ".join(sorted(scope.value for scope in scopes)),
        }
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _is_let_in(request: HttpRequest, client: Client) -> bool:
    try:
        require_certificate(request, client)
    except CertificateWrong:
        return False
    return client.is_active


def _credentials(request: HttpRequest) -> tuple[str, str]:
    kind, _, coded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        public_id, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return public_id, secret


def _refuse(error: str, *, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> HttpResponse:
    response = JsonResponse({"error": error}, status=status)
    response["Cache-Control"] = "no-store"
    if status is HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Basic realm="sakha"'
    return response

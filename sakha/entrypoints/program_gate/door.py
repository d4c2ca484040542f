"""Who calls: a key or a token in the header Authorization, a certificate where the client is bound to one.

Decides the order of refusals: unknown, wrong certificate, suspended, too often, wrong scope, wrong purpose.
"""

import re
import ssl
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address, ip_network
from math import ceil
from time import monotonic
from typing import ClassVar, Final
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from sakha.access.queries import find_client_by_key, find_client_by_token
from sakha.access.rules import PURPOSE_SENTENCES, Actor, Client, ClientLevel, ClientPurpose, ClientScope, PurposeMissing
from sakha.entrypoints.program_gate.limits import METER, Allowance, LimitReached
from sakha.entrypoints.program_gate.problems import show_problem
from sakha.vocabulary.refusal import Refusal

KNOWN_SECONDS: Final = 5.0  # for so long a revoked key or a suspended client may still be let in by a process
LINES_A_REQUEST: Final = 100  # so many lines of a batch weigh one request of the limits
_BREAKAGES: Final = frozenset({"SEAL_BROKEN", "KEY_MISSING", "KEY_RING_INVALID"})
_KNOWN_MAX: Final = 5000
_ENVOY: Final = re.compile(r'(?:By=[^;,"]*;)?Hash=([0-9a-f]{64})(?:;|$)')
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_PEM_BEGINS: Final = "-----BEGIN%20CERTIFICATE-----"
_known: dict[str, tuple[float, Client]] = {}


class ClientUnrecognised(Refusal):
    """No key, an unknown, expired or revoked one: one answer for all."""

    code: ClassVar[str] = "CLIENT_UNRECOGNISED"
    sentence: ClassVar[str] = "کلید یا توکن در سرآیند Authorization نیست، باطل شده یا مدتش گذشته است."


class ClientSuspended(Refusal):
    """The client is stopped for now."""

    code: ClassVar[str] = "CLIENT_SUSPENDED"
    sentence: ClassVar[str] = "این برنامه متوقف شده است. با دفتر سخا در استان خود تماس بگیرید."


class CertificateWrong(Refusal):
    """The client is bound to a certificate, and the proxy told of another or of none."""

    code: ClassVar[str] = "CERTIFICATE_WRONG"
    sentence: ClassVar[str] = "این برنامه تنها با گواهی TLS ثبت‌شدهٔ خود پاسخ می‌گیرد."


@dataclass(slots=True, kw_only=True)
class Caller:
    """A client that was let in for one request; what it has left changes once the lines of a batch are known."""

    client: Client
    purpose: ClientPurpose
    route: str
    at: datetime
    allowance: Allowance

    @property
    def actor(self) -> Actor:
        """For whom the database works."""
        return self.client.actor

    def shows(self, level: ClientLevel) -> bool:
        """Whether answers of this level are shown to the client."""
        return self.client.level >= level

    def words(self, what: str) -> str:
        """What the household reads of it."""
        return f"{what} {PURPOSE_SENTENCES[self.purpose]}، برنامهٔ «{self.client.name}»"[:200]

    def require_person(self, identifier: str) -> None:
        """Keep simulated and real people apart."""
        self.client.require_person(identifier, is_demonstration=settings.SAKHA.is_demonstration)


def enter(request: HttpRequest, *, route: str, scope: ClientScope | None, at: datetime) -> Caller:
    """Let the caller in, or refuse. Raises: the refusals above, LimitReached, ScopeMissing, PurposeMissing."""
    client = _recognise(request, at)
    require_certificate(request, client)
    if not client.is_active:
        raise ClientSuspended
    request.sakha_counted = (client.id, route, at)  # type: ignore[attr-defined]  # so that a refusal is noted
    allowance = METER.take(client, route=route, weight=1, at=at)
    named = request.META.get("HTTP_SAKHA_PURPOSE")
    if named is not None and named not in set(client.purposes):
        raise PurposeMissing(field="Sakha-Purpose")
    if scope is None:
        purpose = min(client.purposes)
    else:
        client.require_scope(scope)
        purpose = client.require_purpose(named or "", scope)
    caller = Caller(client=client, purpose=purpose, route=route, at=at, allowance=allowance)
    request.sakha_caller = caller  # type: ignore[attr-defined]  # for the headers of the answer
    return caller


def weigh(caller: Caller, count: int) -> None:
    """Count a batch: one request for each hundred lines begun; a refused one is the one request that it was.

    Were a refused one free, a program that repeats it would be read whole each time and never meet its limit.
    Raises: LimitReached.
    """
    more = ceil(count / LINES_A_REQUEST) - 1
    if more > 0:
        caller.allowance = METER.take(caller.client, route=caller.route, weight=more, at=caller.at)


def leave(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Put the headers of limits on an answer; nothing of it may be kept on the way."""
    caller: Caller | None = getattr(request, "sakha_caller", None)
    if caller is not None:
        response["RateLimit-Limit"] = str(caller.allowance.limit)
        response["RateLimit-Remaining"] = str(caller.allowance.left)
        response["RateLimit-Reset"] = str(caller.allowance.seconds)
    response["Cache-Control"] = "private, no-cache" if response.has_header("ETag") else "no-store"
    return response


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal, and note it for the client's own page. A key of ours that is gone is a breakage, and none."""
    if refusal.code in _BREAKAGES:
        raise refusal
    counted: tuple[int, str, datetime] | None = getattr(request, "sakha_counted", None)
    if counted is not None:
        METER.note(counted[0], route=counted[1], code=refusal.code, at=counted[2])
    response = leave(request, show_problem(refusal))
    if isinstance(refusal, LimitReached):
        response["Retry-After"] = str(refusal.seconds)
    return response


def require_certificate(request: HttpRequest, client: Client) -> None:
    """Compare the certificate's fingerprint that the proxy in front told with the client's own.

    Only a proxy of SAKHA_CLIENT_PROXIES is believed, and only the one header that it sets itself.
    """
    if not client.certificate_fingerprint:
        return
    told = ""
    header = settings.SAKHA.client_certificate_header
    if header and _is_trusted(str(request.META.get("REMOTE_ADDR", ""))):
        told = read_fingerprint(request.headers.get(header, ""))
    if not constant_time_compare(told, client.certificate_fingerprint):
        raise CertificateWrong


def read_fingerprint(told: str) -> str:
    """The SHA-256 of a certificate as proxies tell it: in letters, as Envoy's `Hash`, or by nginx's escaped PEM."""
    if told.startswith(_PEM_BEGINS):
        try:
            return sha256(ssl.PEM_cert_to_DER_cert(unquote(told))).hexdigest()
        except ValueError:
            return ""
    if "," in _QUOTED.sub("", told):  # several elements: who came before may have written the first
        return ""
    envoy = _ENVOY.match(told)
    return envoy[1] if envoy else told.replace(":", "").strip().lower()


def forget_clients() -> None:
    """Look up every key anew."""
    _known.clear()


def _recognise(request: HttpRequest, at: datetime) -> Client:
    kind, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise ClientUnrecognised
    kept = _known.get(secret)
    if kept is not None and monotonic() - kept[0] < KNOWN_SECONDS:
        return kept[1]
    is_key = secret.startswith("sakha_")
    client = find_client_by_key(secret, at=at) if is_key else find_client_by_token(secret, at=at)
    if client is None:
        raise ClientUnrecognised
    if len(_known) >= _KNOWN_MAX:
        _known.clear()
    _known[secret] = (monotonic(), client)
    return client


def _is_trusted(address: str) -> bool:
    networks = [ip_network(one.strip()) for one in settings.SAKHA.client_proxies.split(",") if one.strip()]
    try:
        return any(ip_address(address) in network for network in networks)
    except ValueError:
        return False

"""A write sent again with the same Idempotency-Key is answered as before and done once.

The answer is kept in the transaction of what it tells of. A refusal is not kept: nothing was done, it may be tried
again. Answers carry numbers and codes, no names.
"""

import re
from collections.abc import Callable
from hashlib import sha1, sha256
from http import HTTPStatus
from typing import ClassVar, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from sakha.access.actions import acting, begin_answer, keep_answer
from sakha.entrypoints.program_gate.door import Caller, leave
from sakha.vocabulary.refusal import Refusal

_KEY: Final = re.compile(r"[A-Za-z0-9._:-]{1,80}")
_VARIANT: Final = {f"{digit:x}": "89ab"[digit & 3] for digit in range(16)}


class RequestKeyMissing(Refusal):
    """A write without the header, or with one that can't be kept."""

    code: ClassVar[str] = "REQUEST_KEY_MISSING"
    sentence: ClassVar[str] = "هر نوشتن سرآیند Idempotency-Key می‌خواهد: متنی یکتا تا ۸۰ حرف لاتین، رقم یا . _ : -"


class RequestKeyReused(Refusal):
    """The key came before with another request."""

    code: ClassVar[str] = "REQUEST_KEY_REUSED"
    sentence: ClassVar[str] = "این Idempotency-Key پیش‌تر با درخواست دیگری آمده است."


def request_key(request: HttpRequest) -> str:
    """The key of this write. Raises: RequestKeyMissing."""
    key: str = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if _KEY.fullmatch(key) is None:
        raise RequestKeyMissing(field="Idempotency-Key")
    return key


def request_id(caller: Caller, key: str) -> UUID:
    """The ledger's own request id of a write: the ledger answers the same request the same by itself."""
    return uuid5(NAMESPACE_URL, f"sakha:client:{caller.client.id}:0:{key}")


def request_ids(caller: Caller, key: str, count: int) -> list[str]:
    """The same for the lines of a batch, counted from 1, in letters: a fifth of the time of `uuid5` and `str`."""
    begun = sha1(NAMESPACE_URL.bytes + f"sakha:client:{caller.client.id}:".encode(), usedforsecurity=False)
    named: list[str] = []
    for place in range(1, count + 1):
        one = begun.copy()
        one.update(f"{place}:{key}".encode())
        told = one.hexdigest()
        # version and variant of a name's UUID: RFC 9562, 5.5
        named.append(f"{told[:12]}5{told[13:16]}{_VARIANT[told[16]]}{told[17:32]}")
    return named


def answer_once(
    request: HttpRequest, caller: Caller, work: Callable[[], BaseModel], *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Do the work and keep its answer, or give the answer that was kept.

    Raises: RequestKeyMissing, RequestKeyReused, and what the work raises.
    """
    key = request_key(request)
    digest = sha256(f"{request.method} {request.path}\n".encode() + request.body).digest()
    body = ""
    with acting(caller.actor):
        known = begin_answer(client_id=caller.client.id, request_key=key, request_digest=digest, at=caller.at)
        if known is None:
            body = work().model_dump_json()
            keep_answer(client_id=caller.client.id, request_key=key, status=status.value, body=body)
    if known is None:
        return leave(request, json_answer(body, status))
    if known.request_digest != digest:
        raise RequestKeyReused(field="Idempotency-Key")
    response = json_answer(known.body, HTTPStatus(known.status))
    response["Idempotency-Replayed"] = "true"
    return leave(request, response)


def json_answer(body: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """A body that is JSON already."""
    return HttpResponse(body, status=status, content_type="application/json")

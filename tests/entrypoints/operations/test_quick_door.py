"""The quick addresses: answered as by the whole site, with its guards; anything unusual is left to it."""

from __future__ import annotations

import gzip
import json
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils import timezone

from sakha.access.actions import suspend_client
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.entrypoints.operations.quick_door import BODY_BYTES_MAX, QUICK_PATHS, QuickDoor
from sakha.entrypoints.program_gate.door import forget_clients
from sakha.entrypoints.program_gate.limits import METER
from tests.api_cast import Caller, given_caller, registered
from tests.ledger_cast import given_charity

PATH, HOLDS, CHECKS_MANY, HOLDS_MANY = QUICK_PATHS


class _Site:
    """Stands for the whole site, and counts what was left to it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], _: Any) -> list[bytes]:
        self.asked.append(environ["REQUEST_METHOD"])
        return [b"left"]


def _asked(site: Any, secret: str, body: dict[str, Any], **rest: Any) -> tuple[str, dict[str, str], bytes]:
    environ = RequestFactory().post(
        rest.pop("path", PATH), json.dumps(body), "application/json", headers={"Authorization": f"Bearer {secret}"}
    ).environ | rest  # fmt: skip
    told: list[Any] = []
    answer = site(environ, lambda status, headers: told.extend((status, dict(headers))))
    return (told[0] if told else "", told[1] if told else {}, b"".join(answer))


def _told(answer: tuple[str, dict[str, str], bytes]) -> tuple[str, str]:
    return answer[0][:3], json.loads(answer[2])["code"]


def test_a_quick_address_answers_as_the_whole_site_and_gives_its_connection_back(
    client: Browser, committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller: Caller = given_caller(client, given_charity("مهر"))
    home = registered(caller.charity)
    connection.close()
    quick, body = QuickDoor(WSGIHandler()), {"kind": "FOOD", "quantity": 1, "household_id": home.id}
    status, headers, told = _asked(quick, caller.secret, body)
    assert connection.connection is None
    whole, _, other = _asked(WSGIHandler(), caller.secret, body)
    assert (status, json.loads(told)) == (whole, json.loads(other))
    assert status == "200 OK"
    assert headers["Content-Length"] == str(len(told))
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
    assert headers["RateLimit-Limit"]
    refused, _, problem = _asked(quick, f"{caller.secret}x", body)
    assert (refused[:3], json.loads(problem)["code"]) == ("401", "CLIENT_UNRECOGNISED")
    broken: list[type[Exception]] = []

    def show_failure(_: Any, error: Exception) -> HttpResponse:
        broken.append(type(error))
        return HttpResponse(status=500)

    monkeypatch.setattr("django.core.handlers.exception.response_for_exception", show_failure)
    monkeypatch.setattr("sakha.entrypoints.api.aid.ask_check", lambda **_: 1 / 0)
    assert _asked(quick, caller.secret, body)[0][:3] == "500"
    assert broken == [ZeroDivisionError], "told as the framework tells"


def test_a_hold_is_made_once_and_whoever_is_stopped_or_in_a_hurry_gets_no_further(
    client: Browser, committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(
        "sakha.entrypoints.api.aid.timezone", SimpleNamespace(now=lambda: now)
    )  # no minute turns midway
    caller = given_caller(client, given_charity("مهر"))
    home = registered(caller.charity)
    quick, body = QuickDoor(WSGIHandler()), {"kind": "FOOD", "quantity": 1, "household_id": home.id}
    hold = partial(_asked, quick, caller.secret, path=HOLDS)

    assert _told(hold(body)) == ("400", "REQUEST_KEY_MISSING")
    first, again = (hold(body, HTTP_IDEMPOTENCY_KEY="one") for _ in range(2))
    assert (first[0], first[2]) == (again[0], again[2])
    assert ("Idempotency-Replayed" in first[1], again[1]["Idempotency-Replayed"]) == (False, "true")
    assert _asked(WSGIHandler(), caller.secret, body, path=HOLDS, HTTP_IDEMPOTENCY_KEY="one")[2] == first[2]
    assert _told(hold({**body, "quantity": 2}, HTTP_IDEMPOTENCY_KEY="one")) == ("422", "REQUEST_REUSED")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id, quantity FROM ledger_hold")
        assert cursor.fetchall() == [(json.loads(first[2])["hold_id"], 1)]

    hasty = given_caller(client, caller.charity, minute_limit=2)
    asks = [_asked(quick, hasty.secret, body) for _ in range(3)]
    assert [one[1].get("RateLimit-Remaining") for one in asks] == ["1", "0", None]
    late = _asked(quick, hasty.secret, body, path=HOLDS, HTTP_IDEMPOTENCY_KEY="two")
    for one in (asks[2], late):
        assert _told(one) == ("429", "LIMIT_REACHED")
        assert 0 < int(one[1]["Retry-After"]) <= 60

    suspend_client(actor=SYSTEM, at=now, client_id=caller.client_id)
    forget_clients()
    for path in QUICK_PATHS:
        stopped = _asked(quick, caller.secret, body, path=path, HTTP_IDEMPOTENCY_KEY="one")
        assert _told(stopped) == ("403", "CLIENT_SUSPENDED")
    METER.tell()


def test_a_batch_is_answered_as_by_the_whole_site_and_compressed_for_whoever_asks_for_it(
    client: Browser, committed: None
) -> None:
    caller = given_caller(client, given_charity("مهر"))
    home = registered(caller.charity)
    connection.close()
    quick, body = QuickDoor(WSGIHandler()), {"kind": "FOOD", "household_ids": [home.id] * 60}
    ask = partial(_asked, secret=caller.secret, body=body, path=CHECKS_MANY)
    _, headers, told = ask(quick)
    assert connection.connection is None
    assert (json.loads(told), headers.get("Content-Encoding")) == (json.loads(ask(WSGIHandler())[2]), None)
    assert len(json.loads(told)["answers"]) == 60
    _, headers, packed = ask(quick, HTTP_ACCEPT_ENCODING="gzip")
    assert (headers["Content-Encoding"], headers["Content-Length"]) == ("gzip", str(len(packed)))
    assert gzip.decompress(packed) == told

    lines = {"kind": "FOOD", "holds": [{"household_id": one, "quantity": 1} for one in (home.id, 2**60)]}
    hold = partial(_asked, secret=caller.secret, body=lines, path=HOLDS_MANY, HTTP_IDEMPOTENCY_KEY="b")
    held, again = hold(quick)[2], hold(WSGIHandler())[2]
    assert json.loads(held) == json.loads(again), "the same request, whichever way it comes"
    assert [one["outcome"] for one in json.loads(held)["results"]] == ["HELD", "UNKNOWN"]
    METER.tell()


def test_another_method_host_size_or_no_tls_is_left_to_the_whole_site(monkeypatch: pytest.MonkeyPatch) -> None:
    site = _Site()
    quick = QuickDoor(site)
    odd: tuple[dict[str, Any], ...] = (
        {"REQUEST_METHOD": "GET"},
        {"HTTP_HOST": "elsewhere.example"},
        {"CONTENT_LENGTH": str(BODY_BYTES_MAX + 1)},
        {"CONTENT_LENGTH": ""},
        {"path": "/api/v1/me"},
    )
    for one in odd:
        assert _asked(quick, "", {}, **dict(one))[2] == b"left"
    monkeypatch.setattr(settings, "SECURE_SSL_REDIRECT", True)
    assert _asked(QuickDoor(site), "", {})[2] == b"left"
    assert len(site.asked) == len(odd) + 1

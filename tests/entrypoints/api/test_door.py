"""Who is let in: every operation tried by strangers, without its scope, suspended; limits; certificates; tokens."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from sakha.access.actions import issue_client_key, revoke_client_key, suspend_client
from sakha.access.queries import get_client, use_history
from sakha.access.rules import SYSTEM, ClientLevel, ClientPurpose, ClientScope
from sakha.entrypoints.api.document import API
from sakha.entrypoints.program_gate.door import forget_clients, read_fingerprint
from sakha.entrypoints.program_gate.limits import METER
from tests.api_cast import Caller, given_caller, given_place, registered
from tests.ledger_cast import given_charity

PREFIX = "/api/v1/"


# What a level closes altogether; of all else in the document a level shows fewer fields, or nothing of a person.
CLOSED_BELOW = {
    ("households/1", "get"): ClientLevel.FILE,
    ("households/1/needs", "get"): ClientLevel.NEEDS,
    ("households/1/coverage", "get"): ClientLevel.NEEDS,
}
FEWER_FIELDS = {("check", "post"), ("check/batch", "post"), ("holds/batch", "post"), ("households/find", "post"),
                ("referrals", "get")}  # fmt: skip
NOTHING_OF_A_PERSON = {
    ("me", "get"), ("holds", "get"), ("holds", "post"), ("holds/1", "get"), ("holds/1/deliver", "post"),
    ("holds/1/release", "post"), ("deliveries/batch", "post"), ("releases/batch", "post"), ("households", "post"),
    ("households/1/evidence", "post"), ("coverage", "post"), ("referrals", "post"), ("referrals/1/step", "post"),
}  # fmt: skip


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Half past three in Tehran and half a minute: neither turns midway."""
    with time_machine.travel(datetime(2026, 11, 22, 0, 0, 30, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def operations() -> list[tuple[str, str]]:
    """Every operation of the document, with 1 for each number in its address."""
    paths: dict[str, dict[str, Any]] = API.get_openapi_schema()["paths"]
    found = [(path, method) for path, ways in paths.items() for method in ways]
    return [
        (path.partition("{")[0] + ("1" + path.partition("}")[2] if "{" in path else ""), way) for path, way in found
    ]


def tried(caller: Caller) -> dict[tuple[str, str], tuple[int, str]]:
    """Status and code of every operation, asked with a body that no form takes."""
    answers = {}
    for path, method in operations():
        short = path.removeprefix(PREFIX)
        response = caller.get(short) if method == "get" else caller.post(short, {"nothing": 1})
        answers[path, method] = (response.status_code, response.json().get("code", ""))
    return answers


@pytest.mark.django_db
def test_every_operation_refuses_strangers_the_suspended_and_those_without_its_scope(client: Browser) -> None:
    caller, _ = given_place(client)
    assert len(operations()) > 18
    for secret in ("", "sakha_test_00000000_nothing", f"{caller.secret}x", "a.b.c"):
        stranger = Caller(client, 0, secret, caller.charity)
        assert set(tried(stranger).values()) == {(401, "CLIENT_UNRECOGNISED")}
    without = given_caller(client, caller.charity, scopes=(ClientScope.REGISTRY_SEARCH,))
    answers = tried(without)
    assert answers.pop((f"{PREFIX}me", "get"))[0] == 200
    assert set(answers.values()) == {(403, "SCOPE_MISSING")}
    suspend_client(actor=SYSTEM, at=timezone.now(), client_id=caller.client_id)
    forget_clients()
    assert set(tried(caller).values()) == {(403, "CLIENT_SUSPENDED")}
    key = get_client(actor=SYSTEM, client_id=without.client_id).keys[0]
    revoke_client_key(actor=SYSTEM, at=timezone.now(), key_id=key.id)
    forget_clients()
    assert set(tried(without).values()) == {(401, "CLIENT_UNRECOGNISED")}


@pytest.mark.django_db
def test_every_operation_is_tried_by_a_level_that_is_too_low(client: Browser) -> None:
    known = {(path.removeprefix(PREFIX), way) for path, way in operations()}
    assert known == set(CLOSED_BELOW) | FEWER_FIELDS | NOTHING_OF_A_PERSON, "whoever adds an operation says its level"
    caller, home = given_place(client)
    for level in ClientLevel:
        answers = tried(given_caller(client, caller.charity, level=level))
        closed = {
            (path.removeprefix(PREFIX), way) for (path, way), told in answers.items() if told[1] == "LEVEL_MISSING"
        }
        assert closed == {one for one, least in CLOSED_BELOW.items() if level < least}
    low = given_caller(client, caller.charity, level=ClientLevel.VERDICT)
    food = {"kind": "FOOD"}
    (line,) = low.post("check/batch", {**food, "household_ids": [home.id]}).json()["answers"]
    assert (line["verdict"], line["open_quantity"], line["free_on"]) == ("CLEAR", None, None)
    lines = [{"household_id": home.id, "quantity": 99}]
    (result,) = low.post("holds/batch", {**food, "holds": lines}).json()["results"]
    assert (result["outcome"], result["open_quantity"]) == ("EXCEEDS", None)
    found = low.post("households/find", {"national_id": home.national_id}).json()
    assert (found["household_id"], found["province"], found["county"]) == (home.id, None, None)


@pytest.mark.django_db
def test_a_client_of_several_purposes_names_one_that_includes_the_call(client: Browser) -> None:
    both = (ClientPurpose.AID, ClientPurpose.SERVICE)
    caller, home = given_place(client, purposes=both)
    body = {"kind": "FOOD", "national_id": home.national_id}
    assert caller.post("check", body).json()["code"] == "PURPOSE_MISSING"
    assert caller.post("check", body, **{"Sakha-Purpose": "COVERAGE"}).json()["code"] == "PURPOSE_MISSING"
    assert caller.post("check", body, **{"Sakha-Purpose": "SERVICE"}).status_code == 200
    hold = {"kind": "FOOD", "household_id": home.id, "quantity": 1}
    assert caller.post("holds", hold, **{"Sakha-Purpose": "SERVICE"}).json()["code"] == "PURPOSE_MISSING"
    assert caller.post("holds", hold, **{"Sakha-Purpose": "AID"}).status_code == 200


@pytest.mark.django_db
def test_sandboxes_ask_for_simulated_people_and_live_clients_for_real_ones(client: Browser) -> None:
    sandbox, home = given_place(client)
    live = given_caller(client, given_charity("نور"), is_sandbox=False)
    simulated, real = {"kind": "FOOD", "national_id": home.national_id}, {"kind": "FOOD", "national_id": "0012345679"}
    assert sandbox.post("check", simulated).status_code == 200
    assert sandbox.post("check", real).json()["code"] == "SANDBOX_MIXED"
    assert live.post("check", real).json()["verdict"] == "UNKNOWN"
    assert live.post("check", simulated).json()["code"] == "SANDBOX_MIXED"
    person = {"given_name": "زهرا", "family_name": "نمونه", "national_id": home.national_id}
    assert live.post("households", {"members": [person]}).json()["code"] == "SANDBOX_MIXED"


@pytest.mark.django_db
def test_nobody_is_found_by_the_number_of_a_household_that_others_registered_and_nobody_asked_about(
    client: Browser,
) -> None:
    sandbox, home = given_place(client)
    others = registered(given_charity("نور"))
    food = {"kind": "FOOD"}
    assert sandbox.post("check", {**food, "household_id": others.id}).json()["verdict"] == "UNKNOWN"
    lines = sandbox.post("check/batch", {**food, "household_ids": [home.id, others.id]}).json()["answers"]
    assert [one["verdict"] for one in lines] == ["CLEAR", "UNKNOWN"]
    held = sandbox.post("holds", {**food, "household_id": others.id, "quantity": 1})
    assert held.json()["code"] == "HOUSEHOLD_NOT_ASKED"
    asked = [{"household_id": one, "quantity": 1} for one in (others.id, home.id)]
    results = sandbox.post("holds/batch", {**food, "holds": asked}).json()["results"]
    assert [one["outcome"] for one in results] == ["UNKNOWN", "HELD"]


@pytest.mark.django_db
def test_a_minute_and_a_day_have_their_limit_and_the_page_knows_what_was_refused(
    client: Browser, clock: time_machine.Traveller
) -> None:
    caller, home = given_place(client, minute_limit=12, day_limit=24)
    first = caller.get("me")
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("12", "11")
    many = {"kind": "FOOD", "household_ids": [home.id] * 1000}
    assert caller.post("check/batch", many).status_code == 200
    METER.tell()
    assert caller.get("me")["RateLimit-Remaining"] == "0"
    late = caller.get("me")
    assert (late.status_code, late.json()["code"]) == (429, "LIMIT_REACHED")
    assert 0 < int(late["Retry-After"]) <= 60
    METER.tell()
    since = timezone.now().replace(second=0)
    told = use_history(actor=caller.charity, client_id=caller.client_id, since=since)
    assert {(one.route, one.code): one.request_count for one in told.lines} == {
        ("me", ""): 2,
        ("check/batch", ""): 10,
        ("me", "LIMIT_REACHED"): 1,
    }
    assert not use_history(actor=given_charity("دور"), client_id=caller.client_id, since=since).lines
    clock.shift(60)
    assert {caller.get("me").status_code for _ in range(12)} == {200}  # a new minute, and with it the day is full
    clock.shift(60)
    full = caller.get("me")
    assert (full.status_code, int(full["Retry-After"])) == (429, 20 * 3600 + 30 * 60 - 150)  # till midnight in Tehran
    clock.shift(24 * 3600)
    assert caller.get("me").status_code == 200


@pytest.mark.django_db
def test_a_batch_tells_what_is_left_after_it_and_a_refused_one_is_one_request(
    client: Browser, clock: time_machine.Traveller
) -> None:
    caller, home = given_place(client, minute_limit=7, day_limit=100)
    many = {"kind": "FOOD", "household_ids": [home.id] * 301}
    answers = [caller.post("check/batch", many) for _ in range(2)]
    assert [(one.status_code, one["RateLimit-Remaining"]) for one in answers] == [(200, "3"), (429, "2")]
    METER.tell()
    assert caller.get("me")["RateLimit-Remaining"] == "1"
    since = timezone.now().replace(second=0)
    METER.tell()
    told = use_history(actor=caller.charity, client_id=caller.client_id, since=since)
    assert {(one.route, one.code): one.request_count for one in told.lines} == {
        ("check/batch", ""): 5,
        ("check/batch", "LIMIT_REACHED"): 1,
        ("me", ""): 1,
    }


@pytest.mark.django_db
def test_a_client_bound_to_a_certificate_is_believed_only_through_the_proxy(
    client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, _ = given_place(client, certificate_fingerprint="ab" * 32)
    right = {"X-Client-Cert": ":".join(["AB"] * 32)}
    assert caller.get("me", **right).json()["code"] == "CERTIFICATE_WRONG"  # no header is configured
    monkeypatch.setattr(settings.SAKHA, "client_certificate_header", "X-Client-Cert")
    assert caller.get("me", **right).status_code == 200
    assert caller.get("me").json()["code"] == "CERTIFICATE_WRONG"
    assert caller.get("me", **{"X-Client-Cert": "cd" * 32}).json()["code"] == "CERTIFICATE_WRONG"
    envoy = f'Hash={"ab" * 32};Subject="CN=agency"'
    assert caller.get("me", **{"X-Client-Cert": f"By=spiffe://sakha;{envoy}"}).status_code == 200
    assert caller.get("me", **{"X-Client-Cert": envoy.replace("agency", "a, b")}).status_code == 200
    for forged in (
        f"{envoy},Hash={'cd' * 32}",
        f'Subject="x";{envoy}',
        "-----BEGIN%20CERTIFICATE-----%0Anonsense",
        f'By="x;{envoy}',
    ):
        assert caller.get("me", **{"X-Client-Cert": forged}).json()["code"] == "CERTIFICATE_WRONG"
    monkeypatch.setattr(settings.SAKHA, "client_proxies", "10.0.0.0/8")
    assert caller.get("me", **right).json()["code"] == "CERTIFICATE_WRONG"


def test_the_certificate_that_nginx_tells_is_known_by_its_fingerprint() -> None:
    der = bytes(range(256)) * 4  # which certificate it is doesn't matter: the proxy has proved it
    escaped = quote(ssl.DER_cert_to_PEM_cert(der))
    assert read_fingerprint(escaped) == sha256(der).hexdigest()
    assert read_fingerprint(escaped.replace("A", "B", 1)) != sha256(der).hexdigest()


@pytest.mark.django_db
def test_a_key_is_changed_without_a_gap(client: Browser) -> None:
    caller, _ = given_place(client)
    old = get_client(actor=SYSTEM, client_id=caller.client_id).keys[0]
    made = issue_client_key(actor=SYSTEM, at=timezone.now(), client_id=caller.client_id)
    after = Caller(client, caller.client_id, made.secret, caller.charity)
    assert (caller.get("me").status_code, after.get("me").status_code) == (200, 200)
    revoke_client_key(actor=SYSTEM, at=timezone.now(), key_id=old.id)
    forget_clients()
    assert (caller.get("me").status_code, after.get("me").status_code) == (401, 200)


@pytest.mark.django_db
def test_a_key_is_exchanged_for_a_token_of_fewer_scopes(client: Browser) -> None:
    caller, home = given_place(client)
    public_id = get_client(actor=SYSTEM, client_id=caller.client_id).public_id

    def ask(**more: str) -> Any:
        form = {"grant_type": "client_credentials", "client_id": public_id, "client_secret": caller.secret} | more
        return client.post("/api/oauth/token", form)

    told = ask(scope="household.read").json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 900, "household.read")
    by_token = Caller(client, caller.client_id, told["access_token"], caller.charity)
    assert by_token.post("households/find", {"national_id": home.national_id}).json()["household_id"] == home.id
    assert by_token.post("check", {"kind": "FOOD", "household_id": home.id}).json()["code"] == "SCOPE_MISSING"
    coded = base64.b64encode(f"{public_id}:{caller.secret}".encode()).decode()
    basic = client.post(
        "/api/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {coded}"}
    )
    assert basic.json()["scope"].count(" ") == len(ClientScope) - 1
    assert ask(grant_type="password").json() == {"error": "unsupported_grant_type"}
    assert ask(scope="everything").json() == {"error": "invalid_scope"}
    for wrong in ({"client_secret": "x"}, {"client_id": "sakha-000000000000"}, {"client_secret": ""}):
        assert (ask(**wrong).status_code, ask(**wrong).json()) == (401, {"error": "invalid_client"})
    suspend_client(actor=SYSTEM, at=timezone.now(), client_id=caller.client_id)
    assert ask().status_code == 401
    assert issue_client_key(actor=SYSTEM, at=timezone.now(), client_id=caller.client_id).secret != caller.secret

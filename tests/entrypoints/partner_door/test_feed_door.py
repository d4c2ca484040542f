"""The feed and the webhooks open to clients that may subscribe alone, and each client has its own webhooks only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from sakha.access.actions import suspend_client
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, ClientScope
from sakha.entrypoints.partner_door.dci_views import show_keys
from sakha.entrypoints.partner_door.urls import urlpatterns
from sakha.entrypoints.program_gate.door import forget_clients
from sakha.entrypoints.program_gate.limits import METER, LimitReached
from tests.entrypoints.partner_door.test_dci import PATHS
from tests.exchange_cast import Program, by_number, given_program, search_of
from tests.ledger_cast import AT, a_national_id, given_charity

WEBHOOK = {"address": "https://partner.example/hook", "events": ["aid.held"]}
DOORS = [
    ("GET", "/exchange/events", None),
    ("GET", "/exchange/webhooks", None),
    ("POST", "/exchange/webhooks", WEBHOOK),
    ("DELETE", "/exchange/webhooks/{}", None),
    ("POST", "/exchange/webhooks/{}/replay", {"after": 0}),
]


def test_every_address_of_the_door_is_tried_by_strangers() -> None:
    tried = [path.removeprefix("/") for path, _ in PATHS] + [path.removeprefix("/").format(1) for _, path, _ in DOORS]
    closed = [one for one in urlpatterns if one.callback is not show_keys]  # our public keys are for everybody
    assert len(closed) > 15
    assert [str(one.pattern) for one in closed if not any(one.resolve(path) for path in tried)] == []


def ask(program: Program, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {program.key}"} if program.key else {}
    return Browser().generic(method, path, json.dumps(body), "application/json", headers=headers)


def standing() -> list[tuple[Any, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id, client_id, ended_at FROM exchange_webhook ORDER BY id")
        return cursor.fetchall()


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
def test_nobody_the_wrong_scope_and_the_suspended_get_no_feed_and_no_webhook(method: str, path: str, body: Any) -> None:
    own = given_charity("نهاد وام")
    stopped = given_program(own)
    number = ask(stopped, "POST", "/exchange/webhooks", WEBHOOK).json()["id"]
    before = standing()
    suspend_client(actor=SYSTEM, at=AT, client_id=stopped.client.id)
    forget_clients()
    place = path.format(number)

    for stranger in (Program(stopped.client, ""), Program(stopped.client, "sakha_test_00000000_unknown")):
        refused = ask(stranger, method, place, body)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (401, "err.request.unauthorized")
    without = given_program(own, scopes=(ClientScope.REGISTRY_SEARCH,))
    for closed, why in ((without, "SCOPE_MISSING"), (stopped, "CLIENT_SUSPENDED")):
        refused = ask(closed, method, place, body)
        assert (refused.status_code, refused.json()["errors"][0]["message"]) == (403, why)
    assert standing() == before


def test_a_client_sees_ends_and_replays_its_own_webhooks_alone() -> None:
    own, other = given_charity("نهاد وام"), given_charity("نهاد دیگر")
    mine, sister, stranger = given_program(own), given_program(own), given_program(other)
    number = ask(mine, "POST", "/exchange/webhooks", WEBHOOK).json()["id"]

    for program in (sister, stranger):  # of the same body too
        assert ask(program, "GET", "/exchange/webhooks").json()["webhooks"] == []
        for method, path, body in DOORS[3:]:
            refused = ask(program, method, path.format(number), body)
            assert (refused.status_code, refused.json()["errors"][0]["message"]) == (404, "WEBHOOK_UNKNOWN")
    assert [row[2] for row in standing()] == [None]
    assert [one["id"] for one in ask(mine, "GET", "/exchange/webhooks").json()["webhooks"]] == [number]
    assert ask(mine, "POST", f"/exchange/webhooks/{number}/replay", {"after": 0}).status_code == 202
    assert ask(mine, "DELETE", f"/exchange/webhooks/{number}").json()["ended"]
    assert ask(mine, "DELETE", f"/exchange/webhooks/{number}").status_code == 404


def test_whoever_asks_too_often_is_told_when_to_come_again_at_both_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    program = given_program(given_charity("نهاد وام"))

    def full(*_: Any, **__: Any) -> None:
        raise LimitReached(seconds=7)

    monkeypatch.setattr(METER, "take", full)
    search = search_of(by_number(a_national_id()))
    for told in (ask(program, "GET", "/exchange/events"), program.post("/dci/social/registry/sync/search", search)):
        assert (told.status_code, told["Retry-After"]) == (429, "7")
        assert told.json()["errors"] == [{"code": "err.request.too_many_requests", "message": "LIMIT_REACHED"}]

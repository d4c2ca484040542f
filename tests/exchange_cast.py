"""Clients that speak SP DCI, what they send, and a receiver that writes down what it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sakha.access.actions import acting, issue_client, issue_client_key
from sakha.access.queries import find_client_by_key
from sakha.access.rules import SYSTEM, Actor, Client, ClientLevel, ClientPurpose, ClientScope, NewClient
from sakha.exchange.actions.partners import tell_partner
from sakha.exchange.rules.addresses import Target
from sakha.exchange.rules.partners import Partner
from tests.ledger_cast import AT

ALL = (
    ClientScope.REGISTRY_SEARCH,
    ClientScope.REGISTRY_SUBSCRIBE,
    ClientScope.REGISTRY_ENROLLED,
    ClientScope.COVERAGE_WRITE,
)
REPLIES = "https://partner.example/dci"
_numbers = count(1)


@dataclass(slots=True)
class Receiver:
    """Takes what is sent, or answers with another status, or is away."""

    status: int = 200
    bodies: list[tuple[str, Any, dict[str, str]]] = field(default_factory=list)

    def post(self, target: Target, body: bytes, headers: Any) -> int:
        self.bodies.append((target.url, json.loads(body), dict(headers)))
        return self.status


@dataclass(frozen=True, slots=True)
class Program:
    """A client with its key."""

    client: Client
    key: str

    def post(self, path: str, told: Any, **headers: str) -> Any:
        from django.test import Client as Browser

        return Browser().post(
            path,
            json.dumps(told, ensure_ascii=False),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}", **headers},
        )


def given_program(
    body: Actor,
    *,
    scopes: tuple[ClientScope, ...] = ALL,
    level: ClientLevel = ClientLevel.FILE,
    partner: Partner | None = None,
    purpose: ClientPurpose = ClientPurpose.SERVICE,
) -> Program:
    new = NewClient(
        organisation_id=body.organisation_id or 0, name="برنامهٔ وام", purposes=(purpose,), scopes=scopes, level=level,
        is_sandbox=True,
    )  # fmt: skip
    now = datetime.now(UTC)  # the doors read the clock, and a key lives for a year
    with acting(SYSTEM):
        client_id = issue_client(actor=SYSTEM, at=AT, client=new)
        key = issue_client_key(actor=SYSTEM, at=now, client_id=client_id)
        tell_partner(actor=SYSTEM, at=AT, client_id=client_id, partner=partner or Partner(reply_origins=(REPLIES,)))
    client = find_client_by_key(key.secret, at=now)
    assert client is not None
    return Program(client, key.secret)


def envelope(action: str, message: dict[str, Any], **header: Any) -> dict[str, Any]:
    return {
        "signature": "unsigned",
        "header": {
            "version": "1.0.0",
            "message_id": f"m-{next(_numbers)}",
            "message_ts": datetime.now(UTC).isoformat(),
            "action": action,
            "sender_id": "komak",
            "total_count": "1",
            **header,
        },
        "message": {"transaction_id": f"t-{next(_numbers)}", **message},
    }


def search_of(*queries: tuple[str, Any], **criteria: Any) -> dict[str, Any]:
    items = [
        {
            "reference_id": f"r{place}",
            "timestamp": AT.isoformat(),
            "search_criteria": {"query_type": query_type, "query": query, **criteria},
        }
        for place, (query_type, query) in enumerate(queries)
    ]
    return envelope("search", {"search_request": items})


def by_number(number: str) -> tuple[str, Any]:
    return "idtype-value", {"type": "UIN", "value": number}


def at_level(program: Program, level: ClientLevel) -> Client:
    return replace(program.client, level=level)

"""The cast of the interface's tests: a sandbox client with every scope, its household, and ways to ask."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from sakha.access.actions import issue_client, issue_client_key
from sakha.access.rules import SYSTEM, Actor, ClientLevel, ClientScope, NewClient
from sakha.entrypoints.program_gate.door import forget_clients
from sakha.entrypoints.program_gate.limits import METER
from sakha.registry.actions import register_household
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from tests.ledger_cast import KnownHousehold, a_national_id, given_charity

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client as Browser

_keys = count(1)


@dataclass(frozen=True, slots=True)
class Caller:
    """A client of a charity, asking by its key."""

    browser: Browser
    client_id: int
    secret: str
    charity: Actor

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.browser.get(f"/api/v1/{path}", headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Ask with a fresh Idempotency-Key, unless one is given."""
        headers.setdefault("Idempotency-Key", f"test-{next(_keys)}")
        content = json.dumps({} if body is None else body)
        return self.browser.post(
            f"/api/v1/{path}", content, content_type="application/json", headers=self._headers(headers)
        )

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} | more


def given_caller(browser: Browser, charity: Actor, **facts: Any) -> Caller:
    forget_clients()
    METER.tell()
    told = {"scopes": tuple(ClientScope), "level": ClientLevel.FILE, "is_sandbox": True} | facts
    new = NewClient(organisation_id=charity.organisation_id or 0, name="برنامهٔ آزمون", **told)
    client_id = issue_client(actor=SYSTEM, at=timezone.now(), client=new)
    key = issue_client_key(actor=SYSTEM, at=timezone.now(), client_id=client_id)
    return Caller(browser, client_id, key.secret, charity)


def given_place(browser: Browser, **facts: Any) -> tuple[Caller, KnownHousehold]:
    """A caller and a household of which its charity has a record."""
    charity = given_charity("مهر")
    return given_caller(browser, charity, **facts), registered(charity)


def registered(charity: Actor, *, is_protected: bool = False) -> KnownHousehold:
    """A household as the charity registered it, with a head of its own."""
    number = a_national_id()
    head = PersonDeclaration(given_name="زهرا", family_name="نمونه", national_id=number, gender="زن")
    told = HouseholdDeclaration(members=(head,), is_protected=is_protected)
    done = register_household(actor=charity, at=timezone.now(), declaration=told)
    return KnownHousehold(done.household_id, done.code, number)

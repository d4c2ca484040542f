"""Asks the interface. A key stands in the header alone, an identifier in bodies alone.

A write carries an Idempotency-Key, so that a request that was lost on the way may be sent again. Busy servers are
waited for as they ask (429, Retry-After).
"""

import hmac
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import httpx

from sakha_client.answers import Check, CheckLine, Hold, HoldLine, SakhaProblem

BATCH_SIZE: Final = 1000
_TRIES: Final = 4
_NATIONAL_ID_LENGTH: Final = 10  # spreadsheets drop leading zeros
_TOO_MANY: Final = 429
_BROKEN: Final = 500
_WAIT_MAX: Final = 60.0  # a limit of the day is for the caller to wait for


class Sakha:
    """A client of one installation. Use it as a context, or close it."""

    def __init__(
        self,
        address: str,
        key: str,
        *,
        purpose: str = "",
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} | ({"Sakha-Purpose": purpose} if purpose else {})
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/api/v1/", headers=headers, timeout=30, transport=transport
        )
        self._wait = wait

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def me(self) -> dict[str, Any]:
        """The client itself: purposes, scopes, level, limits."""
        return self._ask("GET", "me")

    def check(
        self,
        kind: str,
        *,
        national_id: str | None = None,
        digest: str | None = None,
        household_id: int | None = None,
        quantity: int | None = None,
    ) -> Check:
        """Whether this aid may be given to the household of this person: by one of the three."""
        body = {"kind": kind, "national_id": national_id, "digest": digest, "household_id": household_id}
        body["quantity"] = quantity
        return Check.read(self._ask("POST", "check", {name: one for name, one in body.items() if one is not None}))

    def check_many(self, kind: str, national_ids: Iterable[str], *, quantity: int | None = None) -> Iterator[CheckLine]:
        """The same for any number of people, in their order; a thousand a request."""
        return self._check_lines(kind, "national_ids", national_ids, quantity)

    def check_digests(self, kind: str, digests: Iterable[str], *, quantity: int | None = None) -> Iterator[CheckLine]:
        """The same for people whom `digest_identifier` names."""
        return self._check_lines(kind, "digests", digests, quantity)

    def hold(self, kind: str, household_id: int, quantity: int, *, reason: str = "", request: str = "") -> Hold:
        """Hold aid. `request` names the promise in your own books, so that it is made once; else one is drawn."""
        body = {"kind": kind, "household_id": household_id, "quantity": quantity, "reason": reason}
        told = self._ask("POST", "holds", body, request=request)
        return Hold(told["hold_id"], datetime.fromisoformat(told["expires_at"]))

    def hold_many(self, kind: str, holds: Sequence[tuple[int, int]], *, request: str = "") -> list[HoldLine]:
        """Hold for up to a thousand households, each told as (household_id, quantity)."""
        lines = [{"household_id": household_id, "quantity": quantity} for household_id, quantity in holds]
        told = self._ask("POST", "holds/batch", {"kind": kind, "holds": lines}, request=request)
        return [HoldLine(**one) for one in told["results"]]

    def deliver(self, hold_id: int) -> None:
        """Write that held aid reached the household."""
        self._ask("POST", f"holds/{hold_id}/deliver")

    def release(self, hold_id: int) -> None:
        """Give held aid back, so that others may help."""
        self._ask("POST", f"holds/{hold_id}/release")

    def holds(self) -> Iterator[dict[str, Any]]:
        """All holds of the organisation, the newest first."""
        cursor: str | None = ""
        while cursor is not None:
            page = self._ask("GET", f"holds?limit=200&cursor={cursor}" if cursor else "holds?limit=200")
            yield from page["items"]
            cursor = page["next"]

    def find_household(self, national_id: str) -> dict[str, Any]:
        """The household of a person, of those that the organisation keeps a record of."""
        return self._ask("POST", "households/find", {"national_id": national_id})

    def household(self, household_id: int) -> dict[str, Any]:
        """A household's file, as the level allows."""
        return self._ask("GET", f"households/{household_id}")

    def needs(self, household_id: int) -> list[dict[str, Any]]:
        """The needs of the running periods."""
        needs: list[dict[str, Any]] = self._ask("GET", f"households/{household_id}/needs")["needs"]
        return needs

    def register(self, household: dict[str, Any], *, request: str = "") -> dict[str, Any]:
        """Register a household; its form is `HouseholdAsked` of the document."""
        return self._ask("POST", "households", household, request=request)

    def _check_lines(self, kind: str, name: str, people: Iterable[str], quantity: int | None) -> Iterator[CheckLine]:
        waiting = iter(people)
        while batch := list(islice(waiting, BATCH_SIZE)):
            body: dict[str, Any] = {"kind": kind, name: batch}
            if quantity is not None:
                body["quantity"] = quantity
            yield from (CheckLine.read(one) for one in self._ask("POST", "check/batch", body)["answers"])

    def _ask(self, method: str, path: str, body: Any = None, *, request: str = "") -> dict[str, Any]:
        headers = {"Idempotency-Key": request or str(uuid4())} if method == "POST" else {}
        for turn in range(1, _TRIES + 1):
            try:
                response = self._http.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                if turn == _TRIES:
                    raise
                self._wait(turn)
                continue
            if turn < _TRIES and (response.status_code == _TOO_MANY or response.status_code >= _BROKEN):
                seconds = _seconds(response.headers.get("Retry-After", ""), turn)
                if seconds <= _WAIT_MAX:
                    self._wait(seconds)
                    continue
            break
        else:  # pragma: no cover -- the last turn raises or breaks
            raise AssertionError
        if response.is_success:
            told: dict[str, Any] = response.json()
            return told
        is_problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
        raise SakhaProblem(response.status_code, response.json() if is_problem else {})


def digest_identifier(digest_key: str, identifier: str) -> str:
    """An identifier under a digest key: HMAC-SHA256 of its ASCII digits, in hexadecimal letters."""
    digits = "".join(str(int(one)) for one in identifier if one.isdecimal()).zfill(_NATIONAL_ID_LENGTH)
    return hmac.new(bytes.fromhex(digest_key), digits.encode(), "sha256").hexdigest()


def _seconds(told: str, turn: int) -> float:
    """A Retry-After in seconds; one that is a date or nothing is our own to choose."""
    return float(told) if told.isascii() and told.isdigit() else float(turn)

"""The process's one ASGI application: every bank below its own name, the switches of the faults below `/_admin`."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import httpx

from simulation.data_banks.catalogue import BANKS, Bank, Way
from simulation.data_banks.dci_door import Callback, answer_dci
from simulation.data_banks.faults import EVERY_BANK, Fault, read_faults
from simulation.data_banks.json_door import answer_json
from simulation.data_banks.life_events import UnknownPersonError, body_of, happen, webhook_signature
from simulation.data_banks.state import TOKEN_SECONDS, Reply, State

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

CALLBACK_TRIES = 4
CALLBACK_SECONDS = 10.0
NOT_FOUND = Reply(404, {"error": {"code": "NOT_FOUND", "message": "چنین راهی نیست."}})
BAD = Reply(400, {"error": {"code": "BAD_REQUEST", "message": "این درخواست خوانده نشد."}})


class DataBanks:
    """Answers requests, and sends callbacks after them."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.client: httpx.AsyncClient | None = None
        self.sending: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of the ASGI server."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["scheme"] == "https":  # that listener takes nobody without a certificate
            headers["x-client-certificate"] = "verified"
        else:
            headers.pop("x-client-certificate", None)
        body = await read_body(receive)
        reply = await self.answer(scope["method"], scope["path"], headers, body)
        content = reply.content if isinstance(reply.content, bytes) else body_of(reply.content)
        kind = b"text/html" if isinstance(reply.content, bytes) else b"application/json"
        more = [(name.encode(), value.encode()) for name, value in reply.headers]
        await send({"type": "http.response.start", "status": reply.status, "headers": [(b"content-type", kind), *more]})
        await send({"type": "http.response.body", "body": content})

    async def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Find the bank, be as broken as the faults say, answer."""
        name, _, rest = path.removeprefix("/").partition("/")
        if name == "_admin":
            return self.administer(method, rest, body)
        bank = BANKS.get(name)
        if bank is None:
            return NOT_FOUND
        self.state.counts[bank.name].requests += 1
        if slow := self.state.faults.of(bank.name, Fault.SLOW):
            await asyncio.sleep(slow.seconds)
        broken = self.broken(bank)
        return broken if broken is not None else self.ask(method, bank, f"/{rest}", headers, body)

    def broken(self, bank: Bank) -> Reply | None:
        """Give what a broken bank says instead of an answer."""
        faults = self.state.faults
        if faults.has(bank.name, Fault.DOWN):
            reply = Reply(503, {"error": {"code": "MAINTENANCE", "message": "سامانه در دسترس نیست."}})
        elif busy := faults.of(bank.name, Fault.BUSY):
            wait = (("retry-after", str(round(busy.seconds))),)
            reply = Reply(429, {"error": {"code": "TOO_MANY_REQUESTS", "message": "اندکی درنگ کنید."}}, wait)
        elif faults.has(bank.name, Fault.NO_JSON):
            reply = Reply(200, "<html><body>صفحهٔ ورود</body></html>".encode())
        else:
            return None
        self.state.counts[bank.name].failed += 1
        return reply

    def ask(self, method: str, bank: Bank, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Lead a request to the bank's door."""
        if method == "GET" and path == "/.well-known/jwks.json":
            return Reply(200, {"keys": [self.state.keys[bank.name].jwk]})
        if method != "POST":
            return NOT_FOUND
        if path == "/oauth2/client/token":
            return give_token(self.state, bank, body)
        if bank.way is Way.JSON:
            return answer_json(self.state, bank, headers, body) if path == bank.path else NOT_FOUND
        return answer_dci(self.state, bank, path, headers, body, self.send_later)

    def administer(self, method: str, path: str, body: bytes) -> Reply:
        """Switch faults, set the clock, let events happen, tell the counters."""
        state = self.state
        try:
            asked = json.loads(body) if body else {}
            if path == "faults" and method == "POST":
                read_faults(asked if isinstance(asked, list) else [asked], state.faults)
            elif path == "faults" and method == "DELETE":
                fault = Fault(asked["fault"]) if "fault" in asked else None
                state.faults.switch_off(str(asked.get("bank", EVERY_BANK)), fault)
            elif path == "events" and method == "POST":
                for one in happen(state, asked):
                    self.send_later(one)
            elif path == "clock" and method == "POST":
                state.set_clock(datetime.fromisoformat(asked["at"]).timestamp())
            elif path == "counts" and method == "DELETE":
                state.reset_counts()
            elif path not in {"faults", "counts", "events", "clock"}:
                return NOT_FOUND
        except (KeyError, ValueError, UnknownPersonError):
            return BAD
        return Reply(200, {"faults": state.faults.listed(), "banks": self.shown(), "waiting": len(self.sending)})

    def shown(self) -> dict[str, Any]:
        """Give the counters of every bank."""
        return {name: counts.show() for name, counts in self.state.counts.items()}

    def send_later(self, callback: Callback) -> None:
        """Send a message after the request that caused it is answered."""
        for _ in range(callback.times):
            task = asyncio.get_running_loop().create_task(self.deliver(callback))
            self.sending.add(task)
            task.add_done_callback(self.sending.discard)

    async def deliver(self, callback: Callback) -> None:
        """Post a message, again a few times if nobody takes it; taken is only what was acknowledged."""
        if self.client is None:
            self.client = httpx.AsyncClient(timeout=CALLBACK_SECONDS)
        body = body_of(callback.envelope)
        headers = {"content-type": "application/json"}
        if "header" not in callback.envelope:
            headers["x-signature"] = webhook_signature(self.state, callback.bank, body)
        counts = self.state.counts[callback.bank.name]
        for attempt in range(CALLBACK_TRIES):
            await asyncio.sleep(0.05 * attempt * (1 + 4 * attempt))
            try:
                taken = await self.client.post(callback.url, content=body, headers=headers)
            except httpx.HTTPError:
                continue
            if is_acknowledged(taken):
                counts.callbacks += 1
                return
            if taken.status_code < 500:
                break
        counts.callbacks_failed += 1


def is_acknowledged(taken: httpx.Response) -> bool:
    """Tell whether a message was taken as the standard says: 200 or 202 with ACK."""
    if taken.status_code not in {200, 202}:
        return False
    try:
        return bool(taken.json()["message"]["ack_status"] == "ACK")
    except (ValueError, KeyError, TypeError):
        return False


def give_token(state: State, bank: Bank, body: bytes) -> Reply:
    """Answer a request for a token by client credentials."""
    form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    asker = state.asker
    good = (
        form.get("grant_type") == "client_credentials"
        and hmac.compare_digest(form.get("client_id", "").encode(), asker.client_id.encode())
        and hmac.compare_digest(form.get("client_secret", "").encode(), asker.client_secret.encode())
    )
    if not good:
        state.counts[bank.name].refused += 1
        return Reply(401, {"error": "invalid_client"})
    token = state.new_token(bank)
    return Reply(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})


async def read_body(receive: Receive) -> bytes:
    """Read a request's whole body."""
    parts: list[bytes] = []
    while True:
        event = await receive()
        parts.append(event.get("body", b""))
        if not event.get("more_body", False):
            return b"".join(parts)

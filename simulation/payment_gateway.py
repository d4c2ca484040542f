"""`python -m simulation.payment_gateway --port N`: a gateway for trying, that speaks as ZarinPal's version 4 does.

Takes no money. A giver's page offers to pay or to give up; faults are given one a call, by name, in the order given.
With `--books FILE` it knows after a new start what it took before, as a gateway does.
Prints one line, `ready URL`, when everybody can ask. Port 0 takes a free one.
"""

import argparse
import json
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from sakha.vocabulary.money import show_rial

HOST = "127.0.0.1"
MERCHANT = "00000000-0000-4000-8000-sandbox00000"
FAULTS = ("malformed", "hang up", "take and hang up", "refuse")
LEAST_RIAL = 10_000
_INVALID, _AMOUNT_DIFFERS, _NOT_PAID, _UNKNOWN = -9, -50, -51, -54

_PAGE = """<!doctype html><html lang="fa" dir="rtl"><head><meta charset="utf-8"><title>درگاه آزمایشی</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root {{ color-scheme: light dark; font: 1.1rem/1.9 Tahoma, sans-serif }}
body {{ max-width: 26rem; margin: 3rem auto; padding: 0 1.2rem }}
h1 {{ font-size: 1.4rem }} b {{ font-size: 1.5rem }} form {{ display: flex; gap: .8rem; margin-top: 1.5rem }}
button {{ font: inherit; padding: .6rem 1.4rem; border-radius: .8rem; border: 1px solid #0b6261 }}
[value="pay"] {{ background: #0b6261; color: #fff }}
</style></head><body>
<h1>درگاه آزمایشی پرداخت</h1><p>این‌جا برای آزمودن است و هیچ پولی جابه‌جا نمی‌شود.</p><p><b>{amount}</b></p>
<form method="post"><button name="do" value="pay">می‌پردازم</button>
<button name="do" value="cancel">نمی‌پردازم</button></form></body></html>"""


@dataclass(slots=True)
class Session:
    """One payment as the gateway knows it."""

    amount_rial: int
    callback: str
    is_paid: bool = False
    is_taken: bool = False
    reference: int = 0
    taken_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    # What went back, by the merchant's key: the same key sends nothing more.
    refunds: dict[str, tuple[int, int]] = field(default_factory=dict)
    refunded_at: dict[str, datetime] = field(default_factory=dict)


@dataclass
class Gateway:
    """What the gateway remembers. `fee_rial` is what it keeps, of the merchant's money or of the payer's."""

    fee_rial: int = 0
    fee_type: str = "Merchant"
    faults: list[str] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    books: Path | None = None

    def __post_init__(self) -> None:
        """Read what was kept: of each payment the newest line counts."""
        if self.books is not None and self.books.exists():
            for line in self.books.read_text(encoding="utf-8").splitlines():
                authority, told = json.loads(line)
                self.sessions[authority] = _read(told)

    def answer(self, step: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer one of the merchant's questions."""
        steps = {"request": self._request, "verify": self._verify, "refund": self._refund}
        steps["statement"] = self._statement
        with self.lock:
            self.calls.append(step)
            if body.get("merchant_id") != MERCHANT or step not in steps:
                return _no(_INVALID)
            return steps[step](body)

    def pay(self, authority: str, *, is_paid: bool) -> str | None:
        """The giver decides; tells where the browser is sent back to."""
        with self.lock:
            session = self.sessions.get(authority)
            if session is None:
                return None
            session.is_paid = session.is_paid or is_paid
            self._keep(authority)
        back = {"Authority": authority, "Status": "OK" if is_paid else "NOK"}
        return f"{session.callback}{'&' if '?' in session.callback else '?'}{urlencode(back)}"

    def _request(self, body: dict[str, Any]) -> dict[str, Any]:
        amount = body.get("amount")
        if not isinstance(amount, int) or amount < LEAST_RIAL or body.get("currency") != "IRR":
            return _no(_INVALID)
        authority = "S" + secrets.token_hex(17).upper() + "0"
        self.sessions[authority] = Session(amount, str(body.get("callback_url", "")))
        self._keep(authority)
        return _yes(100, authority=authority, fee_type=self.fee_type, fee=self.fee_rial)

    def _verify(self, body: dict[str, Any]) -> dict[str, Any]:
        session = self.sessions.get(str(body.get("authority")))
        if session is None:
            return _no(_UNKNOWN)
        if not session.is_paid:
            return _no(_NOT_PAID)
        if body.get("amount") != session.amount_rial:
            return _no(_AMOUNT_DIFFERS)
        code = 101 if session.is_taken else 100
        if not session.is_taken:
            session.is_taken, session.reference = True, secrets.randbelow(10**11) + 1
            session.taken_at = self.clock()
            self._keep(str(body.get("authority")))
        return _yes(code, ref_id=session.reference, fee_type=self.fee_type, fee=self.fee_rial)

    def _refund(self, body: dict[str, Any]) -> dict[str, Any]:
        session, amount = self.sessions.get(str(body.get("authority"))), body.get("amount")
        key = str(body.get("idempotency_key"))
        if session is None or not session.is_taken:
            return _no(_UNKNOWN)
        if key in session.refunds:
            return _yes(101, ref_id=session.refunds[key][0])
        sent = sum(rial for _, rial in session.refunds.values())
        if not isinstance(amount, int) or not 0 < amount <= session.amount_rial - sent:
            return _no(_AMOUNT_DIFFERS)
        session.refunds[key] = (secrets.randbelow(10**11) + 1, amount)
        session.refunded_at[key] = self.clock()
        self._keep(str(body.get("authority")))
        return _yes(100, ref_id=session.refunds[key][0])

    def _keep(self, authority: str) -> None:
        if self.books is not None:
            with self.books.open("a", encoding="utf-8") as file:
                file.write(json.dumps([authority, asdict(self.sessions[authority])], default=datetime.isoformat) + "\n")

    def _statement(self, body: dict[str, Any]) -> dict[str, Any]:
        """All that was taken and sent back between two moments, as the gateway's own books have it."""
        try:
            since, until = (datetime.fromisoformat(str(body.get(name))) for name in ("since", "until"))
        except ValueError:
            return _no(_INVALID)
        payments = [
            {
                "authority": authority,
                "ref_id": one.reference,
                "amount": one.amount_rial,
                "fee": self.fee_rial,
                "fee_type": self.fee_type,
                "at": one.taken_at.isoformat(),
            }
            for authority, one in self.sessions.items()
            if one.is_taken and since <= one.taken_at < until
        ]
        refunds = [
            {"authority": authority, "key": key, "ref_id": reference, "amount": rial, "at": at.isoformat()}
            for authority, one in self.sessions.items()
            for key, (reference, rial) in one.refunds.items()
            if since <= (at := one.refunded_at[key]) < until
        ]
        return _yes(100, payments=payments, refunds=refunds)


def _read(told: dict[str, Any]) -> Session:
    session = Session(**told)
    session.taken_at = datetime.fromisoformat(told["taken_at"])
    session.refunds = {key: (reference, rial) for key, (reference, rial) in told["refunds"].items()}
    session.refunded_at = {key: datetime.fromisoformat(at) for key, at in told["refunded_at"].items()}
    return session


def _yes(code: int, **told: Any) -> dict[str, Any]:
    return {"data": {"code": code, "message": "Success", **told}, "errors": []}


def _no(code: int) -> dict[str, Any]:
    return {"data": [], "errors": {"code": code, "message": "refused", "validations": []}}


class Door(BaseHTTPRequestHandler):
    """One call, of a merchant or of a giver's browser."""

    gateway: ClassVar[Gateway]

    def do_GET(self) -> None:
        """Show the giver's page."""
        session = self.gateway.sessions.get(self.path.rpartition("/")[2])
        if session is None:
            self._send(HTTPStatus.NOT_FOUND, b"", "text/plain")
            return
        page = _PAGE.format(amount=show_rial(session.amount_rial))
        self._send(HTTPStatus.OK, page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        """Take what the giver decides, or answer the merchant."""
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        step = self.path.rpartition("/")[2].removesuffix(".json")
        if self.path.startswith("/pg/StartPay/"):
            self._send_back(step, is_paid=b"do=pay" in text)
            return
        fault = self.gateway.faults.pop(0) if self.gateway.faults else ""
        told = {} if fault == "hang up" else self.gateway.answer(step, json.loads(text or b"{}"))
        if fault in {"hang up", "take and hang up"}:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        told = _no(_INVALID) if fault == "refuse" else told
        self._send(HTTPStatus.OK, b"<html>" if fault == "malformed" else json.dumps(told).encode())

    def _send_back(self, authority: str, *, is_paid: bool) -> None:
        address = self.gateway.pay(authority, is_paid=is_paid)
        if address is None:
            self._send(HTTPStatus.NOT_FOUND, b"", "text/plain")
            return
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: HTTPStatus, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the library's name
        """Print nothing: addresses name payments."""


class Server(ThreadingHTTPServer):
    """Lets a crowd wait at the door: of more than so many at once the system turns some away unheard."""

    request_queue_size = 512


def make_server(gateway: Gateway, port: int = 0) -> ThreadingHTTPServer:
    """Bind the gateway to a port; whoever calls serves and closes it."""
    door = type("DoorOfOne", (Door,), {"gateway": gateway})
    server = Server((HOST, port), door)
    gateway.url = f"http://{HOST}:{server.server_port}"
    return server


def main() -> None:
    """Read the arguments and serve until ended."""
    parser = argparse.ArgumentParser(
        prog="python -m simulation.payment_gateway", description="Run a gateway for trying."
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--fee", type=int, default=0, help="rials it keeps of every payment")
    parser.add_argument("--fault", action="append", default=[], choices=FAULTS, help="a fault of a coming call")
    parser.add_argument("--books", type=Path, default=None, help="file in which it keeps what it took")
    arguments = parser.parse_args()
    gateway = Gateway(fee_rial=arguments.fee, faults=arguments.fault, books=arguments.books)
    with make_server(gateway, arguments.port) as server:
        print(f"ready {gateway.url}", flush=True)  # noqa: T201 -- whoever started it waits for this line
        server.serve_forever()


if __name__ == "__main__":
    main()

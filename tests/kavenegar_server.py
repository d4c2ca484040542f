"""A small server on loopback that answers as Kavenegar's documentation says, and fails as networks do."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

KEY = "secret-key-of-the-account"


@dataclass(slots=True)
class Sms:
    """A message that the provider took."""

    id: int
    local_id: int
    receptor: str
    text: str
    status: int = 1


@dataclass
class Provider:
    """What the provider remembers. `faults` are taken one a call: a return status, or a word below.

    "malformed", "not an object", "http 500", "hang up" (before taking), "take and hang up" (after taking).
    """

    faults: list[int | str] = field(default_factory=list)
    invalid_numbers: set[str] = field(default_factory=set)
    taken: list[Sms] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    knows_local_ids: bool = True
    # Held by a test to make the provider slow: the answer waits, the taking does not.
    answers: threading.Event = field(default_factory=threading.Event)
    has_taken: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def __post_init__(self) -> None:
        self.answers.set()

    def answer(self, method: str, form: dict[str, str]) -> tuple[int, object]:
        actions = {"sms/sendarray": self._send, "sms/status": self._status, "sms/statuslocalmessageid": self._local}
        return actions[method](form)

    def texts_of(self, receptor: str) -> list[str]:
        return [sms.text for sms in self.taken if sms.receptor == receptor]

    def _send(self, form: dict[str, str]) -> tuple[int, object]:
        lists = [json.loads(form[name]) for name in ("receptor", "sender", "message", "localmessageids")]
        if len({len(one) for one in lists}) != 1:
            return 419, None
        receptors, _, texts, local_ids = lists
        if len(receptors) > 200:
            return 414, None
        if self.invalid_numbers & set(receptors):
            return 411, None
        entries = []
        for receptor, text, local_id in zip(receptors, texts, local_ids, strict=True):
            known = next((sms for sms in self.taken if sms.local_id == local_id and self.knows_local_ids), None)
            sms = known or Sms(9_000_000 + len(self.taken), local_id, receptor, text)
            if known is None:
                self.taken.append(sms)
            entries.append(
                {"messageid": sms.id, "message": text, "status": 1, "statustext": "در صف ارسال", "sender": "10004346",
                 "receptor": receptor, "date": 1356619709, "cost": 120}
            )  # fmt: skip
        self.has_taken.set()
        return 200, entries

    def _status(self, form: dict[str, str]) -> tuple[int, object]:
        by_id = {str(sms.id): sms for sms in self.taken}
        return 200, [
            {"messageid": int(asked), "status": by_id[asked].status if asked in by_id else 100, "statustext": "…"}
            for asked in form["messageid"].split(",")
        ]

    def _local(self, form: dict[str, str]) -> tuple[int, object]:
        by_id = {str(sms.local_id): sms for sms in self.taken} if self.knows_local_ids else {}
        return 200, [
            {"messageid": by_id[asked].id if asked in by_id else 0, "localid": asked,
             "status": by_id[asked].status if asked in by_id else 100, "statustext": "…"}
            for asked in form["localid"].split(",")
        ]  # fmt: skip


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: Provider


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        provider = self.server.provider
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body, strict_parsing=True).items()}
        _, version, key, *method = self.path.removesuffix(".json").split("/")
        provider.calls.append("/".join(method))
        if (version, key) != ("v1", KEY):
            self._write(401, {"return": {"status": 401, "message": "کلید نامعتبر"}, "entries": None})
            return
        fault = provider.faults.pop(0) if provider.faults else ""
        self._answer(provider, fault, "/".join(method), form)

    def _answer(self, provider: Provider, fault: int | str, method: str, form: dict[str, str]) -> None:
        if isinstance(fault, int):
            self._write(fault, {"return": {"status": fault, "message": "خطا"}, "entries": None})
        elif fault == "malformed":
            self._write(200, b'{"return": {"stat')
        elif fault == "not an object":
            self._write(200, [1, 2])
        elif fault == "http 500":
            self._write(500, b"<html>500</html>")
        elif fault == "hang up":
            self._hang_up()
        else:
            status, entries = provider.answer(method, form)
            if fault == "take and hang up":
                self._hang_up()
                return
            provider.answers.wait(20)
            self._write(status, {"return": {"status": status, "message": "…"}, "entries": entries})

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _write(self, status: int, answer: Any) -> None:
        content = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def kavenegar() -> Iterator[Provider]:
    """Run the server for the length of the block."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider = Provider()
    server.provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.provider
    finally:
        server.provider.answers.set()
        server.shutdown()
        server.server_close()
        thread.join()

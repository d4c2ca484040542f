"""A provider of SMS that fails as providers do: `python -m bench.coordination.provider PORT SEED`.

One message in ten comes to a bad end, one call in fifty takes nothing, one in fifty takes all and falls silent; every
answer is late, and reports come late, out of order and again. It remembers all, across our workers' deaths.
"""

from __future__ import annotations

import json
import random
import socket
import socketserver
import sys
import threading
import time
from collections import Counter, deque
from typing import Any, Final

END_SHARES: Final = {"DELIVERED": 90, "UNDELIVERED": 4, "BLOCKED_BY_RECIPIENT": 3, "FILTERED": 3}
_REFUSED_SHARE, _SILENT_SHARE, _LOST_REPORT_SHARE = 0.02, 0.02, 0.01
_LATE_SECONDS_MAX: Final = 0.05


class Provider:
    """What the provider took, how it will end, and what is still to be reported."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.ends: dict[int, str] = {}
        self.numbers: Counter[str] = Counter()
        self.reports: deque[tuple[str, str]] = deque()
        self.call_counts: Counter[str] = Counter()
        self.report_count = 0
        # From so many messages on a sending waits for its answer, so that a worker may die in the middle of a call.
        self.hold_from = 0
        self.goes_on = threading.Event()
        self.goes_on.set()

    def send(self, batch: list[tuple[int, str]]) -> dict[str, Any]:
        """Take a batch, or refuse it, or take it and say nothing."""
        with self.lock:
            luck = self.random.random()
            if luck < _REFUSED_SHARE:
                self.call_counts["refused"] += 1
                return {"refused": "busy"}
            for local_id, number in batch:
                self._take(local_id, number)
            if luck < _REFUSED_SHARE + _SILENT_SHARE:
                self.call_counts["silent"] += 1
                return {"silent": True}
            self.call_counts["answered"] += 1
        return {"taken": [local_id for local_id, _ in batch]}

    def _take(self, local_id: int, number: str) -> None:
        self.numbers[number] += 1
        self.ends[local_id] = self.random.choices(list(END_SHARES), list(END_SHARES.values()))[0]
        if self.random.random() >= _LOST_REPORT_SHARE:
            for _ in range(self.random.choice((1, 1, 2, 3))):
                self.reports.append((f"p{local_id}", self.ends[local_id]))

    def hold(self, message_count: int) -> dict[str, Any]:
        """Answer no sending from so many messages on; 0 lets all go on."""
        with self.lock:
            self.hold_from = message_count
            self.goes_on.set() if message_count == 0 else self.goes_on.clear()
        return {}

    def wait(self) -> None:
        """Hold back the answer to a sending while it is to be held."""
        if self.hold_from and len(self.ends) >= self.hold_from:
            self.goes_on.wait(30)

    def statuses(self, local_ids: list[int]) -> dict[str, Any]:
        """How messages ended, by our ids; absent where nothing was taken."""
        with self.lock:
            return {"ends": {str(one): self.ends[one] for one in local_ids if one in self.ends}}

    def next_reports(self, count: int) -> dict[str, Any]:
        """Some reports, mixed."""
        with self.lock:
            told = [self.reports.popleft() for _ in range(min(count, len(self.reports)))]
            self.random.shuffle(told)
            self.report_count += len(told)
        return {"reports": told}

    def taken_count(self) -> dict[str, Any]:
        """How many messages came so far; asked often, so nothing is gone through for it."""
        return {"message_count": len(self.ends)}

    def counts(self) -> dict[str, Any]:
        """What happened here."""
        with self.lock:
            return {
                "message_count": len(self.ends),
                "most_a_number": max(self.numbers.values(), default=0),
                "ends": Counter(self.ends.values()),
                "calls": self.call_counts,
                "report_count": self.report_count,
                "left_reports": len(self.reports),
            }


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Answer one line after the other."""
        provider: Provider = self.server.provider  # type: ignore[attr-defined]  # set below
        for line in self.rfile:
            word, told = json.loads(line)
            answer = getattr(provider, word)(*told)
            if word == "send":
                time.sleep(provider.random.random() * _LATE_SECONDS_MAX)
                provider.wait()
                if "silent" in answer:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
            self.wfile.write(json.dumps(answer).encode() + b"\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that was killed reads no answer; that is no error here."""


def open_provider(seed: int, port: int = 0) -> _Server:
    """A server that listens; run `serve_forever` in a thread or as the process."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.provider = Provider(seed)  # type: ignore[attr-defined]  # for the handler
    return server


if __name__ == "__main__":
    with open_provider(int(sys.argv[2]), int(sys.argv[1])) as running:
        running.serve_forever()

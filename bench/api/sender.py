"""One process that keeps many connections asking: ready requests out, whole answers in, nothing else.

A sender of threads costs as much of the machine as the site does; here a request costs some 30 microseconds.
"""

from __future__ import annotations

import os
import random
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second and their times in milliseconds."""

    a_second: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Target:
    """Where to and as whom."""

    port: int
    key: str
    path: str
    make: Callable[[random.Random], bytes]

    def request(self, chance: random.Random) -> bytes:
        """The next request, with an Idempotency-Key of its own."""
        body = self.make(chance)
        head = (
            f"POST /api/v1/{self.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {os.urandom(12).hex()}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def rate_over_http(target: Target, *, connections: int, seconds: float) -> Rate:
    """Ask from so many connections for so long. Raises: RuntimeError at an answer other than 200."""
    chance = random.Random(connections)
    poll = select.epoll()
    lines: dict[int, socket.socket] = {}
    for _ in range(connections):
        line = socket.create_connection(("127.0.0.1", target.port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines[line.fileno()] = line
        poll.register(line, select.EPOLLIN)
    begun, parts, times = {}, dict.fromkeys(lines, b""), []
    until = time.perf_counter() + seconds
    for number, line in lines.items():
        begun[number] = time.perf_counter()
        line.sendall(target.request(chance))
    while time.perf_counter() < until:
        for number, _ in poll.poll(0.2):
            told = parts[number] + lines[number].recv(1 << 18)
            if not _is_whole(told):
                parts[number] = told
                continue
            if not told.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{target.path}: answered {told[9:12].decode()}")
            parts[number] = b""
            now = time.perf_counter()
            times.append(now - begun[number])
            begun[number] = now
            lines[number].sendall(target.request(chance))
    for line in lines.values():
        line.close()
    times.sort()
    return Rate(len(times) / seconds, median(times) * 1000, times[int(len(times) * 0.99)] * 1000)


def _is_whole(told: bytes) -> bool:
    head, found, rest = told.partition(b"\r\n\r\n")
    if not found:
        return False
    length = head.lower().partition(b"content-length:")[2].split(b"\r", 1)[0]
    return len(rest) >= int(length)

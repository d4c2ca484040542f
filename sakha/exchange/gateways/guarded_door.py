"""One POST to an address that somebody else named: looked up once, judged, and connected to as it was judged.

No redirect is followed, no proxy of the environment is used, and no more than the beginning of an answer is read.
"""

import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import httpcore

from sakha.exchange.rules.addresses import AddressRefused, Target, choose_address

SECONDS: Final = 10.0
ANSWER_BYTES_MAX: Final = 64 * 1024

LookUp = Callable[[str, int], Sequence[str]]


class NotSent(Exception):  # noqa: N818 -- an outcome, not a failure of ours
    """The receiver could not be reached. `reason` is a word of ours."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GuardedBackend(httpcore.SyncBackend):
    """Connects to the address that was judged, whatever the name says the next time it is asked."""

    def __init__(self, target: Target, look: LookUp) -> None:
        self._target, self._look = target, look

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect. TLS above still proves the name."""
        if (host.lower(), port) != (self._target.host, self._target.port):
            raise AddressRefused(reason="another host")
        address = choose_address(self._target, self._look(host, port))
        return super().connect_tcp(address, port, timeout, local_address, socket_options)

    def connect_unix_socket(self, *_args: Any, **_words: Any) -> httpcore.NetworkStream:
        """Never: an address of ours names no file."""
        raise AddressRefused(reason="no socket file")


def look_up(host: str, port: int) -> list[str]:
    """Every address of a name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(one[4][0]) for one in found]


def post_guarded(target: Target, body: bytes, headers: Mapping[str, str], *, look: LookUp = look_up) -> int:
    """Send once and tell the status of the answer. Raises: AddressRefused, NotSent."""
    lines = [("Content-Type", "application/json"), ("User-Agent", "Sakha"), *headers.items()]
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(), network_backend=GuardedBackend(target, look), retries=0
            ) as pool,
            pool.stream("POST", target.url, headers=lines, content=body, extensions={"timeout": timeouts}) as answer,
        ):
            read = 0
            for part in answer.iter_stream():
                read += len(part)
                if read > ANSWER_BYTES_MAX:
                    break
            return int(answer.status)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise NotSent(reason=type(error).__name__) from None

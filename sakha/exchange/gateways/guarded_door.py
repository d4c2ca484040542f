"""One POST to an address that somebody else named: looked up once, judged, and connected to as it was judged.

No redirect is followed, no proxy of the environment is used, no body of an answer is read. Connecting, TLS, sending
and the answer's head together have `SECONDS`: whoever drips bytes holds a worker no longer than one that is away.
"""

import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import Any, Final

import httpcore

from sakha.exchange.rules.addresses import AddressRefused, Target, choose_address

SECONDS: Final = 10.0
_SLICE: Final = 16 * 1024  # a record of TLS: written whole or not, within the time that is left

Clock = Callable[[], float]
LookUp = Callable[[str, int], Sequence[str]]


class NotSent(Exception):  # noqa: N818 -- an outcome, not a failure of ours
    """The receiver could not be reached. `reason` is a word of ours."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Deadline:
    """The seconds that one POST has, from its beginning."""

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock, self._ends = clock, clock() + SECONDS

    def left(self) -> float:
        """What is left of them. Raises: httpcore.TimeoutException."""
        left = self._ends - self._clock()
        if left <= 0:
            raise httpcore.TimeoutException
        return left


class DatedStream(httpcore.NetworkStream):
    """A stream of which every read and write has what is left of the whole, however little each of them brings."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read once."""
        del timeout
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all, part by part."""
        del timeout
        for start in range(0, len(buffer), _SLICE):
            self._stream.write(buffer[start : start + _SLICE], self._deadline.left())

    def close(self) -> None:
        """Close at once."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Begin TLS; its handshake has what is left."""
        del timeout
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return DatedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """As the stream below says."""
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore.SyncBackend):
    """Connects to the address that was judged, whatever the name says the next time it is asked."""

    def __init__(self, target: Target, look: LookUp, deadline: Deadline | None = None) -> None:
        self._target, self._look, self._deadline = target, look, deadline or Deadline()

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
        del timeout
        stream = super().connect_tcp(address, port, self._deadline.left(), local_address, socket_options)
        return DatedStream(stream, self._deadline)

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


def post_guarded(
    target: Target, body: bytes, headers: Mapping[str, str], *, look: LookUp = look_up, clock: Clock = monotonic
) -> int:
    """Send once and tell the status of the answer, whose body stays unread. Raises: AddressRefused, NotSent.

    The name is looked up by the machine's own resolver, which has its own limit (resolv.conf: timeout, attempts).
    """
    backend = GuardedBackend(target, look, Deadline(clock))
    lines = [("Content-Type", "application/json"), ("User-Agent", "Sakha"), *headers.items()]
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(), network_backend=backend, retries=0
            ) as pool,
            pool.stream("POST", target.url, headers=lines, content=body) as answer,
        ):
            return int(answer.status)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise NotSent(reason=type(error).__name__) from None

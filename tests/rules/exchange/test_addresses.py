"""Nothing is sent to an inner address, by whatever name it goes."""

from __future__ import annotations

from itertools import cycle

import httpcore
import pytest

from sakha.exchange.gateways.guarded_door import SECONDS, DatedStream, GuardedBackend, NotSent, post_guarded
from sakha.exchange.rules.addresses import AddressRefused, choose_address, is_public, is_under, read_target

PUBLIC = "5.160.10.10"
INNER = [
    "127.0.0.1", "0.0.0.1", "10.0.0.8", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::1",
    "192.0.2.1", "198.51.100.7", "2001:db8::1", "localhost", "2130706433", "0x7f000001", "",
]  # fmt: skip


class Dripping(httpcore.NetworkStream):
    """A receiver whose every read brings so many bytes and takes four seconds of a clock of its own."""

    def __init__(self, told: bytes, *, step: int) -> None:
        self.told, self.step, self.now, self.reads = told, step, 0.0, 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        assert max_bytes > self.step
        assert timeout is not None
        assert timeout <= SECONDS - self.now, "what is left of the whole"
        self.reads += 1
        self.now += 4
        part, self.told = self.told[: self.step], self.told[self.step :]
        return part

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Take anything."""

    def close(self) -> None:
        """Nothing is open."""

    def get_extra_info(self, info: str) -> None:
        """Nothing is known."""


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_refused(address: str) -> None:
    target = read_target("https://partner.example/answers", named_hosts=())

    assert not is_public(address)
    with pytest.raises(AddressRefused):
        choose_address(target, [address])
    with pytest.raises(AddressRefused):  # one inner address among public ones is enough
        choose_address(target, [PUBLIC, address])


def test_public_addresses_and_named_hosts_are_taken() -> None:
    public = read_target("https://partner.example/answers", named_hosts=())
    named = read_target("http://127.0.0.1:3336/answers", named_hosts={"127.0.0.1"})

    assert choose_address(public, [PUBLIC]) == PUBLIC
    assert choose_address(public, ["2a00:1450::1"]) == "2a00:1450::1"
    assert choose_address(named, ["127.0.0.1"]) == "127.0.0.1"
    with pytest.raises(AddressRefused):
        choose_address(public, [])


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/", "ftp://partner.example/", "file:///etc/passwd", "https://user:word@partner.example/",
        "https:///answers", "https://partner.example:0/", "https://partner.example:99999/", "https://[::1/",
        "https://partner.example/#part", "https://partner.example/ a", "gopher://x", "https://کاشی.example/",
        "https://partner.example/" + "x" * 500, "http://localhost/", "",
    ],
)  # fmt: skip
def test_other_ways_of_writing_an_address_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        read_target(url, named_hosts={"127.0.0.1"})


def test_a_name_that_changes_its_address_is_judged_by_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[str] = []

    def connect(_backend: object, host: str, *_rest: object) -> Dripping:
        connected.append(host)
        return Dripping(b"", step=0)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    target = read_target("https://partner.example/", named_hosts=())
    turning = cycle([[PUBLIC], ["169.254.169.254"]])
    backend = GuardedBackend(target, lambda *_name: next(turning))

    assert isinstance(backend.connect_tcp("partner.example", 443), DatedStream)
    with pytest.raises(AddressRefused):  # the second look-up is another connection, and is judged anew
        backend.connect_tcp("partner.example", 443)
    with pytest.raises(AddressRefused):
        backend.connect_tcp("other.example", 443)
    with pytest.raises(AddressRefused):
        backend.connect_unix_socket("/var/run/docker.sock")

    assert connected == [PUBLIC], "the judged address itself is connected to, not the name"


def test_a_registered_beginning_ends_at_a_part_of_the_path() -> None:
    origins = ["https://partner.example/dci"]

    assert is_under("https://partner.example/dci/registry/on-search", origins)
    assert is_under("https://partner.example/dci", origins)
    assert not is_under("https://partner.example/dci.evil.example/", origins)
    assert not is_under("https://partner.example.evil.example/dci", origins)
    assert is_under("https://anywhere.example/", [])


def test_a_receiver_that_drips_has_one_deadline_and_its_body_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    target = read_target("http://127.0.0.1:3336/answers", named_hosts={"127.0.0.1"})

    def post(stream: Dripping) -> int:
        monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda *_words: stream)
        return post_guarded(target, b"x" * 40_000, {}, look=lambda *_name: ["127.0.0.1"], clock=lambda: stream.now)

    slow = Dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", step=1)
    with pytest.raises(NotSent, match="TimeoutException"):
        post(slow)
    assert slow.reads == 3, "four seconds each, ten in all"

    endless = Dripping(b"HTTP/1.1 204 No Content\r\n\r\n", step=99)
    assert post(endless) == 204
    endless = Dripping(b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 99, step=60)
    assert (post(endless), endless.reads) == (202, 1)

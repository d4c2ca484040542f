"""To which addresses a message may be sent: public ones, unless the installation names the host.

A name is looked up once and the address that was judged is the one connected to, so what a name says later counts for
nothing. Sources: OWASP Server-Side Request Forgery Prevention; IANA special-purpose registries as `ipaddress` has them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import ClassVar, Final
from urllib.parse import urlsplit

from sakha.vocabulary.refusal import Refusal

URL_LENGTH_MAX: Final = 500
_PORT_MAX: Final = 65535
# IPv6 that leads to an IPv4 address inside it, which may be an inner one: translation (RFC 6052, 8215), 6to4, Teredo.
_CARRIERS: Final = tuple(
    ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


class AddressRefused(Refusal):
    """The address is none that a message is sent to."""

    code: ClassVar[str] = "ADDRESS_REFUSED"
    sentence: ClassVar[str] = "به این نشانی پیامی فرستاده نمی‌شود: {reason}"

    def __init__(self, *, reason: str) -> None:
        super().__init__(field="address", reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. `is_named` says that the installation names its host."""

    url: str
    scheme: str
    host: str
    port: int
    is_named: bool


def read_target(url: str, *, named_hosts: Collection[str]) -> Target:
    """Take an address apart. Raises: AddressRefused."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise AddressRefused(reason="no address") from None
    if len(url) > URL_LENGTH_MAX or not url.isascii() or any(sign <= " " for sign in url):
        raise AddressRefused(reason="no address")
    if parts.scheme not in {"https", "http"} or not host or parts.username is not None or parts.fragment:
        raise AddressRefused(reason="only https://host/path is sent to")
    is_named = host in named_hosts
    if parts.scheme == "http" and not is_named:
        raise AddressRefused(reason="only https is sent to")
    port = port if port is not None else {"https": 443, "http": 80}[parts.scheme]
    if not 0 < port <= _PORT_MAX:
        raise AddressRefused(reason="no address")
    return Target(url, parts.scheme, host, port, is_named)


def choose_address(target: Target, found: Sequence[str]) -> str:
    """The one of the addresses found that is connected to. A single inner one among them refuses all.

    Raises: AddressRefused.
    """
    if not found:
        raise AddressRefused(reason="the name leads nowhere")
    if not target.is_named and not all(is_public(one) for one in found):
        raise AddressRefused(reason="the name leads to an inner address")
    return found[0]


def is_public(text: str) -> bool:
    """Whether an address is anybody's on the Internet. What can't be read is not."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return _is_public(mapped)
        if any(address in one for one in _CARRIERS):
            return False
    return _is_public(address)


def is_under(url: str, origins: Collection[str]) -> bool:
    """Whether an address begins with one of the registered ones; without any, every address is."""
    return not origins or any(url == one or url.startswith(one.rstrip("/") + "/") for one in origins)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved

"""From which network address a request comes, where doors count tries by it."""

from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest

_HOST_BITS: Final = 64


def client_address(request: HttpRequest) -> str:
    """The address that the proxy in front saw; what a client wrote before that counts for nothing.

    Of IPv6 the /64: that much one line of one subscriber has, and could count from anew with each request.
    """
    if settings.SAKHA.proxy_header:
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            return _cut(forwarded.rsplit(",", 1)[-1].strip())
    return _cut(str(request.META.get("REMOTE_ADDR", "")))


def _cut(address: str) -> str:
    with suppress(ValueError):
        known = ip_address(address)
        if isinstance(known, IPv6Address):
            return str(known.ipv4_mapped or IPv6Address(int(known) >> _HOST_BITS << _HOST_BITS))
    return address

"""How a client writes, and our own keys for writing to it."""

from typing import Any, Final

from django.conf import settings

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.exchange import models
from sakha.exchange.rules.partners import OwnKey, Partner, Practice, derive_key, public_jwk

_ANYBODY: Final = Partner()


def find_partner(*, client_id: int) -> Partner:
    """How this client writes; of whom nothing is told signs nothing and has no address: a sandbox, or nobody."""
    with acting(SYSTEM):
        row = models.Partner.objects.filter(client_id=client_id).first()
    if row is None:
        return _ANYBODY
    return Partner(
        sender_id=row.sender_id,
        practice=Practice(row.practice),
        public_keys=tuple(row.public_keys),
        reply_origins=tuple(row.reply_origins),
    )


def own_name() -> str:
    """The name under which we write."""
    return str(settings.SAKHA.exchange_name)


def own_key() -> OwnKey:
    """The key that signs now."""
    ring = key_ring()
    return _key(ring.index_key_id, ring.index_keys[ring.index_key_id])


def own_public_keys() -> dict[str, Any]:
    """Every key with which we signed and still may be proved, as a JWK set."""
    keys = key_ring().index_keys
    return {"keys": [public_jwk(_key(key_id, keys[key_id])) for key_id in sorted(keys, reverse=True)]}


def named_hosts() -> frozenset[str]:
    """Hosts that the installation itself names; they may be inner ones."""
    told = str(settings.SAKHA.exchange_hosts)
    return frozenset(host.strip().lower() for host in told.split(",") if host.strip())


def _key(key_id: int, secret: bytes) -> OwnKey:
    return derive_key(secret, name=f"{own_name()}|{key_id}")

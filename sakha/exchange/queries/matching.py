"""From digests under a client's keys to the indexes that the ledger asks by; a digest of nobody leads nowhere."""

from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import KeyRing, SealBroken, open_sealed
from sakha.exchange.rules.matching import KEY_KIND, digest_identifier, is_digested
from sakha.registry.queries.lookup import identifier_indexes

_FOUND: Final = """
SELECT d.digest, d.digest_key_id, p.id_sealed FROM exchange_digest d
  JOIN registry_person p ON p.id = d.person_id AND p.id_sealed IS NOT NULL
 WHERE d.digest_key_id = ANY (%s) AND d.digest = ANY (%s)
"""
_KEYS: Final = "SELECT id, key_sealed FROM exchange_digestkey WHERE client_id = %s AND ended_at IS NULL"
_log = structlog.get_logger()


def indexes_of_digests(*, client_id: int, digests: Sequence[bytes]) -> Mapping[bytes, list[bytes]]:
    """The indexes of each digest that leads to a person, under the keys of this client alone.

    Nothing is logged here: what is asked of the household found is. A corrected identifier leads nowhere until it is
    digested anew: the digest is made again of what is kept now. So it is found through a renewal of our own keys too.
    """
    ring = key_ring()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KEYS, [client_id])
        kept = {row[0]: open_unbroken(ring, bytes(row[1]), KEY_KIND) for row in cursor.fetchall()}
        secrets = {key_id: secret for key_id, secret in kept.items() if secret}
        cursor.execute(_FOUND, [list(secrets), list(digests)])
        rows = cursor.fetchall()
    found: dict[bytes, list[bytes]] = {}
    for digest, key_id, sealed in rows:
        text = open_unbroken(ring, bytes(sealed))
        if is_digested(text) and digest_identifier(secrets[key_id], text) == bytes(digest):
            found[bytes(digest)] = identifier_indexes(ring, text)
    return found


def open_unbroken(ring: KeyRing, sealed: bytes, kind: str = "") -> str:
    """The text, or nothing where the seal is broken: one broken row must not silence the others."""
    try:
        return open_sealed(ring, sealed, kind=kind)
    except SealBroken:
        _log.warning("digest_seal_broken", kind=kind)
        return ""

"""From digests under a client's keys to the indexes that the ledger asks by; a digest of nobody leads nowhere."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM

_FOUND: Final = """
SELECT DISTINCT d.digest, p.id_index FROM exchange_digest d
  JOIN exchange_digestkey k ON k.id = d.digest_key_id AND k.ended_at IS NULL
  JOIN registry_person p ON p.id = d.person_id
 WHERE k.client_id = %s AND d.digest_key_id = ANY (%s) AND d.digest = ANY (%s) AND p.id_index = d.id_index
"""
_KEYS: Final = "SELECT id FROM exchange_digestkey WHERE client_id = %s AND ended_at IS NULL"


def indexes_of_digests(*, client_id: int, digests: Sequence[bytes]) -> Mapping[bytes, list[bytes]]:
    """The index of each digest that leads to a person, under the keys of this client alone.

    Nothing is logged here: what is asked of the household found is. A corrected identifier leads nowhere until it is
    digested anew.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KEYS, [client_id])
        keys = [row[0] for row in cursor.fetchall()]
        cursor.execute(_FOUND, [client_id, keys, list(digests)])
        return {bytes(digest): [bytes(index)] for digest, index in cursor.fetchall()}

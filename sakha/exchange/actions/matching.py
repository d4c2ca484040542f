"""Keys under which clients ask by digest: drawing, ending, and digesting every person under them, set by set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting, get_client, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.clients import SIMULATED_PREFIX
from sakha.access.rules.sealing import open_many, open_sealed, seal
from sakha.exchange import models
from sakha.exchange.rules.matching import DIGEST_KEYS_MAX, TooManyDigestKeys, digest_identifier, draw_digest_key
from sakha.registry.queries.identifiers_kept import kept_identifiers

KEY_KIND: Final = "digest_key"
PERSONS_A_BATCH: Final = 5000
_KEYS: Final = """
SELECT k.id, k.key_sealed, k.filled_to, c.is_sandbox FROM exchange_digestkey k
  JOIN access_client c ON c.id = k.client_id
 WHERE k.ended_at IS NULL AND k.id = ANY(%s) ORDER BY k.id
"""
_KEEP: Final = """
INSERT INTO exchange_digest AS d (digest_key_id, person_id, digest, id_index)
SELECT %s, * FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[])
    ON CONFLICT (digest_key_id, person_id) DO UPDATE SET digest = excluded.digest, id_index = excluded.id_index
 WHERE d.id_index <> excluded.id_index
"""


@dataclass(frozen=True, slots=True)
class NewDigestKey:
    """A key as it is handed over, the only time that it is shown."""

    id: int
    key: str


def issue_digest_key(*, actor: Actor, at: datetime, client_id: int) -> NewDigestKey:
    """Draw a key for a client; persons are digested under it by the next run.

    Raises: PermissionMissing, ClientUnknown, TooManyDigestKeys.
    """
    actor.require(Permission.KEEP_CLIENT_KEYS)
    card = get_client(actor=actor, client_id=client_id)
    key = draw_digest_key()
    with acting(SYSTEM):
        if models.DigestKey.objects.filter(client_id=card.id, ended_at__isnull=True).count() >= DIGEST_KEYS_MAX:
            raise TooManyDigestKeys
        row = models.DigestKey.objects.create(
            client_id=card.id,
            organisation_id=card.organisation_id,
            key_sealed=seal(key_ring(), key, kind=KEY_KIND),
            created_at=at,
        )
    return NewDigestKey(row.pk, key)


def end_digest_key(*, actor: Actor, at: datetime, client_id: int, digest_key_id: int) -> bool:
    """Forget all digests under a key and the key's use; tells whether there was such a one of this client.

    Raises: PermissionMissing, ClientUnknown.
    """
    actor.require(Permission.KEEP_CLIENT_KEYS)
    card = get_client(actor=actor, client_id=client_id)
    with acting(SYSTEM):
        ended = models.DigestKey.objects.filter(id=digest_key_id, client_id=card.id, ended_at__isnull=True)
        is_ended = bool(ended.update(ended_at=at))
        if is_ended:
            models.Digest.objects.filter(digest_key_id=digest_key_id).delete()
    return is_ended


def digest_persons(*, limit: int, is_demonstration: bool, is_anew: bool = False) -> int:
    """Digest up to `limit` persons under each key, from where the last run stopped, or all from the beginning.

    A sandbox has digests of simulated people alone, a live client of real ones, as when it asks by identifier.
    """
    with acting(SYSTEM):
        numbers = list(models.DigestKey.objects.filter(ended_at__isnull=True).values_list("id", flat=True))
        if is_anew:
            models.DigestKey.objects.filter(id__in=numbers).update(filled_to=0)
        with connection.cursor() as cursor:
            cursor.execute(_KEYS, [numbers])
            keys = cursor.fetchall()
    return sum(_fill(key, limit, is_demonstration=is_demonstration) for key in keys)


def _fill(key: tuple[int, bytes, int, bool], limit: int, *, is_demonstration: bool) -> int:
    digest_key_id, sealed, filled_to, is_sandbox = key
    ring, done = key_ring(), 0
    secret = open_sealed(ring, bytes(sealed), kind=KEY_KIND)
    while done < limit:
        with acting(SYSTEM), connection.cursor() as cursor:
            rows = kept_identifiers(after=filled_to, limit=min(PERSONS_A_BATCH, limit - done))
            if not rows:
                break
            texts = open_many(ring, (one.sealed for one in rows), kind="")
            told = [
                (row.person_id, digest_identifier(secret, text), row.index)
                for row, text in zip(rows, texts, strict=True)
                if text.startswith(SIMULATED_PREFIX) is (is_sandbox or is_demonstration)
            ]
            columns = [list(column) for column in zip(*told, strict=True)] or [[], [], []]
            cursor.execute(_KEEP, [digest_key_id, *columns])
            filled_to = rows[-1].person_id
            models.DigestKey.objects.filter(id=digest_key_id).update(filled_to=filled_to)
        done += len(rows)
    return done

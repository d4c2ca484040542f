"""Keys under which clients ask by digest: drawing, ending, and digesting every person under them, set by set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog
from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, get_client, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission
from sakha.access.rules.clients import SIMULATED_PREFIX
from sakha.access.rules.sealing import KeyRing, SealBroken, open_many, seal
from sakha.exchange import models
from sakha.exchange.queries.matching import open_unbroken
from sakha.exchange.rules.matching import (
    DIGEST_KEYS_MAX,
    KEY_KIND,
    TooManyDigestKeys,
    digest_identifier,
    draw_digest_key,
    is_digested,
)
from sakha.registry.queries.identifiers_kept import kept_identifiers

PERSONS_A_BATCH: Final = 5000
DIGESTS_A_DELETION: Final = 50_000
_KEYS: Final = """
SELECT k.id, k.key_sealed, c.is_sandbox FROM exchange_digestkey k JOIN access_client c ON c.id = k.client_id
 WHERE k.ended_at IS NULL ORDER BY k.id
"""
# The lock lets nobody end the key while a batch is written under it, nor another run write the same batch.
_PLACE: Final = "SELECT {column} FROM exchange_digestkey WHERE id = %s AND ended_at IS NULL FOR NO KEY UPDATE"
_KEEP: Final = """
INSERT INTO exchange_digest AS d (digest_key_id, person_id, digest)
SELECT %s, * FROM unnest(%s::bigint[], %s::bytea[])
    ON CONFLICT (digest_key_id, person_id) DO UPDATE SET digest = excluded.digest WHERE d.digest <> excluded.digest
"""
_FORGET: Final = """
DELETE FROM exchange_digest WHERE id = ANY (ARRAY(
    SELECT d.id FROM exchange_digestkey k JOIN exchange_digest d ON d.digest_key_id = k.id
     WHERE k.ended_at IS NOT NULL LIMIT %s))
"""
_log = structlog.get_logger()


class Pass(StrEnum):
    """Two walks over persons, each with its own place: whoever is new, and each night everybody."""

    NEW = "filled_to"
    EVERYBODY = "renewed_to"


@dataclass(frozen=True, slots=True)
class _Key:
    """A key at work: its text, and of which world the people are who may be asked for under it."""

    id: int
    secret: str
    is_simulated: bool


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
        _record(actor, at, f"کلید چکیدهٔ تازه برای برنامهٔ {card.id}")
    _log.info("digest_key_issued", client_id=card.id, key_id=row.pk, by=actor.user_id)
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
            _record(actor, at, f"پایان کلید چکیدهٔ {digest_key_id} برنامه")
            _log.info("digest_key_ended", client_id=card.id, key_id=digest_key_id, by=actor.user_id)
    forget_ended_digests()
    return is_ended


def forget_ended_digests() -> int:
    """Delete the digests of ended keys, batch by batch; tells how many. What a stop leaves goes with the next night."""
    done = 0
    while True:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_FORGET, [DIGESTS_A_DELETION])
            done += int(cursor.rowcount)
            if cursor.rowcount < DIGESTS_A_DELETION:
                return done


def begin_anew() -> None:
    """Have everybody digested again, beside whoever is new; a pass that is still under way goes on where it is."""
    with acting(SYSTEM):
        models.DigestKey.objects.filter(ended_at__isnull=True, renewed_to__isnull=True).update(renewed_to=0)


def digest_persons(*, limit: int, is_demonstration: bool) -> int:
    """Digest up to `limit` persons under each key: first whoever is new, then those whom the night's pass has left.

    A sandbox has digests of simulated people alone, a live client of real ones, as when it asks by identifier.
    """
    ring, done = key_ring(), 0
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KEYS)
        rows = cursor.fetchall()
    for key_id, sealed, is_sandbox in rows:
        secret = _open_all(ring, [bytes(sealed)], kind=KEY_KIND)[0]
        if not secret:
            continue
        key = _Key(key_id, secret, is_sandbox or is_demonstration)
        count = _walk(ring, key, Pass.NEW, limit)
        done += count + _walk(ring, key, Pass.EVERYBODY, limit - count)
    return done


def _record(actor: Actor, at: datetime, purpose: str) -> None:
    """As of any other key of a client: who drew or ended it stands in the log."""
    with acting(actor):
        record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=None, purpose=purpose, person_count=0)


def _walk(ring: KeyRing, key: _Key, way: Pass, limit: int) -> int:
    done = 0
    while done < limit:
        count = _digest_batch(ring, key, way, min(PERSONS_A_BATCH, limit - done))
        if not count:
            break
        done += count
    return done


def _digest_batch(ring: KeyRing, key: _Key, way: Pass, limit: int) -> int:
    """One batch in one transaction; 0 where nobody is left, no pass is under way, or the key has ended."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PLACE.format(column=way.value), [key.id])
        place = cursor.fetchone()
        if place is None or place[0] is None:
            return 0
        rows = kept_identifiers(after=place[0], limit=limit)
        texts = _open_all(ring, [row.sealed for row in rows])
        told = [
            (row.person_id, digest_identifier(key.secret, text))
            for row, text in zip(rows, texts, strict=True)
            if is_digested(text) and text.startswith(SIMULATED_PREFIX) is key.is_simulated
        ]
        if told:
            cursor.execute(_KEEP, [key.id, *(list(column) for column in zip(*told, strict=True))])
        # The night's pass ends where nobody is left; whoever is new is waited for.
        reached = rows[-1].person_id if rows else None
        if rows or way is Pass.EVERYBODY:
            models.DigestKey.objects.filter(id=key.id).update(**{way.value: reached})
    return len(rows)


def _open_all(ring: KeyRing, sealed: Sequence[bytes], *, kind: str = "") -> list[str]:
    """The texts; nothing where a seal is broken, so that one row stops nobody else's digest."""
    try:
        return open_many(ring, sealed, kind=kind)
    except SealBroken:
        return [open_unbroken(ring, one, kind) for one in sealed]

"""Renewing what this room has sealed and indexed, when the keys are renewed; one batch, one transaction.

An index is made again from the sealed text beside it, so nothing is lost when an old key is dropped afterwards.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.access.rules.sealing import ID_INDEX_KINDS, IndexKind, KeyRing, blind_index, open_sealed, seal, sealed_prefix
from sakha.registry.actions.staging import tail_indexes
from sakha.registry.queries.intake import CONTENT_SEAL
from sakha.vocabulary.identifiers import IdKind

_Renew = Callable[[KeyRing, tuple[Any, ...]], tuple[Any, ...]]


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Seal and index anew up to `limit` rows of one table; 0 when nothing older than the current key is left."""
    with acting(actor):
        for select, update, renew in _TABLES:
            if count := _renew_rows(select, update, renew, ring, limit):
                return count
    return 0


def _renew_rows(select: str, update: str, renew: _Renew, ring: KeyRing, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(select, {"prefix": sealed_prefix(ring), "limit": limit})
        rows = cursor.fetchall()
        cursor.executemany(update, [(*renew(ring, row[1:]), row[0]) for row in rows])
    return len(rows)


def _again(ring: KeyRing, sealed: bytes | None, kind: str = "") -> bytes | None:
    return None if sealed is None else seal(ring, open_sealed(ring, sealed, kind=kind), kind=kind)


def _index(ring: KeyRing, kind: IndexKind, sealed: bytes | None) -> bytes | None:
    return None if sealed is None else blind_index(ring, kind, open_sealed(ring, sealed))


def _person(ring: KeyRing, row: tuple[Any, ...]) -> tuple[Any, ...]:
    id_kind, id_sealed, mobile_sealed = row
    return (
        _again(ring, id_sealed),
        _index(ring, ID_INDEX_KINDS[IdKind(id_kind)], id_sealed),
        _again(ring, mobile_sealed),
        _index(ring, IndexKind.MOBILE, mobile_sealed),
        _tail(ring, id_kind, id_sealed),
    )


def _tail(ring: KeyRing, id_kind: str, id_sealed: bytes | None) -> bytes | None:
    is_national = id_kind == IdKind.NATIONAL.value and id_sealed is not None
    return tail_indexes(ring, [open_sealed(ring, id_sealed)])[0] if is_national and id_sealed is not None else None


def _household(ring: KeyRing, row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (_again(ring, row[0]),)


def _payload(ring: KeyRing, sealed: bytes) -> tuple[bytes, bytes, bytes | None]:
    """The payload sealed again, and the digests of content and case that it carries the texts of."""
    text = open_sealed(ring, sealed)
    told = json.loads(text)
    case = blind_index(ring, IndexKind.DIGEST, told["case"]) if told["case"] else None
    return seal(ring, text), blind_index(ring, IndexKind.DIGEST, told["content"]), case


def _record(ring: KeyRing, row: tuple[Any, ...]) -> tuple[Any, ...]:
    return _payload(ring, row[0])


def _file(ring: KeyRing, row: tuple[Any, ...]) -> tuple[Any, ...]:
    content_sealed, digest_sealed = row
    return (
        _again(ring, content_sealed, CONTENT_SEAL),
        _again(ring, digest_sealed),
        _index(ring, IndexKind.DIGEST, digest_sealed),
    )


def _staged(ring: KeyRing, row: tuple[Any, ...]) -> tuple[Any, ...]:
    payload_sealed, id_kind, id_sealed, mobile_sealed, address_sealed = row
    payload, content, case = _payload(ring, payload_sealed)
    identity = _index(ring, ID_INDEX_KINDS[IdKind(id_kind)], id_sealed)
    return (
        payload,
        [content],
        [] if case is None else [case],
        _again(ring, id_sealed),
        [identity],
        _again(ring, mobile_sealed),
        _index(ring, IndexKind.MOBILE, mobile_sealed),
        _again(ring, address_sealed),
        _tail(ring, id_kind, id_sealed),
    )


def _select(table: str, columns: Sequence[str], sealed: Sequence[str]) -> str:
    is_old = " OR ".join(f"substr({column}, 1, 3) <> %(prefix)s" for column in sealed)
    return f"SELECT id, {', '.join(columns)} FROM {table} WHERE {is_old} ORDER BY id LIMIT %(limit)s FOR UPDATE"  # noqa: S608 -- names below


# What to read (by the seals that may be old), what to write, and how the one becomes the other.
_TABLES: Final[tuple[tuple[str, str, _Renew], ...]] = (
    (
        _select("registry_person", ("id_kind", "id_sealed", "mobile_sealed"), ("id_sealed", "mobile_sealed")),
        """UPDATE registry_person SET id_sealed = %s, id_index = %s, mobile_sealed = %s, mobile_index = %s,
            id_tail_index = %s WHERE id = %s""",
        _person,
    ),
    (
        _select("registry_household", ("address_sealed",), ("address_sealed",)),
        "UPDATE registry_household SET address_sealed = %s WHERE id = %s",
        _household,
    ),
    (
        _select("registry_record", ("payload_sealed",), ("payload_sealed",)),
        "UPDATE registry_record SET payload_sealed = %s, content_digest = %s, case_key = %s WHERE id = %s",
        _record,
    ),
    (
        _select("registry_intake_file", ("content_sealed", "digest_sealed"), ("content_sealed", "digest_sealed")),
        """UPDATE registry_intake_file SET content_sealed = %s, digest_sealed = %s,
            content_digest = coalesce(%s, content_digest) WHERE id = %s""",
        _file,
    ),
    (
        _select(
            "registry_intake_row",
            ("payload_sealed", "id_kind", "id_sealed", "mobile_sealed", "address_sealed"),
            ("payload_sealed", "id_sealed", "mobile_sealed", "address_sealed"),
        ),
        """UPDATE registry_intake_row SET payload_sealed = %s, content_digests = %s::bytea[], case_keys = %s::bytea[],
            id_sealed = %s, id_indexes = %s::bytea[], mobile_sealed = %s, mobile_index = %s, address_sealed = %s,
            id_tail_index = %s
            WHERE id = %s""",
        _staged,
    ),
)

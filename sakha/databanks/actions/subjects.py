"""People as this room names them: one row an identifier, found under every key of the ring."""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import IndexKind, KeyRing, blind_indexes, seal_many
from sakha.databanks.rules import NATIONAL_ID_LENGTH, subject_indexes

_FIND: Final = """
    SELECT one.place, subject.id FROM unnest(%s::int[], %s::bytea[]) AS one(place, index)
      JOIN databanks_subject AS subject ON subject.subject_index = one.index
"""
_ADD: Final = """
    INSERT INTO databanks_subject (subject_index, subject_sealed)
    SELECT * FROM unnest(%s::bytea[], %s::bytea[]) AS one(index, sealed) ORDER BY one.index
    ON CONFLICT (subject_index) DO NOTHING
"""


def all_indexes(ring: KeyRing, identifier: str) -> list[bytes]:
    """The indexes of an identifier under every key, the current first."""
    kind = IndexKind.NATIONAL_ID if len(identifier) == NATIONAL_ID_LENGTH else IndexKind.FIDA
    return blind_indexes(ring, kind, identifier)


def settle_subjects(identifiers: Sequence[str]) -> dict[str, int]:
    """The subjects of these identifiers, made where they are new."""
    wanted, ring = list(dict.fromkeys(identifiers)), key_ring()
    with acting(SYSTEM):
        found = _find(ring, wanted)
        missing = [identifier for identifier in wanted if identifier not in found]
        if missing:
            with connection.cursor() as cursor:
                cursor.execute(_ADD, [subject_indexes(ring, missing), seal_many(ring, missing)])
            found |= _find(ring, missing)
    return found


def _find(ring: KeyRing, identifiers: Sequence[str]) -> dict[str, int]:
    if len(ring.index_keys) == 1:
        places, indexes = list(range(len(identifiers))), subject_indexes(ring, identifiers)
    else:
        pairs = [(place, index) for place, one in enumerate(identifiers) for index in all_indexes(ring, one)]
        places, indexes = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [places, indexes])
        return {identifiers[place]: subject_id for place, subject_id in cursor.fetchall()}

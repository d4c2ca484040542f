"""Identifiers as they are kept, sealed, in order of persons: for work of the system over everybody."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

_KEPT: Final = """
SELECT id, id_sealed, id_index FROM registry_person
 WHERE id > %s AND id_index IS NOT NULL AND id_sealed IS NOT NULL ORDER BY id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class KeptIdentifier:
    """A person's identifier, sealed, with its index."""

    person_id: int
    sealed: bytes
    index: bytes


def kept_identifiers(*, after: int, limit: int) -> list[KeptIdentifier]:
    """The next persons with an identifier. Call it inside `acting(SYSTEM)`: nobody else sees everybody."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [after, limit])
        return [KeptIdentifier(row[0], bytes(row[1]), bytes(row[2])) for row in cursor.fetchall()]

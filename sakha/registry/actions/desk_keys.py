"""The keys by which a desk finds people, made for rows that have none or those of an older rule; a batch at a time."""

from typing import Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import Actor
from sakha.access.rules.sealing import open_many
from sakha.linkage.rules.desk_keys import DESK_VERSION, name_skeleton
from sakha.registry.actions.staging import tail_indexes
from sakha.vocabulary.identifiers import IdKind

BATCH: Final = 5_000
_SELECT: Final = """
SELECT id, given_name, family_name, father_name, id_kind, id_sealed FROM registry_person
WHERE desk_version <> %s ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""
_UPDATE: Final = """
UPDATE registry_person p SET given_skeleton = k.given, family_skeleton = k.family, father_skeleton = k.father,
    id_tail_index = k.tail, desk_version = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bytea[]) AS k(id, given, family, father, tail)
WHERE p.id = k.id
"""


def fill_desk_keys(*, actor: Actor, limit: int = BATCH) -> int:
    """Make the keys of up to `limit` people who lack the present ones; 0 when nobody does."""
    ring = key_ring()
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SELECT, (DESK_VERSION, limit))
        rows = cursor.fetchall()
        if not rows:
            return 0
        has_id = [row[4] == IdKind.NATIONAL.value and row[5] is not None for row in rows]
        opened = iter(open_many(ring, [bytes(row[5]) for row, has in zip(rows, has_id, strict=True) if has]))
        tails = tail_indexes(ring, [next(opened) if has else "" for has in has_id])
        columns = [[row[0] for row in rows], *([name_skeleton(row[place]) for row in rows] for place in (1, 2, 3))]
        cursor.execute(_UPDATE, (DESK_VERSION, *columns, tails))
    return len(rows)

"""Renews, batch by batch, what older keys have sealed in this room: confirmers, links, words of appeals, papers.

Papers are `scoring_need_proof.reference_sealed`. Each batch is a transaction; what is renewed is not found again.
"""

from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.access.rules.sealing import (
    IndexKind,
    KeyRing,
    blind_index_many,
    open_many,
    reseal_many,
    seal_many,
    sealed_prefix,
)
from sakha.databanks.rules import subject_indexes
from sakha.scoring.actions.needs_states import reseal_need_proofs

# Table, column, and what it was sealed as.
SEALED: Final = (
    ("scoring_confirmer", "name_sealed", "confirmer"),
    ("scoring_confirmation_request", "token_sealed", "link"),
    ("scoring_appeal", "statement_sealed", "appeal"),
    ("scoring_appeal", "reason_sealed", "appeal"),
    ("scoring_appeal_step", "note_sealed", "appeal"),
)
# Identifiers are found by their index, which is renewed with them.
INDEXED: Final = (("mobile_sealed", "mobile_index"), ("id_sealed", "id_index"))
_STALE: Final = (
    "SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND substr({column}, 1, 3) <> %s"
    " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
)
_RENEW: Final = (
    "UPDATE {table} AS kept SET {column} = fresh.sealed FROM unnest(%s::bigint[], %s::bytea[]) AS fresh(id, sealed)"
    " WHERE kept.id = fresh.id"
)
_RENEW_INDEXED: Final = (
    "UPDATE scoring_confirmer AS kept SET {column} = fresh.sealed, {index} = fresh.index"
    " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS fresh(id, sealed, index) WHERE kept.id = fresh.id"
)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Seal anew up to `limit` rows of each column; tells how many changed, 0 when nothing is left."""
    with acting(actor):
        renewed = sum(_reseal(ring, table, column, kind, limit) for table, column, kind in SEALED)
        renewed += sum(_reseal_indexed(ring, column, index, limit) for column, index in INDEXED)
    return renewed + reseal_need_proofs(actor=actor, ring=ring, limit=limit)


def _reseal(ring: KeyRing, table: str, column: str, kind: str, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_STALE.format(table=table, column=column), [sealed_prefix(ring), limit])
        rows = cursor.fetchall()
        fresh = reseal_many(ring, [bytes(sealed) for _, sealed in rows], kind=kind)
        cursor.execute(_RENEW.format(table=table, column=column), [[row[0] for row in rows], fresh])
    return len(rows)


def _reseal_indexed(ring: KeyRing, column: str, index: str, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_STALE.format(table="scoring_confirmer", column=column), [sealed_prefix(ring), limit])
        rows = cursor.fetchall()
        texts = open_many(ring, [bytes(sealed) for _, sealed in rows], kind="confirmer")
        is_mobile = index == "mobile_index"
        indexes = blind_index_many(ring, IndexKind.MOBILE, texts) if is_mobile else subject_indexes(ring, texts)
        values = [[row[0] for row in rows], seal_many(ring, texts, kind="confirmer"), indexes]
        cursor.execute(_RENEW_INDEXED.format(column=column, index=index), values)
    return len(rows)

"""Keeps what the banks answered. Whether somebody may ask is decided by the room that asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.sealing import KeyRing, open_many, seal_many, sealed_prefix
from sakha.databanks.rules import EvidenceToRecord, subject_indexes

_INSERT: Final = """
    INSERT INTO databanks_evidence (subject_index, subject_sealed, fact, value, unit, source, observed_on, expires_on,
                                    status, fetched_at, asked_by_id, purpose)
    SELECT DISTINCT ON (told.subject_index, told.fact, told.source, told.observed_on, told.status, told.value)
           told.*, %s, %s, %s
      FROM unnest(%s::bytea[], %s::bytea[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::date[], %s::date[],
                  %s::text[])
           AS told(subject_index, subject_sealed, fact, value, unit, source, observed_on, expires_on, status)
     WHERE NOT EXISTS (
           SELECT FROM databanks_evidence AS kept
            WHERE kept.subject_index = told.subject_index AND kept.fact = told.fact
              AND kept.observed_on = told.observed_on AND kept.source = told.source AND kept.status = told.status
              AND kept.value IS NOT DISTINCT FROM told.value)
"""
_STALE: Final = """
    SELECT id, subject_sealed FROM databanks_evidence
     WHERE subject_sealed IS NOT NULL AND substr(subject_sealed, 1, 3) <> %s
     ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_RENEW: Final = """
    UPDATE databanks_evidence AS kept SET subject_index = fresh.index, subject_sealed = fresh.sealed
      FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS fresh(id, index, sealed)
     WHERE kept.id = fresh.id
"""


def record_evidence_many(*, actor: Actor, at: datetime, purpose: str, evidence: Sequence[EvidenceToRecord]) -> int:
    """Keep these answers; one that is already known word for word is not kept twice. Tells how many were new."""
    if not evidence:
        return 0
    columns = (
        [one.subject_index for one in evidence],
        [one.subject_sealed for one in evidence],
        [one.fact.value for one in evidence],
        [one.value for one in evidence],
        [one.unit for one in evidence],
        [one.source.value for one in evidence],
        [one.observed_on for one in evidence],
        [one.expires_on for one in evidence],
        [one.status.value for one in evidence],
    )
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_INSERT, [at, actor.user_id, purpose, *columns])
        return int(cursor.rowcount)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Seal and index anew what older keys wrote; tells how many rows changed, 0 when nothing is left."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_STALE, [sealed_prefix(ring), limit])
        rows = cursor.fetchall()
        identifiers = open_many(ring, (bytes(sealed) for _, sealed in rows))
        renewed = [[row[0] for row in rows], subject_indexes(ring, identifiers), seal_many(ring, identifiers)]
        cursor.execute(_RENEW, renewed)
    return len(rows)

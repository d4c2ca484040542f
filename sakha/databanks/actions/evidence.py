"""Keeps what the banks answered. Whether somebody may ask is decided by the room that asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.databanks.rules import EvidenceToRecord

_INSERT: Final = """
    INSERT INTO databanks_evidence (subject_index, subject_sealed, fact, value, text_sealed, unit, source, observed_on,
                                    expires_on, status, asked_by_id, purpose, inquiry_id, fetched_at)
    SELECT DISTINCT ON (told.subject_index, told.fact, told.source, told.observed_on, told.status, told.value)
           told.*, %s
      FROM unnest(%s::bytea[], %s::bytea[], %s::text[], %s::bigint[], %s::bytea[], %s::text[], %s::text[], %s::date[],
                  %s::date[], %s::text[], %s::bigint[], %s::text[], %s::bigint[])
           AS told(subject_index, subject_sealed, fact, value, text_sealed, unit, source, observed_on, expires_on,
                   status, asked_by_id, purpose, inquiry_id)
     WHERE NOT EXISTS (
           SELECT FROM databanks_evidence AS kept
            WHERE kept.subject_index = told.subject_index AND kept.fact = told.fact
              AND kept.observed_on = told.observed_on AND kept.source = told.source AND kept.status = told.status
              AND kept.value IS NOT DISTINCT FROM told.value)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asked for an answer, what for, and in which inquiry."""

    user_id: int | None
    purpose: str
    inquiry_id: int | None = None


def record_evidence_many(*, actor: Actor, at: datetime, purpose: str, evidence: Sequence[EvidenceToRecord]) -> int:
    """Keep these answers; one that is already known word for word is not kept twice. Tells how many were new."""
    asker = Asker(user_id=actor.user_id, purpose=purpose)
    return keep_answers(at=at, answers=[(one, asker) for one in evidence])


def keep_answers(*, at: datetime, answers: Sequence[tuple[EvidenceToRecord, Asker]]) -> int:
    """The same where each answer was asked for by somebody else."""
    if not answers:
        return 0
    columns = (
        [one.subject_index for one, _ in answers],
        [one.subject_sealed for one, _ in answers],
        [str(one.fact) for one, _ in answers],
        [one.value for one, _ in answers],
        [one.text_sealed for one, _ in answers],
        [one.unit for one, _ in answers],
        [str(one.source) for one, _ in answers],
        [one.observed_on for one, _ in answers],
        [one.expires_on for one, _ in answers],
        [one.status.value for one, _ in answers],
        [asker.user_id for _, asker in answers],
        [asker.purpose for _, asker in answers],
        [asker.inquiry_id for _, asker in answers],
    )
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_INSERT, [at, *columns])
        return int(cursor.rowcount)

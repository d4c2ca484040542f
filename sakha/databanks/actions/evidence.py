"""Keeps what the banks answered. Whether somebody may ask is decided by the room that asks."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.sealing import seal
from sakha.databanks.rules import EvidenceToRecord
from sakha.databanks.rules.answers import BankAnswer

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

# Whose a line is, is said of the number that was asked with: kept once an inquiry, and read by it (queries.lines).
# Of whom, for whom and why is read from the question itself, and a batch goes as one JSON text: as arrays, every
# element would be quoted by itself in Python.
_INSERT_FOUND: Final = """
    INSERT INTO databanks_evidence (subject_index, subject_sealed, fact, value, text_sealed, unit, source, observed_on,
                                    expires_on, status, asked_by_id, purpose, inquiry_id, fetched_at)
    SELECT subject.subject_index, subject.subject_sealed, told.fact, told.value, decode(told.sealed, 'hex'), told.unit,
           %(source)s, told.observed_on, told.expires_on,
           CASE WHEN told.value IS NULL THEN 'UNKNOWN' ELSE 'KNOWN' END,
           inquiry.asked_by_id, inquiry.purpose, inquiry.id, %(at)s
      FROM json_to_recordset(%(found)s::json)
           AS told(id bigint, fact text, value bigint, sealed text, unit text, observed_on date, expires_on date)
      JOIN databanks_question AS question ON question.id = told.id
      JOIN databanks_subject AS subject ON subject.id = question.subject_id
      JOIN databanks_inquiry AS inquiry ON inquiry.id = question.inquiry_id
     WHERE NOT EXISTS (
           SELECT FROM databanks_evidence AS kept
            WHERE kept.subject_index = subject.subject_index AND kept.fact = told.fact
              AND kept.observed_on = told.observed_on AND kept.source = %(source)s
              AND kept.status = CASE WHEN told.value IS NULL THEN 'UNKNOWN' ELSE 'KNOWN' END
              AND kept.value IS NOT DISTINCT FROM told.value
              AND (told.fact <> 'MOBILE_OWNED' OR kept.inquiry_id = inquiry.id))
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


def keep_found(cursor: Any, answers: Sequence[tuple[int, BankAnswer]], *, source: str, at: datetime) -> None:
    """Keep what was found on these questions, whose rows the caller's transaction holds."""
    ring = key_ring()
    found = [
        {
            "id": question_id,
            "fact": one.fact,
            "value": one.value,
            "sealed": None if one.text is None else seal(ring, one.text).hex(),
            "unit": one.unit,
            "observed_on": str(answer.observed_on),
            "expires_on": str(one.expires_on),
        }
        for question_id, answer in answers
        if answer.observed_on is not None
        for one in answer.found
    ]
    if found:
        cursor.execute(_INSERT_FOUND, {"source": source, "at": at, "found": json.dumps(found, ensure_ascii=False)})

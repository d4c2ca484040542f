"""What becomes of the answers of a batch: evidence is kept and the questions are settled, in one transaction.

Only rows that still carry the batch's claim are touched: an answer that comes twice, or too late, changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import seal
from sakha.databanks.actions.doubts import doubt_what_was_corrected
from sakha.databanks.actions.evidence import Asker, keep_answers
from sakha.databanks.actions.exchanges import Exchange, note_exchange
from sakha.databanks.banks.protocol import Batch
from sakha.databanks.rules import EvidenceStatus, EvidenceToRecord
from sakha.databanks.rules.answers import AnswerState, BankAnswer, Found
from sakha.databanks.rules.bank import Bank
from sakha.vocabulary.jalali import TEHRAN

# What a bank could not say of one person is asked again after minutes, then hours; a wrong answer after an hour first.
LATER_AFTER: Final = timedelta(minutes=5)
INVALID_AFTER: Final = timedelta(hours=1)
LATER_AT_MOST: Final = timedelta(hours=24)
# The bank answered with something too old to act on: it may have something newer within a week.
STALE_FRESH_FOR: Final = timedelta(days=7)
STALE: Final = "STALE"
_DOUBLINGS_MAX: Final = 8

_LOCK: Final = """
    SELECT question.id, subject.subject_index, subject.subject_sealed, inquiry.asked_by_id, inquiry.purpose, inquiry.id,
           question.attempt_count
      FROM databanks_question AS question
      JOIN databanks_subject AS subject ON subject.id = question.subject_id
      JOIN databanks_inquiry AS inquiry ON inquiry.id = question.inquiry_id
     WHERE question.bank = %s AND question.claim = %s AND question.state IN ('ASKING', 'AWAITED')
       AND question.id = ANY(%s)
     ORDER BY question.id FOR UPDATE OF question
"""
_SETTLE: Final = """
    UPDATE databanks_question AS kept
       SET state = told.state, error_code = told.error_code, claim = '', claimed_at = NULL, worker_key = NULL,
           fresh_until = coalesce(told.fresh_until, kept.fresh_until),
           next_try_at = coalesce(told.next_try_at, kept.next_try_at),
           answered_at = CASE WHEN told.state = 'ANSWERED' THEN %(at)s ELSE kept.answered_at END,
           is_applied = kept.is_applied AND told.state <> 'ANSWERED',
           attempt_count = CASE WHEN told.state = 'WAITING' THEN kept.attempt_count + 1 ELSE 0 END
      FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(codes)s::text[], %(fresh)s::timestamptz[],
                  %(next)s::timestamptz[]) AS told(id, state, error_code, fresh_until, next_try_at)
     WHERE kept.id = told.id
"""
_AWAIT: Final = """
    UPDATE databanks_question SET state = 'AWAITED', claimed_at = %s, worker_key = NULL
     WHERE id = ANY(ARRAY(SELECT id FROM databanks_question WHERE bank = %s AND claim = %s AND state = 'ASKING'
                           ORDER BY id FOR UPDATE))
"""  # in the order of ids, as the callback locks them: else the two wait for each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How many questions a batch settled, and how many answers did not fit."""

    answered_count: int = 0
    later_count: int = 0
    invalid_count: int = 0
    refused_count: int = 0

    def __add__(self, other: "Settled") -> "Settled":
        """Count together."""
        return Settled(
            answered_count=self.answered_count + other.answered_count,
            later_count=self.later_count + other.later_count,
            invalid_count=self.invalid_count + other.invalid_count,
            refused_count=self.refused_count + other.refused_count,
        )


def await_answers(batch: Batch, *, at: datetime, started_at: datetime) -> None:
    """The bank took the batch and will answer at our door."""
    with transaction.atomic(durable=True), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_AWAIT, [at, batch.bank.name, batch.name])
        exchange = Exchange(
            bank=batch.bank.name, claim=batch.name, started_at=started_at, question_count=len(batch.people)
        )
        note_exchange(cursor, exchange, at=at)


def settle_answers(
    bank: Bank, claim: str, answers: Sequence[BankAnswer], *, at: datetime, started_at: datetime
) -> Settled:
    """Keep the answers and settle their questions."""
    by_id = {int(answer.ref): answer for answer in answers if answer.ref.isascii() and answer.ref.isdigit()}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LOCK, [bank.name, claim, list(by_id)])
        rows = cursor.fetchall()
        kept = [(row, by_id[row[0]]) for row in rows]
        keep_answers(at=at, answers=[line for row, answer in kept for line in _evidence(bank, row, answer)])
        doubt_what_was_corrected(cursor, at=at, subject_indexes=[bytes(row[1]) for row in rows])
        cursor.execute(_SETTLE, _settlement(bank, kept, at))
        settled = _count([answer for _, answer in kept])
        exchange = Exchange(
            bank=bank.name,
            claim=claim,
            started_at=started_at,
            question_count=len(answers),
            answered_count=settled.answered_count,
            error_code=next((one.error_code for _, one in kept if one.state is AnswerState.INVALID), ""),
        )
        note_exchange(cursor, exchange, at=at)
    return settled


def _evidence(bank: Bank, row: Sequence[Any], answer: BankAnswer) -> list[tuple[EvidenceToRecord, Asker]]:
    asker = Asker(user_id=row[3], purpose=row[4], inquiry_id=row[5])
    if answer.observed_on is None:
        return []
    ring = key_ring()
    return [
        (
            EvidenceToRecord(
                subject_index=bytes(row[1]),
                subject_sealed=bytes(row[2]),
                fact=found.fact,
                value=found.value,
                text_sealed=None if found.text is None else seal(ring, found.text),
                unit=found.unit,
                source=bank.source_name,
                observed_on=answer.observed_on,
                expires_on=found.expires_on,
                status=_status(found),
            ),
            asker,
        )
        for found in answer.found
    ]


def _status(found: Found) -> EvidenceStatus:
    return EvidenceStatus.UNKNOWN if found.value is None else EvidenceStatus.KNOWN


def _settlement(bank: Bank, kept: Sequence[tuple[Sequence[Any], BankAnswer]], at: datetime) -> dict[str, Any]:
    lines = [_line(bank, answer, attempt_count=row[6], at=at) for row, answer in kept]
    return {
        "at": at,
        "ids": [row[0] for row, _ in kept],
        "states": [line[0] for line in lines],
        "codes": [line[1] for line in lines],
        "fresh": [line[2] for line in lines],
        "next": [line[3] for line in lines],
    }


def _line(
    bank: Bank, answer: BankAnswer, *, attempt_count: int, at: datetime
) -> tuple[str, str, datetime | None, datetime | None]:
    if answer.state in {AnswerState.FOUND, AnswerState.ABSENT}:
        if any(one.expires_on <= at.astimezone(TEHRAN).date() for one in answer.found if one.value is not None):
            return "ANSWERED", STALE, at + STALE_FRESH_FOR, None
        return "ANSWERED", "", at + timedelta(days=bank.fresh_days), None
    if answer.state is AnswerState.REFUSED:
        return "REFUSED", answer.error_code, None, None
    first = INVALID_AFTER if answer.state is AnswerState.INVALID else LATER_AFTER
    wait = min(first * 2 ** min(attempt_count, _DOUBLINGS_MAX), LATER_AT_MOST)
    return "WAITING", answer.error_code, None, at + wait


def _count(answers: Sequence[BankAnswer]) -> Settled:
    states = [answer.state for answer in answers]
    return Settled(
        answered_count=states.count(AnswerState.FOUND) + states.count(AnswerState.ABSENT),
        later_count=states.count(AnswerState.LATER),
        invalid_count=states.count(AnswerState.INVALID),
        refused_count=states.count(AnswerState.REFUSED),
    )

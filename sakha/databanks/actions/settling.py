"""What becomes of the answers of a batch: evidence is kept and the questions are settled, in one transaction.

Only rows that still carry the batch's claim are touched: an answer that comes twice, or too late, changes nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.actions.doubts import doubt_what_was_corrected
from sakha.databanks.actions.evidence import keep_found
from sakha.databanks.actions.exchanges import Exchange, note_exchange
from sakha.databanks.banks.protocol import Batch
from sakha.databanks.rules.answers import AnswerState, BankAnswer
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
    SELECT id, attempt_count FROM databanks_question
     WHERE bank = %s AND claim <> '' AND claim = %s AND state IN ('ASKING', 'AWAITED')
     ORDER BY id FOR UPDATE
"""
# Lists go as one JSON text: as arrays, every element would be quoted by itself in Python.
_SETTLE: Final = """
    UPDATE databanks_question AS kept
       SET state = told.state, error_code = told.error_code, claim = '', claimed_at = NULL, worker_key = NULL,
           fresh_until = coalesce(told.fresh_until, kept.fresh_until),
           next_try_at = coalesce(told.next_try_at, kept.next_try_at),
           answered_at = CASE WHEN told.state = 'ANSWERED' THEN %(at)s ELSE kept.answered_at END,
           is_applied = kept.is_applied AND told.state <> 'ANSWERED',
           attempt_count = CASE WHEN told.state = 'WAITING' THEN kept.attempt_count + 1 ELSE 0 END
      FROM json_to_recordset(%(lines)s::json)
           AS told(id bigint, state text, error_code text, fresh_until timestamptz, next_try_at timestamptz)
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
        cursor.execute(_LOCK, [bank.name, claim])
        kept = [(number, attempts, by_id[number]) for number, attempts in cursor.fetchall() if number in by_id]
        if kept:
            keep_found(cursor, [(number, one) for number, _, one in kept], source=bank.source_name, at=at)
            doubt_what_was_corrected(cursor, at=at, bank=bank.name, claim=claim)
            lines = [
                _line(bank, answer, attempt_count=attempts, at=at, number=number) for number, attempts, answer in kept
            ]
            cursor.execute(_SETTLE, {"at": at, "lines": json.dumps(lines, ensure_ascii=False)})
        settled = _count([answer for _, _, answer in kept])
        exchange = Exchange(
            bank=bank.name,
            claim=claim,
            started_at=started_at,
            question_count=len(answers),
            answered_count=settled.answered_count,
            error_code=next((one.error_code for _, _, one in kept if one.state is AnswerState.INVALID), ""),
        )
        note_exchange(cursor, exchange, at=at)
    return settled


def _line(bank: Bank, answer: BankAnswer, *, number: int, attempt_count: int, at: datetime) -> dict[str, Any]:
    """How a question stands after its answer."""
    line: dict[str, Any] = {"id": number, "state": "ANSWERED", "error_code": ""}
    if answer.state in {AnswerState.FOUND, AnswerState.ABSENT}:
        today = at.astimezone(TEHRAN).date()
        if any(one.expires_on <= today for one in answer.found if one.value is not None):
            return line | {"error_code": STALE, "fresh_until": (at + STALE_FRESH_FOR).isoformat()}
        return line | {"fresh_until": (at + timedelta(days=bank.fresh_days)).isoformat()}
    if answer.state is AnswerState.REFUSED:
        return line | {"state": "REFUSED", "error_code": answer.error_code}
    first = INVALID_AFTER if answer.state is AnswerState.INVALID else LATER_AFTER
    wait = min(first * 2 ** min(attempt_count, _DOUBLINGS_MAX), LATER_AT_MOST)
    return line | {"state": "WAITING", "error_code": answer.error_code, "next_try_at": (at + wait).isoformat()}


def _count(answers: Sequence[BankAnswer]) -> Settled:
    states = [answer.state for answer in answers]
    return Settled(
        answered_count=states.count(AnswerState.FOUND) + states.count(AnswerState.ABSENT),
        later_count=states.count(AnswerState.LATER),
        invalid_count=states.count(AnswerState.INVALID),
        refused_count=states.count(AnswerState.REFUSED),
    )

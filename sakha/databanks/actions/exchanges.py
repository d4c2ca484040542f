"""What is written down of every batch: how it ended, how long it took, how many answers it brought. Names nobody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sakha.databanks.banks.protocol import Batch

_NOTE: Final = """
    WITH noted AS (
        INSERT INTO databanks_exchange (bank, claim, ended_at, milliseconds, question_count, answered_count, error_code)
        VALUES (%(bank)s, %(claim)s, %(at)s, %(milliseconds)s, %(questions)s, %(answers)s, %(code)s)
    )
    INSERT INTO databanks_bank_state AS kept (bank, last_answer_at, last_error_at, last_error_code)
    VALUES (%(bank)s, %(answered_at)s, %(failed_at)s, %(code)s)
    ON CONFLICT (bank) DO UPDATE
       SET last_answer_at = greatest(kept.last_answer_at, excluded.last_answer_at),
           last_error_at = coalesce(excluded.last_error_at, kept.last_error_at),
           last_error_code = CASE WHEN excluded.last_error_at IS NULL THEN kept.last_error_code
                                  ELSE excluded.last_error_code END
"""


def note_failure(cursor: Any, batch: Batch, *, at: datetime, started_at: datetime, error_code: str) -> None:
    """A batch that brought nothing."""
    exchange = Exchange(
        bank=batch.bank.name,
        claim=batch.name,
        started_at=started_at,
        question_count=len(batch.people),
        error_code=error_code,
    )
    note_exchange(cursor, exchange, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A batch that brought answers, or the promise of some; `error_code` is the first of those that did not fit."""

    bank: str
    claim: str
    started_at: datetime
    question_count: int
    answered_count: int = 0
    error_code: str = ""


def note_exchange(cursor: Any, exchange: Exchange, *, at: datetime) -> None:
    """Write down how it went."""
    facts: dict[str, Any] = {
        "bank": exchange.bank,
        "claim": exchange.claim,
        "at": at,
        "milliseconds": max(0, round((at - exchange.started_at).total_seconds() * 1000)),
        "questions": exchange.question_count,
        "answers": exchange.answered_count,
        "code": exchange.error_code,
        "answered_at": at if exchange.answered_count else None,
        "failed_at": at if exchange.error_code else None,
    }
    cursor.execute(_NOTE, facts)

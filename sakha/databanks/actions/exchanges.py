"""What is written down of every batch: how it ended, how long it took, how many answers it brought. Names nobody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sakha.databanks.banks.protocol import Batch

_EXCHANGE: Final = """
    INSERT INTO databanks_exchange (bank, claim, ended_at, milliseconds, question_count, answered_count, error_code)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_ANSWERED: Final = """
    INSERT INTO databanks_bank_state AS kept (bank, last_answer_at) VALUES (%(bank)s, %(at)s)
    ON CONFLICT (bank) DO UPDATE SET last_answer_at = greatest(kept.last_answer_at, excluded.last_answer_at)
"""
_FAILED: Final = """
    INSERT INTO databanks_bank_state (bank, last_error_at, last_error_code) VALUES (%(bank)s, %(at)s, %(code)s)
    ON CONFLICT (bank) DO UPDATE
       SET last_error_at = excluded.last_error_at, last_error_code = excluded.last_error_code
"""


def note_failure(cursor: Any, batch: Batch, *, at: datetime, started_at: datetime, error_code: str) -> None:
    """A batch that brought nothing."""
    milliseconds = _milliseconds(started_at, at)
    cursor.execute(_EXCHANGE, [batch.bank.name, batch.name, at, milliseconds, len(batch.people), 0, error_code])
    cursor.execute(_FAILED, {"bank": batch.bank.name, "at": at, "code": error_code})


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
    counts = (exchange.question_count, exchange.answered_count)
    milliseconds = _milliseconds(exchange.started_at, at)
    cursor.execute(_EXCHANGE, [exchange.bank, exchange.claim, at, milliseconds, *counts, exchange.error_code])
    if exchange.answered_count:
        cursor.execute(_ANSWERED, {"bank": exchange.bank, "at": at})
    if exchange.error_code:
        cursor.execute(_FAILED, {"bank": exchange.bank, "at": at, "code": exchange.error_code})


def _milliseconds(started_at: datetime, at: datetime) -> int:
    return max(0, round((at - started_at).total_seconds() * 1000))

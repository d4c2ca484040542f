"""Who works on which question: claiming a batch, finding what a killed worker left, giving back what failed."""

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import open_many
from sakha.databanks.actions.exchanges import note_failure
from sakha.databanks.banks.protocol import AskedPerson, Batch
from sakha.databanks.rules.bank import Bank, Filling
from sakha.databanks.rules.grounds import Ground, Purpose

# A bank that promised to answer at our door, and did not.
AWAITED_AT_MOST: Final = timedelta(minutes=30)

# One ground a batch: the first in the queue says which. The queue is walked in the order of its index and the ground is
# looked up row by row: as a join, a table without statistics was read once an inquiry, and a claim took a second.
_CLAIM: Final = """
    WITH foremost AS MATERIALIZED (
        SELECT purpose, level, decision FROM databanks_inquiry
         WHERE id = (SELECT question.inquiry_id FROM databanks_question AS question
                      WHERE question.bank = %(bank)s AND question.state = 'WAITING' AND question.next_try_at <= %(at)s
                      ORDER BY question.priority, question.next_try_at, question.id LIMIT 1)
    ), chosen AS MATERIALIZED (
        SELECT question.id
          FROM databanks_question AS question
         WHERE question.bank = %(bank)s AND question.state = 'WAITING' AND question.next_try_at <= %(at)s
           AND (SELECT inquiry.purpose = (SELECT purpose FROM foremost) AND inquiry.level = (SELECT level FROM foremost)
                       AND inquiry.decision = (SELECT decision FROM foremost)
                  FROM databanks_inquiry AS inquiry WHERE inquiry.id = question.inquiry_id)
           AND NOT EXISTS (SELECT FROM databanks_bank_state
                            WHERE bank = %(bank)s AND breaker = 'open' AND opened_at > %(open_since)s)
         ORDER BY question.priority, question.next_try_at, question.id LIMIT %(size)s
           FOR UPDATE OF question SKIP LOCKED
    )
    UPDATE databanks_question AS kept
       SET state = 'ASKING', claim = %(name)s, claimed_at = %(at)s, worker_key = %(worker)s
      FROM databanks_subject AS subject, databanks_inquiry AS inquiry
     WHERE kept.id = ANY(ARRAY(SELECT id FROM chosen))
       AND subject.id = kept.subject_id AND inquiry.id = kept.inquiry_id
    RETURNING kept.id, subject.subject_sealed, kept.fillings_sealed, inquiry.purpose, inquiry.level, inquiry.decision,
              kept.claimed_at
"""
_READ: Final = """
    SELECT question.id, subject.subject_sealed, question.fillings_sealed, inquiry.purpose, inquiry.level,
           inquiry.decision, question.claimed_at
      FROM databanks_question AS question
      JOIN databanks_subject AS subject ON subject.id = question.subject_id
      JOIN databanks_inquiry AS inquiry ON inquiry.id = question.inquiry_id
     WHERE question.bank = %s AND question.claim = %s AND question.state = ANY(%s) ORDER BY question.id
"""
# `claim <> ''` is what the partial index of claims says: without it every batch would read the whole table.
_OTHERS: Final = """
    SELECT DISTINCT worker_key FROM databanks_question
     WHERE bank = %s AND state = 'ASKING' AND claim <> '' AND worker_key <> %s ORDER BY worker_key LIMIT 100
"""
_TAKE_UP: Final = """
    UPDATE databanks_question SET worker_key = %(worker)s
     WHERE bank = %(bank)s AND state = 'ASKING' AND claim <> '' AND claim = (
           SELECT claim FROM databanks_question
            WHERE bank = %(bank)s AND state = 'ASKING' AND claim <> '' AND worker_key = %(gone)s
            ORDER BY claimed_at, claim LIMIT 1)
    RETURNING claim
"""
_BACK: Final = """
    UPDATE databanks_question
       SET state = 'WAITING', claim = '', claimed_at = NULL, worker_key = NULL, next_try_at = %s, error_code = %s,
           attempt_count = attempt_count + 1
     WHERE id = ANY(ARRAY(SELECT id FROM databanks_question WHERE bank = %s AND claim = %s AND state = 'ASKING'
                           ORDER BY id FOR UPDATE))
"""
_NOT_COME: Final = """
    UPDATE databanks_question
       SET state = 'WAITING', claim = '', claimed_at = NULL, next_try_at = %s, error_code = 'CALLBACK_NOT_COME',
           attempt_count = attempt_count + 1
     WHERE id = ANY(ARRAY(SELECT id FROM databanks_question
                           WHERE bank = %s AND state = 'AWAITED' AND claim <> '' AND claimed_at < %s
                           ORDER BY id FOR UPDATE))
"""


@contextmanager
def worker_lock() -> Iterator[int]:
    """A lock that ends with this worker, whichever way it ends: its session is a connection of its own."""
    key, session = secrets.randbits(62), connection.copy()
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        yield key
    finally:
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
        session.close()


def claim_batch(bank: Bank, *, at: datetime, worker: int) -> Batch | None:
    """The next due questions as a batch that nobody else gets, or None, also while the bank is left alone.

    Committed before the bank is called.
    """
    name = secrets.token_hex(16)
    facts: dict[str, Any] = {
        "bank": bank.name,
        "at": at,
        "size": bank.calls.batch_size,
        "name": name,
        "worker": worker,
        "open_since": at - timedelta(seconds=bank.calls.breaker_seconds),
    }
    with transaction.atomic(durable=True), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CLAIM, facts)
        return _batch(bank, name, sorted(cursor.fetchall()))


def find_forsaken_batch(bank: Bank, *, worker: int) -> Batch | None:
    """A batch whose worker is gone, to be sent again as it was: nobody holds its lock any more."""
    with transaction.atomic(durable=True), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OTHERS, [bank.name, worker])
        for (other,) in cursor.fetchall():
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [other])
            if not cursor.fetchone()[0]:
                continue
            cursor.execute(_TAKE_UP, {"bank": bank.name, "worker": worker, "gone": other})
            row = cursor.fetchone()
            if row is not None:
                return _read(cursor, bank, row[0])
    return None


def find_awaited_batch(bank: Bank, *, name: str) -> Batch | None:
    """What of a batch is not answered yet; its answer may come to our door before the bank's own receipt does."""
    with acting(SYSTEM), connection.cursor() as cursor:
        return _read(cursor, bank, name, ("ASKING", "AWAITED"))


def give_back(batch: Batch, *, at: datetime, started_at: datetime, again_at: datetime, error_code: str) -> None:
    """Let a batch that surely brought nothing wait again."""
    with transaction.atomic(durable=True), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_BACK, [again_at, error_code, batch.bank.name, batch.name])
        note_failure(cursor, batch, at=at, started_at=started_at, error_code=error_code)


def expire_awaited(bank: Bank, *, at: datetime) -> int:
    """Ask again what a bank promised and did not bring."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_NOT_COME, [at, bank.name, at - AWAITED_AT_MOST])
        return int(cursor.rowcount)


def _read(cursor: Any, bank: Bank, name: str, states: Sequence[str] = ("ASKING",)) -> Batch | None:
    cursor.execute(_READ, [bank.name, name, list(states)])
    return _batch(bank, name, cursor.fetchall())


def _batch(bank: Bank, name: str, rows: Sequence[Sequence[Any]]) -> Batch | None:
    if not rows:
        return None
    purpose, level, decision, claimed_at = rows[0][3:7]
    return Batch(
        bank=bank,
        name=name,
        ground=Ground(purpose=Purpose(purpose), level=level, decision=decision),
        asked_at=claimed_at,
        people=_people(rows),
    )


def _people(rows: Sequence[Sequence[Any]]) -> tuple[AskedPerson, ...]:
    ring = key_ring()
    identifiers = open_many(ring, (bytes(row[1]) for row in rows))
    filled = iter(open_many(ring, (bytes(row[2]) for row in rows if row[2] is not None)))
    people = []
    for row, identifier in zip(rows, identifiers, strict=True):
        told = json.loads(next(filled)) if row[2] is not None else {}
        fillings = {Filling(key): value for key, value in told.items()}
        people.append(AskedPerson(ref=str(row[0]), fillings={Filling.IDENTIFIER: identifier, **fillings}))
    return tuple(people)

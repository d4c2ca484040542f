"""How far the asking is: by bank, and which households have answers that are not taken over or not fresh any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.banks.catalogue import asked_banks

_DUE_BANKS: Final = """
    SELECT bank FROM databanks_question
     WHERE (state = 'WAITING' AND next_try_at <= %s) OR state IN ('ASKING', 'AWAITED') GROUP BY bank ORDER BY bank
"""
_PROGRESS: Final = "SELECT bank, state, count(*) FROM databanks_question GROUP BY 1, 2"
_UNAPPLIED: Final = """
    SELECT household_id FROM databanks_question WHERE NOT is_applied AND household_id IS NOT NULL
     UNION SELECT household_id FROM databanks_case WHERE NOT is_applied
     ORDER BY household_id LIMIT %s
"""
_DUE: Final = """
    SELECT DISTINCT household_id FROM databanks_question
     WHERE state = 'ANSWERED' AND fresh_until <= %s AND bank = ANY(%s) AND household_id IS NOT NULL
     ORDER BY household_id LIMIT %s
"""
_THAT_WAIT: Final = """
    SELECT DISTINCT household_id FROM databanks_question WHERE household_id = ANY(%s) AND state = 'WAITING' ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingProgress:
    """Questions to one bank, by where they stand."""

    bank: str
    waiting_count: int
    asking_count: int
    answered_count: int
    refused_count: int
    cancelled_count: int


def asking_progress() -> tuple[AskingProgress, ...]:
    """The progress of every bank that was asked anything."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PROGRESS)
        counts: dict[str, dict[str, int]] = {}
        for bank, state, count in cursor.fetchall():
            counts.setdefault(bank, {})[state] = count
    return tuple(
        AskingProgress(
            bank=bank,
            waiting_count=by_state.get("WAITING", 0),
            asking_count=by_state.get("ASKING", 0) + by_state.get("AWAITED", 0),
            answered_count=by_state.get("ANSWERED", 0),
            refused_count=by_state.get("REFUSED", 0),
            cancelled_count=by_state.get("CANCELLED", 0),
        )
        for bank, by_state in sorted(counts.items())
    )


def banks_with_due_questions(*, at: datetime) -> list[str]:
    """The banks that are reached and have something to be asked, or to be taken up."""
    reached = asked_banks()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_DUE_BANKS, [at])
        return [row[0] for row in cursor.fetchall() if row[0] in reached]


def unapplied_household_ids(*, limit: int) -> list[int]:
    """Households with answers, or ends of cases, that the register has not taken over."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_UNAPPLIED, [limit])
        return [row[0] for row in cursor.fetchall()]


def due_household_ids(*, at: datetime, limit: int) -> list[int]:
    """Households of whom an answer is no longer fresh."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_DUE, [at, list(asked_banks()), limit])
        return [row[0] for row in cursor.fetchall()]


def households_that_wait(*, household_ids: Sequence[int]) -> list[int]:
    """Those of these households about whom a question waits."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_THAT_WAIT, [list(household_ids)])
        return [row[0] for row in cursor.fetchall()]

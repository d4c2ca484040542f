"""The circuit breaker and the rate of a bank, kept in the database, so that all processes share them (decision 0017).

pybreaker decides when to open and close; here it only gets a memory. The rate is one row that hands out places in time.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import pybreaker
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.banks.protocol import BankBusy, BankDeclined, BankForbids
from sakha.databanks.rules.bank import Bank

_ROW: Final = "INSERT INTO databanks_bank_state (bank) VALUES (%s) ON CONFLICT DO NOTHING"
# Generic cell rate: each call takes the next free place, a second over the rate apart from the last.
_SLOT: Final = """
    UPDATE databanks_bank_state
       SET next_slot_at = greatest(next_slot_at, %(at)s) + %(apart)s
     WHERE bank = %(bank)s RETURNING next_slot_at - %(apart)s
"""
_COLUMNS: Final = frozenset({"breaker", "failure_count", "success_count", "opened_at"})


class BreakerMemory(pybreaker.CircuitBreakerStorage):
    """Where pybreaker keeps the state of one bank."""

    def __init__(self, bank: str) -> None:
        super().__init__(bank)
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_ROW, [bank])

    @property
    def state(self) -> str:
        """Open, closed or half-open."""
        return str(self._read("breaker"))

    @state.setter
    def state(self, state: str) -> None:
        self._write("breaker = %s", state)

    def increment_counter(self) -> None:
        """One failure more."""
        self._write("failure_count = failure_count + %s", 1)

    def reset_counter(self) -> None:
        """No failures."""
        self._write("failure_count = %s", 0)

    def increment_success_counter(self) -> None:
        """One success more."""
        self._write("success_count = success_count + %s", 1)

    def reset_success_counter(self) -> None:
        """No successes."""
        self._write("success_count = %s", 0)

    @property
    def counter(self) -> int:
        """Failures in a row."""
        return int(self._read("failure_count"))

    @property
    def success_counter(self) -> int:
        """Successes since it was half open."""
        return int(self._read("success_count"))

    @property
    def opened_at(self) -> datetime | None:
        """When it opened last."""
        opened_at: datetime | None = self._read("opened_at")
        return opened_at

    @opened_at.setter
    def opened_at(self, datetime: datetime) -> None:
        self._write("opened_at = %s", datetime)

    def _read(self, column: str) -> Any:
        if column not in _COLUMNS:
            raise KeyError(column)
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM databanks_bank_state WHERE bank = %s", [self.name])  # noqa: S608 -- own names
            row = cursor.fetchone()
        return row[0]

    def _write(self, change: str, value: Any) -> None:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"UPDATE databanks_bank_state SET {change} WHERE bank = %s", [value, self.name])  # noqa: S608 -- own words


def breaker_of(bank: Bank) -> pybreaker.CircuitBreaker:
    """The breaker of a bank. What the bank refuses with an answer is no sign that it is down."""
    return pybreaker.CircuitBreaker(
        fail_max=bank.calls.breaker_failures,
        reset_timeout=bank.calls.breaker_seconds,
        exclude=[BankBusy, BankDeclined, BankForbids],
        state_storage=BreakerMemory(bank.name),
        throw_new_error_on_trip=False,
    )


def rests_until(bank: Bank, *, at: datetime) -> datetime | None:
    """Until when a bank that failed is left alone, or None; a little apart for each who asks, to spread the load."""
    memory = BreakerMemory(bank.name)
    if memory.state != pybreaker.STATE_OPEN or memory.opened_at is None:
        return None
    until = memory.opened_at + timedelta(seconds=bank.calls.breaker_seconds)
    return until + timedelta(seconds=random.uniform(0, 2)) if until > at else None  # noqa: S311 -- spreads load, guards nothing


def wait_for_slot(bank: Bank, *, clock: Callable[[], datetime], pause: Callable[[float], None]) -> None:
    """Wait for the next place in the bank's rate, shared by all processes."""
    at = clock()
    apart = timedelta(seconds=1 / bank.calls.requests_per_second)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ROW, [bank.name])
        facts: dict[str, Any] = {"at": at, "apart": apart, "bank": bank.name}
        cursor.execute(_SLOT, facts)
        (slot_at,) = cursor.fetchone()
    wait = (slot_at - at).total_seconds()
    if wait > 0:
        pause(wait)

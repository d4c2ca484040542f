"""The circuit breaker and the rate of a bank, kept in the database, so that all processes share them (decision 0017).

pybreaker decides when to open and close; here it only gets a memory. The rate is one row that hands out places in time.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pybreaker
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.banks.protocol import BankBusy, BankDeclined, BankForbids
from sakha.databanks.rules.bank import Bank

# No line of workers is longer. Whoever had a clock that was set back finds places far ahead, and would wait till then.
SLOT_AHEAD_MAX: Final = timedelta(minutes=1)

_ROW: Final = "INSERT INTO databanks_bank_state (bank) VALUES (%s) ON CONFLICT DO NOTHING"
_READ: Final = "SELECT breaker, failure_count, success_count, opened_at FROM databanks_bank_state WHERE bank = %s"
# Generic cell rate: each call takes the next free place, a second over the rate apart from the last. It tells the
# breaker's state by the way, and nobody waits for the disk: a place that a crash forgets harms no one.
_SLOT: Final = """
    UPDATE databanks_bank_state
       SET next_slot_at = least(greatest(next_slot_at, %(at)s), %(at)s + %(ahead)s) + %(apart)s
     WHERE bank = %(bank)s
    RETURNING breaker, failure_count, success_count, opened_at, next_slot_at - %(apart)s,
              set_config('synchronous_commit', 'off', true)
"""


@dataclass(slots=True, kw_only=True)
class _Remembered:
    breaker: str = pybreaker.STATE_CLOSED
    failure_count: int = 0
    success_count: int = 0
    opened_at: datetime | None = None


class BreakerMemory(pybreaker.CircuitBreakerStorage):
    """Where pybreaker keeps the state of one bank: read once a call, written through.

    What another process changed while a call ran counts from the next call on.
    """

    def __init__(self, bank: str) -> None:
        super().__init__(bank)
        self._now = _Remembered()

    def read(self) -> None:
        """Read what all processes know now."""
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_READ, [self.name])
            row = cursor.fetchone()
        self.remember(*(row or ()))

    def remember(self, *row: Any) -> None:
        """Take a row that was read by the way; nothing where the bank was never asked."""
        names = ("breaker", "failure_count", "success_count", "opened_at")
        self._now = _Remembered(**dict(zip(names, row, strict=False)))

    @property
    def state(self) -> str:
        """Open, closed or half-open."""
        return self._now.breaker

    @state.setter
    def state(self, state: str) -> None:
        self._now.breaker = state
        self._write("breaker = %s", state)

    def increment_counter(self) -> None:
        """One failure more."""
        self._now.failure_count = self._write("failure_count = failure_count + %s", 1)[0]

    def reset_counter(self) -> None:
        """No failures."""
        if self._now.failure_count:
            self._now.failure_count = self._write("failure_count = %s", 0)[0]

    def increment_success_counter(self) -> None:
        """One success more."""
        self._now.success_count = self._write("success_count = success_count + %s", 1)[1]

    def reset_success_counter(self) -> None:
        """No successes."""
        if self._now.success_count:
            self._now.success_count = self._write("success_count = %s", 0)[1]

    @property
    def counter(self) -> int:
        """Failures in a row."""
        return self._now.failure_count

    @property
    def success_counter(self) -> int:
        """Successes since it was half open."""
        return self._now.success_count

    @property
    def opened_at(self) -> datetime | None:
        """When it opened last."""
        return self._now.opened_at

    @opened_at.setter
    def opened_at(self, datetime: datetime) -> None:
        self._now.opened_at = datetime
        self._write("opened_at = %s", datetime)

    def _write(self, change: str, value: Any) -> tuple[int, int]:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_ROW, [self.name])
            cursor.execute(
                f"UPDATE databanks_bank_state SET {change} WHERE bank = %s RETURNING failure_count, success_count",  # noqa: S608 -- own words
                [value, self.name],
            )
            failure_count, success_count = cursor.fetchone()
            return int(failure_count), int(success_count)


class BankPacing:
    """The breaker and the rate of one bank, for one worker."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._memory = BreakerMemory(bank.name)
        # What the bank refuses with an answer is no sign that it is down.
        self.breaker = pybreaker.CircuitBreaker(
            fail_max=bank.calls.breaker_failures,
            reset_timeout=bank.calls.breaker_seconds,
            exclude=[BankBusy, BankDeclined, BankForbids],
            state_storage=self._memory,
            throw_new_error_on_trip=False,
        )

    def wait_for_slot(self, *, clock: Callable[[], datetime], pause: Callable[[float], None]) -> None:
        """Wait for the next place in the bank's rate, shared by all processes, and learn how the breaker stands."""
        at = clock()
        apart = timedelta(seconds=1 / self._bank.calls.requests_per_second)
        facts: dict[str, Any] = {"at": at, "apart": apart, "ahead": SLOT_AHEAD_MAX, "bank": self._bank.name}
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_SLOT, facts)
            row = cursor.fetchone()
            if row is None:  # the first call ever to this bank
                cursor.execute(_ROW, [self._bank.name])
                cursor.execute(_SLOT, facts)
                row = cursor.fetchone()
        self._memory.remember(*row[:4])
        wait = (row[4] - at).total_seconds()
        if wait > 0:
            pause(wait)


def rests_until(bank: Bank, *, at: datetime) -> datetime | None:
    """Until when a bank that failed is left alone, or None; a little apart for each who asks, to spread the load."""
    memory = BreakerMemory(bank.name)
    memory.read()
    if memory.state != pybreaker.STATE_OPEN or memory.opened_at is None:
        return None
    until = memory.opened_at + timedelta(seconds=bank.calls.breaker_seconds)
    return until + timedelta(seconds=random.uniform(0, 2)) if until > at else None  # noqa: S311 -- spreads load, guards nothing

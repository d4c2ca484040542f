"""How often a client may call, a minute and a day, and what it called: counted in this process, told to the others.

Each process adds what it counted to the database once a second and reads there what all have counted. So a client may
exceed its limit by what the other processes took within that second, and by no more (docs/api.md).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import ClassVar, Final

from sakha.access.actions import add_client_use
from sakha.access.queries import client_use_counts
from sakha.access.rules import Client
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.refusal import Refusal

TOLD_EVERY: Final = 1.0
_MINUTE: Final = timedelta(minutes=1)


class LimitReached(Refusal):
    """The client has used up its minute or its day."""

    code: ClassVar[str] = "LIMIT_REACHED"
    sentence: ClassVar[str] = "سقف درخواست‌های این برنامه پر شده است. {seconds} ثانیهٔ دیگر دوباره بفرستید."

    def __init__(self, *, seconds: int, field: str = "") -> None:
        super().__init__(field=field, seconds=seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the minute, for the headers."""

    limit: int
    left: int
    seconds: int


@dataclass(slots=True)
class _Counted:
    """What all processes had counted of a client when it was last asked, and what this one counted since."""

    minute_at: datetime
    day_at: datetime
    in_minute: int
    in_day: int


@lru_cache(maxsize=4)
def _day_of(minute_at: datetime) -> datetime:
    return minute_at.astimezone(TEHRAN).replace(hour=0, minute=0)


class Meter:
    """Counts the requests of all clients in this process."""

    def __init__(self, told_every: float = TOLD_EVERY) -> None:
        self._told_every = told_every
        self._told = monotonic()
        self._waiting: Counter[tuple[int, datetime, str, str]] = Counter()
        self._counted: dict[int, _Counted] = {}
        self._lock = Lock()

    def take(self, client: Client, *, route: str, weight: int, at: datetime) -> Allowance:
        """Count a request, or refuse it. A batch weighs one for each hundred lines begun."""
        minute_at = at.replace(second=0, microsecond=0)
        day_at = _day_of(minute_at)
        with self._lock:
            if monotonic() - self._told >= self._told_every:
                self._tell()
            counted = self._counted.get(client.id)
            if counted is None or (counted.minute_at, counted.day_at) != (minute_at, day_at):
                self._tell()
                in_minute, in_day = client_use_counts(client_id=client.id, minute_at=minute_at, day_at=day_at)
                counted = self._counted[client.id] = _Counted(minute_at, day_at, in_minute, in_day)
            to_minute = max(1, round((minute_at + _MINUTE - at).total_seconds()))
            if counted.in_day + weight > client.day_limit:
                raise LimitReached(seconds=max(1, round((day_at + timedelta(days=1) - at).total_seconds())))
            if counted.in_minute + weight > client.minute_limit:
                raise LimitReached(seconds=to_minute)
            counted.in_minute += weight
            counted.in_day += weight
            self._waiting[client.id, minute_at, route, ""] += weight
        return Allowance(client.minute_limit, client.minute_limit - counted.in_minute, to_minute)

    def note(self, client_id: int, *, route: str, code: str, at: datetime) -> None:
        """Count a refusal, for the client's own page; it was counted as a request before."""
        with self._lock:
            self._waiting[client_id, at.replace(second=0, microsecond=0), route, code] += 1

    def tell(self) -> None:
        """Write now what waits; when the process ends, and in tests."""
        with self._lock:
            self._tell()

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, Counter()
        self._counted = {}
        self._told = monotonic()
        if waiting:
            add_client_use(counts=waiting)


METER: Final = Meter()

"""What anybody reads is made at most once in ten minutes by each process, by one at a time, and within seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Final, Generic, TypeVar

from django.db import OperationalError

KEPT_SECONDS: Final = 600
FAILED_SECONDS: Final = 30  # what could not be made is not tried again for so long
WAIT_SECONDS: Final = 10  # whoever comes while it is made waits so long for it, and no longer
Made = TypeVar("Made")


class NotReady(Exception):  # noqa: N818 -- no error: it is being made
    """It could not be made in time."""


@dataclass(slots=True)
class Kept(Generic[Made]):
    """One thing with its age. There are as many as there are published files: nobody can ask for more of them."""

    make: Callable[[], Made]
    clock: Callable[[], float] = monotonic
    _made: tuple[float, Made] | None = None
    _failed_at: float | None = None
    _lock: Lock = field(default_factory=Lock)

    def get(self) -> Made:
        """The thing, made anew when it is old. Raises: NotReady."""
        made = self._fresh()
        if made is not None:
            return made
        self._require_untried()
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise NotReady
        try:
            made = self._fresh()  # another may have made it meanwhile
            if made is None:
                self._require_untried()
                made = self.make()
                self._made = (self.clock(), made)
        except OperationalError:  # the database ended what took too long
            self._failed_at = self.clock()
            raise NotReady from None
        finally:
            self._lock.release()
        return made

    def forget(self) -> None:
        """Make it anew when it is next asked for."""
        self._made = self._failed_at = None

    def _require_untried(self) -> None:
        """Whoever comes soon after a failure waits for nothing and costs nothing. Raises: NotReady."""
        if self._failed_at is not None and self.clock() - self._failed_at < FAILED_SECONDS:
            raise NotReady

    def _fresh(self) -> Made | None:
        made = self._made
        return made[1] if made is not None and self.clock() - made[0] < KEPT_SECONDS else None

"""What a request chooses: the province that a page shows, and after which line a list goes on.

What may be seen is decided by the rooms.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils import timezone

from sakha.access.rules import Actor
from sakha.vocabulary.places import PROVINCES

_DIGITS_MAX: Final = 18  # of a bigint
_PILOT: Final = "30"  # a nation's officer without a choice sees the pilot first


def shown_province(actor: Actor, asked: str = "") -> str:
    """The two-digit code of the actor's own province; of the nation's officers the one asked for, or else the pilot."""
    return actor.province or (asked if asked in PROVINCES else _PILOT)


def write_moment_place(moment: datetime, number: int) -> str:
    """Name the last line of a list that is ordered by a moment and a number."""
    return f"{moment.timestamp():.6f}_{number}"


def read_moment_place(text: str) -> tuple[datetime, int] | None:
    """Read what `write_moment_place` wrote; None, the beginning, for anything else."""
    moment, _, number = text.partition("_")
    if len(number) > _DIGITS_MAX:
        return None
    try:
        return datetime.fromtimestamp(float(moment), tz=timezone.get_current_timezone()), int(number)
    except (ValueError, OverflowError, OSError):
        return None

"""When a phone may ring: never at night. Whether a gateway reaches phones at all is decided by the gateway."""

from datetime import datetime, time
from typing import Final

from sakha.vocabulary.jalali import TEHRAN

# Our own rule, not a regulator's: after breakfast, before the evening news, every day of the week.
RINGS_FROM: Final = time(9, 0)
RINGS_UNTIL: Final = time(20, 0)


def is_quiet(at: datetime) -> bool:
    """Whether it is too early or too late in Tehran to send anybody an SMS."""
    return not RINGS_FROM <= at.astimezone(TEHRAN).time() < RINGS_UNTIL

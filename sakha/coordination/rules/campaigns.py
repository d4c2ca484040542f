"""Where a campaign stands, when its waves go, and what came of asking somebody in person."""

from datetime import date, timedelta
from enum import StrEnum


class CampaignState(StrEnum):
    """Drawn in the docstring of the model Campaign."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"


class PersonalOutcome(StrEnum):
    """What came of asking somebody in person; empty while it is not known."""

    WILL_COME = "WILL_COME"
    NOT_FOUND = "NOT_FOUND"
    WANTS_NOT = "WANTS_NOT"


def wave_room(*, people_max: int, queued_count: int, wave_size: int | None) -> int:
    """How many the next wave may take: the wave's size, as far as the campaign's limit goes."""
    room = max(0, people_max - queued_count)
    return room if wave_size is None else min(room, wave_size)


def next_wave_on(*, on: date, wave_days: int, wave_size: int | None, room: int, queued_count: int) -> date | None:
    """The day of the wave after today's; none where all went at once, or this one was not full: nobody was left."""
    if wave_size is None or queued_count < wave_size or room <= queued_count:
        return None
    return on + timedelta(days=wave_days)

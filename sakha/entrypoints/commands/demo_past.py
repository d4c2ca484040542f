"""The demonstration's past: the province is opened and first helped in the last closed month, all else happens now.

What the public reads is of closed months and finished days, so a register that began this minute has nothing to show.
Decides the days, and which of them are counted; the simulated people, files and plans are the same on any day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sakha.entrypoints.commands.demo_aid import Plans
from sakha.vocabulary.jalali import TEHRAN, month_ends
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedPeriod

# Before the last day of the last closed month; the simulated registers are of 10 Aban 1405, and nothing precedes them.
_FILES_BEFORE: Final = timedelta(days=18)
_HELP_BEFORE: Final = timedelta(days=9)


def moment_of_files(at: datetime) -> datetime:
    """When the charities' files came in."""
    return _end_of_month(at) - _FILES_BEFORE


def moment_of_help(at: datetime) -> datetime:
    """When the charities carried out the closed month's plans."""
    return _end_of_month(at) - _HELP_BEFORE


def plans_of_this_month(plans: Plans) -> Plans:
    """What every second charity gives again already: monthly help that needs no days between two gifts."""
    due = {kind for kind, told in NEED_KINDS.items() if told.period is NeedPeriod.MONTHLY and told.rolling_days is None}
    return {charity: [gift for gift in plan if gift.kind in due] for charity, plan in sorted(plans.items())[::2]}


def days_that_changed(at: datetime) -> list[date]:
    """The past days at whose end the register stood otherwise than before, oldest first, and yesterday."""
    past = (moment_of_files(at), moment_of_help(at), _end_of_month(at), at - timedelta(days=1))
    return sorted({one.astimezone(TEHRAN).date() for one in past})


def _end_of_month(at: datetime) -> datetime:
    """The same time of day on the last day of the last closed month."""
    here = at.astimezone(TEHRAN)
    return datetime.combine(month_ends(here.date(), 1)[0], here.timetz())

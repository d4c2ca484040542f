"""Before and after: what stood on the eve of a province's opening beside what stands on a later day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.observatory.models import Opening
from sakha.observatory.queries.reading import find_reckoned, get_figures, require_place
from sakha.observatory.rules.daily import DayFigure, Place


@dataclass(frozen=True, slots=True)
class Change:
    """A figure on the eve and now."""

    before: DayFigure
    now: DayFigure

    @property
    def by(self) -> int | None:
        """How much more it is now; None where one of both could not be told."""
        if self.before.value is None or self.now.value is None:
            return None
        return self.now.value - self.before.value


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceOpening:
    """What changed in a place since its province was opened, by the figures' codes."""

    place: Place
    opened_on: date
    eve: date
    on: date
    changes: dict[str, Change]


def find_eve(*, actor: Actor, province: str) -> date | None:
    """Return the day before a province was opened; None where it was not, or of the nation."""
    with acting(actor):
        opened_on = Opening.objects.filter(province=province).values_list("opened_on", flat=True).first()
    return None if opened_on is None else opened_on - timedelta(days=1)


def find_since_opening(*, actor: Actor, place: Place, on: date) -> SinceOpening | None:
    """Compare a place on the eve of its opening with a day; None where it was not opened or not counted since.

    Raises: PermissionMissing, PlaceUnknown.
    """
    require_place(actor, place)
    eve = find_eve(actor=actor, province=place.province)
    reckoned = find_reckoned(actor=actor, place=place, on=on)
    if eve is None or reckoned is None or reckoned.on <= eve:
        return None
    before, now = (get_figures(actor=actor, place=place, on=day) for day in (eve, on))
    changes = {code: Change(before[code], now[code]) for code in now}
    return SinceOpening(place=place, opened_on=eve + timedelta(days=1), eve=eve, on=reckoned.on, changes=changes)

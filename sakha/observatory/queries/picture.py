"""Everything that the page of a place shows, in few questions: its figures and parts, its places, a year's course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.observatory.queries.daily import RATIOS
from sakha.observatory.queries.part_names import part_name
from sakha.observatory.queries.reading import (
    SUMMED,
    counted_on,
    get_series,
    lorenz_on,
    make_figures,
    make_lorenz,
    parts_on,
    place_asked,
    ratio,
)
from sakha.observatory.rules.daily import YEAR_DAYS, Breakdown, DayFigure, Lorenz, Part, PartFigures, Place, Reckoned
from sakha.vocabulary.jalali import month_ends

COURSE_MONTHS: Final = 12
# Of the course of a year at the head of the page; medians have none.
COURSE: Final = ("IDENTIFIED_HOUSEHOLDS", "COVERAGE_GAP", "DOUBLE_AID_REFUSED", "DELIVERED")
_ALL: Final = f"""{SUMMED}SELECT a.figure, a.breakdown, a.part, sum(a.value)::bigint
  FROM summed JOIN observatory_amount a ON a.reckoning_id = summed.id
 WHERE a.county = %(county)s AND a.breakdown <> 'BODY' GROUP BY 1, 2, 3"""  # noqa: S608 -- own words
# Of the places within: what the map and the table show.
WITHIN: Final = ("COVERAGE_GAP", "FILL", "NOT_HELPED_SHARE", "IDENTIFIED_HOUSEHOLDS", "UNCOVERED")

_Values = dict[tuple[str, str], dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePicture:
    """A place as of a day. `before` is the spread of help a year earlier, empty where nothing was counted then."""

    place: Place
    reckoned: Reckoned
    figures: Mapping[str, DayFigure]
    parts: Mapping[tuple[str, Breakdown], tuple[Part, ...]]
    within: tuple[PartFigures, ...]
    lorenz: Lorenz
    before: Lorenz
    course_days: tuple[date, ...]
    course: Mapping[str, tuple[int | None, ...]]

    def value(self, code: str) -> int:
        """The figure's value; zero where there is none."""
        return self.figures[code].value or 0


def find_place_picture(*, actor: Actor, place: Place, on: date) -> PlacePicture | None:
    """Read the page of a place as of a day; None where it was never counted.

    Raises: PermissionMissing, PlaceUnknown.
    """
    with acting(actor):
        asked = place_asked(actor, place) | {"on": on}
        reckoned = counted_on(asked["provinces"], on)
        if reckoned is None:
            return None
        days = (*reversed(month_ends(on, COURSE_MONTHS)), on)
        within = Breakdown.COUNTY if place.province else Breakdown.PROVINCE
        values = _values(asked)
        wholes = {figure: parts[""] for (figure, breakdown), parts in values.items() if not breakdown}
        return PlacePicture(
            place=place,
            reckoned=reckoned,
            figures=make_figures(wholes, _divided(values, Breakdown.DAYS)),
            parts=_parts(values),
            within=() if place.county else parts_on(actor, WITHIN, within, place, on),
            lorenz=make_lorenz(_divided(values, Breakdown.WORTH)),
            before=lorenz_on(actor, place, on - timedelta(days=YEAR_DAYS)),
            course_days=days,
            course=get_series(actor=actor, codes=COURSE, place=place, days=days),
        )


def _values(asked: Mapping[str, Any]) -> _Values:
    read: _Values = {}
    with connection.cursor() as cursor:
        cursor.execute(_ALL, dict(asked))
        for figure, breakdown, part, value in cursor.fetchall():
            read.setdefault((figure, breakdown), {})[part] = value
    return read


def _divided(values: _Values, by: Breakdown) -> dict[str, dict[str, int]]:
    return {figure: parts for (figure, breakdown), parts in values.items() if breakdown == by.value}


def _parts(values: _Values) -> dict[tuple[str, Breakdown], tuple[Part, ...]]:
    shown: dict[tuple[str, Breakdown], tuple[Part, ...]] = {}
    of_breakdown: dict[Breakdown, dict[str, dict[str, int]]] = {}
    for (figure, breakdown), parts in values.items():
        if breakdown:
            by = Breakdown(breakdown)
            shown[figure, by] = _named(by, parts)
            for part, value in parts.items():
                of_breakdown.setdefault(by, {}).setdefault(part, {})[figure] = value
    for by, amounts in of_breakdown.items():
        for one in RATIOS:
            shares = {part: ratio(one, values) for part, values in amounts.items()}
            shown[one.code, by] = _named(by, {part: share for part, share in shares.items() if share is not None})
    return shown


def _named(by: Breakdown, parts: Mapping[str, int]) -> tuple[Part, ...]:
    ordered = sorted(parts, key=lambda part: (len(part), part))
    return tuple(Part(part, part_name(by, part), parts[part]) for part in ordered)

"""Reads the figures of a day: of the nation, a province or a county, as of any day, from what was counted.

A day on which a province was not counted is as its newest counted day before; the nation is the sum of its provinces,
read as one where these very counts were added up, else added up now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

from django.db import connection

from sakha.access.queries import acting, organisation_names
from sakha.access.rules import Actor, Permission, Scope
from sakha.observatory.queries.daily import COUNTS, DAILY_FIGURES, MEDIANS, RATIOS
from sakha.observatory.queries.part_names import part_name
from sakha.observatory.rules.daily import (
    AnyFigure,
    Breakdown,
    DayFigure,
    Lorenz,
    MedianFigure,
    Part,
    PartFigures,
    Place,
    PlaceUnknown,
    RatioFigure,
    Reckoned,
    ratio_of,
)
from sakha.observatory.rules.spread import gini_of_curve, lorenz_of_histogram, median_of_histogram
from sakha.vocabulary.places import COUNTIES, PROVINCES

# Of each figure its amounts by part.
Histograms: TypeAlias = Mapping[str, Mapping[str, int]]

# The newest counted day of each province at or before the day; a province that was never counted has none.
NEWEST: Final = """WITH newest AS MATERIALIZED (
  SELECT r.id, r.province, r.on_day, r.until_at
    FROM unnest(%(provinces)s::text[]) AS asked (province)
   CROSS JOIN LATERAL (
         SELECT one.id, one.province, one.on_day, one.until_at FROM observatory_reckoning one
          WHERE one.province = asked.province AND one.on_day <= %(on)s ORDER BY one.on_day DESC LIMIT 1) r)
"""
# What is added up: the nation's one sum where it was made of these very counts, else each of them.
SUMMED: Final = f"""{NEWEST}, whole AS MATERIALIZED (
  SELECT r.id FROM observatory_reckoning r
   WHERE %(is_nation)s AND r.province = ''
     AND r.made_of = (SELECT array_agg(newest.id ORDER BY newest.id) FROM newest)
), summed AS MATERIALIZED (
  SELECT id FROM whole UNION ALL SELECT id FROM newest WHERE NOT EXISTS (SELECT FROM whole))
"""  # noqa: S608 -- own words
_WHOLES: Final = f"""{SUMMED}SELECT a.figure, sum(a.value)::bigint
  FROM summed JOIN observatory_amount a ON a.reckoning_id = summed.id
 WHERE a.county = %(county)s AND a.breakdown = '' AND a.figure = ANY(%(figures)s) GROUP BY a.figure"""  # noqa: S608 -- own words
_PARTS: Final = f"""{SUMMED}SELECT a.figure, a.part, sum(a.value)::bigint
  FROM summed JOIN observatory_amount a ON a.reckoning_id = summed.id
 WHERE a.county = %(county)s AND a.figure = ANY(%(figures)s) AND a.breakdown = %(by)s GROUP BY a.figure, a.part"""  # noqa: S608 -- own words
_PROVINCES: Final = f"""{NEWEST}SELECT a.figure, newest.province, a.value
  FROM newest JOIN observatory_amount a ON a.reckoning_id = newest.id
 WHERE a.county = '' AND a.breakdown = '' AND a.figure = ANY(%(figures)s)"""  # noqa: S608 -- own words
_COUNTIES: Final = f"""{NEWEST}SELECT a.figure, a.county, a.value
  FROM newest JOIN observatory_amount a ON a.reckoning_id = newest.id
 WHERE a.county <> '' AND a.breakdown = '' AND a.figure = ANY(%(figures)s)"""  # noqa: S608 -- own words
# Each day's amounts are looked up by their reckoning (OFFSET 0): read at once, they would be looked for in all days.
_SERIES: Final = """WITH newest AS MATERIALIZED (
  SELECT days.day, r.id
    FROM unnest(%(days)s::date[]) AS days (day) CROSS JOIN unnest(%(provinces)s::text[]) AS asked (province)
   CROSS JOIN LATERAL (
         SELECT one.id FROM observatory_reckoning one
          WHERE one.province = asked.province AND one.on_day <= days.day ORDER BY one.on_day DESC LIMIT 1) r
), whole AS MATERIALIZED (
  SELECT each.day, r.id
    FROM (SELECT day, array_agg(id ORDER BY id) AS ids FROM newest GROUP BY day) each
    JOIN observatory_reckoning r ON %(is_nation)s AND r.province = '' AND r.made_of = each.ids
), summed AS MATERIALIZED (
  SELECT day, id FROM whole
   UNION ALL SELECT day, id FROM newest WHERE NOT EXISTS (SELECT FROM whole WHERE whole.day = newest.day))
SELECT summed.day, a.figure, sum(a.value)::bigint
  FROM summed
  LEFT JOIN LATERAL (
       SELECT one.figure, one.value FROM observatory_amount one
        WHERE one.reckoning_id = summed.id AND one.county = %(county)s AND one.breakdown = ''
          AND one.figure = ANY(%(figures)s) OFFSET 0) a ON true
 GROUP BY summed.day, a.figure"""
_FIRST: Final = "SELECT min(on_day) FROM observatory_reckoning WHERE province = ANY(%(provinces)s)"
# The households at each step of help, and what they got.
_SPREAD: Final = ("HELP_SPREAD", "HELP_SPREAD_WORTH")
_HISTOGRAMS: Final = tuple(one.of for one in MEDIANS)


def get_figures(*, actor: Actor, place: Place, on: date) -> dict[str, DayFigure]:
    """Every figure of a place as of the end of a day; a count that nothing was counted for is zero.

    Raises: PermissionMissing, PlaceUnknown.
    """
    codes = [one.code for one in COUNTS]
    with acting(actor):
        wholes = dict(_rows(actor, _WHOLES, place, on, codes))
        days = _histograms(_rows(actor, _PARTS, place, on, _HISTOGRAMS, by=Breakdown.DAYS))
    return make_figures(wholes, days)


def get_breakdown(*, actor: Actor, code: str, by: Breakdown, place: Place, on: date) -> tuple[Part, ...]:
    """Return the parts of a figure of a place, the named ones in order of their keys; what is zero is left out.

    By PROVINCE it divides the nation and by COUNTY a province (ratios too). A ratio is made of the parts of its sums.

    Raises: PermissionMissing, PlaceUnknown, KeyError where there is no such figure.
    """
    rows = get_parts(actor=actor, codes=(code,), by=by, place=place, on=on)
    return tuple(Part(row.key, row.name, row.values[code]) for row in rows)


def get_parts(*, actor: Actor, codes: Sequence[str], by: Breakdown, place: Place, on: date) -> tuple[PartFigures, ...]:
    """Return the same of several figures in one read: each part with those of them that it has.

    Raises: PermissionMissing, PlaceUnknown, KeyError where there is no such figure.
    """
    with acting(actor):
        return parts_on(actor, codes, by, place, on)


def parts_on(actor: Actor, codes: Sequence[str], by: Breakdown, place: Place, on: date) -> tuple[PartFigures, ...]:
    """Return the parts as of a day, inside the actor's scope."""
    divided: dict[str, dict[str, int]] = {}
    statement = {Breakdown.PROVINCE: _PROVINCES, Breakdown.COUNTY: _COUNTIES}.get(by, _PARTS)
    for figure, part, value in _rows(actor, statement, place, on, _counts_of(codes), by=by):
        divided.setdefault(part, {})[figure] = value
    names = organisation_names(map(int, divided)) if by is Breakdown.BODY else {}
    rows = []
    for key in sorted(divided, key=lambda key: (len(key), key)):
        told = ((code, _of_part(DAILY_FIGURES[code], divided[key])) for code in codes)
        if values := {code: value for code, value in told if value is not None}:
            name = names.get(int(key), "") if by is Breakdown.BODY else part_name(by, key)
            rows.append(PartFigures(key, name, values))
    return tuple(rows)


def get_series(
    *, actor: Actor, codes: Sequence[str], place: Place, days: Sequence[date]
) -> dict[str, tuple[int | None, ...]]:
    """Return counts and ratios (not medians) of a place on each of these days; None before it was first counted.

    Raises: PermissionMissing, PlaceUnknown, KeyError where there is no such figure.
    """
    wanted = _counts_of(codes)
    counted: dict[date, dict[str, int]] = {}
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SERIES, place_asked(actor, place) | {"days": list(days), "figures": wanted})
        for day, figure, value in cursor.fetchall():
            counted.setdefault(day, {})[figure or ""] = value or 0

    return {code: tuple(_on(counted.get(day), code) for day in days) for code in codes}


def get_lorenz(*, actor: Actor, place: Place, on: date) -> Lorenz:
    """Return the curve of a year's help among the households of a place, and its Gini index, from the histogram.

    Raises: PermissionMissing, PlaceUnknown.
    """
    with acting(actor):
        return lorenz_on(actor, place, on)


def find_reckoned(*, actor: Actor, place: Place, on: date) -> Reckoned | None:
    """Return up to when a place was counted as of a day; None where none of it ever was.

    Raises: PermissionMissing, PlaceUnknown.
    """
    with acting(actor):
        return counted_on(provinces_of(actor, place), on)


def find_first_counted(*, actor: Actor, place: Place) -> date | None:
    """Return the first day on which any of a place was counted: what was counted once has figures ever after.

    Raises: PermissionMissing, PlaceUnknown.
    """
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_FIRST, {"provinces": provinces_of(actor, place)})
        first: date | None = cursor.fetchone()[0]
    return first


def counted_on(provinces: Sequence[str], on: date) -> Reckoned | None:
    """Return up to when all of these provinces that were ever counted are, inside the actor's scope."""
    with connection.cursor() as cursor:
        statement = f"{NEWEST}SELECT min(on_day), min(until_at), count(*) FROM newest"  # noqa: S608 -- own words
        cursor.execute(statement, {"provinces": list(provinces), "on": on})
        oldest_on, until_at, province_count = cursor.fetchone()
    return Reckoned(oldest_on, until_at, province_count) if province_count else None


def require_place(actor: Actor, place: Place) -> None:
    """Refuse a place that does not exist, or that is not of the actor's area."""
    actor.require(Permission.READ_PROVINCE)
    exists = not place.province or place.province in PROVINCES
    if place.county:
        exists = place.county in COUNTIES and COUNTIES[place.county].province_code == place.province
    is_theirs = {
        Scope.NATION: True,
        Scope.SYSTEM: True,
        Scope.PROVINCE: place.province == actor.province,
        Scope.COUNTY: place == Place(actor.province, actor.county),
    }.get(actor.scope, False)
    if not exists or not is_theirs:
        raise PlaceUnknown(field="place")


def provinces_of(actor: Actor, place: Place) -> list[str]:
    """Return the provinces of which a place is made. Raises: PermissionMissing, PlaceUnknown."""
    require_place(actor, place)
    return [place.province] if place.province else sorted(PROVINCES)


def place_asked(actor: Actor, place: Place) -> dict[str, Any]:
    """Return what every statement asks of a place. Raises: PermissionMissing, PlaceUnknown."""
    return {
        "provinces": provinces_of(actor, place),
        "county": place.county,
        "is_nation": not place.province,
    }


def _rows(
    actor: Actor, statement: str, place: Place, on: date, figures: Sequence[str], by: Breakdown | str = ""
) -> list[tuple[Any, ...]]:
    asked = place_asked(actor, place) | {"on": on, "figures": list(figures), "by": str(by)}
    if by == Breakdown.BODY:
        asked["is_nation"] = False  # bodies are not in the nation's sum
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        read: list[tuple[Any, ...]] = cursor.fetchall()
    return read


def _histograms(rows: Sequence[tuple[str, str, int]]) -> Histograms:
    read: dict[str, dict[str, int]] = {}
    for figure, part, value in rows:
        read.setdefault(figure, {})[part] = value
    return read


def make_figures(wholes: Mapping[str, int], days: Histograms) -> dict[str, DayFigure]:
    """Make every figure of the counts of one place and its histograms of days."""
    values: dict[str, int | None] = {one.code: wholes.get(one.code, 0) for one in COUNTS}
    values |= {one.code: ratio(one, wholes) for one in RATIOS}
    for median in MEDIANS:
        counted = days.get(median.of, {})
        values[median.code] = median_of_histogram([(int(waited), count) for waited, count in counted.items()])
    return {
        code: DayFigure(code=code, title=one.title, unit=one.unit, value=values[code])
        for code, one in DAILY_FIGURES.items()
    }


def lorenz_on(actor: Actor, place: Place, on: date) -> Lorenz:
    """Return the curve as of a day, inside the actor's scope."""
    return make_lorenz(_histograms(_rows(actor, _PARTS, place, on, _SPREAD, by=Breakdown.WORTH)))


def make_lorenz(steps: Histograms) -> Lorenz:
    """Make the curve of one place of its histograms of help."""
    counts, worths = (steps.get(code, {}) for code in _SPREAD)
    points = lorenz_of_histogram([(counts[step], worths.get(step, 0)) for step in sorted(counts, key=int)])
    return Lorenz(points, gini_of_curve(points))


def ratio(one: RatioFigure, values: Mapping[str, int]) -> int | None:
    """Make a ratio of the amounts of one place or part."""
    return ratio_of(values.get(one.over, 0), sum(values.get(code, 0) for code in one.under))


def _counts_of(codes: Sequence[str]) -> list[str]:
    """The counts of which these figures are made; medians are made of histograms."""
    wanted: set[str] = set()
    for code in codes:
        one = DAILY_FIGURES[code]
        if isinstance(one, MedianFigure):
            raise KeyError(code)
        wanted |= {one.over, *one.under} if isinstance(one, RatioFigure) else {code}
    return sorted(wanted)


def _of_part(one: AnyFigure, values: Mapping[str, int]) -> int | None:
    return ratio(one, values) if isinstance(one, RatioFigure) else values.get(one.code)


def _on(values: dict[str, int] | None, code: str) -> int | None:
    if values is None:
        return None
    one = DAILY_FIGURES[code]
    return ratio(one, values) if isinstance(one, RatioFigure) else values.get(code, 0)

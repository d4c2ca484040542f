"""Nation, province and county at a glance, for those who decide; and their figures as files."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.kashi.tile_grid import ramp_step
from sakha.entrypoints.reports.values import show_amount
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.place_screens import (
    define,
    file_address,
    say_finding,
    say_until,
    shares_within,
    show_cards,
    show_charts,
    show_funnel,
)
from sakha.entrypoints.staff_site.table_files import give_table
from sakha.entrypoints.staff_site.views.waiting import waiting_rows
from sakha.observatory.queries import (
    DAILY_FIGURES,
    PlacePicture,
    find_place_picture,
    find_reckoned,
    get_breakdown,
    get_figures,
    require_place,
)
from sakha.observatory.queries.openings import find_eve
from sakha.observatory.rules import Breakdown, FigureUnit, MedianFigure, Place
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.places import PROVINCES

_STEP_COUNT = 5
_LEFT_BEHIND_MAX = 6
_WAITING_MAX = 4


@page(Permission.READ_PROVINCE)
def own_province(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show the officer's own area: the nation, a province, or a county."""
    return _show(request, actor, at, Place(actor.province, actor.county))


@page(Permission.READ_PROVINCE)
def one_province(request: HttpRequest, *, actor: Actor, at: datetime, code: str) -> HttpResponse:
    """Show the province of this code, to those whose area holds it."""
    return _show(request, actor, at, Place(code))


@page(Permission.READ_PROVINCE)
def one_county(request: HttpRequest, *, actor: Actor, at: datetime, code: str, county: str) -> HttpResponse:
    """Show a county of the province, to those whose area holds it."""
    return _show(request, actor, at, Place(code, county))


@page(Permission.READ_PROVINCE)
def figure_file(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Give the figures of a place, or the parts of one, as CSV."""
    place = Place(request.GET.get("province", ""), request.GET.get("county", ""))
    asked, code = _asked_day(request, at), request.GET.get("code", "")
    counted = find_reckoned(actor=actor, place=place, on=asked)
    if counted is None:
        raise Http404
    # what is told is of the day that was counted, whatever later day is asked for
    on = counted.on
    if not code:
        rows = [
            [one.code, one.title, one.unit.value, "" if one.value is None else one.value, on.isoformat()]
            for one in get_figures(actor=actor, place=place, on=on).values()
        ]
        return give_table("figures", ["figure", "title", "unit", "value", "on"], rows)
    by = next((one for one in Breakdown if one.value == request.GET.get("by")), None)
    if by is None or code not in DAILY_FIGURES or isinstance(DAILY_FIGURES[code], MedianFigure):
        raise Http404
    parts = get_breakdown(actor=actor, code=code, by=by, place=place, on=on)
    unit = DAILY_FIGURES[code].unit.value
    rows = [[code, by.value, part.key, part.name, unit, part.value, on.isoformat()] for part in parts]
    return give_table("figures", ["figure", "by", "part", "name", "unit", "value", "on"], rows)


def _asked_day(request: HttpRequest, at: datetime) -> date:
    today = at.astimezone(TEHRAN).date()
    with suppress(ValueError):
        return min(today, date.fromisoformat(request.GET.get("on", "")))
    return today


def _show(request: HttpRequest, actor: Actor, at: datetime, place: Place) -> HttpResponse:
    require_place(actor, place)
    on = _asked_day(request, at)
    picture = find_place_picture(actor=actor, place=place, on=on)
    context: dict[str, object] = {
        "place": place,
        "kind": "شهرستان" if place.county else "استان" if place.province else "",
        "above": _above(actor, place),
        "waiting": waiting_rows(actor=actor, at=at)[:_WAITING_MAX],
        "provinces": () if place.province else tuple(PROVINCES.values()),
        "picture": picture,
    }
    if picture is not None:
        context |= _told(picture)
        # who oversees more than a county would be led from its page to the whole province's comparison
        is_own_page = bool(place.province) and place.county == actor.county
        eve = find_eve(actor=actor, province=place.province) if is_own_page else None
        context["has_opening"] = eve is not None and eve < picture.reckoned.on
    return render(request, "staff_site/place.html", context)


def _above(actor: Actor, place: Place) -> tuple[tuple[str, str], ...]:
    """Return the places above that the actor may see: of each its name and its province's code."""
    above = [("ایران", "")] if place.province and not actor.province else []
    if place.county and not actor.county:
        above.append((PROVINCES[place.province].name, place.province))
    return tuple(above)


def _told(picture: PlacePicture) -> dict[str, object]:
    shares, on = shares_within(picture), picture.reckoned.on
    bounds = step_bounds(list(shares.values()))
    by = Breakdown.COUNTY if picture.place.province else Breakdown.PROVINCE
    within = _within(picture, shares, bounds)
    return {
        "finding": say_finding(picture),
        "until": say_until(picture),
        "cards": show_cards(picture),
        "shares": shares,
        "bounds": bounds,
        "legend": _legend(bounds),
        "within": within,
        "left_behind": [one for one in within if one["share"]][:_LEFT_BEHIND_MAX],
        "gap": define("COVERAGE_GAP"),
        "gap_file": file_address(picture.place, on, "COVERAGE_GAP", by),
        "spread": (define("HELP_SPREAD"), define("HELP_SPREAD_WORTH")),
        "spread_file": file_address(picture.place, on, "HELP_SPREAD_WORTH", Breakdown.WORTH),
        "all_file": file_address(picture.place, on),
        "funnel": show_funnel(picture),
        "charts": show_charts(picture),
        "carrying": _lines(picture, ("CHARITIES", "CHARITY_SHARE", "CHARITY_LOAD", "FILL", "NOT_HELPED_SHARE")),
        "answered": _lines(
            picture,
            ("APPEALS_OPENED", "APPEALS_IN_TIME", "APPEALS_UPHELD", "GRIEVANCES_OVERDUE", "GRIEVANCES_MEDIAN_DAYS"),
        ),
        "days": picture.course_days[:-1][::-1],
    }


def _within(
    picture: PlacePicture, shares: Mapping[str, float], bounds: tuple[float, float, float, float]
) -> list[dict[str, Any]]:
    """Return the places within as rows of map and table, who is left behind most on top."""
    ordered = sorted(picture.within, key=lambda one: -one.values.get("COVERAGE_GAP", 0))
    return [
        {
            "key": one.key,
            "name": one.name,
            "share": shares.get(one.key, 0),
            "step": ramp_step(shares.get(one.key, 0), bounds),
            "household_count": one.values.get("IDENTIFIED_HOUSEHOLDS", 0),
            "uncovered_count": one.values.get("UNCOVERED", 0),
            "gap": show_amount(one.values.get("COVERAGE_GAP"), FigureUnit.PERCENT),
            "fill": show_amount(one.values.get("FILL"), FigureUnit.PERCENT),
            "not_helped": show_amount(one.values.get("NOT_HELPED_SHARE"), FigureUnit.PERCENT),
        }
        for one in ordered
    ]


def _lines(picture: PlacePicture, codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    figures = [picture.figures[code] for code in codes]
    return tuple(
        (one.title, show_amount(one.value, one.unit) + ("" if one.unit is FigureUnit.PERCENT else f" {one.unit.value}"))
        for one in figures
        if one.value is not None
    )


def step_bounds(shares: list[float]) -> tuple[float, float, float, float]:
    """Return the four bounds of five equal steps, in whole percents, between the least and the largest share."""
    low = int(min(shares, default=0) * 100)
    high = max(int(max(shares, default=0) * 100) + 1, low + _STEP_COUNT)
    first, second, third, fourth = (round(low + (high - low) * step / _STEP_COUNT) / 100 for step in (1, 2, 3, 4))
    return first, second, third, fourth


def _legend(bounds: tuple[float, float, float, float]) -> tuple[str, ...]:
    shown = [persian_digits(round(bound * 100)) for bound in bounds]
    middle = [f"{low} تا {high}" for low, high in pairwise(shown)]
    return (f"زیر {shown[0]}٪", *middle, f"{shown[-1]}٪ به بالا")

"""The province at a glance, for those who decide."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.choosing import shown_province
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.screens import CountyRow, FigureScreen, ProvinceScreen, ToDoRow
from sakha.observatory.queries import get_province_picture
from sakha.observatory.rules import CountyShare, Figure, ProvincePicture, WaitingDecision
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.jalali import jalali_month, month_name
from sakha.vocabulary.places import PROVINCES

_STEP_COUNT = 5
_LEFT_BEHIND_MAX = 6
_KINDS = {"UNCOVERED": "stop", "DOUBLE_AID_REFUSED": "wait"}
_SIGNS = (("circle-alert", "stop"), ("message-circle-off", "wait"), ("clock-alert", "wait"), ("badge-check", ""))


@page(Permission.READ_PROVINCE)
def own_province(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show the officer's own province."""
    return _show(request, actor, at, shown_province(actor))


@page(Permission.READ_PROVINCE)
def one_province(request: HttpRequest, *, actor: Actor, at: datetime, code: str) -> HttpResponse:
    """Show the province of this code, to those whose area holds it."""
    return _show(request, actor, at, code)


def _show(request: HttpRequest, actor: Actor, at: datetime, province: str) -> HttpResponse:
    picture = get_province_picture(actor=actor, province=province, at=at)
    screen = show_picture(picture, at=at)
    context = {
        "screen": screen,
        "funnel": tuple(_show_figure(figure) for figure in picture.funnel),
        "shares": _own_share(picture),
        # a county's officer sees the county's rows alone: the page says so, lest a part be taken for the whole
        "is_part": bool(actor.county),
        "others": () if actor.province else tuple(PROVINCES.values()),
    }
    return render(request, "staff_site/province.html", context)


def _own_share(picture: ProvincePicture) -> dict[str, float]:
    known = sum(county.household_count for county in picture.counties)
    uncovered = sum(county.uncovered_count for county in picture.counties)
    return {picture.province: uncovered / (known + uncovered)} if known + uncovered else {}


def show_picture(picture: ProvincePicture, *, at: datetime) -> ProvinceScreen:
    """Put the picture of a province into words and steps of colour."""
    bounds = step_bounds([county.uncovered_share for county in picture.counties])
    counties = tuple(_show_county(county, bounds) for county in picture.counties)
    return ProvinceScreen(
        code=picture.province,
        name=picture.province_name,
        month=month_name(jalali_month(timezone.localtime(at).date())),
        figures=tuple(_show_figure(figure) for figure in picture.figures),
        counties=counties,
        left_behind=tuple(sorted(counties, key=lambda row: -row.share)[:_LEFT_BEHIND_MAX]),
        lorenz=picture.lorenz,
        gini=picture.gini,
        waiting=tuple(_show_waiting(one, place) for place, one in enumerate(picture.waiting)),
        bounds=bounds,
        legend=_legend(bounds),
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


def _show_figure(figure: Figure) -> FigureScreen:
    return FigureScreen(
        title=figure.title,
        value=group_thousands(figure.value),
        unit=figure.unit,
        sentence=figure.sentence,
        kind=_KINDS.get(figure.code, ""),
        trend=figure.trend,
    )


def _show_county(county: CountyShare, bounds: tuple[float, float, float, float]) -> CountyRow:
    return CountyRow(
        name=county.name,
        household_count=county.household_count,
        uncovered_count=county.uncovered_count,
        share=county.uncovered_share,
        step=1 + sum(county.uncovered_share >= bound for bound in bounds),
    )


def _show_waiting(one: WaitingDecision, place: int) -> ToDoRow:
    sign, kind = _SIGNS[place % len(_SIGNS)]
    return ToDoRow(
        title=f"{group_thousands(one.count)} {one.title}",
        detail=one.detail,
        sign=sign,
        kind=kind,
        # what has no page of its own yet is told, not linked to where one already is
        address="" if one.url_name == "province" else reverse(one.url_name),
    )

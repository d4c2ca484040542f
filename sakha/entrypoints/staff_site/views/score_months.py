"""The score table month by month: by which documents, deciles by county, and who moved since the month before."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.choosing import shown_province
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.policy_forms import MonthFilter
from sakha.entrypoints.staff_site.wording import show_place
from sakha.scoring.queries.month_moves import CountyMoves, Mover, get_month_picture
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import month_name
from sakha.vocabulary.places import COUNTIES, PROVINCES

_NO_PLACE = "جا گفته نمی‌شود"
_SHA_SHOWN = 12
_MONTH_DIGITS = 6


class CountyLine(NamedTuple):
    """A county in words."""

    name: str
    by_decile: tuple[int, ...]
    poorer_count: int
    better_count: int
    household_count: int


class MoverLine(NamedTuple):
    """A household that moved, in words."""

    household_id: int
    code: str
    place: str
    note: str
    kind: str


class StepLine(NamedTuple):
    """How many moved so far."""

    name: str
    household_count: int


@page(Permission.DECIDE_POLICY)
def score_months(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show the month asked for beside the one before; whoever is listed is logged."""
    province = shown_province(actor, request.GET.get("province", ""))
    asked = request.GET.get("month", "")
    month = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _MONTH_DIGITS else 0
    picture = get_month_picture(actor=actor, at=at, province=province, month=month)
    context: dict[str, object] = {"picture": picture, "province": PROVINCES[province].name}
    if picture is not None:
        chosen = {"month": str(picture.month), "province": province}
        context |= {
            "form": MonthFilter(chosen, months=picture.months, is_nation=not actor.province),
            "month": month_name(picture.month),
            "before": month_name(picture.before) if picture.before else "",
            "rules": [
                (
                    f"{one.name} {one.version}",
                    one.model_sha[:_SHA_SHOWN],
                    one.policy_sha[:_SHA_SHOWN],
                    one.household_count,
                )
                for one in picture.rules
            ],
            "counties": [_show_county(one) for one in picture.counties],
            "steps": [StepLine(_step_name(step), count) for step, count in picture.by_steps],
            "movers": [_show_mover(one, province) for one in picture.movers],
            "deciles": range(1, 11),
        }
    return render(request, "staff_site/score_months.html", context)


def _show_county(one: CountyMoves) -> CountyLine:
    name = COUNTIES[one.county].name if one.county in COUNTIES else _NO_PLACE
    return CountyLine(name, one.by_decile, one.poorer_count, one.better_count, one.household_count)


def _step_name(step: int) -> str:
    if step == 0:
        return "همان دهک"
    return f"{persian_digits(abs(step))} دهک {'بالاتر' if step > 0 else 'پایین‌تر'}"


def _show_mover(one: Mover, province: str) -> MoverLine:
    note = f"از دهک {persian_digits(one.decile_before)} به {persian_digits(one.decile)}"
    if one.is_by_other_rules:
        note += " · سند یا سیاست هم دیگر شده است"
    return MoverLine(
        household_id=one.household_id,
        code=one.code,
        place=_NO_PLACE if one.is_protected else show_place(province, one.county),
        note=note,
        kind="wait" if one.decile < one.decile_before else "brand",
    )

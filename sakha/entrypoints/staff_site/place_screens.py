"""Puts the figures of a place into words, bars and tables, for the officials' pages of nation, province and county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from sakha.entrypoints.reports.values import show_amount
from sakha.entrypoints.staff_site.screens import FigureScreen
from sakha.observatory.queries import DAILY_FIGURES, FUNNEL, PlacePicture
from sakha.observatory.rules import Breakdown, FigureUnit, Part, Place
from sakha.observatory.rules.daily import UNKNOWN
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.jalali import TEHRAN, show_date, show_moment

_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a figure means, in words, and who answers for it."""

    title: str
    meaning: str
    unit: str
    owner: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart: its name, how long its bar is (0 to 1), what is written beside it."""

    name: str
    share: float
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars with their table, their definitions and their files."""

    title: str
    finding: str
    bars: tuple[Bar, ...]
    heading: str
    definitions: tuple[Definition, ...]
    files: tuple[tuple[str, str], ...]
    kind: str = ""


def define(code: str) -> Definition:
    """Say what a figure means."""
    one = DAILY_FIGURES[code]
    return Definition(title=one.title, meaning=one.meaning, unit=one.unit.value, owner=one.owner.value)


def file_address(place: Place, on: date, code: str = "", by: Breakdown | None = None) -> str:
    """Return the address of a figure's file."""
    asked = {"province": place.province, "county": place.county, "on": on.isoformat(), "code": code, "by": by or ""}
    return f"{reverse('figure_file')}?{urlencode({name: told for name, told in asked.items() if told})}"


def show_cards(picture: PlacePicture) -> tuple[FigureScreen, ...]:
    """Return the four figures at the head of the page, each with a sentence made of its neighbours."""
    said = picture.value

    def counted(code: str) -> str:
        return show_amount(said(code), DAILY_FIGURES[code].unit)

    def card(code: str, sentence: str, kind: str = "") -> FigureScreen:
        one = picture.figures[code]
        unit = "" if one.unit is FigureUnit.PERCENT else one.unit.value
        trend = tuple(value for value in picture.course.get(code, ()) if value is not None)
        value = show_amount(one.value, one.unit)
        return FigureScreen(title=one.title, value=value, unit=unit, sentence=sentence, kind=kind, trend=trend)

    waited = picture.figures["WAITING_DAYS"].value
    after = f"تا {persian_digits(waited)} روز پس از" if waited else "در همان روز"
    waiting = "" if waited is None else f"؛ نیمی {after} ثبت نخستین کمک را گرفتند"
    return (
        card("IDENTIFIED_HOUSEHOLDS", f"{counted('IDENTIFIED_PEOPLE')} نفر{_since_a_month(picture)}"),
        card("COVERAGE_GAP", f"{counted('UNCOVERED')} خانوار که هیچ نهادی نمی‌پوشاند", "stop"),
        card("DOUBLE_AID_REFUSED", f"{counted('DOUBLE_AID_WORTH')} جای دیگری خرج شد", "wait"),
        card("DELIVERED", f"{counted('DELIVERED_WORTH')} به {counted('HELPED_HOUSEHOLDS')} خانوار{waiting}"),
    )


def _since_a_month(picture: PlacePicture) -> str:
    *_, before, now = picture.course["IDENTIFIED_HOUSEHOLDS"]
    if before is None or now is None or before == now:
        return ""
    word = "بیش از" if now > before else "کمتر از"
    return f"؛ {group_thousands(abs(now - before))} خانوار {word} پایان ماه گذشته"


def say_until(picture: PlacePicture) -> str:
    """Say up to when the place was counted: the end of a day, or a moment of a day that was not over."""
    counted = picture.reckoned
    is_over = counted.until_at.astimezone(TEHRAN).date() > counted.on
    return f"پایان {show_date(counted.on)}" if is_over else show_moment(counted.until_at)


def say_finding(picture: PlacePicture) -> str:
    """Say in one or two sentences what the figures of the place come to."""
    gap, fill = picture.figures["COVERAGE_GAP"].value, picture.figures["FILL"].value
    sentences = []
    if gap is not None:
        sentences.append(
            f"از هر صد خانوار نیازمند، {persian_digits(gap) if gap else 'کمتر از یک'} خانوار را هیچ نهادی نمی‌پوشاند"
            if picture.value("UNCOVERED")
            else "هیچ خانوار بی‌پوششی چشم‌به‌راه نیست"
        )
    if fill is not None:
        sentences.append(f"{persian_digits(fill)}٪ ارزش نیازهای یک سال برآورده شده است")
    ranked = [one for one in picture.within if one.values.get("COVERAGE_GAP")]
    if len(ranked) > 1:
        worst = max(ranked, key=lambda one: one.values["COVERAGE_GAP"])
        sentences.append(f"بیش از همه {worst.name} جا مانده است ({persian_digits(worst.values['COVERAGE_GAP'])}٪)")
    return "؛ ".join(sentences) + "." if sentences else "هنوز چیزی برای گفتن شمرده نشده است."


def show_charts(picture: PlacePicture) -> tuple[Chart, ...]:
    """Return the charts of bars that have something to show."""
    sex_first = (Breakdown.SEX, Breakdown.SETTLEMENT, Breakdown.DISABILITY)
    charts = (
        _chart(picture, "COVERAGE_GAP", (Breakdown.DECILE,), "شکاف پوشش در هر دهک", "دهک", "stop"),
        _chart(picture, "FILL", (Breakdown.KIND,), "هر نیاز چه اندازه پاسخ گرفته است؟", "نوع نیاز"),
        _chart(picture, "NOT_HELPED_SHARE", sex_first, "چه کسانی بیشتر بی‌کمک مانده‌اند؟", "گروه", "stop"),
        _chart(picture, "DELIVERED_WORTH", (Breakdown.GIVER,), "کمک‌ها را چه کسانی رساندند؟", "نهاد"),
        _chart(picture, "DELIVERED_WORTH", (Breakdown.KIND,), "کمک‌ها از چه نوعی بودند؟", "نوع کمک"),
        _chart(picture, "NEEDS_OPEN", (Breakdown.KIND,), "نیازهای باز", "نوع نیاز", "wait"),
        _chart(picture, "NEEDS_MISSED", (Breakdown.KIND,), "نیازهای ازدست‌رفته", "نوع نیاز", "stop"),
        _chart(picture, "DOUBLE_AID_REFUSED", (Breakdown.KIND,), "کمک تکراری کجا پیش آمد؟", "نوع کمک", "wait"),
        _chart(picture, "APPEALS_OPENED", (Breakdown.FACT,), "اعتراض‌ها دربارهٔ چیست؟", "داده"),
        _chart(picture, "GRIEVANCES_BROUGHT", (Breakdown.MATTER,), "مردم چه گفتند؟", "موضوع"),
    )
    return tuple(one for one in charts if one.bars)


def _chart(
    picture: PlacePicture, code: str, by: Sequence[Breakdown], title: str, heading: str, kind: str = ""
) -> Chart:
    one = DAILY_FIGURES[code]
    parts = [part for breakdown in by for part in picture.parts.get((code, breakdown), ())]
    most = _PERCENT if one.unit is FigureUnit.PERCENT else max((part.value for part in parts), default=0)
    on = picture.reckoned.on
    return Chart(
        title=title,
        finding=_finding(parts, one.unit),
        bars=tuple(
            Bar(part.name, part.value / most if most else 0, show_amount(part.value, one.unit)) for part in parts
        ),
        heading=heading,
        definitions=(define(code),),
        files=tuple(
            (_FILE_NAMES.get(breakdown, heading), file_address(picture.place, on, code, breakdown)) for breakdown in by
        ),
        kind=kind,
    )


_FILE_NAMES: Final = {
    Breakdown.SEX: "جنسیت سرپرست",
    Breakdown.SETTLEMENT: "شهر و روستا",
    Breakdown.DISABILITY: "معلولیت",
}


def _finding(parts: Sequence[Part], unit: FigureUnit) -> str:
    known = [part for part in parts if part.key != UNKNOWN] or parts
    if not known:
        return ""
    most = max(known, key=lambda part: part.value)
    return f"بیش از همه: {most.name}، {show_amount(most.value, unit)}"


def show_funnel(picture: PlacePicture) -> Chart:
    """Return the way from being found to being helped, each step beside all who were found."""
    found, helped = picture.value("FOUND"), picture.value("INTRODUCED_AND_HELPED")
    bars = tuple(
        Bar(picture.figures[code].title, min(1.0, picture.value(code) / found), group_thousands(picture.value(code)))
        for code in FUNNEL
        if found
    )
    share = round(_PERCENT * helped / found) if found else 0
    return Chart(
        title="از یافتن تا کمک",
        finding=f"از هر صد خانوار یافته‌شده، {persian_digits(share)} خانوار به کمک رسید",
        bars=bars,
        heading="گام",
        definitions=tuple(define(code) for code in FUNNEL),
        files=(("همهٔ آمارها", file_address(picture.place, picture.reckoned.on)),),
    )


def shares_within(picture: PlacePicture) -> Mapping[str, float]:
    """Return the coverage gap (0 to 1) of each place within, where there is one."""
    gaps = {one.key: one.values.get("COVERAGE_GAP") for one in picture.within}
    return {key: gap / _PERCENT for key, gap in gaps.items() if gap is not None}

"""Writes the content of reports out of the figures of days, so that a past day's report is always the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from sakha.access.rules import Actor
from sakha.observatory.queries.daily import DAILY_FIGURES
from sakha.observatory.queries.daily_people import FUNNEL
from sakha.observatory.queries.openings import find_eve
from sakha.observatory.queries.reading import (
    find_first_counted,
    find_reckoned,
    get_figures,
    get_lorenz,
    get_parts,
    get_series,
)
from sakha.observatory.rules.daily import Breakdown, DayFigure, Place
from sakha.observatory.rules.reports import Course, Measure, NothingCounted, Report, ReportKind, ReportTable, Value
from sakha.observatory.rules.shapes import FigureUnit
from sakha.observatory.rules.spread import lower_half_share
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.jalali import jalali_month, month_bounds, month_ends, month_name, show_date
from sakha.vocabulary.money import show_toman_rounded

COURSE_MONTHS: Final = 12
AT_A_GLANCE: Final = (
    "IDENTIFIED_PEOPLE", "IDENTIFIED_HOUSEHOLDS", "UNCOVERED", "COVERAGE_GAP", "NOT_HELPED_SHARE", "NEEDS_OPEN",
    "NEEDS_MET", "FILL", "DELIVERED", "DELIVERED_WORTH", "HELPED_HOUSEHOLDS", "WAITING_DAYS", "DOUBLE_AID_REFUSED",
    "DOUBLE_AID_WORTH", "DOUBLE_AID_FOUND", "CHARITIES", "CHARITY_SHARE", "CHARITY_LOAD", "APPEALS_OPENED",
    "APPEALS_IN_TIME", "GRIEVANCES_BROUGHT", "GRIEVANCES_OVERDUE", "GRIEVANCES_MEDIAN_DAYS",
)  # fmt: skip
_PLACES: Final = ("IDENTIFIED_HOUSEHOLDS", "UNCOVERED", "COVERAGE_GAP", "NEEDS_MET", "DELIVERED_WORTH")
_COURSES: Final = ("IDENTIFIED_HOUSEHOLDS", "UNCOVERED", "DELIVERED", "DOUBLE_AID_REFUSED")
_DIVIDED: Final = (
    ("نیازها به نوع", "نیازهای گشوده، باز و برآورده از آغاز تا پایان این روز.", Breakdown.KIND,
     ("NEEDS_OPENED", "NEEDS_OPEN", "NEEDS_MET")),
    ("چه کسی کمک کرد", "کمک‌های رسیده از آغاز تا پایان این روز.", Breakdown.GIVER, ("DELIVERED", "DELIVERED_WORTH")),
    ("به جنسیت سرپرست", "خانوارهای شناسایی‌شده، و آن‌ها که در یک سال هیچ کمکی نگرفتند.", Breakdown.SEX,
     ("IDENTIFIED_HOUSEHOLDS", "NOT_HELPED", "NOT_HELPED_SHARE")),
    ("شهر و روستا", "خانوارهای شناسایی‌شده، و آن‌ها که در یک سال هیچ کمکی نگرفتند.", Breakdown.SETTLEMENT,
     ("IDENTIFIED_HOUSEHOLDS", "NOT_HELPED", "NOT_HELPED_SHARE")),
    ("معلولیت", "خانوارهای شناسایی‌شده، و آن‌ها که در یک سال هیچ کمکی نگرفتند.", Breakdown.DISABILITY,
     ("IDENTIFIED_HOUSEHOLDS", "NOT_HELPED", "NOT_HELPED_SHARE")),
    ("به دهک", "دهک رسمی اگر جست‌وجو یافته باشد، وگرنه برآورد سخا.", Breakdown.DECILE,
     ("IDENTIFIED_HOUSEHOLDS", "UNCOVERED", "COVERAGE_GAP")),
    ("اعتراض‌ها به موضوع", "از آغاز تا پایان این روز.", Breakdown.FACT,
     ("APPEALS_OPENED", "APPEALS_JUDGED", "APPEALS_ACCEPTED")),
    ("آنچه مردم گفتند", "از آغاز تا پایان این روز.", Breakdown.MATTER, ("GRIEVANCES_BROUGHT", "GRIEVANCES_OVERDUE")),
)  # fmt: skip


def get_report(*, actor: Actor, kind: ReportKind, place: Place, on: date) -> Report:
    """Write the report of a place as of the end of a day.

    Raises: PermissionMissing, PlaceUnknown, NothingCounted.
    """
    reckoned = find_reckoned(actor=actor, place=place, on=on)
    first = find_first_counted(actor=actor, place=place)
    if reckoned is None or first is None:
        raise NothingCounted(field="on")
    before, beside = _beside(actor, kind, place, on, first)
    now = get_figures(actor=actor, place=place, on=on)
    then = get_figures(actor=actor, place=place, on=before) if first <= before else {}
    lorenz = get_lorenz(actor=actor, place=place, on=on)
    glance = _glance(beside, now, then, before, on)
    tables = (glance, _funnel(now), *_places(actor, place, on), *_divided(actor, place, on))
    shown = {*AT_A_GLANCE, *FUNNEL} | {code for _, _, _, codes in _DIVIDED for code in codes}
    named = f"استان {place.name}" if place.province and not place.county else place.name
    return Report(
        kind=kind,
        title="گزارش سخا به شورا" if kind is ReportKind.COUNCIL else f"گزارش {month_name(jalali_month(on))}",
        place=f"شهرستان {place.name}" if place.county else named,
        on=on,
        counted_until=reckoned.until_at,
        lead=f"آنچه تا پایان {show_date(on)} شناخته، داده و جا مانده است.",
        findings=_findings(now, then, lorenz.points),
        tables=tuple(table for table in tables if table.rows),
        courses=_courses(actor, place, on),
        curve=lorenz.points,
        gini=lorenz.gini,
        definitions=tuple((one.title, one.meaning) for code, one in DAILY_FIGURES.items() if code in shown),
    )


def _measure(figure: DayFigure) -> Measure:
    return Measure(figure.value, figure.unit)


def _beside(actor: Actor, kind: ReportKind, place: Place, on: date, first: date) -> tuple[date, str]:
    """The day beside which the report is written, and its name: of the council's the eve of the opening."""
    (month,) = month_ends(on, 1)
    if kind is ReportKind.MONTHLY:
        return month, "ماه پیش"
    eve = find_eve(actor=actor, province=place.province)
    if eve is not None and eve < on:
        return eve, "پیش از گشایش"
    return min(month, month_bounds(jalali_month(first))[1]), "آغاز"


def _glance(
    beside: str, now: Mapping[str, DayFigure], then: Mapping[str, DayFigure], before: date, on: date
) -> ReportTable:
    rows = []
    for code in AT_A_GLANCE:
        one, past = now[code], then.get(code)
        change = one.value - past.value if past and None not in {one.value, past.value} else None  # type: ignore[operator]
        rows.append(
            (one.title, Measure(past.value if past else None, one.unit), _measure(one), Measure(change, one.unit))
        )
    note = f"پایان {show_date(on)}، کنار پایان {show_date(before)}."
    return ReportTable("در یک نگاه", note, ("", beside, "اکنون", "تفاوت"), tuple(rows))


def _funnel(now: Mapping[str, DayFigure]) -> ReportTable:
    rows = tuple((now[code].title, _measure(now[code])) for code in FUNNEL)
    return ReportTable("از یافتن تا کمک", "هر پله جداگانه شمرده شده است.", ("", "شمار"), rows)


def _places(actor: Actor, place: Place, on: date) -> tuple[ReportTable, ...]:
    if place.county:
        return ()
    by = Breakdown.COUNTY if place.province else Breakdown.PROVINCE
    title, head = ("شهرستان‌ها", "شهرستان") if place.province else ("استان‌ها", "استان")
    names, rows = _rows(actor, place, on, by, _PLACES)
    return (ReportTable(title, "آنچه در هر جا شناخته و داده شد.", (head, *names), rows),)


def _divided(actor: Actor, place: Place, on: date) -> tuple[ReportTable, ...]:
    tables = []
    for title, note, by, codes in _DIVIDED:
        names, rows = _rows(actor, place, on, by, codes)
        tables.append(ReportTable(title, note, ("", *names), rows))
    return tuple(tables)


def _rows(
    actor: Actor, place: Place, on: date, by: Breakdown, codes: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]:
    """The titles of the columns, and a row for each part that any of them has."""
    figures = [DAILY_FIGURES[code] for code in codes]
    empty = {one.code: None if one.unit is FigureUnit.PERCENT else 0 for one in figures}
    rows: list[tuple[Value, ...]] = []
    for part in get_parts(actor=actor, codes=codes, by=by, place=place, on=on):
        numbers = (Measure(part.values.get(one.code, empty[one.code]), one.unit) for one in figures)
        rows.append((part.name, *numbers))
    return tuple(one.title for one in figures), tuple(rows)


def _courses(actor: Actor, place: Place, on: date) -> tuple[Course, ...]:
    days = (*reversed(month_ends(on, COURSE_MONTHS - 1)), on)
    series = get_series(actor=actor, codes=_COURSES, place=place, days=days)
    months = tuple(month_name(jalali_month(one) % 100) for one in days)
    return tuple(
        Course(DAILY_FIGURES[code].title, DAILY_FIGURES[code].unit, months, series[code])
        for code in _COURSES
        if any(value for value in series[code])
    )


def _findings(
    now: Mapping[str, DayFigure], then: Mapping[str, DayFigure], curve: tuple[tuple[float, float], ...]
) -> tuple[str, ...]:
    """What the numbers say, in sentences; each sentence only where it is true."""
    told = {code: one.value or 0 for code, one in now.items()}
    known, people = (group_thousands(told[code]) for code in ("IDENTIFIED_HOUSEHOLDS", "IDENTIFIED_PEOPLE"))
    said = [f"{known} خانوار ({people} نفر) شناخته شده‌اند."]
    gap = now["COVERAGE_GAP"].value
    if told["UNCOVERED"] and gap is not None:
        said.append(
            f"{group_thousands(told['UNCOVERED'])} خانوار کم‌برخوردار هنوز بی‌پوشش‌اند؛"
            f" شکاف پوشش {persian_digits(gap)}٪ است."
        )
    if told["DELIVERED"]:
        said.append(
            f"{group_thousands(told['DELIVERED'])} کمک به {group_thousands(told['HELPED_HOUSEHOLDS'])} خانوار رسید،"
            f" به ارزش {show_toman_rounded(told['DELIVERED_WORTH'])}."
        )
    if told["DOUBLE_AID_REFUSED"]:
        said.append(
            f"از {group_thousands(told['DOUBLE_AID_REFUSED'])} کمک تکراری پیشگیری شد؛"
            f" {show_toman_rounded(told['DOUBLE_AID_WORTH'])} جای دیگری خرج شد."
        )
    if curve:
        half = persian_digits(round(lower_half_share(curve) * 100))
        said.append(f"نیمهٔ کم‌دریافت خانوارها نزدیک {half}٪ کمک‌ها را گرفته است.")
    if then and (grown := told["DELIVERED"] - (then["DELIVERED"].value or 0)) > 0:
        said.append(f"{group_thousands(grown)} کمک در این میان رسید.")
    return tuple(said)

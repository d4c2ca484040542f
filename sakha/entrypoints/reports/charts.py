"""The charts of a report on paper: courses over months from right to left, and the Lorenz curve, which never flips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sakha.entrypoints.kashi.paper import BRAND, INK, LINE, QUIET, WASH
from sakha.entrypoints.reports import frame
from sakha.entrypoints.reports.values import write_value
from sakha.observatory.rules.reports import Course, Measure

if TYPE_CHECKING:
    from sakha.entrypoints.reports.frame import Paper

_GAP: Final = 8.0
_HIGH: Final = 24.0
_SIDE: Final = 62.0


def has_course(course: Course) -> bool:
    """Whether there are two months to draw a line between."""
    return sum(value is not None for value in course.values) > 1


def draw_courses(paper: Paper, courses: Sequence[Course]) -> None:
    """Draw each course small, two in a row; the newest month stands at the left, where the line ends."""
    frame.write_title(paper, "ماه به ماه", "دوازده ماه، از راست به چپ؛ عدد درشت پایان همین ماه است.", room=60)
    wide = (frame.WIDTH - _GAP) / 2
    top = paper.get_y()
    for number, course in enumerate(courses):
        if number % 2 == 0 and number:
            top += _HIGH + 18
        if number % 2 == 0 and paper.will_page_break(_HIGH + 18):
            paper.add_page()
            top = paper.get_y()
        left = frame.MARGIN + (wide + _GAP if number % 2 == 0 else 0)
        _draw_course(paper, course, left, top, wide)
        paper.set_xy(frame.MARGIN, top)
    paper.set_xy(frame.MARGIN, top + _HIGH + 18)


def _draw_course(paper: Paper, course: Course, left: float, top: float, wide: float) -> None:
    paper.set_xy(left, top)
    paper.set_font("vazir", size=9.5)
    paper.set_text_color(*QUIET)
    paper.cell(wide, 5, course.title, align="R")
    paper.set_xy(left, top)
    paper.set_font("vazir", "B", 12)
    paper.set_text_color(*INK)
    paper.cell(wide, 5, write_value(Measure(course.values[-1], course.unit)), align="L")
    most = max(value or 0 for value in course.values) or 1
    step = wide / max(len(course.values) - 1, 1)
    base = top + 7 + _HIGH
    points = [
        (left + wide - place * step, base - value / most * (_HIGH - 3))
        for place, value in enumerate(course.values)
        if value is not None
    ]
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.2)
    paper.line(left, base, left + wide, base)
    if len(points) > 1:
        paper.set_fill_color(*WASH)
        paper.polygon([(points[0][0], base), *points, (points[-1][0], base)], style="F")
        paper.set_draw_color(*BRAND)
        paper.set_line_width(0.6)
        paper.polyline(points)
    for x, y in points[-1:]:
        paper.set_fill_color(*BRAND)
        paper.circle(x, y, 1.1, style="F")
    paper.set_font("vazir", size=7.5)
    paper.set_text_color(*QUIET)
    paper.set_xy(left, base + 0.6)
    paper.cell(wide, 4, course.months[0], align="R")
    paper.set_xy(left, base + 0.6)
    paper.cell(wide, 4, course.months[-1], align="L")


def draw_curve(paper: Paper, points: Sequence[tuple[float, float]], note: str) -> None:
    """Draw how evenly help is spread; the share of households goes from left to right in every language."""
    frame.write_title(paper, "کمک‌ها چه اندازه عادلانه پخش شده است؟", note, room=_SIDE + 34)
    top, left = paper.get_y() + 1, frame.MARGIN + (frame.WIDTH - _SIDE) / 2
    drawn = [(left + x * _SIDE, top + (1 - y) * _SIDE) for x, y in points]
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.2)
    for share in range(0, 101, 25):
        level = top + (1 - share / 100) * _SIDE
        paper.line(left, level, left + _SIDE, level)
        paper.set_font("vazir", size=7.5)
        paper.set_text_color(*QUIET)
        shown = frame.percent(share)
        paper.set_xy(left - 12, level - 2)
        paper.cell(10, 4, shown, align="R")
        paper.set_xy(left + share / 100 * _SIDE - 6, top + _SIDE + 1)
        paper.cell(12, 4, shown, align="C")
    paper.set_fill_color(*WASH)
    paper.polygon([*drawn, (left + _SIDE, top), (left, top + _SIDE)], style="F")
    paper.set_draw_color(*QUIET)
    paper.line(left, top + _SIDE, left + _SIDE, top)
    paper.set_draw_color(*BRAND)
    paper.set_line_width(0.8)
    paper.polyline(drawn)
    paper.set_xy(left, top + _SIDE + 5)
    paper.cell(_SIDE, 5, "سهم خانوارها، از کم‌دریافت‌ترین", align="C")
    paper.set_xy(frame.MARGIN, top + _SIDE + 12)

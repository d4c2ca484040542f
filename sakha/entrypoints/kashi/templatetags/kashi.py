"""Filters and tags of the design language: Persian digits, money, dates, icons, tiles, charts.

Reads the clock only to say how long ago something was. Decides nothing about people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from sakha.entrypoints.kashi import charts, shape_map, tile_grid, tiles
from sakha.entrypoints.kashi.english import say_drawing
from sakha.entrypoints.kashi.template_loader import is_english
from sakha.observatory.rules.spread import lower_half_share
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.jalali import show_age_ago, show_date, show_date_short, show_moment
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.money import toman as to_toman
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit, show_quantity

register = template.Library()


@register.filter
def digits(value: object) -> str:
    """Show with Persian digits."""
    return persian_digits(str(value)) if value is not None else ""


@register.filter
def grouped(value: int) -> str:
    """Show a whole number with Persian digits and thousands apart."""
    return group_thousands(value)


@register.filter
def toman(value: int) -> str:
    """Show rial as toman."""
    return show_toman(value)


@register.filter
def percent(share: float) -> str:
    """Show a share (0 to 1) as a percentage."""
    return persian_digits(str(round(share * 100))) + "٪"


@register.filter
def decimal(value: float) -> str:
    """Show with two decimals, as in «۰٫۳۴»."""
    return persian_digits(f"{value:.2f}".replace(".", "٫"))


@register.filter
def jalali(value: date | datetime | None) -> str:
    """Show the day in words: «۱۲ آبان ۱۴۰۵»."""
    return show_date(_day(value)) if value else ""


@register.filter
def jalali_short(value: date | datetime | None) -> str:
    """Show the day in digits: «۱۴۰۵/۰۸/۱۲»."""
    return show_date_short(_day(value)) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Show day and hour in Tehran."""
    return show_moment(value) if value else ""


@register.filter
def ago(value: date | datetime | None) -> str:
    """Say how long ago the day was."""
    return show_age_ago((timezone.localdate() - _day(value)).days) if value else ""


def _day(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def quantity(value: int, kind: int) -> str:
    """Show an amount of help in the unit of its kind: toman, parcels or items."""
    return show_quantity(NeedKind(kind), value)


@register.filter
def is_money(kind: int) -> bool:
    """Whether this kind of need is counted in money."""
    return NEED_KINDS[NeedKind(kind)].unit is NeedUnit.RIAL


@register.filter
def amount(value: int, kind: int) -> str:
    """Show an amount for a field to change: toman or pieces, without the unit."""
    return group_thousands(to_toman(value) if is_money(kind) else value)


@register.filter
def lower_half(points: Sequence[tuple[float, float]]) -> float:
    """Return the share of help that the lower half received."""
    return lower_half_share(points)


@register.filter
def kind_name(kind: int) -> str:
    """Name the kind of need."""
    return NEED_KINDS[NeedKind(kind)].name


@register.filter
def kind_icon(kind: int) -> str:
    """Name the icon of the kind of need."""
    return NEED_KINDS[NeedKind(kind)].icon


@register.filter
def letter(name: str) -> str:
    """Return the first letter of a name, for its round mark."""
    return name.strip()[:1] or "س"


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """Draw an icon; it always stands beside words, so it is hidden from screen readers."""
    return _draw_icon(str(name), int(size))


@lru_cache(maxsize=256)
def _draw_icon(name: str, size: int) -> SafeString:
    drawn = lucide(name, size=size, aria_hidden="true", focusable="false", stroke_width="1.75")
    return mark_safe(" ".join(drawn.split()))  # noqa: S308 - drawn by the icon package, from names in our templates


@register.simple_tag
def khatam(place: str = "head") -> SafeString:
    """Draw the inlaid band of the head or the foot."""
    return _KHATAM_FOOT if place == "foot" else _KHATAM_HEAD


@register.simple_tag
def mark(size: int = 40) -> SafeString:
    """Draw the mark of Sakha."""
    return mark_safe(tiles.draw_mark(size))  # noqa: S308 - numbers only


@register.simple_tag
def seal(code: str, size: int = 56) -> SafeString:
    """Draw the tile of a household code."""
    return mark_safe(tiles.draw_seal(code, size))  # noqa: S308 - the code enters as a hash only


@register.simple_tag
def tile_band(code: str, height: int = 96, scale: float = 1.0) -> SafeString:
    """Draw a band of the tile of a code."""
    return mark_safe(tiles.draw_tile_band(code, height, scale))  # noqa: S308 - the code enters as a hash only


@register.simple_tag
def bar(share: float, kind: str = "", height: int = 10) -> SafeString:
    """Draw a bar filled to the share."""
    return mark_safe(charts.draw_bar(float(share), kind, height))  # noqa: S308 - numbers and a class from our templates


@register.simple_tag
def sparkline(values: Sequence[int]) -> SafeString:
    """Draw the run of a figure."""
    return mark_safe(charts.draw_sparkline(values))  # noqa: S308 - numbers only


@register.simple_tag
def lorenz(points: Sequence[tuple[float, float]], before: Sequence[tuple[float, float]] = ()) -> SafeString:
    """Draw the Lorenz curve, and the one of a year before where there is one."""
    return _said_drawing(charts.draw_lorenz(points, before))


@register.simple_tag
def columns(bars: Sequence[Any]) -> SafeString:
    """Draw columns side by side, each with label, count and kind."""
    told = [(str(bar.label), int(bar.count), str(bar.kind)) for bar in bars]
    return _said_drawing(charts.draw_columns(told[::-1] if is_english() else told))


@register.simple_tag
def tile_grid_map(shares: Mapping[str, float], bounds: tuple[float, float, float, float], here: str = "") -> SafeString:
    """Draw the provinces as tiles, coloured by their share; by their shapes too, where those are given."""
    names = tile_grid.ENGLISH_NAMES if is_english() else None
    shapes = shape_map.load_shapes(settings.SAKHA.map_shapes)
    drawn = shape_map.draw_shape_map(shapes, shares, bounds, here) if shapes else ""
    return _said_drawing(drawn + tile_grid.draw_tile_grid(shares, bounds, here, names))


def _said_drawing(drawn: str) -> SafeString:
    return mark_safe(say_drawing(drawn) if is_english() else drawn)  # noqa: S308 - numbers, and words of our own


@register.simple_tag
def htmx_settings() -> SafeString:
    """Return htmx's settings for a strict content policy: nothing evaluated, no style added, refusals shown."""
    return _HTMX_SETTINGS


_KHATAM_HEAD = mark_safe(tiles.draw_khatam())  # noqa: S308 - a constant drawing
_KHATAM_FOOT = mark_safe(tiles.draw_khatam(is_again=True))  # noqa: S308 - a constant drawing
_HTMX_SETTINGS = format_html(
    '<meta name="htmx-config" content="{}">',
    json.dumps(
        {
            "allowEval": False,
            "includeIndicatorStyles": False,
            "historyCacheSize": 0,  # pages with people are never kept in the browser's store
            "responseHandling": [
                {"code": "204", "swap": False},
                {"code": "[23]..", "swap": True},
                {"code": "4(03|04|09|22)", "swap": True},
                {"code": "[45]..", "swap": False, "error": True},
            ],
        }
    ),
)

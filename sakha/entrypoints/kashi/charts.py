"""Draws the charts as SVG: bars, sparkline, Lorenz curve. The words and the table beside them are the template's.

Time and amounts run with the reading direction (class `flow` is mirrored by the style sheet); curves never flip.
"""

from __future__ import annotations

from collections.abc import Sequence

from sakha.observatory.rules.spread import lower_half_share
from sakha.vocabulary.digits import group_thousands, persian_digits

_SPARK_WIDTH, _SPARK_HEIGHT = 200, 34
_LORENZ_SIZE = 300
_LORENZ_LEFT, _LORENZ_TOP = 44, 12
_EVEN, _ACROSS = "برابری کامل", "سهم خانوارها، از کم‌دریافت‌ترین"


def draw_bar(share: float, kind: str = "", height: int = 10) -> str:
    """Return a bar filled to the share (0 to 1); widths are attributes, so no inline style is needed."""
    percent = round(max(0.0, min(1.0, share)) * 100, 1)
    round_by = height / 2
    rest = f'<rect class="bar-rest" width="100%" height="{height}" rx="{round_by:g}"/>'
    fill = f'<rect class="bar-fill" width="{percent:g}%" height="{height}" rx="{round_by:g}"/>' if percent else ""
    classes = " ".join(filter(None, ("bar", "flow", kind)))
    return f'<svg class="{classes}" height="{height}" aria-hidden="true" focusable="false">{rest}{fill}</svg>'


def draw_sparkline(values: Sequence[int]) -> str:
    """Return the run of a figure, oldest first; empty where there is no run to show."""
    if len(values) < 2:  # noqa: PLR2004 - a line needs two points
        return ""
    low, high = min(values), max(values)
    reach = high - low or 1
    step = _SPARK_WIDTH / (len(values) - 1)
    points = [
        f"{index * step:.1f},{_SPARK_HEIGHT - 3 - (value - low) / reach * (_SPARK_HEIGHT - 8):.1f}"
        for index, value in enumerate(values)
    ]
    line = " ".join(points)
    return (
        f'<svg class="spark flow" viewBox="0 0 {_SPARK_WIDTH} {_SPARK_HEIGHT}" preserveAspectRatio="none" '
        f'aria-hidden="true" focusable="false"><polygon class="area" '
        f'points="0,{_SPARK_HEIGHT} {line} {_SPARK_WIDTH},{_SPARK_HEIGHT}"/>'
        f'<polyline class="line" points="{line}"/></svg>'
    )


_COLUMNS_WIDTH, _COLUMNS_HEIGHT, _COLUMNS_FOOT, _COLUMNS_HEAD = 540, 150, 26, 20


def draw_columns(columns: Sequence[tuple[str, int, str]]) -> str:
    """Return columns side by side (label, count, kind), the count above each, the label below."""
    if not columns:
        return ""
    most = max(*(count for _, count, _ in columns), 1)
    step = _COLUMNS_WIDTH / len(columns)
    parts = []
    for place, (label, count, kind) in enumerate(columns):
        height = count / most * (_COLUMNS_HEIGHT - _COLUMNS_HEAD)
        # from right to left, as the words are read
        left = _COLUMNS_WIDTH - (place + 1) * step
        top, middle = _COLUMNS_HEIGHT - height, left + step / 2
        classes = " ".join(filter(None, ("column", kind)))
        parts.append(
            f'<rect class="{classes}" x="{left + 4:.1f}" y="{top:.1f}" width="{step - 8:.1f}" height="{height:.1f}" '
            f'rx="3"/><text x="{middle:.1f}" y="{top - 5:.1f}" text-anchor="middle">{group_thousands(count)}</text>'
            f'<text class="label" x="{middle:.1f}" y="{_COLUMNS_HEIGHT + 18}" text-anchor="middle">{label}</text>'
        )
    return (
        f'<svg class="columns-chart" viewBox="0 0 {_COLUMNS_WIDTH} {_COLUMNS_HEIGHT + _COLUMNS_FOOT}" '
        f'aria-hidden="true" focusable="false">{"".join(parts)}'
        f'<line class="grid" x1="0" y1="{_COLUMNS_HEIGHT}" x2="{_COLUMNS_WIDTH}" y2="{_COLUMNS_HEIGHT}"/></svg>'
    )


def draw_lorenz(points: Sequence[tuple[float, float]], before: Sequence[tuple[float, float]] = ()) -> str:
    """Return the Lorenz curve of help with the line of equality; empty where there was no help yet.

    `before`, the curve of a year ago, is drawn broken behind it.
    """
    if len(points) < 2:  # noqa: PLR2004 - a line needs two points
        return ""
    across, down = _across, _down
    grid = "".join(_lorenz_grid_line(share) for share in (0, 0.25, 0.5, 0.75, 1))
    curve = " ".join(f"{across(x)},{down(y)}" for x, y in points)
    half = lower_half_share(points)
    past = " ".join(f"{across(x)},{down(y)}" for x, y in before)
    last_year = f'<polyline class="past" points="{past}"/>' if before else ""
    turned = f"rotate(-45 {across(0.4)} {down(0.44)})"
    return (
        f'<svg class="lorenz" viewBox="0 0 {_LORENZ_LEFT + _LORENZ_SIZE + 16} {_LORENZ_TOP + _LORENZ_SIZE + 52}" '
        f'aria-hidden="true" focusable="false">{grid}'
        f'<polygon class="area" points="{curve} {across(1)},{down(1)} {across(0)},{down(0)}"/>'
        f'<line class="even" x1="{across(0)}" y1="{down(0)}" x2="{across(1)}" y2="{down(1)}"/>'
        f'{last_year}<polyline class="curve" points="{curve}"/>'
        f'<line class="drop-line" x1="{across(0.5)}" y1="{down(0)}" x2="{across(0.5)}" y2="{down(half)}"/>'
        f'<circle class="point" cx="{across(0.5)}" cy="{down(half)}" r="5"/>'
        f'<text x="{across(0.4)}" y="{down(0.44)}" text-anchor="middle" transform="{turned}">{_EVEN}</text>'
        f'<text x="{across(0.5)}" y="{float(down(0)) + 42:.1f}" text-anchor="middle">'
        f"{_ACROSS}</text></svg>"
    )


def _across(share: float) -> str:
    return f"{_LORENZ_LEFT + share * _LORENZ_SIZE:.1f}"


def _down(share: float) -> str:
    return f"{_LORENZ_TOP + (1 - share) * _LORENZ_SIZE:.1f}"


def _lorenz_grid_line(share: float) -> str:
    label = persian_digits(round(share * 100)) + "٪"
    level = _down(share)
    return (
        f'<line class="grid" x1="{_across(0)}" y1="{level}" x2="{_across(1)}" y2="{level}"/>'
        f'<text x="{_LORENZ_LEFT - 18}" y="{float(level) + 4:.1f}" text-anchor="middle">{label}</text>'
        f'<text x="{_across(share)}" y="{float(_down(0)) + 20:.1f}" text-anchor="middle">{label}</text>'
    )

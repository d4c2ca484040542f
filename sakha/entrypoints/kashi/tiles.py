"""Draws the star-and-cross tiles (Kashan, 13th century): the mark of a household, the bands of a page.

A tile is decided by a public code alone, so it is the same everywhere and tells nothing about the people.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

# An eight-pointed star is two squares, one turned by 45°: its inner corners lie at cos 45° / cos 22.5° of the tips.
_INNER_SHARE = math.cos(math.pi / 4) / math.cos(math.pi / 8)


@dataclass(frozen=True, slots=True)
class Palette:
    """Four glazes: the cross behind, the star, the light inside it, the heart."""

    cross: str
    star: str
    light: str
    heart: str


PALETTES = (
    Palette("#7cc0b8", "#0b4a6f", "#e8efe8", "#d9881c"),
    Palette("#93b7e6", "#1f3b7a", "#f1ece0", "#e2a32b"),
    Palette("#d9b24a", "#0b6265", "#f4ecd2", "#8f2430"),
    Palette("#a9c08a", "#2b5f52", "#eef0dd", "#d9763c"),
    Palette("#e6b39c", "#7b2f4b", "#f8ebe0", "#1f8a86"),
    Palette("#c8744a", "#274690", "#efe6d8", "#e2a32b"),
)
MOTIF_COUNT = 4


def star_points(x: float, y: float, radius: float, turn: float = 0.0) -> str:
    """Corners of an eight-pointed star as an SVG `points` value; a tip points up where `turn` is 0."""
    corners = []
    for step in range(16):
        reach = radius if step % 2 == 0 else radius * _INNER_SHARE
        angle = math.radians(turn) + step * math.pi / 8
        corners.append(f"{_short(x + reach * math.sin(angle))},{_short(y - reach * math.cos(angle))}")
    return " ".join(corners)


def _octagon(x: float, y: float, radius: float) -> str:
    angles = [math.pi / 8 + step * math.pi / 4 for step in range(8)]
    return " ".join(f"{_short(x + radius * math.sin(a))},{_short(y - radius * math.cos(a))}" for a in angles)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _choose(code: str) -> tuple[Palette, int]:
    digest = hashlib.sha256(code.encode()).digest()
    return PALETTES[digest[0] % len(PALETTES)], digest[1] % MOTIF_COUNT


def _star(x: float, y: float, radius: float, palette: Palette, motif: int) -> str:
    def polygon(points: str, colour: str) -> str:
        return f'<polygon points="{points}" fill="{colour}"/>'

    light, ring, heart = {
        0: (star_points(x, y, radius * 0.72), _octagon(x, y, radius * 0.44), star_points(x, y, radius * 0.28)),
        1: (_octagon(x, y, radius * 0.66), star_points(x, y, radius * 0.52), _octagon(x, y, radius * 0.24)),
        2: (star_points(x, y, radius * 0.7, 22.5), _octagon(x, y, radius * 0.46), _octagon(x, y, radius * 0.26)),
        3: (_octagon(x, y, radius * 0.64), star_points(x, y, radius * 0.5, 22.5), star_points(x, y, radius * 0.28)),
    }[motif]
    edge = f'stroke="{palette.light}" stroke-width="1.5"'
    return (
        f'<polygon points="{star_points(x, y, radius)}" fill="{palette.star}" {edge}/>'
        + polygon(light, palette.light)
        + polygon(ring, palette.star)
        + polygon(heart, palette.heart)
    )


def draw_seal(code: str, size: int = 56) -> str:
    """Return the household's own tile as an inline SVG; decoration, so hidden from screen readers."""
    palette, motif = _choose(code)
    return (
        f'<svg class="seal" width="{size}" height="{size}" viewBox="0 0 64 64" aria-hidden="true" focusable="false">'
        f'<rect width="64" height="64" rx="13" fill="{palette.cross}"/>'
        f"{_star(32, 32, 28, palette, motif)}</svg>"
    )


def draw_tile_band(code: str, height: int = 96, scale: float = 1.0) -> str:
    """Return a band of the tile that belongs to the code, as wide as its place."""
    palette, motif = _choose(code)
    name = "t" + hashlib.sha256(code.encode()).hexdigest()[:6]
    diamond = '<polygon points="{}" fill="none" stroke="{}" stroke-width="1.2"/>'
    # the cross lies around the cell's corners: a diamond in each, a quarter of which this cell draws
    corners = "".join(
        diamond.format(f"{x - 9},{y} {x},{y - 9} {x + 9},{y} {x},{y + 9}", palette.light)
        for x in (0, 64)
        for y in (0, 64)
    )
    pattern = f'<pattern id="{name}" width="64" height="64" patternUnits="userSpaceOnUse"'
    return (
        f'<svg class="tile-band" width="100%" height="{height}" aria-hidden="true" focusable="false"><defs>'
        f'{pattern} patternTransform="scale({scale:g})"><rect width="64" height="64" fill="{palette.cross}"/>'
        f"{corners}{_star(32, 32, 32, palette, motif)}</pattern></defs>"
        f'<rect width="100%" height="100%" fill="url(#{name})"/></svg>'
    )


def draw_khatam(*, is_again: bool = False) -> str:
    """Return the thin inlaid band of a page's head; once `is_again`, the foot's, which uses the same pattern."""
    pattern = (
        '<defs><pattern id="khatam" width="20" height="10" patternUnits="userSpaceOnUse">'
        f'<polygon points="{star_points(5, 5, 4.4)}" fill="#e2a32b"/><circle cx="5" cy="5" r="1.7" fill="#06363a"/>'
        f'<polygon points="{star_points(15, 5, 3.6, 22.5)}" fill="#7cc0b8"/>'
        '<circle cx="15" cy="5" r="1.4" fill="#faf7f0"/></pattern></defs>'
    )
    return (
        '<svg class="khatam" width="100%" height="10" aria-hidden="true" focusable="false">'
        f'{"" if is_again else pattern}<rect width="100%" height="10" fill="url(#khatam)"/></svg>'
    )


def draw_mark(size: int = 40) -> str:
    """Return the mark of Sakha: a star that holds a heart."""
    return (
        f'<svg width="{size}" height="{size}" viewBox="0 0 64 64" aria-hidden="true" focusable="false">'
        f'<polygon points="{star_points(32, 32, 31)}" fill="#0b6265"/>'
        f'<polygon points="{star_points(32, 32, 22, 22.5)}" fill="#faf0d8"/>'
        f'<polygon points="{star_points(32, 32, 15)}" fill="#e2a32b"/>'
        '<path d="M32 39.5c-5.4-3.7-7.8-6.4-7.8-9.6 0-2.3 1.8-4 4-4 1.6 0 3 .9 3.8 2.3.8-1.4 2.2-2.3 3.8-2.3'
        ' 2.2 0 4 1.7 4 4 0 3.2-2.4 5.9-7.8 9.6z" fill="#7b2230"/></svg>'
    )

"""Draws Iran by the provinces' own shapes, where a deployment gives them as GeoJSON; else tiles are drawn.

Points are put on a grid that grows coarser until they are few: neighbours share a border's points before and after,
so no gap opens between them. West is left on every page: a map never flips.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import structlog

from sakha.entrypoints.kashi.tile_grid import ramp_step
from sakha.vocabulary.places import PROVINCES, find_province

POINTS_MAX: Final = 4000
_WIDEST: Final = 640
_COARSEST: Final = 40
_RING_MIN: Final = 3
_CODE_DIGITS: Final = 2
_log = structlog.get_logger()

Ring = list[tuple[float, float]]
GridRing = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Shapes:
    """The provinces' outlines as SVG paths, in a box from 0, 0."""

    width: int
    height: int
    paths: Mapping[str, str]


def load_shapes(path: Path | None) -> Shapes | None:
    """Read the file of shapes; None without one, or where it can't be used, which is logged."""
    if path is None:
        return None
    try:
        return _load(str(path), path.stat().st_mtime_ns)
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        _log.warning("map_shapes_unusable", error=type(error).__name__)
        return None


@lru_cache(maxsize=2)
def _load(path: str, changed_at: int) -> Shapes:
    del changed_at  # a new file is read anew
    return read_shapes(Path(path).read_text(encoding="utf-8"))


def read_shapes(text: str) -> Shapes:
    """Read a GeoJSON of provinces, named by `code` (two digits) or by `name`; what is no province is left out.

    Raises: ValueError where it is no such document, or no province is in it.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise ValueError("no FeatureCollection")
    rings: dict[str, list[Ring]] = {}
    for feature in document["features"]:
        code = _province_of(feature.get("properties") or {})
        if code:
            rings.setdefault(code, []).extend(_rings_of(feature["geometry"]))
    if not rings:
        raise ValueError("no province")
    return _fit(rings)


def _province_of(properties: Mapping[str, Any]) -> str:
    code = str(properties.get("code", ""))
    if len(code) == _CODE_DIGITS and code in PROVINCES:
        return code
    found = find_province(str(properties.get("name", "")))
    return found.code if found else ""


def _rings_of(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    kinds = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}
    for polygon in kinds[geometry["type"]]:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def _fit(rings: Mapping[str, Sequence[Ring]]) -> Shapes:
    """Put all points on one grid, a coarser one until they are few enough."""
    points = [point for of_one in rings.values() for ring in of_one for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # degrees of longitude are shorter than those of latitude: equirectangular, true at the middle
    narrow = math.cos(math.radians((south + north) / 2))
    if east <= west or north <= south or not all(map(math.isfinite, (west, east, south, north))):
        raise ValueError("no area")
    steps = _WIDEST
    while True:
        scale = steps / ((east - west) * narrow)
        grid = {
            code: [
                snapped
                for ring in of_one
                if (
                    snapped := _snap(
                        [(round((x - west) * narrow * scale), round((north - y) * scale)) for x, y in ring]
                    )
                )
            ]
            for code, of_one in rings.items()
        }
        if steps <= _COARSEST or sum(len(ring) for of_one in grid.values() for ring in of_one) <= POINTS_MAX:
            break
        steps = steps * 3 // 4
    paths = {code: "".join(map(_path, of_one)) for code, of_one in grid.items() if of_one}
    return Shapes(steps, round((north - south) * scale), paths)


def _snap(points: GridRing) -> GridRing:
    """Without a point that repeats the one before or lies straight between its neighbours; empty: nothing is left."""
    kept: GridRing = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        while len(kept) > 1 and _is_straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept if len(kept) >= _RING_MIN else []


def _is_straight(one: tuple[int, int], two: tuple[int, int], three: tuple[int, int]) -> bool:
    (ax, ay), (bx, by), (cx, cy) = one, two, three
    cross = (bx - ax) * (cy - by) - (by - ay) * (cx - bx)
    return cross == 0 and (bx - ax) * (cx - bx) + (by - ay) * (cy - by) > 0


def _path(ring: GridRing) -> str:
    """An outline in steps from point to point, which are shorter than places."""
    (x, y), *others = ring
    drawn = [f"M{x} {y}l"]
    for next_x, next_y in others:
        drawn.append(f"{next_x - x} {next_y - y} ")
        x, y = next_x, next_y
    return f"{''.join(drawn).rstrip()}z"


def draw_shape_map(
    shapes: Shapes, shares: Mapping[str, float], bounds: tuple[float, float, float, float], here: str = ""
) -> str:
    """Return the map; a province without a share is empty, the province `here` has an edge and is drawn last."""
    drawn = []
    for code in sorted(shapes.paths, key=lambda code: (code == here, code)):
        share = shares.get(code)
        step = "none" if share is None else f"step-{ramp_step(share, bounds)}"
        classes = f"{step} here" if code == here else step
        drawn.append(f'<path class="{classes}" d="{shapes.paths[code]}"/>')
    box = f"-3 -3 {shapes.width + 6} {shapes.height + 6}"
    return (
        f'<svg class="shape-map" viewBox="{box}" aria-hidden="true" focusable="false" fill-rule="evenodd">'
        f"{''.join(drawn)}</svg>"
    )

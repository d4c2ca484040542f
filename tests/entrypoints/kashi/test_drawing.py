"""What the server draws: tiles that name nobody, curves that say what they show, a map with every province."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest

from sakha.entrypoints.kashi.charts import draw_bar, draw_lorenz, draw_sparkline
from sakha.entrypoints.kashi.shape_map import draw_shape_map, load_shapes, read_shapes
from sakha.entrypoints.kashi.tile_grid import GRID_PLACES, draw_tile_grid, ramp_step
from sakha.entrypoints.kashi.tiles import draw_khatam, draw_mark, draw_seal, draw_tile_band
from sakha.vocabulary.places import PROVINCES

BOUNDS = (0.1, 0.2, 0.3, 0.4)


def test_a_code_has_one_tile_and_the_tile_tells_no_code() -> None:
    assert draw_seal("K7M-42Q") == draw_seal("K7M-42Q")
    assert "K7M" not in draw_seal("K7M-42Q") + draw_tile_band("K7M-42Q")


def test_tiles_differ_enough_to_be_told_apart() -> None:
    drawn = {draw_seal(f"A{number:02}-XYZ") for number in range(200)}

    assert len(drawn) == 24  # six glazes, four motifs: all of them come


def test_a_seal_weighs_less_than_a_kilobyte_and_a_half() -> None:
    assert len(draw_seal("K7M-42Q").encode()) < 1500


@pytest.mark.parametrize("drawing", [draw_khatam(), draw_mark(), draw_seal("a"), draw_tile_band("a"), draw_bar(0.5)])
def test_nothing_drawn_needs_an_inline_style(drawing: str) -> None:
    assert "style" not in drawing
    assert 'aria-hidden="true"' in drawing


def test_the_map_has_every_province_on_a_place_of_its_own() -> None:
    assert set(GRID_PLACES) == set(PROVINCES)
    assert len({(place.row, place.column) for place in GRID_PLACES.values()}) == 31


def test_the_map_never_flips_west_is_the_first_column() -> None:
    assert GRID_PLACES["04"].column == 0
    assert GRID_PLACES["09"].column == 6
    assert "flow" not in draw_tile_grid({}, BOUNDS)


def test_a_province_without_a_figure_is_an_empty_tile_not_a_zero() -> None:
    drawn = draw_tile_grid({"30": 0.0}, BOUNDS, here="30")

    assert drawn.count('class="none"') == 30
    assert 'class="step-1 here"' in drawn


@pytest.mark.parametrize(("share", "step"), [(0.0, 1), (0.1, 2), (0.25, 3), (0.39, 4), (0.4, 5), (1.0, 5)])
def test_steps_of_the_ramp_begin_at_their_bounds(share: float, step: int) -> None:
    assert ramp_step(share, BOUNDS) == step


def test_bars_stay_inside_their_place() -> None:
    assert 'width="100%"' in draw_bar(1.7)
    assert "bar-fill" not in draw_bar(-1)


def test_amounts_run_with_the_reading_direction_and_curves_do_not() -> None:
    assert "flow" in draw_bar(0.3)
    assert "flow" in draw_sparkline((1, 2))
    assert "flow" not in draw_lorenz(((0.0, 0.0), (1.0, 1.0)))


def test_a_line_needs_two_points() -> None:
    assert draw_sparkline((1,)) == ""
    assert draw_lorenz(()) == ""


def test_every_figure_in_a_drawing_is_persian() -> None:
    drawn = draw_lorenz(((0.0, 0.0), (0.5, 0.2), (1.0, 1.0))) + draw_tile_grid({"30": 0.28}, BOUNDS)

    assert re.findall(r">[^<]*[0-9][^<]*<", drawn) == []


def feature(name: str, *polygons: list[list[tuple[float, float]]], **properties: str) -> dict[str, object]:
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    return {"type": "Feature", "properties": {"name": name, **properties}, "geometry": geometry}


def square(west: float, south: float, side: float = 1.0, points: int = 40) -> list[tuple[float, float]]:
    steps = [side * step / points for step in range(points)]
    ring = [(west + one, south) for one in steps] + [(west + side, south + one) for one in steps]
    ring += [(west + side - one, south + side) for one in steps] + [(west, south + side - one) for one in steps]
    return [*ring, ring[0]]


def test_shapes_are_drawn_where_they_are_given_and_neighbours_leave_no_gap() -> None:
    alborz = [square(50, 35), square(50.4, 35.4, 0.2)]
    text = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                feature("البرز", alborz, [square(52.5, 35.5, 0.5)]),
                feature("Somewhere", [square(51, 35)], code="23"),
                feature("Atlantis", [square(40, 20)]),
            ],
        }
    )
    shapes = read_shapes(text)

    assert set(shapes.paths) == {"30", "23"}
    assert (shapes.paths["30"].count("M"), shapes.paths["23"].count("M")) == (3, 1), "a hole and an island stay"
    # 160 points of a straight square become four, and the neighbour begins where this one ends
    right = shapes.width * 1 / 3
    assert shapes.paths["23"].startswith(f"M{round(right)} ")
    assert re.fullmatch(r"M\d+ \d+l(\d+) 0 0 -(\d+) -\1 0z", shapes.paths["23"])
    drawn = draw_shape_map(shapes, {"30": 0.35}, BOUNDS, here="30")
    assert re.findall(r'class="([^"]+)"', drawn) == ["shape-map", "none", "step-4 here"]
    assert "style" not in drawn


def test_many_points_become_few_and_a_useless_file_leaves_the_tiles(tmp_path: Path) -> None:
    rng = Random(1)
    jagged = [(50 + rng.random() * 4, 30 + rng.random() * 4) for _ in range(20_000)]
    features = [feature("", [[*jagged, jagged[0]]], code="30")]
    drawn = read_shapes(json.dumps({"type": "FeatureCollection", "features": features}))
    assert 20 < drawn.width <= 40, "the coarsest grid"
    file = tmp_path / "shapes.json"
    assert load_shapes(None) is None
    province = {"type": "Feature", "properties": {"code": "30"}}
    for features in ([province | {"geometry": {"type": "Polygon", "coordinates": [[[50]]]}}], ["x"],
                     [{"properties": "x"}], [province | {"geometry": None}]):  # fmt: skip
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        assert load_shapes(file) is None, features
    for useless in ("", "[]", '{"type": "FeatureCollection", "features": []}', '{"type": "FeatureCollection"}'):
        file.write_text(useless)
        assert load_shapes(file) is None
    assert load_shapes(tmp_path / "nothing.json") is None

"""Draws Iran as a grid of equal tiles, a province a tile: small provinces are seen as well as large ones.

West is the first column on every page, right-to-left or not: a map never flips. Needs no geometry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sakha.vocabulary.digits import persian_digits

TILE, GAP = 46, 4
COLUMN_COUNT, ROW_COUNT = 7, 6


@dataclass(frozen=True, slots=True)
class GridPlace:
    """Where a province stands and the short name that fits into its tile."""

    row: int
    column: int
    short_name: str


_ROWS = (
    "04:آ.غربی 03:آ.شرقی 24:اردبیل . . . .",
    "12:کردستان 19:زنجان 01:گیلان 02:مازندران 27:گلستان 28:خ.شمالی .",
    "05:کرمانشاه 13:همدان 26:قزوین 30:البرز 23:تهران 20:سمنان 09:خ.رضوی",
    "16:ایلام 15:لرستان 00:مرکزی 25:قم 10:اصفهان 21:یزد 29:خ.جنوبی",
    ". 06:خوزستان 14:چ.بختیاری 17:ک.بویر. 07:فارس 08:کرمان 11:س.بلوچ.",
    ". . . 18:بوشهر . 22:هرمزگان .",
)


# English is shorter than the tile too.
ENGLISH_NAMES = {
    "04": "W.Azar.",
    "03": "E.Azar.",
    "24": "Ardabil",
    "12": "Kurdist.",
    "19": "Zanjan",
    "01": "Gilan",
    "02": "Mazand.",
    "27": "Golestan",
    "28": "N.Khor.",
    "05": "Kerman’h",
    "13": "Hamadan",
    "26": "Qazvin",
    "30": "Alborz",
    "23": "Tehran",
    "20": "Semnan",
    "09": "R.Khor.",
    "16": "Ilam",
    "15": "Lorestan",
    "00": "Markazi",
    "25": "Qom",
    "10": "Isfahan",
    "21": "Yazd",
    "29": "S.Khor.",
    "06": "Khuzest.",
    "14": "Ch.Bakht.",
    "17": "K.Boyer.",
    "07": "Fars",
    "08": "Kerman",
    "11": "Sistan",
    "18": "Bushehr",
    "22": "Hormoz.",
}


def _read_rows() -> dict[str, GridPlace]:
    places: dict[str, GridPlace] = {}
    for row, line in enumerate(_ROWS):
        for column, cell in enumerate(line.split()):
            if cell != ".":
                code, short_name = cell.split(":")
                places[code] = GridPlace(row, column, short_name)
    return places


GRID_PLACES = _read_rows()


def ramp_step(share: float, bounds: tuple[float, float, float, float]) -> int:
    """Return 1 to 5: how many bounds the share has reached, plus one."""
    return 1 + sum(share >= bound for bound in bounds)


def draw_tile_grid(
    shares: Mapping[str, float],
    bounds: tuple[float, float, float, float],
    here: str = "",
    names: Mapping[str, str] | None = None,
) -> str:
    """Return the map; a province without a share is an empty tile, the province `here` has an edge.

    `names` are other names than the Persian ones.
    """
    named = {code: replace(place, short_name=names[code]) if names else place for code, place in GRID_PLACES.items()}
    width, height = COLUMN_COUNT * (TILE + GAP) - GAP + 6, ROW_COUNT * (TILE + GAP) - GAP + 6
    tiles = "".join(_draw_tile(code, place, shares.get(code), bounds, here) for code, place in named.items())
    return f'<svg class="grid-map" viewBox="-3 -3 {width} {height}" aria-hidden="true" focusable="false">{tiles}</svg>'


def _draw_tile(
    code: str, place: GridPlace, share: float | None, bounds: tuple[float, float, float, float], here: str
) -> str:
    x, y = place.column * (TILE + GAP), place.row * (TILE + GAP)
    step = "none" if share is None else f"step-{ramp_step(share, bounds)}"
    classes = f"{step} here" if code == here else step
    amount = "" if share is None else persian_digits(round(share * 100))
    return (
        f'<g class="{classes}"><rect x="{x}" y="{y}" width="{TILE}" height="{TILE}" rx="7"/>'
        f'<text class="amount" x="{x + TILE / 2:g}" y="{y + 20}">{amount}</text>'
        f'<text x="{x + TILE / 2:g}" y="{y + 37}">{place.short_name}</text></g>'
    )

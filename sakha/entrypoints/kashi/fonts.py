"""Cuts the typeface Vazirmatn to the letters that Sakha shows: one file for Persian, one for Latin; both for paper.

Leaves where the files are put to `assets`. The letters themselves are under the SIL Open Font License 1.1.
"""

from __future__ import annotations

import io
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

WEIGHTS = (400, 700)
_PERSIAN_RANGES = (
    (0x20, 0x20),  # the space too, else every page loads the Latin file for it
    (0x60C, 0x60C),
    (0x61B, 0x61B),
    (0x61F, 0x61F),
    (0x621, 0x63A),
    (0x640, 0x655),
    (0x660, 0x66C),
    (0x670, 0x670),
    (0x67E, 0x67E),
    (0x686, 0x686),
    (0x698, 0x698),
    (0x6A9, 0x6A9),
    (0x6AF, 0x6AF),
    (0x6C0, 0x6C0),
    (0x6CC, 0x6CC),
    (0x6D5, 0x6D5),
    (0x6F0, 0x6F9),
    (0x200C, 0x200E),
)
_LATIN_RANGES = (
    (0x21, 0x7E),
    (0xA0, 0xA0),
    (0xAB, 0xAB),
    (0xB7, 0xB7),
    (0xBB, 0xBB),
    (0xD7, 0xD7),
    (0x2013, 0x2014),
    (0x2018, 0x201D),
    (0x2022, 0x2022),
    (0x2026, 0x2026),
)
FONT_FILES = {
    "vazirmatn-fa.woff2": ("vazirmatn-arabic.woff2", _PERSIAN_RANGES),
    "vazirmatn-latin.woff2": ("vazirmatn-latin.woff2", _LATIN_RANGES),
}

# For paper the letters are whole: one file a weight, Persian and Latin together.
PRINT_FONTS = {400: "vazirmatn-400.ttf", 700: "vazirmatn-700.ttf"}


def find_font_folder() -> Path:
    """Return the folder with the full typeface, inside a package that carries it."""
    spec = find_spec("unfold_farsi")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package django-unfold-farsi, which carries the typeface, is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "static/unfold_farsi/fonts/vazirmatn"


def cut_font(source: Path, ranges: tuple[tuple[int, int], ...]) -> bytes:
    """Return the typeface with only these letters and the weights that the pages use."""
    letters = {code for first, last in ranges for code in range(first, last + 1)}
    narrowed = instancer.instantiateVariableFont(TTFont(source), {"wght": WEIGHTS})
    kept = io.BytesIO()
    narrowed.save(kept)
    kept.seek(0)
    font = TTFont(kept)
    for glyph in font.getGlyphOrder():
        # the subsetter stops at a glyph that does not vary with the weight
        font["gvar"].variations.setdefault(glyph, [])
    subsetter = Subsetter(Options(layout_features=["*"], notdef_outline=True))
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    font.flavor = "woff2"
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()


def join_font(folder: Path, weight: int) -> bytes:
    """Return the typeface at one weight, Persian and Latin letters in one file, as printing needs it."""
    with TemporaryDirectory() as shelf:
        parts = []
        for number, (source, _) in enumerate(FONT_FILES.values()):
            part = instancer.instantiateVariableFont(TTFont(folder / source), {"wght": weight})
            part.flavor = None
            parts.append(f"{shelf}/{number}.ttf")
            part.save(parts[-1])
        joined = io.BytesIO()
        Merger().merge(parts).save(joined)
        return joined.getvalue()

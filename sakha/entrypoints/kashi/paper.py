"""What every PDF of ours has alike: colours, typefaces, direction from right to left. Layout is each document's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings

from sakha.entrypoints.kashi.assets import FOLDER
from sakha.entrypoints.kashi.fonts import PRINT_FONTS

if TYPE_CHECKING:
    from fpdf import FPDF

INK: Final = (18, 41, 44)
BRAND: Final = (11, 98, 101)
DEEP: Final = (6, 54, 58)
QUIET: Final = (70, 91, 94)
WASH: Final = (238, 247, 245)
LINE: Final = (217, 221, 216)
SAFFRON: Final = (226, 163, 43)


def open_paper(paper: FPDF, title: str, *, side: float, top: float, foot: float) -> None:
    """Begin the first page: title, margins, and both weights of the typeface under the name "vazir"."""
    paper.set_title(title)
    paper.set_lang("fa")
    paper.set_margins(side, top, side)
    paper.set_auto_page_break(True, margin=foot)
    folder = settings.SAKHA_BUILT_ASSETS / FOLDER
    for style, name in zip(("", "B"), PRINT_FONTS.values(), strict=True):
        paper.add_font("vazir", style, folder / name)
    paper.set_text_shaping(use_shaping_engine=True, direction="rtl", script="arab", language="FAR ")
    paper.add_page()

"""The frame of a report on paper: colours, margins, typefaces, the foot of each page, the head of each part."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from sakha.entrypoints.kashi.assets import FOLDER
from sakha.entrypoints.kashi.fonts import PRINT_FONTS
from sakha.observatory.rules.reports import Report
from sakha.vocabulary.digits import persian_digits

INK: Final = (18, 41, 44)
BRAND: Final = (11, 98, 101)
DEEP: Final = (6, 54, 58)
QUIET: Final = (70, 91, 94)
WASH: Final = (238, 247, 245)
LINE: Final = (217, 221, 216)
SAFFRON: Final = (226, 163, 43)
MARGIN: Final = 18.0
WIDTH: Final = 174.0


class Paper(FPDF):
    """A page that reads from right to left, with the report's name and its number at the foot."""

    name = ""

    def footer(self) -> None:
        """Name the report and number the page."""
        self.set_y(-14)
        self.set_font("vazir", size=8)
        self.set_text_color(*QUIET)
        self.set_draw_color(*LINE)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())
        self.set_x(MARGIN)
        self.cell(WIDTH / 2, 7, f"صفحهٔ {persian_digits(self.page_no())}", align="L")
        self.cell(WIDTH / 2, 7, self.name, align="R")


def open_paper(report: Report) -> Paper:
    """Begin a report: typefaces, direction, margins; dated by what it counts, not by the clock."""
    paper = Paper(format="A4")
    paper.name = f"{report.title}، {report.place}"
    paper.set_title(paper.name)
    paper.set_lang("fa")
    paper.set_creation_date(report.counted_until)
    paper.set_margins(MARGIN, 18, MARGIN)
    paper.set_auto_page_break(True, margin=20)
    folder = settings.SAKHA_BUILT_ASSETS / FOLDER
    for style, name in zip(("", "B"), PRINT_FONTS.values(), strict=True):
        paper.add_font("vazir", style, folder / name)
    paper.set_text_shaping(use_shaping_engine=True, direction="rtl", script="arab", language="FAR ")
    paper.add_page()
    return paper


def write_title(paper: Paper, title: str, note: str, *, room: float) -> None:
    """Begin a part: its title and note, on a new page where less than `room` is left."""
    if paper.will_page_break(room):
        paper.add_page()
    paper.ln(3)
    paper.set_x(MARGIN)
    paper.set_font("vazir", "B", 13)
    paper.set_text_color(*BRAND)
    paper.cell(WIDTH, 8, title, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font("vazir", size=9)
    paper.set_text_color(*QUIET)
    paper.multi_cell(WIDTH, 5.4, note, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(1.5)


def percent(share: int) -> str:
    """A share at the edge of a chart."""
    return f"{persian_digits(share)}٪"

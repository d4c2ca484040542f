"""The frame of a report on paper: margins, the foot of each page, the head of each part."""

from __future__ import annotations

from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from sakha.entrypoints.kashi.paper import BRAND, LINE, QUIET, open_paper
from sakha.observatory.rules.reports import Report
from sakha.vocabulary.digits import persian_digits

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


def open_report(report: Report) -> Paper:
    """Begin a report, dated by what it counts and not by the clock."""
    paper = Paper(format="A4")
    paper.name = f"{report.title}، {report.place}"
    paper.set_creation_date(report.counted_until)
    open_paper(paper, paper.name, side=MARGIN, top=18, foot=20)
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

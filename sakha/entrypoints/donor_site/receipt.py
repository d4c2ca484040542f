"""The receipt of a gift as a PDF: where each rial is, and a code to scan that leads to the account.

fpdf2 with HarfBuzz, so that Persian is joined and ordered without any system library (docs/decisions/0059).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from sakha.entrypoints.kashi.paper import BRAND, INK, LINE, QUIET, SAFFRON, WASH, open_paper
from sakha.vocabulary.digits import persian_digits

_MARGIN, _WIDTH = 22.0, 166.0
_ROW: Final = 11.0
_CODE_SIDE: Final = 40.0


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One line: what, and how much or when."""

    title: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is written on the paper."""

    title: str
    lead: str
    tables: tuple[tuple[str, tuple[ReceiptRow, ...]], ...]
    facts: tuple[ReceiptRow, ...]
    closing: str
    address: str


class _Paper(FPDF):
    """A page that reads from right to left, with its number at the foot."""

    def footer(self) -> None:
        """Number the page."""
        self.set_y(-18)
        self.set_font("vazir", size=9)
        self.set_text_color(*QUIET)
        self.cell(0, 8, f"صفحهٔ {persian_digits(self.page_no())}", align="C")


def draw_receipt(receipt: Receipt) -> bytes:
    """Return the PDF."""
    paper = _Paper(format="A4")
    open_paper(paper, receipt.title, side=_MARGIN, top=20, foot=24)
    _write_head(paper, receipt)
    for title, rows in receipt.tables:
        _write_table(paper, title, rows)
    _write_foot(paper, receipt)
    return bytes(paper.output())


def _write_head(paper: _Paper, receipt: Receipt) -> None:
    paper.set_font("vazir", "B", 20)
    paper.set_text_color(*BRAND)
    paper.cell(_WIDTH, 12, receipt.title, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_draw_color(*SAFFRON)
    paper.set_line_width(0.7)
    paper.line(_MARGIN, paper.get_y() + 2, _MARGIN + _WIDTH, paper.get_y() + 2)
    paper.set_y(paper.get_y() + 7)
    paper.set_font("vazir", size=12)
    paper.set_text_color(*INK)
    paper.multi_cell(_WIDTH, 8, receipt.lead, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(4)


def _write_table(paper: _Paper, title: str, rows: Sequence[ReceiptRow]) -> None:
    if not rows:
        return
    paper.set_fill_color(*WASH)
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.2)
    paper.set_text_color(*INK)
    paper.set_font("vazir", "B", 12)
    paper.cell(_WIDTH, _ROW, f"  {title}  ", align="R", fill=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for row in rows:
        if paper.will_page_break(_ROW):
            paper.add_page()
        top = paper.get_y()
        paper.set_font("vazir", size=11)
        paper.set_xy(_MARGIN + _WIDTH * 0.36, top)
        paper.cell(_WIDTH * 0.64 - 3, _ROW, row.title, align="R")
        paper.set_xy(_MARGIN + 3, top)
        paper.set_font("vazir", "B", 11)
        paper.cell(_WIDTH * 0.36, _ROW, row.value, align="L")
        paper.line(_MARGIN, top + _ROW, _MARGIN + _WIDTH, top + _ROW)
        paper.set_xy(_MARGIN, top + _ROW)
    paper.ln(6)


def _write_foot(paper: _Paper, receipt: Receipt) -> None:
    if paper.will_page_break(_CODE_SIDE + 6):
        paper.add_page()
    top = paper.get_y()
    left = _MARGIN + _WIDTH - _CODE_SIDE
    paper.image(_draw_code(receipt.address), x=left, y=top, w=_CODE_SIDE, h=_CODE_SIDE)
    width = _WIDTH - _CODE_SIDE - 8
    for row in receipt.facts:
        paper.set_x(_MARGIN)
        paper.set_font("vazir", size=11)
        paper.set_text_color(*INK)
        paper.cell(width, 8, f"{row.title}: {row.value}", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_x(_MARGIN)
    paper.set_font("vazir", size=9)
    paper.set_text_color(*QUIET)
    paper.multi_cell(width, 6, receipt.closing, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _draw_code(address: str) -> io.BytesIO:
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="png", scale=8, border=1, dark="#06363a")
    drawn.seek(0)
    return drawn

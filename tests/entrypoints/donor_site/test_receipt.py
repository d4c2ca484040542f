"""The receipt holds its typeface, its Persian joined as written, and a code that leads to the gift."""

from __future__ import annotations

import io
import re
import zlib

import segno
from fontTools.ttLib import TTFont

from sakha.entrypoints.donor_site.receipt import Receipt, ReceiptRow, draw_receipt

ADDRESS = "https://sakha.example.ir/gift/abcdefghijklmnop/"
ROWS = tuple(ReceiptRow(f"نیاز درمان، خیریهٔ مهر {number}", "۲٬۰۰۰٬۰۰۰ تومان") for number in range(40))


def streams(paper: bytes) -> list[bytes]:
    found = []
    for one in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL):
        try:
            found.append(zlib.decompress(one))
        except zlib.error:
            continue
    return found


def test_a_receipt_is_set_in_persian_letters_that_join_and_goes_on_over_pages() -> None:
    tables = (("پولتان کجاست", ROWS), ("هیچ", ()))
    receipt = Receipt(
        title="رسید هدیه",
        lead="هدیهٔ شما رسید.",
        tables=tables,
        facts=(ReceiptRow("پرداخت", "۱ آذر"),),
        closing="هیچ نشانی از خانوار در این برگه نیست.",
        address=ADDRESS,
    )

    paper = draw_receipt(receipt)

    assert paper.count(b"/Type /Page\n") == 3
    fonts = [TTFont(io.BytesIO(one)) for one in streams(paper) if one[:4] in {b"\x00\x01\x00\x00", b"true"}]
    assert len(fonts) == 2  # both weights travel with the paper
    # of joined writing more glyphs are drawn than letters are written: each letter has its own shape by its place
    letters = set("".join(row.title for row in ROWS))
    assert all(one["maxp"].numGlyphs > len(letters) for one in fonts)
    assert b"/Image" in paper
    assert segno.make(ADDRESS, error="m").version <= 6  # still read by an old phone's camera from paper

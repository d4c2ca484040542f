"""Files as charities keep them, and the few steps by which a test takes one in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from sakha.access.rules import Actor
from sakha.registry.actions import check_file, load_file, receive_file, set_mapping
from sakha.registry.queries import IntakeFileCard, intake_columns
from sakha.vocabulary.identifiers import national_id_check_digit

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
HEADINGS = (
    "شماره پرونده",
    "نام",
    "نام خانوادگی",
    "نام پدر",
    "کد ملی",
    "تاریخ تولد",
    "نسبت با سرپرست",
    "موبایل",
    "تعداد اتاق",
)
GIVEN = ("زهرا", "مریم", "فاطمه", "علی", "رضا", "حسین", "سارا", "نرگس", "امید", "کاوه")
FAMILY = ("رضایی", "محمدی", "کریمی", "احمدی", "موسوی", "رستمی", "نوری", "شریفی")


def national_id(number: int) -> str:
    nine = f"999{number:06d}"
    return nine + national_id_check_digit(nine)


def person_row(number: int, *, case: str = "", relation: str = "", **other: Any) -> list[Any]:
    """A row under HEADINGS about the simulated person of this number; the same number is the same person."""
    chance = random.Random(number)
    row = {
        "شماره پرونده": case,
        "نام": chance.choice(GIVEN),
        "نام خانوادگی": chance.choice(FAMILY),
        "نام پدر": chance.choice(GIVEN),
        "کد ملی": national_id(number),
        "تاریخ تولد": f"{chance.randint(1330, 1399)}/{chance.randint(1, 12):02d}/{chance.randint(1, 28):02d}",
        "نسبت با سرپرست": relation,
        "موبایل": f"0912{number:07d}",
        "تعداد اتاق": chance.randint(1, 4),
    }
    return list((row | other).values())


def workbook(
    rows: Sequence[Sequence[Any]], *, above: Sequence[Sequence[Any]] = (), headings: Sequence[str] = HEADINGS
) -> bytes:
    target = BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        for line, row in enumerate([*above, headings, *rows]):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, place, cell, day)
                else:
                    sheet.write(line, place, cell)
    return target.getvalue()


def table(
    rows: Sequence[Sequence[Any]],
    *,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
    headings: Sequence[str] = HEADINGS,
) -> bytes:
    lines = [delimiter.join(str(cell) for cell in row) for row in (headings, *rows)]
    return "\r\n".join(lines).encode(encoding)


def check(actor: Actor, content: bytes, *, name: str = "فهرست.xlsx", chunk_rows: int = 2000) -> IntakeFileCard:
    """Receive, map as proposed, check."""
    card = receive_file(actor=actor, at=AT, name=name, content=content)
    fields = {column.place: column.field for column in intake_columns(actor=actor, file_id=card.id)}
    set_mapping(actor=actor, at=AT, file_id=card.id, fields=fields)
    return check_file(actor=actor, at=AT, file_id=card.id, chunk_rows=chunk_rows)


def load(actor: Actor, content: bytes, **options: Any) -> IntakeFileCard:
    """All steps; a file that is loaded already stays as it is."""
    card = receive_file(actor=actor, at=AT, name="فهرست.xlsx", content=content)
    if card.ended_at is not None:
        return card
    card = check(actor, content, **options)
    return load_file(actor=actor, at=AT, file_id=card.id)

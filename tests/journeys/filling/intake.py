"""A file that was checked and not loaded: only then are there staged rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.registry.actions import check_file, receive_file, set_mapping
    from sakha.registry.queries import intake_columns
    from tests.journeys.conftest import AT

    staff = next(body.staff for body in walked.happened.cast.charities if not body.staff.withheld)
    content = "نام,نام خانوادگی,کد ملی\nزهرا,نمونه,9991234561\n".encode()
    card = receive_file(actor=staff, at=AT, name="half-way.csv", content=content)
    columns = intake_columns(actor=staff, file_id=card.id)
    fields = {column.place: column.field for column in columns}
    set_mapping(actor=staff, at=AT, file_id=card.id, fields=fields)
    check_file(actor=staff, at=AT, file_id=card.id)

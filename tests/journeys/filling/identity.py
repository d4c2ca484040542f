"""A row in doubt, and two households that were merged and parted again: so the walk's figures stay what they were."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from django.db import connection

    from sakha.access.actions import acting
    from sakha.access.rules import SYSTEM
    from sakha.registry.actions import check_file, receive_file, set_mapping
    from sakha.registry.actions.uniting import merge_households, undo_merge
    from sakha.registry.queries import intake_columns
    from tests.journeys.conftest import AT

    cast = walked.happened.cast
    staff = next(body.staff for body in cast.charities if not body.staff.withheld)
    with (walked.pilot / "aid_plan.csv").open(encoding="utf-8") as lines:
        known = next(csv.DictReader(lines))["national_id"]
    content = f"نام,نام خانوادگی,کد ملی\nناهمنام,ناهمخوان,{known}\n".encode()
    card = receive_file(actor=staff, at=AT, name="in-doubt.csv", content=content)
    fields = {column.place: column.field for column in intake_columns(actor=staff, file_id=card.id)}
    set_mapping(actor=staff, at=AT, file_id=card.id, fields=fields)
    check_file(actor=staff, at=AT, file_id=card.id)

    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM registry_household WHERE merged_into_id IS NULL AND province = '30' LIMIT 2")
        first, second = (row[0] for row in cursor.fetchall())
    merged = merge_households(actor=cast.officer, at=AT, household_ids=(first, second), reason="filling")
    undo_merge(actor=cast.officer, at=AT, merge_id=merged.id)

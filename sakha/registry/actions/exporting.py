"""Giving bad rows back as an Excel file; what leaves the house is logged as exported."""

from datetime import datetime

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.access.rules.sealing import open_many
from sakha.registry.actions.staging import cells_of_payload
from sakha.registry.queries.intake import find_file, problems_of
from sakha.registry.rules.problem_workbook import ProblemRow, build_problem_workbook


def write_problem_workbook(*, actor: Actor, at: datetime, file_id: int) -> bytes:
    """The rows with problems as right-to-left Excel: the original columns, the reason, bad cells coloured.

    Raises: PermissionMissing, IntakeFileUnknown.
    """
    actor.require(Permission.IMPORT_FILE)
    with acting(actor):
        file = find_file(file_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT row_number, payload_sealed, problems FROM registry_intake_row"
                " WHERE intake_file_id = %s AND problems <> '[]'::jsonb ORDER BY row_number",
                (file_id,),
            )
            rows = cursor.fetchall()
        record_access(
            actor=actor,
            at=at,
            action=AccessAction.EXPORT,
            household_id=None,
            purpose=f"problem rows of intake file {file_id}",
            person_count=max(len(rows), 1),
        )
    payloads = open_many(key_ring(), (row[1] for row in rows))
    return build_problem_workbook(
        file.headings,
        (
            ProblemRow(number, cells_of_payload(payload, file.headings), problems_of(problems))
            for (number, _, problems), payload in zip(rows, payloads, strict=True)
        ),
    )

"""The merge: staged rows become persons, households, memberships, records and facts, in one transaction.

It runs as the system, inside the action that has checked the organisation's permission: a file may speak of people
whose household another organisation registered and this one does not see yet. Functions of the database's owner would
do the same, but would put the rules of the merge into migrations and past the policies; so the policies stay on, and
what the merge writes for an organisation is named by its id alone.

Order: persons (new ones in the order of their index), locks on persons and households by id, then everything that is
read under these locks. Two loads that speak of the same people wait for each other and never in a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.linkage.rules import IdentityView
from sakha.registry.actions import merge_statements as statements
from sakha.registry.models import IntakeFile
from sakha.registry.rules.contradictions import is_contradiction
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.jalali import TEHRAN

HEAD_FACTS: Final = [FactName.HEAD_AGE.value, FactName.HEAD_EDU_YEARS.value, FactName.HEAD_FEMALE.value]
# Fewer rows are joined by index anyhow, and an analysis would cost more than it saves.
BULK_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge brought: new rows only; `known_count` rows were recorded before."""

    record_count: int
    known_count: int
    person_count: int
    household_count: int
    household_ids: tuple[int, ...]
    contradicting_rows: tuple[int, ...]


def merge_file(file: IntakeFile, *, at: datetime, rows: Sequence[int] | None) -> Merged:
    """Merge the staged rows of a file that have no problem; of these only `rows`, where given."""
    parameters: dict[str, Any] = {
        "file": file.pk,
        "organisation": file.organisation_id,
        "user": file.uploaded_by_id,
        "rows": None if rows is None else list(rows),
        "at": at,
        "today": local_date(at),
        "head_facts": HEAD_FACTS,
    }
    with acting(SYSTEM), connection.cursor() as cursor:

        def run(statement: str) -> int:
            cursor.execute(statement, parameters)
            return int(cursor.rowcount)

        run(statements.PREPARE)
        run(statements.EMPTY)
        chosen = run(statements.CHOOSE)
        is_bulk = chosen > BULK_ROWS
        if is_bulk:
            run(statements.ANALYSE)
        persons = run(statements.INSERT_PERSONS)
        run(statements.FIND_PERSONS)
        run(statements.LOCK_PERSONS)
        against = _leave_out_contradictions(cursor, parameters)
        if is_bulk:
            run(statements.ANALYSE)
        run(statements.JOIN_HOUSEHOLDS)
        run(statements.LOCK_HOUSEHOLDS)
        run(statements.NUMBER_HOUSEHOLDS)
        households = run(statements.INSERT_HOUSEHOLDS)
        run(statements.INSERT_MEMBERSHIPS)
        run(statements.FOLLOW_MEMBERS)
        run(statements.FILL_PERSONS)
        records = run(statements.INSERT_RECORDS)
        run(statements.UPSERT_FACTS)
        run(statements.TOUCH_HOUSEHOLDS)
        run(statements.TOUCHED)
        touched = tuple(row[0] for row in cursor.fetchall())
        run(statements.DROP_STAGED)
        run(statements.EMPTY)
    known = chosen - len(against) - records
    return Merged(records, known, persons, households, touched, against)


def analyse(actor: Actor, function: str) -> None:
    """Let the owner's function take fresh figures of tables that have changed much, in a transaction of its own."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}()")


def local_date(at: datetime) -> date:
    """The day in Iran on which something was observed."""
    return at.astimezone(TEHRAN).date()


def _leave_out_contradictions(cursor: Any, parameters: dict[str, Any]) -> tuple[int, ...]:
    cursor.execute(statements.KNOWN_OTHERWISE, parameters)
    against = tuple(
        sorted(
            row[0]
            for row in cursor.fetchall()
            if is_contradiction(
                IdentityView(row[1], row[2], row[3], row[4], row[5] == "YEAR", row[6]),
                IdentityView(row[7], row[8], row[9], row[10], row[11] == "YEAR", row[12]),
            )
        )
    )
    if against:
        cursor.execute(statements.LEAVE_OUT, {**parameters, "rows": list(against)})
    return against

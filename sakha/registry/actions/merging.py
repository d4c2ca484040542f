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
from sakha.linkage.rules.desk_keys import DESK_VERSION
from sakha.registry.actions import merge_statements as statements
from sakha.registry.actions.following import follow_people
from sakha.registry.models import IntakeFile
from sakha.registry.rules.contradictions import (
    HouseholdNeedsOffice,
    RowsInDoubt,
    is_of_case,
    rows_known_otherwise,
)
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
    left_out: tuple[RowsInDoubt, ...]


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
        "desk_version": DESK_VERSION,
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        merge = _Merge(cursor, parameters)
        chosen, person_count = merge.settle_persons()
        merge.leave_out_doubtful()
        household_count = merge.settle_households()
        record_count = merge.write_what_was_told()
        touched = merge.end()
        follow_people(at=at, household_ids=touched)
    left_count = sum(len(doubt.numbers) for doubt in merge.left_out)
    known_count = chosen - left_count - record_count
    return Merged(record_count, known_count, person_count, household_count, touched, tuple(merge.left_out))


class _Merge:
    """The steps of one merge, on one cursor."""

    def __init__(self, cursor: Any, parameters: dict[str, Any]) -> None:
        self._cursor = cursor
        self._parameters = parameters
        self._is_bulk = False
        self.left_out: list[RowsInDoubt] = []

    def settle_persons(self) -> tuple[int, int]:
        """Choose the rows, make the people who are new, lock them all; returns rows chosen and people made."""
        self._run(statements.PREPARE)
        self._run(statements.EMPTY)
        chosen = self._run(statements.CHOOSE)
        self._is_bulk = chosen > BULK_ROWS
        self._analyse()
        # Before people are made: of a row that is left out nobody may remain without a household.
        self._leave_out_guarded()
        person_count = self._run(statements.INSERT_PERSONS)
        self._run(statements.FIND_PERSONS)
        self._run(statements.LOCK_PERSONS)
        if self._run(statements.FOLLOW_MERGED):
            self._run(statements.LOCK_PERSONS)
        return chosen, person_count

    def leave_out_doubtful(self) -> None:
        """Leave out the rows about somebody whom the register does not surely know as the same person."""
        self._run(statements.KNOWN_OTHERWISE)
        self._leave_out(*rows_known_otherwise((row[0], *_views(row)) for row in self._cursor.fetchall()))
        self._analyse()

    def settle_households(self) -> int:
        """Join the cases to households, make the new ones, place everybody who is active nowhere."""
        self._run(statements.CASES_TOLD_BEFORE)
        homes: dict[str, int] = {}
        for label, household_id, are_dependants, told, known in self._cursor.fetchall():
            if is_of_case(are_dependants=are_dependants, told_families=told, known_families=known):
                homes.setdefault(label, household_id)
        joined = {"cases": list(homes), "homes": list(homes.values())}
        self._cursor.execute(statements.JOIN_HOUSEHOLDS, {**self._parameters, **joined})
        self._run(statements.LOCK_HOUSEHOLDS)
        # Again, now that nobody else can protect a household beside us.
        self._leave_out_guarded()
        self._run(statements.NUMBER_HOUSEHOLDS)
        household_count = self._run(statements.INSERT_HOUSEHOLDS)
        self._run(statements.INSERT_MEMBERSHIPS)
        self._run(statements.FOLLOW_MEMBERS)
        return household_count

    def write_what_was_told(self) -> int:
        """Fill people in, keep the records, add the facts; returns the records written."""
        self._run(statements.FILL_PERSONS)
        record_count = self._run(statements.INSERT_RECORDS)
        self._run(statements.UPSERT_FACTS)
        self._run(statements.TOUCH_HOUSEHOLDS)
        return record_count

    def end(self) -> tuple[int, ...]:
        """Empty what was staged; returns the households that new rows speak of."""
        self._run(statements.TOUCHED)
        touched = tuple(row[0] for row in self._cursor.fetchall())
        self._run(statements.DROP_STAGED)
        self._run(statements.EMPTY)
        return touched

    def _leave_out_guarded(self) -> None:
        """Leave out the cases that lead into a protected household of which the organisation has told nothing yet.

        Registering would otherwise be the way in: whoever has a record of a household sees it.
        """
        self._run(statements.GUARDED)
        if numbers := tuple(row[0] for row in self._cursor.fetchall()):
            self._leave_out(RowsInDoubt(HouseholdNeedsOffice(), numbers))

    def _leave_out(self, *doubts: RowsInDoubt) -> None:
        for doubt in doubts:
            self._cursor.execute(statements.LEAVE_OUT, {**self._parameters, "rows": list(doubt.numbers)})
        self.left_out += doubts

    def _run(self, statement: str) -> int:
        self._cursor.execute(statement, self._parameters)
        return int(self._cursor.rowcount)

    def _analyse(self) -> None:
        if self._is_bulk:
            self._run(statements.ANALYSE)


def analyse(actor: Actor, function: str) -> None:
    """Let the owner's function take fresh figures of tables that have changed much, in a transaction of its own."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}()")


def local_date(at: datetime) -> date:
    """The day in Iran on which something was observed."""
    return at.astimezone(TEHRAN).date()


def _views(row: Sequence[Any]) -> tuple[IdentityView, IdentityView]:
    told, known = row[1:7], row[7:13]
    return _view(told), _view(known)


def _view(columns: Sequence[Any]) -> IdentityView:
    given, family, father, birth_on, precision, gender = columns
    return IdentityView(given, family, father, birth_on, precision == "YEAR", gender)

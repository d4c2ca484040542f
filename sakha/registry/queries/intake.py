"""Reads of the intake: how far a file is, what its columns hold, which rows have problems."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import Actor, Permission
from sakha.access.rules.sealing import open_sealed
from sakha.registry.models import ColumnMapping, IntakeFile
from sakha.registry.rules.mapping import field_label
from sakha.registry.rules.rows import RowProblem
from sakha.registry.rules.sheets import Sheet, read_sheet, show_cell
from sakha.registry.rules.states import IntakeOrigin, IntakeState
from sakha.vocabulary.refusal import Refusal

_LISTED_MAX: Final = 50
_SAMPLES: Final = 3
CONTENT_SEAL: Final = "intake content"


class IntakeFileUnknown(Refusal):
    """No such file, or another organisation's."""

    code: ClassVar[str] = "INTAKE_FILE_UNKNOWN"
    sentence: ClassVar[str] = "این پرونده پیدا نشد."


class IntakeContentGone(Refusal):
    """The content is kept until the file is loaded or given up."""

    code: ClassVar[str] = "INTAKE_CONTENT_GONE"
    sentence: ClassVar[str] = "محتوای این پرونده دیگر نگه داشته نمی‌شود. آن را دوباره بفرستید."


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFileCard:
    """A file on its way: its state, how far it is, and what came of it."""

    id: int
    organisation_id: int
    name: str
    state: IntakeState
    failure_code: str
    failure_reason: str
    row_count: int
    checked_count: int
    valid_count: int
    problem_count: int
    known_count: int
    record_count: int
    person_count: int
    household_count: int
    uploaded_at: datetime
    checked_at: datetime | None
    ended_at: datetime | None

    @property
    def checked_share(self) -> float:
        """How far the check is, from 0 to 1: the progress bar."""
        return self.checked_count / self.row_count if self.row_count else 0.0


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column in the mapping step: its heading, the field it is given now, and a few cells to judge by."""

    place: int
    heading: str
    field: str
    field_label: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowProblems:
    """Everything that is wrong with one row."""

    row_number: int
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """How many rows have one problem in one column."""

    code: str
    heading: str
    reason: str
    row_count: int


def get_intake_file(*, actor: Actor, file_id: int) -> IntakeFileCard:
    """The card of a file. Raises: IntakeFileUnknown."""
    with acting(actor):
        file = find_file(file_id)
    return card_of(file)


def intake_files(*, actor: Actor) -> list[IntakeFileCard]:
    """The organisation's latest files, newest first."""
    actor.require(Permission.IMPORT_FILE)
    with acting(actor):
        files = IntakeFile.objects.filter(
            organisation_id=actor.organisation_id or 0, origin=IntakeOrigin.FILE.value
        ).order_by("-id")[:_LISTED_MAX]
        return [card_of(file) for file in files]


def intake_columns(*, actor: Actor, file_id: int, sample_count: int = _SAMPLES) -> list[ColumnChoice]:
    """The columns of a file with the fields proposed or chosen, and samples, for which the content is opened again.

    Raises: IntakeFileUnknown.
    """
    with acting(actor):
        file = find_file(file_id)
    chosen = {one["place"]: one["field"] for one in file.mapping.get("columns", [])}
    fields = [chosen.get(place, "") for place in range(len(file.headings))] if chosen else file.mapping["suggested"]
    samples = (
        [[show_cell(cell) for cell in row.cells] for row in sheet_of(file).rows[:sample_count]]
        if sample_count and file.content_sealed
        else []
    )
    return [
        ColumnChoice(
            place=place,
            heading=heading,
            field=field,
            field_label=field_label(field) if field else "",
            samples=tuple(row[place] for row in samples if place < len(row)),
        )
        for place, (heading, field) in enumerate(zip(file.headings, fields, strict=True))
    ]


def intake_problems(*, actor: Actor, file_id: int, after_row: int = 0, limit: int = 100) -> list[RowProblems]:
    """Rows with problems, in the order of the file. Raises: IntakeFileUnknown."""
    with acting(actor):
        find_file(file_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT row_number, problems FROM registry_intake_row WHERE intake_file_id = %s AND row_number > %s"
                " AND problems <> '[]'::jsonb ORDER BY row_number LIMIT %s",
                (file_id, after_row, limit),
            )
            rows = cursor.fetchall()
    return [RowProblems(number, problems_of(problems)) for number, problems in rows]


def problem_counts(*, actor: Actor, file_id: int) -> list[ProblemCount]:
    """The kinds of problems of a file, the most frequent first. Raises: IntakeFileUnknown."""
    with acting(actor):
        find_file(file_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT p->>'code', p->>'heading', p->>'reason', count(DISTINCT row_number) FROM registry_intake_row,"
                " jsonb_array_elements(problems) AS p WHERE intake_file_id = %s GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2",
                (file_id,),
            )
            return [ProblemCount(*row) for row in cursor.fetchall()]


def remembered_fields(organisation_id: int) -> dict[str, str]:
    """The fields that an organisation gave to headings, by their match key. Call it inside `acting`."""
    kept = ColumnMapping.objects.filter(organisation_id=organisation_id)
    return dict(kept.values_list("heading_key", "field"))


def sheet_of(file: IntakeFile) -> Sheet:
    """The table of a file, read again from its sealed content; its headings are found where they were found first."""
    if file.content_sealed is None:
        raise IntakeContentGone(field="file_id")
    content = base64.b64decode(open_sealed(key_ring(), bytes(file.content_sealed), kind=CONTENT_SEAL))
    headings = set(file.headings)
    return read_sheet(content, headings.__contains__)


def find_file(file_id: int, *, is_locked: bool = False) -> IntakeFile:
    """The row of a file, for use inside this room and inside `acting`. Raises: IntakeFileUnknown."""
    files = IntakeFile.objects.select_for_update(no_key=True) if is_locked else IntakeFile.objects
    file = files.filter(id=file_id).first()
    if file is None:
        raise IntakeFileUnknown(field="file_id")
    return file


def card_of(file: IntakeFile) -> IntakeFileCard:
    """What other rooms may know of a file."""
    counts = (
        "row_count", "checked_count", "valid_count", "problem_count", "known_count", "record_count", "person_count",
        "household_count",
    )  # fmt: skip
    return IntakeFileCard(
        id=file.pk,
        organisation_id=file.organisation_id,
        name=file.name,
        state=IntakeState(file.state),
        failure_code=file.failure_code,
        failure_reason=file.failure_reason,
        uploaded_at=file.uploaded_at,
        checked_at=file.checked_at,
        ended_at=file.ended_at,
        **{name: getattr(file, name) for name in counts},
    )


def problems_of(kept: str | Sequence[dict[str, Any]]) -> tuple[RowProblem, ...]:
    """The problems that a staged row keeps."""
    listed = json.loads(kept) if isinstance(kept, str) else kept
    return tuple(RowProblem(**one) for one in listed)

"""A household told over a desk: the same reading, staging and merging as a file, with the members as its rows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.access.rules.sealing import IndexKind, blind_index, blind_indexes, seal
from sakha.registry.actions.intake import end_load, find_same_content, organisation_of
from sakha.registry.actions.merging import local_date, merge_file
from sakha.registry.actions.staging import mark_contradictions_within, mark_known_otherwise, stage_rows
from sakha.registry.models import IntakeFile
from sakha.registry.queries.intake import problems_of
from sakha.registry.rules.declaration import HouseholdDeclaration, form_columns, form_rows
from sakha.registry.rules.mapping import columns_to_json
from sakha.registry.rules.reading import Area, RowReader
from sakha.registry.rules.rows import ReadRow, RowProblem, content_text
from sakha.registry.rules.states import IntakeOrigin, IntakeState
from sakha.registry.rules.words import Relation
from sakha.vocabulary.refusal import Refusal


class HouseholdInvalid(Refusal):
    """The form can't be taken as it is; `problems` names each member and field."""

    code: ClassVar[str] = "HOUSEHOLD_INVALID"
    sentence: ClassVar[str] = "چند خانهٔ این برگه باید درست شود."

    def __init__(self, *, problems: Sequence["MemberProblem"] = (), field: str = "") -> None:
        super().__init__(field=field)
        self.problems = tuple(problems)


class HouseholdEmpty(Refusal):
    """A household without members."""

    code: ClassVar[str] = "HOUSEHOLD_EMPTY"
    sentence: ClassVar[str] = "دست‌کم یک نفر از خانوار را بنویسید."


@dataclass(frozen=True, slots=True)
class MemberProblem:
    """What is wrong with a member of the form, counted from 1; facts and place are with the head."""

    member: int
    problem: RowProblem


@dataclass(frozen=True, slots=True)
class RegisteredHousehold:
    """The household under which the form now stands. `is_new` tells whether it was unknown before."""

    household_id: int
    code: str
    is_new: bool
    record_count: int


def register_household(
    *,
    actor: Actor,
    at: datetime,
    declaration: HouseholdDeclaration,
    origin: IntakeOrigin = IntakeOrigin.FORM,
) -> RegisteredHousehold:
    """Register a household by form. The same form again changes nothing and gives the same household.

    Raises: PermissionMissing, OrganisationMissing, HouseholdEmpty, HouseholdInvalid.
    """
    actor.require(Permission.WRITE_HOUSEHOLD)
    organisation_id = organisation_of(actor)
    rows = _read(actor, at, declaration)
    digest_text = f"form\x1f{organisation_id}\x1f{hashlib.sha256(repr(declaration).encode()).hexdigest()}"
    with acting(actor):
        known = find_same_content(organisation_id, digest_text)
        if known is None:
            file = _open_form(actor, at, declaration, digest_text, origin)
            household_count, record_count = _take(at, file, rows)
        else:
            household_count, record_count = 0, 0
        household_id, code = _household_of(organisation_id, rows)
        record_access(
            actor=actor,
            at=at,
            action=AccessAction.WRITE,
            household_id=household_id,
            purpose="household form" if origin is IntakeOrigin.FORM else "self-registration",
            person_count=len(rows),
        )
    return RegisteredHousehold(household_id, code, household_count > 0, record_count)


def check_declaration(*, actor: Actor, at: datetime, declaration: HouseholdDeclaration) -> tuple[MemberProblem, ...]:
    """What would have to be corrected before the form can be taken; nothing is written, the register is not asked.

    Raises: PermissionMissing, OrganisationMissing, HouseholdEmpty.
    """
    actor.require(Permission.WRITE_HOUSEHOLD)
    organisation_of(actor)
    try:
        _read(actor, at, declaration)
    except HouseholdInvalid as refusal:
        return refusal.problems
    return ()


def _read(actor: Actor, at: datetime, declaration: HouseholdDeclaration) -> list[ReadRow]:
    if not declaration.members:
        raise HouseholdEmpty(field="members")
    area = Area(actor.province, actor.county)
    reader = RowReader(form_columns(declaration), area=area, today=local_date(at), people=key_ring().people)
    rows = [reader.read(row, is_protected=declaration.is_protected) for row in form_rows(declaration)]
    problems = [MemberProblem(row.number, problem) for row in rows for problem in row.problems]
    if problems:
        raise HouseholdInvalid(problems=problems)
    return rows


def _open_form(
    actor: Actor, at: datetime, declaration: HouseholdDeclaration, digest_text: str, origin: IntakeOrigin
) -> IntakeFile:
    columns = form_columns(declaration)
    ring = key_ring()
    return IntakeFile.objects.create(
        organisation_id=organisation_of(actor),
        origin=origin.value,
        name="",
        content_digest=blind_index(ring, IndexKind.DIGEST, digest_text),
        digest_sealed=seal(ring, digest_text),
        province=actor.province,
        county=actor.county,
        state=IntakeState.LOADING.value,
        headings=[column.heading for column in columns],
        mapping=columns_to_json(columns),
        row_count=len(declaration.members),
        checked_count=len(declaration.members),
        valid_count=len(declaration.members),
        uploaded_by_id=actor.user_id,
        uploaded_at=at,
        checked_at=at,
    )


def _take(at: datetime, file: IntakeFile, rows: Sequence[ReadRow]) -> tuple[int, int]:
    stage_rows(file, rows, key_ring())
    mark_known_otherwise(file, rows[0].number, rows[-1].number, at=at)
    mark_contradictions_within(file)
    _require_no_problem(file)
    merged = merge_file(file, at=at, rows=None)
    end_load(file, merged, at)
    _require_no_problem(file)
    return merged.household_count, merged.record_count


def _require_no_problem(file: IntakeFile) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_number, problems FROM registry_intake_row WHERE intake_file_id = %s AND problems <> '[]'::jsonb"
            " ORDER BY row_number",
            (file.pk,),
        )
        found = [
            MemberProblem(number, problem)
            for number, problems in cursor.fetchall()
            for problem in problems_of(problems)
        ]
    if found:
        raise HouseholdInvalid(problems=found)


def _household_of(organisation_id: int, rows: Sequence[ReadRow]) -> tuple[int, str]:
    """The household of the form's head, else of its first member; by the records, whichever intake made them."""
    ring = key_ring()
    head_first = sorted(rows, key=lambda row: row.relation is not Relation.HEAD)
    digests = [
        digest
        for row in head_first
        for digest in blind_indexes(ring, IndexKind.DIGEST, content_text(row, organisation_id))
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.id, h.code FROM registry_record r"
            " JOIN registry_membership m ON m.person_id = r.person_id AND m.to_on IS NULL"
            " JOIN registry_household h ON h.id = m.household_id"
            " WHERE r.organisation_id = %s AND r.content_digest = ANY(%s)"
            " ORDER BY array_position(%s::bytea[], r.content_digest) LIMIT 1",
            (organisation_id, digests, digests),
        )
        household_id, code = cursor.fetchone()
    return household_id, code

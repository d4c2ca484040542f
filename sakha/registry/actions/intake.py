"""Taking in a file: receive, map, check, load, cancel; each step a guarded change of state.

The check goes on in chunks, each a transaction, so that a killed worker loses one chunk at most; what a row means is
decided by the rules, how it is written by `staging` and `merging`.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

from django.db import connection
from django.db.models import Count, Q
from procrastinate.contrib.django import app

from sakha.access.actions import record_access_many
from sakha.access.queries import acting, key_ring
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.access.rules.sealing import IndexKind, blind_index, blind_indexes, seal, sealed_prefix
from sakha.registry.actions.asking import withdraw_row_questions
from sakha.registry.actions.merging import BULK_ROWS, Merged, analyse, local_date, merge_file
from sakha.registry.actions.staging import (
    mark_contradictions_within,
    mark_doubts,
    mark_known_otherwise,
    stage_rows,
)
from sakha.registry.models import IntakeFile, IntakeRow
from sakha.registry.queries.intake import (
    CONTENT_SEAL,
    IntakeFileCard,
    card_of,
    find_file,
    remembered_fields,
    sheet_of,
)
from sakha.registry.rules.mapping import (
    columns_from_json,
    columns_to_json,
    is_known_heading,
    make_columns,
    suggest_fields,
)
from sakha.registry.rules.reading import Area, RowReader
from sakha.registry.rules.sheets import read_sheet
from sakha.registry.rules.states import (
    CANCELLABLE,
    CHECKABLE,
    LOADABLE,
    MAPPABLE,
    WORKED_ON,
    IntakeOrigin,
    IntakeState,
)
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.persian_text import clean_text, match_key
from sakha.vocabulary.refusal import Refusal

CHUNK_ROWS: Final = 2000
_CHECK_TASK: Final = "sakha.registry.jobs.check_intake_file"
_LOAD_TASK: Final = "sakha.registry.jobs.load_intake_file"
_NAME_LENGTH: Final = 200
# So many at once change what the planner should believe; fewer are left to the database's own housekeeping.
_MANY_RECORDS: Final = 3000


class IntakeStateWrong(Refusal):
    """The step doesn't follow from where the file is now."""

    code: ClassVar[str] = "INTAKE_STATE_WRONG"
    sentence: ClassVar[str] = "این پرونده در مرحله‌ای نیست که این کار را بپذیرد."


class KeysBeingRenewed(Refusal):
    """The rows were staged under keys that are no longer the current ones: people would not be found again by them."""

    code: ClassVar[str] = "KEYS_BEING_RENEWED"
    sentence: ClassVar[str] = (
        "کلیدهای سامانه در حال نو شدن است؛ کمی بعد دوباره ثبت را بزنید. چیزی از پرونده کم نشده است."
    )


class OrganisationMissing(Refusal):
    """Files and forms come from an organisation with a province."""

    code: ClassVar[str] = "ORGANISATION_MISSING"
    sentence: ClassVar[str] = "این کار را کاربر یک سازمان انجام می‌دهد که استان آن مشخص است."


def receive_file(*, actor: Actor, at: datetime, name: str, content: bytes) -> IntakeFileCard:
    """Keep a file sealed and propose a mapping; the same content again gives the file that is there already.

    Raises: PermissionMissing, OrganisationMissing, FileTooLarge, FileUnreadable, HeadingsMissing, FileEmpty.
    """
    actor.require(Permission.IMPORT_FILE)
    organisation_id = organisation_of(actor)
    digest_text = f"file\x1f{organisation_id}\x1f{hashlib.sha256(content).hexdigest()}"
    with acting(actor):
        known = find_same_content(organisation_id, digest_text)
        if known is not None:
            return card_of(known)
        remembered = remembered_fields(organisation_id)
        sheet = read_sheet(content, lambda heading: is_known_heading(heading, remembered))
        file = IntakeFile.objects.create(
            organisation_id=organisation_id,
            origin=IntakeOrigin.FILE.value,
            name=clean_text(name)[:_NAME_LENGTH],
            content_sealed=seal(key_ring(), base64.b64encode(content).decode(), kind=CONTENT_SEAL),
            content_digest=blind_index(key_ring(), IndexKind.DIGEST, digest_text),
            digest_sealed=seal(key_ring(), digest_text),
            province=actor.province,
            county=actor.county,
            state=IntakeState.UPLOADED.value,
            headings=list(sheet.headings),
            mapping={"suggested": suggest_fields(sheet.headings, remembered)},
            row_count=len(sheet.rows),
            uploaded_by_id=actor.user_id,
            uploaded_at=at,
        )
    return card_of(file)


def set_mapping(
    *, actor: Actor, at: datetime, file_id: int, fields: Mapping[int, str], money_unit: MoneyUnit = MoneyUnit.RIAL
) -> IntakeFileCard:
    """Say which column holds what, and remember it for the next file.

    `fields` gives each column's place its field; a column that is left out or empty is not read. `money_unit` counts
    where a heading names none.

    Raises: PermissionMissing, IntakeFileUnknown, IntakeStateWrong, FieldUnknown, MappingRepeatsField,
    MappingIncomplete.
    """
    actor.require(Permission.IMPORT_FILE)
    with acting(actor):
        file = _in_state(file_id, MAPPABLE)
        columns = make_columns(file.headings, fields, money_unit=money_unit)
        IntakeRow.objects.filter(intake_file=file).delete()
        withdraw_row_questions(at=at, file_id=file_id)
        file.mapping = {"suggested": file.mapping.get("suggested", []), **columns_to_json(columns)}
        file.state = IntakeState.MAPPED.value
        file.checked_count = file.valid_count = file.problem_count = 0
        file.save()
        _remember(file, {column.place: column.field.value for column in columns}, at)
    return card_of(file)


def request_check(*, actor: Actor, file_id: int) -> IntakeFileCard:
    """Begin the check in the background; the job is committed together with the state.

    Raises: PermissionMissing, IntakeFileUnknown, IntakeStateWrong.
    """
    return _request(actor, file_id, (IntakeState.MAPPED,), IntakeState.CHECKING, _CHECK_TASK)


def request_load(*, actor: Actor, file_id: int, rows: Sequence[int] | None = None) -> IntakeFileCard:
    """Begin to load in the background: all rows without a problem, or of these the given ones.

    Raises: PermissionMissing, IntakeFileUnknown, IntakeStateWrong, KeysBeingRenewed.
    """
    return _request(actor, file_id, (IntakeState.CHECKED, IntakeState.LOADED), IntakeState.LOADING, _LOAD_TASK, rows)


def check_file(
    *,
    actor: Actor,
    at: datetime,
    file_id: int,
    chunk_rows: int = CHUNK_ROWS,
    progress: Callable[[IntakeFileCard], object] | None = None,
) -> IntakeFileCard:
    """Check every row and stage it, chunk by chunk; started again, it goes on where it was stopped.

    Each chunk is its own transaction, so don't call it inside one. Cancelled in between, it stops.

    Raises: PermissionMissing, IntakeFileUnknown, IntakeStateWrong, and what a file that can't be read raises.
    """
    actor.require(Permission.IMPORT_FILE)
    with acting(actor):
        file = _in_state(file_id, CHECKABLE)
        file.state = IntakeState.CHECKING.value
        file.save(update_fields=["state"])
        sheet = sheet_of(file)
    area = Area(file.province, file.county)
    ring = key_ring()
    reader = RowReader(
        columns_from_json(file.mapping), area=area, today=local_date(file.uploaded_at), people=ring.people
    )
    while file.checked_count < file.row_count:
        chunk = [reader.read(row) for row in sheet.rows[file.checked_count : file.checked_count + chunk_rows]]
        with acting(actor):
            # Locked: a second worker or a cancellation waits here, and finds the count moved on or the state changed.
            held = find_file(file_id, is_locked=True)
            if held.state != IntakeState.CHECKING.value or held.checked_count != file.checked_count:
                return card_of(held)
            stage_rows(held, chunk, ring)
            mark_known_otherwise(held, chunk[0].number, chunk[-1].number, at=at)
            held.checked_count += len(chunk)
            held.save(update_fields=["checked_count"])
        file = held
        if progress is not None:
            progress(card_of(file))
    card = _end_check(actor, at, file_id)
    if card.row_count > BULK_ROWS:
        analyse(actor, "registry_analyse_staged")
    return card


def load_file(*, actor: Actor, at: datetime, file_id: int, rows: Sequence[int] | None = None) -> IntakeFileCard:
    """Load the checked rows in one transaction: all without a problem, or of these the given ones.

    Raises: PermissionMissing, IntakeFileUnknown, IntakeStateWrong, KeysBeingRenewed (the file stays as it was).
    """
    actor.require(Permission.IMPORT_FILE)
    with acting(actor):
        file = _in_state(file_id, LOADABLE)
        if file.state == IntakeState.LOADING.value and rows is None:
            rows = file.chosen_rows
        merged = _merge(actor, at, file, rows)
    return _after_load(actor, file, merged)


def load_requested(*, actor: Actor, at: datetime, file_id: int) -> IntakeFileCard:
    """Load what `request_load` asked for, for the job; run again after it has loaded, it does nothing.

    While keys are renewed the request is taken back, so that it can be made again.

    Raises: PermissionMissing, IntakeFileUnknown, IntakeStateWrong.
    """
    actor.require(Permission.IMPORT_FILE)
    with acting(actor):
        file = _in_state(file_id, (IntakeState.LOADING, IntakeState.LOADED))
        if file.state == IntakeState.LOADED.value:
            return card_of(file)
        if _is_staged_under_old_keys(file):
            file.state = (IntakeState.LOADED if file.ended_at else IntakeState.CHECKED).value
            file.chosen_rows = None
            file.save(update_fields=["state", "chosen_rows"])
            return card_of(file)
        merged = _merge(actor, at, file, file.chosen_rows)
    return _after_load(actor, file, merged)


def cancel_file(*, actor: Actor, at: datetime, file_id: int) -> IntakeFileCard:
    """Give a file up before it is loaded; nothing of it is kept but its name and counts.

    Raises: PermissionMissing, IntakeFileUnknown, IntakeStateWrong.
    """
    actor.require(Permission.IMPORT_FILE)
    with acting(actor):
        file = _in_state(file_id, CANCELLABLE)
        _end(file, IntakeState.CANCELLED, at)
    return card_of(file)


def fail_file(*, actor: Actor, at: datetime, file_id: int, refusal: Refusal) -> IntakeFileCard:
    """Close a file that a job could not finish, with the reason; one that no job is at work on stays as it is."""
    with acting(actor):
        file = find_file(file_id, is_locked=True)
        if file.state not in WORKED_ON:
            return card_of(file)
        file.failure_code, file.failure_reason = refusal.code, refusal.message[:300]
        _end(file, IntakeState.FAILED, at)
    return card_of(file)


def organisation_of(actor: Actor) -> int:
    """The organisation in whose name the actor writes. Raises: OrganisationMissing."""
    if actor.organisation_id is None or not actor.province:
        raise OrganisationMissing
    return actor.organisation_id


def find_same_content(organisation_id: int, digest_text: str) -> IntakeFile | None:
    """The intake of the very same content that was not given up. Call it inside `acting`."""
    given_up = (IntakeState.CANCELLED.value, IntakeState.FAILED.value)
    digests = blind_indexes(key_ring(), IndexKind.DIGEST, digest_text)
    found = IntakeFile.objects.filter(organisation_id=organisation_id, content_digest__in=digests)
    return found.exclude(state__in=given_up).first()


def end_load(file: IntakeFile, merged: Merged, at: datetime) -> None:
    """Count what a merge brought. The records carry what was submitted, so the content is kept no longer."""
    left_count = mark_doubts(file, merged.left_out, at=at)
    file.record_count += merged.record_count
    file.known_count += merged.known_count
    file.person_count += merged.person_count
    file.household_count += merged.household_count
    file.valid_count -= left_count
    file.problem_count += left_count
    file.chosen_rows = None
    file.content_sealed = None
    file.state = IntakeState.LOADED.value
    file.ended_at = at
    file.save()


def _request(
    actor: Actor,
    file_id: int,
    states: Sequence[IntakeState],
    following: IntakeState,
    task: str,
    rows: Sequence[int] | None = None,
) -> IntakeFileCard:
    actor.require(Permission.IMPORT_FILE)
    with acting(actor):
        file = _in_state(file_id, states)
        if following is IntakeState.LOADING and _is_staged_under_old_keys(file):
            raise KeysBeingRenewed(field="file_id")
        file.state = following.value
        file.chosen_rows = None if rows is None else sorted(rows)
        file.save(update_fields=["state", "chosen_rows"])
        lock = f"intake-file-{file_id}"
        app.configure_task(task, lock=lock).defer(file_id=file_id, user_id=actor.user_id)
    return card_of(file)


def _in_state(file_id: int, states: Sequence[IntakeState]) -> IntakeFile:
    file = find_file(file_id, is_locked=True)
    if file.state not in states:
        raise IntakeStateWrong(field="file_id")
    return file


def _merge(actor: Actor, at: datetime, file: IntakeFile, rows: Sequence[int] | None) -> Merged:
    if _is_staged_under_old_keys(file):
        raise KeysBeingRenewed(field="file_id")
    merged = merge_file(file, at=at, rows=rows)
    record_access_many(
        actor=actor,
        at=at,
        action=AccessAction.IMPORT,
        household_ids=merged.household_ids,
        purpose=f"intake file {file.pk}",
    )
    end_load(file, merged, at)
    return merged


def _after_load(actor: Actor, file: IntakeFile, merged: Merged) -> IntakeFileCard:
    if merged.record_count > _MANY_RECORDS:
        analyse(actor, "registry_analyse_loaded")
    return card_of(file)


def _is_staged_under_old_keys(file: IntakeFile) -> bool:
    """Whether rows wait for `reseal_batch`: keys of seals and of indexes are renewed together."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM registry_intake_row"
            " WHERE intake_file_id = %s AND substr(payload_sealed, 1, 3) <> %s)",
            (file.pk, sealed_prefix(key_ring())),
        )
        return bool(cursor.fetchone()[0])


def _end_check(actor: Actor, at: datetime, file_id: int) -> IntakeFileCard:
    with acting(actor):
        file = find_file(file_id, is_locked=True)
        if file.state != IntakeState.CHECKING.value:
            return card_of(file)
        mark_contradictions_within(file)
        counts = IntakeRow.objects.filter(intake_file=file).aggregate(
            valid=Count("id", filter=Q(problems=[])), problem=Count("id", filter=~Q(problems=[]))
        )
        file.valid_count, file.problem_count = counts["valid"], counts["problem"]
        file.state = IntakeState.CHECKED.value
        file.checked_at = at
        file.save()
    return card_of(file)


def _end(file: IntakeFile, state: IntakeState, at: datetime) -> None:
    IntakeRow.objects.filter(intake_file=file).delete()
    withdraw_row_questions(at=at, file_id=file.pk)
    file.state = state.value
    file.content_sealed = None
    file.ended_at = at
    file.save()


def _remember(file: IntakeFile, fields: Mapping[int, str], at: datetime) -> None:
    """Also what was left out, so that it is not proposed again."""
    kept = {match_key(heading)[:200]: (heading, fields.get(place, "")) for place, heading in enumerate(file.headings)}
    headings, chosen = zip(*kept.values(), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_column_mapping (organisation_id, heading_key, heading, field, mapped_at)"
            " SELECT %s, key, heading, field, %s"
            " FROM unnest(%s::text[], %s::text[], %s::text[]) AS one(key, heading, field)"
            " ON CONFLICT (organisation_id, heading_key) DO UPDATE SET heading = excluded.heading,"
            " field = excluded.field, mapped_at = excluded.mapped_at",
            (file.organisation_id, at, list(kept), list(headings), list(chosen)),
        )

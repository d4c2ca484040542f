"""Takes in the list of everybody an agency covers.

Decides that a list is whole: whoever is missing from a newer one is no longer covered by that agency. What can be read
of a list is decided by the rules.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from sakha.access.queries import acting, get_organisation, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission, Scope
from sakha.access.rules.sealing import IndexKind, blind_index, seal_many
from sakha.coordination.actions.renewing import require_current_keys
from sakha.coordination.rules.coverage_list import (
    CoverageList,
    RowProblem,
    is_shrinking_too_much,
    read_coverage_list,
)
from sakha.databanks.rules import subject_indexes
from sakha.vocabulary.refusal import Refusal


class CoverageNotYours(Refusal):
    """An organisation may tell of its own coverage only."""

    code: ClassVar[str] = "COVERAGE_NOT_YOURS"
    sentence: ClassVar[str] = "هر سازمان فقط فهرست پوشش خودش را می‌فرستد."


class CoverageListOlder(Refusal):
    """A list of a later day was taken in already."""

    code: ClassVar[str] = "COVERAGE_LIST_OLDER"
    sentence: ClassVar[str] = "فهرستی تازه‌تر از این سازمان پیش‌تر ثبت شده است."


class CoverageListShrinks(Refusal):
    """The list would end more coverage than is likely; it may be sent again with the shrinking confirmed."""

    code: ClassVar[str] = "COVERAGE_LIST_SHRINKS"
    sentence: ClassVar[str] = (
        "این فهرست پوشش {ending_count} نفر از {active_count} نفر را پایان می‌دهد."
        " شاید بریده باشد؛ اگر کامل است تأیید کنید."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageListLoaded:
    """What a list changed. Rows with problems are left out and change nothing."""

    person_count: int
    added_count: int
    renewed_count: int
    ended_count: int
    problems: tuple[RowProblem, ...]


_STAGE: Final = """
    CREATE TEMP TABLE coverage_told (
        subject_index bytea NOT NULL, subject_sealed bytea NOT NULL, from_on date NOT NULL, to_on date,
        kind text NOT NULL, kept_id bigint
    ) ON COMMIT DROP
"""
# The row that a told span continues: the latest of this organisation and person that it touches.
_FIND_KEPT: Final = """
    UPDATE coverage_told AS told SET kept_id = kept.id
      FROM (SELECT DISTINCT ON (touched.subject_index) touched.subject_index, covered.id
              FROM coverage_told AS touched
              JOIN coordination_coverage AS covered
                ON covered.organisation_id = %s AND covered.subject_index = touched.subject_index
               AND daterange(covered.from_on, covered.to_on, '[]') && daterange(touched.from_on, touched.to_on, '[]')
             ORDER BY touched.subject_index, covered.from_on DESC) AS kept
     WHERE kept.subject_index = told.subject_index
"""
_RENEW: Final = """
    UPDATE coordination_coverage AS kept
       SET to_on = told.to_on, kind = told.kind, source = 'LIST'
      FROM coverage_told AS told
     WHERE kept.id = told.kept_id
       AND (kept.to_on, kept.kind, kept.source) IS DISTINCT FROM (told.to_on, told.kind, 'LIST')
"""
_ADD: Final = """
    INSERT INTO coordination_coverage (organisation_id, subject_index, subject_sealed, person_id, household_id, kind,
                                       source, from_on, to_on, observed_on, province, county, recorded_at)
    SELECT %(organisation_id)s, told.subject_index, told.subject_sealed, person.id, home.id, told.kind, 'LIST',
           told.from_on, told.to_on, %(observed_on)s, coalesce(home.province, %(province)s),
           coalesce(home.county, %(county)s), %(at)s
      FROM coverage_told AS told
      LEFT JOIN registry_person AS person ON person.id_index = told.subject_index
      LEFT JOIN registry_membership AS member
        ON member.person_id = coalesce(person.merged_into_id, person.id) AND member.to_on IS NULL
      LEFT JOIN registry_household AS home ON home.id = member.household_id
     WHERE told.kept_id IS NULL
    ON CONFLICT DO NOTHING
"""
_KEEP_LIST: Final = """
    INSERT INTO coordination_coverage_list (organisation_id, observed_on, content_digest, person_count, problem_count,
        added_count, renewed_count, ended_count, province, county, loaded_at, loaded_by_id)
    VALUES (%(organisation_id)s, %(observed_on)s, %(digest)s, %(person_count)s, %(problem_count)s, %(added_count)s,
            %(renewed_count)s, %(ended_count)s, %(province)s, %(county)s, %(at)s, %(user_id)s)
    ON CONFLICT DO NOTHING
"""
_MISSING: Final = """
      FROM coordination_coverage AS kept
     WHERE kept.organisation_id = %(organisation_id)s AND kept.source = 'LIST'
       AND (kept.to_on IS NULL OR kept.to_on > %(observed_on)s)
"""
_NOT_TOLD: Final = "NOT EXISTS (SELECT FROM coverage_told AS told WHERE told.subject_index = kept.subject_index)"
_COUNT_ENDING: Final = f"SELECT count(*), count(*) FILTER (WHERE {_NOT_TOLD}) {_MISSING}"
_END: Final = f"""
    UPDATE coordination_coverage SET to_on = greatest(from_on, %(observed_on)s)
     WHERE id IN (SELECT kept.id {_MISSING} AND {_NOT_TOLD})
"""  # noqa: S608 -- constants


def load_coverage_list(
    *,
    actor: Actor,
    at: datetime,
    organisation_id: int,
    path_or_bytes: Path | bytes,
    observed_on: date,
    confirms_shrinking: bool = False,
) -> CoverageListLoaded:
    """Take in one list, all or nothing; the same list again changes nothing.

    Raises:
        CoverageNotYours: the actor belongs to another organisation.
        CoverageListOlder: a newer list of this organisation stands already.
        KeysInRenewal: the keys are being renewed.
        CoverageListShrinks: it would end suspiciously much; `confirms_shrinking` says that it is meant.
    """
    actor.require(Permission.IMPORT_FILE)
    if actor.scope is not Scope.SYSTEM and actor.organisation_id != organisation_id:
        raise CoverageNotYours(field="organisation_id")
    content = path_or_bytes if isinstance(path_or_bytes, bytes) else path_or_bytes.read_bytes()
    told = read_coverage_list(content, people=key_ring().people)
    with acting(SYSTEM), connection.cursor() as cursor:
        organisation = get_organisation(organisation_id)
        facts: dict[str, Any] = {
            "organisation_id": organisation_id,
            "observed_on": observed_on,
            "digest": blind_index(key_ring(), IndexKind.DIGEST, hashlib.sha256(content).hexdigest()),
            "province": organisation.province,
            "county": organisation.county,
            "at": at,
            "user_id": actor.user_id,
        }
        if _is_taken_in(cursor, facts):
            return _summary(told)
        require_current_keys(cursor)
        _stage(cursor, told, organisation_id)
        if not confirms_shrinking:
            _require_likely(cursor, facts)
        loaded = _summary(told, **_apply(cursor, facts))
        cursor.execute(_KEEP_LIST, facts | asdict(loaded) | {"problem_count": len(told.problems)})
    return loaded


def _is_taken_in(cursor: CursorWrapper, facts: Mapping[str, Any]) -> bool:
    """One list of an organisation at a time, never an older one after a newer, and the same one once."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('coordination.coverage_list'), %(organisation_id)s)", facts)
    cursor.execute(
        "SELECT observed_on > %(observed_on)s, observed_on = %(observed_on)s AND content_digest = %(digest)s"
        " FROM coordination_coverage_list WHERE organisation_id = %(organisation_id)s"
        " ORDER BY observed_on DESC, id DESC LIMIT 1",
        facts,
    )
    is_older, is_same = cursor.fetchone() or (False, False)
    if is_older:
        raise CoverageListOlder(field="observed_on")
    return bool(is_same)


def _apply(cursor: CursorWrapper, facts: Mapping[str, Any]) -> dict[str, int]:
    changes: dict[str, int] = {}
    for name, statement in (("renewed_count", _RENEW), ("added_count", _ADD), ("ended_count", _END)):
        cursor.execute(statement, facts)
        changes[name] = cursor.rowcount
    cursor.execute("DROP TABLE coverage_told")
    return changes


def _summary(told: CoverageList, **changes: int) -> CoverageListLoaded:
    counts = {"added_count": 0, "renewed_count": 0, "ended_count": 0} | changes
    return CoverageListLoaded(person_count=len(told.rows), problems=told.problems, **counts)


def _stage(cursor: CursorWrapper, told: CoverageList, organisation_id: int) -> None:
    ring = key_ring()
    identifiers = [row.national_id for row in told.rows]
    cursor.execute(_STAGE)
    with cursor.copy("COPY coverage_told (subject_index, subject_sealed, from_on, to_on, kind) FROM STDIN") as copy:
        for index, sealed, row in zip(
            subject_indexes(ring, identifiers), seal_many(ring, identifiers), told.rows, strict=True
        ):
            copy.write_row((index, sealed, row.from_on, row.to_on, row.kind))
    # Fresh rows of the big tables have no statistics yet: with this index no plan can be a bad one.
    cursor.execute("CREATE UNIQUE INDEX ON coverage_told (subject_index)")
    cursor.execute("ANALYZE coverage_told")
    cursor.execute(_FIND_KEPT, [organisation_id])


def _require_likely(cursor: CursorWrapper, facts: Mapping[str, Any]) -> None:
    cursor.execute(_COUNT_ENDING, facts)
    active_count, ending_count = cursor.fetchone()
    if is_shrinking_too_much(active_count=active_count, ending_count=ending_count):
        raise CoverageListShrinks(active_count=active_count, ending_count=ending_count)

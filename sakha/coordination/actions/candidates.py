"""The candidates in the database: staging what a search reads, keeping what is new, letting go who is covered.

Used by the search only. Everything is set-based; the staging tables live as long as the search's transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from sakha.access.rules.sealing import IndexKind, KeyRing, blind_index, seal_many
from sakha.scoring.queries.appeals import OPEN_APPEAL_SQL


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """Somebody of the extract whom the register knows."""

    person_id: int
    household_id: int | None
    household_no: str
    id_sealed: bytes | None = field(repr=False)
    is_dead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundHousehold:
    """A low household that nobody covers, told by its head."""

    subject_index: bytes
    national_id: str = field(repr=False)
    mobile: str = field(repr=False)
    person_id: int | None
    household_id: int | None
    province: str
    county: str
    official_decile: int
    decile_on: date
    household_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateChanges:
    """What keeping changed."""

    added_count: int
    changed_count: int
    left_count: int


_PEOPLE: Final = """
    DROP TABLE IF EXISTS search_person;
    CREATE TEMP TABLE search_person (subject_index bytea NOT NULL, household_no text NOT NULL) ON COMMIT DROP
"""
_IS_ACTIVE: Final = "covered.from_on <= %(on)s AND (covered.to_on IS NULL OR covered.to_on > %(on)s)"
# Who settles a household: whoever is covered; everybody of a household of the register that is covered, or that is
# protected, and then no message may go there at all. The number of whoever was merged stands for the one person.
_SETTLING: Final = f"""
    SELECT encode(covered.subject_index, 'hex') FROM coordination_coverage AS covered WHERE {_IS_ACTIVE}
    UNION ALL
    SELECT encode(person.id_index, 'hex')
      FROM registry_person AS person
      JOIN registry_membership AS member
        ON member.person_id = coalesce(person.merged_into_id, person.id) AND member.to_on IS NULL
      JOIN registry_household AS home ON home.id = member.household_id
     WHERE person.id_index IS NOT NULL
       AND (home.is_protected OR EXISTS (SELECT FROM coordination_coverage AS covered
                                          WHERE covered.household_id = home.id AND {_IS_ACTIVE}))
"""  # noqa: S608 -- constants
# Of whom the search must tell the database: people of the register, and who is a candidate.
_WANTED: Final = """
    SELECT encode(id_index, 'hex') FROM registry_person WHERE id_index IS NOT NULL
    UNION ALL
    SELECT encode(subject_index, 'hex') FROM coordination_candidate
"""
_KNOWN: Final = """
    SELECT named.id_index, person.id, member.household_id, told.household_no, named.id_sealed,
           person.died_on IS NOT NULL
      FROM search_person AS told
      JOIN registry_person AS named ON named.id_index = told.subject_index
      JOIN registry_person AS person ON person.id = coalesce(named.merged_into_id, named.id)
      LEFT JOIN registry_membership AS member ON member.person_id = person.id AND member.to_on IS NULL
"""
_FOUND: Final = """
    DROP TABLE IF EXISTS search_found;
    CREATE TEMP TABLE search_found (
        subject_index bytea NOT NULL, subject_sealed bytea, mobile_index bytea, mobile_sealed bytea, person_id bigint,
        household_id bigint, province text NOT NULL, county text NOT NULL, official_decile smallint NOT NULL,
        decile_on date NOT NULL, household_size smallint NOT NULL, is_changed bool NOT NULL
    ) ON COMMIT DROP
"""
_EXISTING: Final = """
    SELECT kept.subject_index, kept.mobile_index, kept.person_id, kept.household_id, kept.county, kept.official_decile,
           kept.decile_on, kept.household_size, kept.state
      FROM coordination_candidate AS kept WHERE kept.subject_index = ANY(%s)
"""
# Who took the consent back stays out until they come again themselves: no later search may bring them back.
_HAS_WITHDRAWN: Final = """EXISTS (
           SELECT FROM coordination_registration AS told
             JOIN coordination_invitation AS sent ON sent.id = told.invitation_id
            WHERE told.state = 'WITHDRAWN' AND sent.candidate_id = kept.id)"""
_CHANGE: Final = f"""
    UPDATE coordination_candidate AS kept
       SET subject_sealed = found.subject_sealed, mobile_index = found.mobile_index,
           mobile_sealed = found.mobile_sealed, person_id = found.person_id, household_id = found.household_id,
           province = found.province, county = found.county, official_decile = found.official_decile,
           decile_on = found.decile_on, household_size = found.household_size, state = 'OPEN', left_at = NULL,
           reasons = ARRAY['LOW_OFFICIAL_DECILE', 'COVERED_BY_NOBODY']
                     || CASE WHEN kept.score_decile IS NULL THEN '{{}}' ELSE ARRAY['LOW_SCORE_DECILE'] END::varchar[]
      FROM search_found AS found
     WHERE found.is_changed AND kept.subject_index = found.subject_index AND NOT {_HAS_WITHDRAWN}
"""  # noqa: S608 -- constants
# Who is known already is left to the unique index: looked for in the table, which the planner knows as an empty one,
# everybody would be compared with all who were added before.
_ADD: Final = """
    INSERT INTO coordination_candidate (subject_index, subject_sealed, mobile_index, mobile_sealed, person_id,
        household_id, province, county, official_decile, decile_on, household_size, reasons, state, found_at)
    SELECT found.subject_index, found.subject_sealed, found.mobile_index, found.mobile_sealed, found.person_id,
           found.household_id, found.province, found.county, found.official_decile, found.decile_on,
           found.household_size, ARRAY['LOW_OFFICIAL_DECILE', 'COVERED_BY_NOBODY'], 'OPEN', %(at)s
      FROM search_found AS found
     WHERE found.is_changed
    ON CONFLICT (subject_index) DO NOTHING
"""
# Still low in the extract, but not found: the household is covered now. Not even low there: it has left.
_LEAVE: Final = """
    UPDATE coordination_candidate AS kept
       SET left_at = %(at)s, state = CASE WHEN gone.is_low THEN 'COVERED' ELSE 'LEFT' END
      FROM (SELECT one.id, told.subject_index IS NOT NULL AS is_low
              FROM coordination_candidate AS one
              LEFT JOIN search_found AS found ON found.subject_index = one.subject_index
              LEFT JOIN search_person AS told ON told.subject_index = one.subject_index
             WHERE one.province = %(province)s AND one.state = 'OPEN' AND 'LOW_OFFICIAL_DECILE' = ANY(one.reasons)
               AND found.subject_index IS NULL) AS gone
     WHERE kept.id = gone.id
"""
_REGISTERED: Final = f"""
    CREATE TEMP TABLE search_registered ON COMMIT DROP AS

    SELECT coalesce(person.id_index, substr(sha256(convert_to('person:' || person.id, 'UTF8')), 1, 16))
               AS subject_index,
           person.id AS person_id, home.id AS household_id, home.province, home.county, score.decile,
           (SELECT count(*) FROM registry_membership AS one WHERE one.household_id = home.id AND one.to_on IS NULL)
               AS household_size
      FROM scoring_score AS score
      JOIN registry_household AS home ON home.id = score.household_id
      JOIN registry_membership AS head
        ON head.household_id = home.id AND head.to_on IS NULL AND head.relation = 'HEAD'
      JOIN registry_person AS person ON person.id = head.person_id AND person.died_on IS NULL
     WHERE home.province = %(province)s AND score.decile <= %(deciles_max)s AND NOT home.is_protected
       AND NOT EXISTS (SELECT FROM coordination_registration AS told
                         JOIN registry_household AS was ON was.id = told.household_id
                        WHERE told.state = 'WITHDRAWN' AND coalesce(was.merged_into_id, was.id) = home.id)
       AND NOT EXISTS (SELECT FROM coordination_coverage AS covered
                        WHERE covered.household_id = home.id AND {_IS_ACTIVE})
       AND NOT EXISTS (SELECT FROM registry_membership AS one
                         JOIN registry_person AS relative ON relative.id = one.person_id
                         JOIN coordination_coverage AS covered
                           ON covered.subject_index = relative.id_index AND {_IS_ACTIVE}
                        WHERE one.household_id = home.id AND one.to_on IS NULL)
       AND NOT EXISTS (SELECT FROM registry_membership AS one
                         JOIN registry_person AS merged ON merged.merged_into_id = one.person_id
                         JOIN coordination_coverage AS covered
                           ON covered.subject_index = merged.id_index AND {_IS_ACTIVE}
                        WHERE one.household_id = home.id AND one.to_on IS NULL)
"""  # noqa: S608 -- constants
_KEEP_REGISTERED: Final = f"""
    INSERT INTO coordination_candidate AS kept (subject_index, person_id, household_id, province, county, score_decile,
                                                household_size, reasons, state, found_at)
    SELECT found.subject_index, found.person_id, found.household_id, found.province, found.county, found.decile,
           found.household_size, ARRAY['LOW_SCORE_DECILE', 'COVERED_BY_NOBODY'], 'OPEN', %(at)s
      FROM search_registered AS found
    ON CONFLICT (subject_index) DO UPDATE
       SET score_decile = excluded.score_decile, person_id = excluded.person_id, household_id = excluded.household_id,
           state = 'OPEN', left_at = NULL,
           reasons = CASE WHEN kept.state = 'OPEN' AND 'LOW_OFFICIAL_DECILE' = ANY(kept.reasons)
                          THEN ARRAY['LOW_OFFICIAL_DECILE', 'COVERED_BY_NOBODY', 'LOW_SCORE_DECILE']
                          ELSE excluded.reasons END
     WHERE (kept.score_decile, kept.person_id, kept.household_id, kept.state)
           IS DISTINCT FROM (excluded.score_decile, excluded.person_id, excluded.household_id, 'OPEN')
       AND NOT {_HAS_WITHDRAWN}
"""  # noqa: S608 -- constants
# No aid stops while the household objects: one that is no longer low stays a candidate until its appeal is decided.
_LEAVE_REGISTERED: Final = f"""
    UPDATE coordination_candidate AS kept
       SET left_at = %(at)s,
           state = CASE WHEN EXISTS (SELECT FROM scoring_score AS score WHERE score.household_id = kept.household_id
                                        AND score.decile <= %(deciles_max)s) THEN 'COVERED' ELSE 'LEFT' END
     WHERE kept.province = %(province)s AND kept.state = 'OPEN' AND NOT 'LOW_OFFICIAL_DECILE' = ANY(kept.reasons)
       AND NOT EXISTS (SELECT FROM search_registered AS found WHERE found.household_id = kept.household_id)
       AND (EXISTS (SELECT FROM scoring_score AS score WHERE score.household_id = kept.household_id
                       AND score.decile <= %(deciles_max)s)
            OR NOT {OPEN_APPEAL_SQL.format(household="kept.household_id")})
"""  # noqa: S608 -- constants
_SETTLE: Final = f"""
    UPDATE coordination_candidate SET state = 'COVERED', left_at = %(at)s
     WHERE id IN (SELECT one.id FROM coordination_candidate AS one
                    JOIN coordination_coverage AS covered ON covered.subject_index = one.subject_index
                   WHERE one.state = 'OPEN' AND one.province = %(province)s AND {_IS_ACTIVE}
                   UNION
                  SELECT one.id FROM coordination_candidate AS one
                    JOIN coordination_coverage AS covered ON covered.household_id = one.household_id
                   WHERE one.state = 'OPEN' AND one.province = %(province)s AND one.household_id IS NOT NULL
                     AND {_IS_ACTIVE})
"""  # noqa: S608 -- constants


def begin_search(cursor: CursorWrapper) -> None:
    """Make the staging of people."""
    cursor.execute(_PEOPLE)


def stage_people(cursor: CursorWrapper, rows: Iterable[tuple[bytes, str]]) -> None:
    """Bring indexed people beside the register, for the length of this transaction."""
    with cursor.copy("COPY search_person (subject_index, household_no) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["bytea", "text"])
        for row in rows:
            copy.write_row(row)


def settling_indexes(cursor: CursorWrapper, *, on: date) -> Iterator[bytes]:
    """The indexes of everybody who settles a household, in lines of hexadecimal."""
    yield from _copied_out(cursor, _SETTLING, {"on": on})


def wanted_indexes(cursor: CursorWrapper) -> Iterator[bytes]:
    """The indexes of everybody of whom the database wants to hear, in lines of hexadecimal."""
    yield from _copied_out(cursor, _WANTED, {})


def _copied_out(cursor: CursorWrapper, query: str, parameters: dict[str, Any]) -> Iterator[bytes]:
    with cursor.copy(f"COPY ({query}) TO STDOUT", parameters) as copy:
        for chunk in copy:
            yield bytes(chunk)


def known_people(cursor: CursorWrapper) -> dict[bytes, KnownPerson]:
    """Everybody staged whom the register knows, by index."""
    # Fresh rows of the big tables have no statistics yet: with indexes on the staging no plan can be a bad one.
    cursor.execute("CREATE INDEX ON search_person (subject_index)")
    cursor.execute("ANALYZE search_person")
    cursor.execute(_KNOWN)
    return {
        bytes(index): KnownPerson(
            person_id=person_id,
            household_id=household_id,
            household_no=household_no,
            id_sealed=None if sealed is None else bytes(sealed),
            is_dead=is_dead,
        )
        for index, person_id, household_id, household_no, sealed, is_dead in cursor.fetchall()
    }


def begin_keeping(cursor: CursorWrapper, province: str) -> None:
    """Make the staging of what is found; one search of a province at a time."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('coordination.search'), hashtext(%s))", [province])
    cursor.execute(_FOUND)


def stage_found(
    cursor: CursorWrapper, ring: KeyRing, batch: Sequence[FoundHousehold]
) -> list[tuple[FoundHousehold, bytes]]:
    """Stage a batch, sealing only what is new or changed; gives those back with their sealed identifier."""
    cursor.execute(_EXISTING, [[one.subject_index for one in batch]])
    existing = {bytes(row[0]): (None if row[1] is None else bytes(row[1]), *row[2:]) for row in cursor.fetchall()}
    indexes = [blind_index(ring, IndexKind.MOBILE, one.mobile) if one.mobile else None for one in batch]
    changed = [
        (one, index)
        for one, index in zip(batch, indexes, strict=True)
        if existing.get(one.subject_index) != _as_kept(one, index)
    ]
    sealed = seal_many(ring, (one.national_id for one, _ in changed))
    mobiles = seal_many(ring, (one.mobile for one, _ in changed))
    with cursor.copy("COPY search_found FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(_FOUND_TYPES)
        for (one, index), own, mobile in zip(changed, sealed, mobiles, strict=True):
            copy.write_row(_staged(one, own, index, mobile if index else None))
        changed_ones = {one.subject_index for one, _ in changed}
        for one in batch:
            if one.subject_index not in changed_ones:
                copy.write_row(_staged(one, None, None, None))
    return [(one, own) for (one, _), own in zip(changed, sealed, strict=True)]


def keep_staged(cursor: CursorWrapper, *, at: datetime, province: str) -> CandidateChanges:
    """Turn the staging into candidates; whoever is not in it stops being one."""
    cursor.execute("CREATE INDEX ON search_found (subject_index)")
    cursor.execute("ANALYZE search_found")
    cursor.execute(_CHANGE)
    changed_count = cursor.rowcount
    cursor.execute(_ADD, {"at": at})
    added_count = cursor.rowcount
    cursor.execute(_LEAVE, {"at": at, "province": province})
    left_count = cursor.rowcount
    cursor.execute("DROP TABLE search_found, search_person")
    return CandidateChanges(added_count=added_count, changed_count=changed_count, left_count=left_count)


def keep_registered(cursor: CursorWrapper, *, at: datetime, on: date, province: str, deciles_max: int) -> int:
    """Households of the register with a low score decile whom nobody covers; tells how many are open now."""
    facts: dict[str, Any] = {"at": at, "on": on, "province": province, "deciles_max": deciles_max}
    cursor.execute(_REGISTERED, facts)
    cursor.execute("CREATE INDEX ON search_registered (household_id)")
    cursor.execute(_LEAVE_REGISTERED, facts)
    cursor.execute(_KEEP_REGISTERED, facts)
    cursor.execute(
        "SELECT count(*) FROM coordination_candidate"
        " WHERE province = %s AND state = 'OPEN' AND household_id IS NOT NULL",
        [province],
    )
    open_count = int(cursor.fetchone()[0])
    cursor.execute("DROP TABLE search_registered")
    return open_count


def settle_covered(*, at: datetime, on: date, province: str) -> int:
    """Let go the candidates whom somebody covers since the last search; tells how many."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, {"at": at, "on": on, "province": province})
        return int(cursor.rowcount)


_FOUND_TYPES: Final = [
    "bytea", "bytea", "bytea", "bytea", "int8", "int8", "text", "text", "int2", "date", "int2", "bool",
]  # fmt: skip


def _as_kept(one: FoundHousehold, mobile_index: bytes | None) -> tuple[object, ...]:
    return (
        mobile_index,
        one.person_id,
        one.household_id,
        one.county,
        one.official_decile,
        one.decile_on,
        one.household_size,
        "OPEN",
    )


def _staged(
    one: FoundHousehold, sealed: bytes | None, mobile_index: bytes | None, mobile_sealed: bytes | None
) -> tuple[object, ...]:
    return (
        one.subject_index,
        sealed,
        mobile_index,
        mobile_sealed,
        one.person_id,
        one.household_id,
        one.province,
        one.county,
        one.official_decile,
        one.decile_on,
        one.household_size,
        sealed is not None,
    )

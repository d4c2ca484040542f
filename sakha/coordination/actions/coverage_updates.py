"""Takes in single changes of whom an organisation covers, between its whole lists; a later list has the last word."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, get_organisation, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import ID_INDEX_KINDS, blind_index, seal_many
from sakha.vocabulary.identifiers import parse_person_identifier

_TOLD: Final = """
    SELECT * FROM unnest(%(indexes)s::bytea[], %(sealed)s::bytea[], %(kinds)s::text[], %(from_on)s::date[],
                         %(to_on)s::date[]) AS told(subject_index, subject_sealed, kind, from_on, to_on)
"""
_RENEW: Final = f"""
    UPDATE coordination_coverage AS kept SET to_on = told.to_on, kind = told.kind
      FROM ({_TOLD}) AS told
     WHERE kept.organisation_id = %(organisation_id)s AND kept.subject_index = told.subject_index
       AND (kept.to_on IS NULL OR kept.to_on > told.from_on) AND (told.to_on IS NULL OR told.to_on >= kept.from_on)
       AND (kept.to_on, kept.kind) IS DISTINCT FROM (told.to_on, told.kind)
"""  # noqa: S608 -- made of constants
_ADD: Final = f"""
    INSERT INTO coordination_coverage (organisation_id, subject_index, subject_sealed, person_id, household_id, kind,
                                       source, from_on, to_on, observed_on, province, county, recorded_at)
    SELECT %(organisation_id)s, told.subject_index, told.subject_sealed, person.id, home.id, told.kind, 'LIST',
           told.from_on, told.to_on, %(on)s, coalesce(home.province, %(province)s), coalesce(home.county, %(county)s),
           %(at)s
      FROM ({_TOLD}) AS told
      LEFT JOIN registry_person AS person ON person.id_index = told.subject_index
      LEFT JOIN registry_membership AS member
        ON member.person_id = coalesce(person.merged_into_id, person.id) AND member.to_on IS NULL
      LEFT JOIN registry_household AS home ON home.id = member.household_id
     WHERE NOT EXISTS (SELECT FROM coordination_coverage AS kept
                        WHERE kept.organisation_id = %(organisation_id)s
                          AND kept.subject_index = told.subject_index
                          AND (kept.to_on IS NULL OR kept.to_on > told.from_on))
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- made of constants


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCoverage:
    """That a person is covered from a day on, perhaps until another."""

    identifier: str = field(repr=False)
    kind: str
    from_on: date
    to_on: date | None


def update_coverage(*, actor: Actor, at: datetime, on: date, told: Sequence[ToldCoverage]) -> int:
    """Keep what the actor's own organisation tells of whom it covers; tells how many are new.

    Raises: PermissionMissing, IdentifierInvalid, PeopleMixed; then nothing is kept.
    """
    actor.require(Permission.IMPORT_FILE)
    ring = key_ring()
    numbers = [parse_person_identifier(one.identifier) for one in told]
    indexes = [blind_index(ring, ID_INDEX_KINDS[kind], number) for kind, number in numbers]
    with acting(SYSTEM), connection.cursor() as cursor:
        body = get_organisation(actor.organisation_id or 0)
        values: dict[str, Any] = {
            "organisation_id": body.id,
            "province": body.province,
            "county": body.county,
            "indexes": indexes,
            "sealed": seal_many(ring, [number for _, number in numbers]),
            "kinds": [one.kind[:120] for one in told],
            "from_on": [one.from_on for one in told],
            "to_on": [one.to_on for one in told],
            "on": on,
            "at": at,
        }
        cursor.execute(_RENEW, values)
        cursor.execute(_ADD, values)
        return max(int(cursor.rowcount), 0)

"""Turns the records that organisations submitted into coverage: whoever keeps a record of a person answers for them.

Set-based over the whole register. What a record is, and when it stands, is decided by the registry.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.coordination.actions.renewing import require_current_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class CharityCoverage:
    """What changed."""

    added_count: int
    moved_count: int


# A person without any index of their own is told by their number in the register; the number says nothing outside.
_SUBJECT: Final = "coalesce(person.id_index, substr(sha256(convert_to('person:' || person.id, 'UTF8')), 1, 16))"
_ADD: Final = f"""
    INSERT INTO coordination_coverage (organisation_id, subject_index, person_id, household_id, kind, source, from_on,
                                       observed_on, province, county, recorded_at)
    SELECT record.organisation_id, {_SUBJECT}, person.id, coalesce(member.household_id, record.household_id), '',
           'RECORD', record.first_on, record.last_on, home.province, home.county, %(at)s
      FROM (SELECT organisation_id, person_id, max(household_id) AS household_id,
                   (min(submitted_at) AT TIME ZONE 'Asia/Tehran')::date AS first_on,
                   (max(submitted_at) AT TIME ZONE 'Asia/Tehran')::date AS last_on
              FROM registry_record GROUP BY organisation_id, person_id) AS record
      JOIN access_organisation AS organisation
        ON organisation.id = record.organisation_id AND organisation.kind IN ('CHARITY', 'CHARITY_CENTRE', 'AGENCY')
      JOIN registry_person AS person ON person.id = record.person_id AND person.died_on IS NULL
      LEFT JOIN registry_membership AS member ON member.person_id = person.id AND member.to_on IS NULL
      JOIN registry_household AS home ON home.id = coalesce(member.household_id, record.household_id)
     WHERE NOT EXISTS (
           SELECT FROM coordination_coverage AS kept
            WHERE kept.organisation_id = record.organisation_id AND kept.subject_index = {_SUBJECT}
              AND (kept.to_on IS NULL OR kept.to_on > %(on)s))
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- constants
# People who came into the register after an agency had listed them.
_KNOW: Final = """
    UPDATE coordination_coverage AS kept SET person_id = person.id
      FROM registry_person AS person
     WHERE kept.person_id IS NULL AND kept.subject_index = person.id_index
"""
# People whose household is another than when their coverage was written; the merged live where the one person does.
_MOVE: Final = """
    UPDATE coordination_coverage AS kept
       SET household_id = home.id, province = home.province, county = home.county
      FROM registry_person AS person
      JOIN registry_membership AS member
        ON member.person_id = coalesce(person.merged_into_id, person.id) AND member.to_on IS NULL
      JOIN registry_household AS home ON home.id = member.household_id
     WHERE kept.person_id = person.id
       AND (kept.household_id, kept.province, kept.county) IS DISTINCT FROM (home.id, home.province, home.county)
"""


def record_charity_coverage(*, actor: Actor, at: datetime) -> CharityCoverage:
    """Bring coverage up to the register's records; repeating it changes nothing."""
    actor.require(Permission.INVITE)
    with acting(SYSTEM), connection.cursor() as cursor:
        require_current_keys(cursor)
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('coordination.charity_coverage'))")
        cursor.execute(_KNOW)
        cursor.execute(_MOVE)
        moved_count = cursor.rowcount
        cursor.execute(_ADD, {"at": at, "on": timezone.localdate(at)})
        added_count = cursor.rowcount
    return CharityCoverage(added_count=added_count, moved_count=moved_count)

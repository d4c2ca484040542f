"""The directory's lines: a body tells what it gives, where and to how many; an office approves what is new in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.coordination.rules.introductions import (
    HOUSEHOLDS_A_MONTH_MAX,
    NOTE_LENGTH_MAX,
    ServiceInvalid,
    ServiceUnknown,
)
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.places import COUNTIES, PROVINCES

_CONTACT_LENGTH_MAX: Final = 120
# Number and words change at once; another place is looked at again, like a new line.
_TELL: Final = """
    INSERT INTO coordination_service AS kept (organisation_id, kind, province, county, households_a_month, eligibility,
                                              contact, state, told_at)
    VALUES (%(body)s, %(kind)s, %(province)s, %(county)s, %(households)s, %(eligibility)s, %(contact)s, 'WAITING',
            %(at)s)
    ON CONFLICT (organisation_id, kind) DO UPDATE
       SET province = excluded.province, county = excluded.county, households_a_month = excluded.households_a_month,
           eligibility = excluded.eligibility, contact = excluded.contact, told_at = excluded.told_at,
           state = CASE WHEN kept.approved_at IS NOT NULL AND (kept.province, kept.county)
                             = (excluded.province, excluded.county) THEN 'ACTIVE' ELSE 'WAITING' END,
           approved_at = CASE WHEN (kept.province, kept.county) = (excluded.province, excluded.county)
                         THEN kept.approved_at END
    RETURNING id
"""
_APPROVE: Final = """
    UPDATE coordination_service SET state = 'ACTIVE', approved_at = %s, approved_by_id = %s
     WHERE id = ANY(%s) AND state = 'WAITING'
"""
_PAUSE: Final = """
    UPDATE coordination_service SET state = CASE WHEN state = 'PAUSED' THEN
           CASE WHEN approved_at IS NULL THEN 'WAITING' ELSE 'ACTIVE' END ELSE 'PAUSED' END
     WHERE id = %s AND organisation_id = %s
"""
# An office approves what stays inside its own area; what serves the whole nation, the nation's office.
_SEEN: Final = """
    SELECT id FROM coordination_service
     WHERE id = ANY(%s) AND CASE WHEN province = '' THEN %s ELSE access_sees_area(province::text, county::text) END
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceToTell:
    """What a body gives. Without a county in the whole province, without a province in the nation."""

    kind: NeedKind
    households_a_month: int
    province: str = ""
    county: str = ""
    eligibility: str = ""
    contact: str = ""


def tell_service(*, actor: Actor, at: datetime, service: ServiceToTell) -> int:
    """Write or change one's own line; it counts once an office has approved its place.

    Raises: PermissionMissing, ServiceInvalid.
    """
    actor.require(Permission.WRITE_HOUSEHOLD)
    is_place = (service.province in PROVINCES or not service.province) and (
        not service.county
        or (service.county in COUNTIES and COUNTIES[service.county].province_code == service.province)
    )
    eligibility, contact = clean_text(service.eligibility), clean_text(service.contact)
    is_said = len(eligibility) <= NOTE_LENGTH_MAX and len(contact) <= _CONTACT_LENGTH_MAX
    is_counted = 0 < service.households_a_month <= HOUSEHOLDS_A_MONTH_MAX
    if actor.organisation_id is None or not (is_place and is_said and is_counted):
        raise ServiceInvalid(field="households_a_month" if is_place and not is_counted else "place")
    facts = {
        "body": actor.organisation_id,
        "kind": service.kind.value,
        "province": service.province,
        "county": service.county,
        "households": service.households_a_month,
        "eligibility": eligibility,
        "contact": contact,
        "at": at,
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_TELL, facts)
        return int(cursor.fetchone()[0])


def approve_services(*, actor: Actor, at: datetime, service_ids: list[int]) -> int:
    """Let lines of one's own area count.

    Raises: PermissionMissing, ServiceUnknown where one of them is not the actor's to approve.
    """
    actor.require(Permission.INVITE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SEEN, [service_ids, actor.is_of_nation])
        if len(cursor.fetchall()) != len(set(service_ids)):
            raise ServiceUnknown(field="service")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_APPROVE, [at, actor.user_id, service_ids])
        return int(cursor.rowcount)


def pause_service(*, actor: Actor, service_id: int) -> None:
    """Take no new introductions of this kind for now; asked again, go on.

    Raises: PermissionMissing, ServiceUnknown.
    """
    actor.require(Permission.WRITE_HOUSEHOLD)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PAUSE, [service_id, actor.organisation_id])
        if not cursor.rowcount:
            raise ServiceUnknown(field="service")

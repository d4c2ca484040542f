"""The cast of the ledger's tests: charities, an agency, an office, and households that some of them know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import psycopg
from django.db import connection

from sakha.access.actions import create_organisation, create_user
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, NewOrganisation, NewUser, OrganisationKind, Role, Scope
from sakha.access.rules.sealing import IndexKind, blind_index, seal
from sakha.vocabulary.identifiers import national_id_check_digit

AT = datetime(2026, 11, 11, 8, 30, tzinfo=UTC)  # 20 Aban 1405, noon in Tehran
PROVINCE, COUNTY = "30", "3001"
_numbers = count(1)

_HOUSEHOLD = """
    INSERT INTO registry_household (code, province, county, is_protected, registered_at, changed_at)
    VALUES ('', %s, %s, %s, %s, %s) RETURNING id, code
"""
_PERSON = """
    INSERT INTO registry_person (id_kind, id_index, id_sealed, given_name, family_name, father_name, match_key,
                                 birth_precision, gender, registered_at)
    VALUES ('NATIONAL', %s, %s, 'نمونه', 'نمونه', '', '', '', '', %s) RETURNING id
"""
_MEMBERSHIP = """
    INSERT INTO registry_membership (household_id, person_id, relation, from_on) VALUES (%s, %s, %s, %s)
"""
_FILE = """
    INSERT INTO registry_intake_file (organisation_id, origin, name, content_digest, province, county, state,
        failure_code, headings, mapping, row_count, checked_count, valid_count, problem_count, known_count,
        record_count, person_count, household_count, uploaded_at)
    VALUES (%s, 'FORM', 'form', %s, %s, %s, 'LOADED', '', '[]', '{}', 1, 1, 1, 0, 0, 1, 1, 1, %s) RETURNING id
"""
_RECORD = """
    INSERT INTO registry_record (organisation_id, intake_file_id, row_number, person_id, household_id, content_digest,
                                 payload_sealed, submitted_at)
    VALUES (%s, %s, 1, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class KnownHousehold:
    id: int
    code: str
    national_id: str


def a_request() -> UUID:
    """A request id that no other test request has."""
    return UUID(int=next(_numbers) | 0xA000_0000_0000_4000_8000_0000_0000_0000)


def a_national_id() -> str:
    first_nine = f"999{next(_numbers):06d}"
    return first_nine + national_id_check_digit(first_nine)


def given_charity(name: str, *, county: str = COUNTY, kind: OrganisationKind = OrganisationKind.CHARITY) -> Actor:
    with acting(SYSTEM):
        organisation_id = create_organisation(
            actor=SYSTEM,
            at=AT,
            organisation=NewOrganisation(kind=kind, name=name, province=PROVINCE, county=county),
        )
    return Actor(
        user_id=None,
        organisation_id=organisation_id,
        role=Role.CHARITY_STAFF,
        scope=Scope.ORGANISATION,
        province=PROVINCE,
        county=county,
        organisation_name=name,
    )


def an_officer(scope: Scope = Scope.PROVINCE, *, province: str = PROVINCE, county: str = COUNTY) -> Actor:
    roles = {
        Scope.COUNTY: Role.COUNTY_OFFICER,
        Scope.PROVINCE: Role.PROVINCE_OFFICER,
        Scope.NATION: Role.NATION_OFFICER,
    }
    return Actor(user_id=None, organisation_id=None, role=roles[scope], scope=scope, province=province, county=county)


def given_officer(name: str, scope: Scope = Scope.PROVINCE, *, province: str = PROVINCE) -> Actor:
    """An officer with a user of the register: for what two have to sign."""
    officer = an_officer(scope, province=province)
    county = officer.county if scope is Scope.COUNTY else ""
    user = NewUser(name, officer.role, name, province=province, county=county)
    with acting(SYSTEM):
        return replace(officer, user_id=create_user(actor=SYSTEM, at=AT, user=user))


def given_household(*known_to: Actor, is_protected: bool = False, county: str = COUNTY) -> KnownHousehold:
    """A household with one registered person, of which these organisations have a record."""
    national_id, ring = a_national_id(), key_ring()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLD, (PROVINCE, county, is_protected, AT, AT))
        household_id, code = cursor.fetchone()
        index = blind_index(ring, IndexKind.NATIONAL_ID, national_id)
        cursor.execute(_PERSON, (index, seal(ring, national_id), AT))
        person_id = cursor.fetchone()[0]
        cursor.execute(_MEMBERSHIP, (household_id, person_id, "HEAD", AT.date()))
        for actor in known_to:
            digest = index[:8] + actor.organisation_id.to_bytes(8)
            cursor.execute(_FILE, (actor.organisation_id, digest, PROVINCE, county, AT))
            file_id = cursor.fetchone()[0]
            cursor.execute(_RECORD, (actor.organisation_id, file_id, person_id, household_id, digest, b"sealed", AT))
    return KnownHousehold(household_id, code, national_id)


def counters_and_sums(owner: psycopg.Cursor) -> list[tuple[int, ...]]:
    """Needs whose counters are not the sums of their holds, or which are over their target. Empty is right."""
    return owner.execute(
        """SELECT n.id, n.target, n.held, n.delivered, coalesce(s.held, 0), coalesce(s.delivered, 0)
             FROM ledger_need n LEFT JOIN (
               SELECT need_id, coalesce(sum(quantity - surplus_quantity) FILTER (WHERE status = 1), 0) AS held,
                      coalesce(sum(quantity - surplus_quantity) FILTER (WHERE status = 2), 0) AS delivered
                 FROM ledger_hold GROUP BY 1) s ON s.need_id = n.id
            WHERE n.held <> coalesce(s.held, 0) OR n.delivered <> coalesce(s.delivered, 0)
               OR coalesce(s.held, 0) + coalesce(s.delivered, 0) > n.target"""
    ).fetchall()

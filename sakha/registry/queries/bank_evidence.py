"""What the data banks know of a household, beside what was declared; and whom of it they can be asked about.

Reading is logged in the same transaction. Decides whether the asker sees the household: the banks can not ask that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission
from sakha.access.rules.sealing import KeyRing, open_many, open_sealed
from sakha.databanks.actions import PersonToAsk
from sakha.databanks.queries import CaseLine, InquiryLine, PersonKnown, cases_of_household, what_is_known, who_asked
from sakha.databanks.rules.bank import Filling
from sakha.registry.queries.households import HouseholdUnknown
from sakha.registry.rules.address import postal_code_in
from sakha.vocabulary.jalali import TEHRAN

PURPOSE: Final = "bank evidence"
ADULT_YEARS: Final = 15  # as the survey and the official equivalence scale count children

_SEEN: Final = "SELECT 1 FROM registry_household WHERE id = %s"
_MEMBERS: Final = """
SELECT m.household_id, p.id, p.id_sealed, p.given_name, p.family_name, p.father_name, p.birth_on, p.birth_precision,
    p.mobile_sealed, m.relation = 'HEAD'
FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
WHERE m.household_id = ANY(%s) AND m.to_on IS NULL AND p.died_on IS NULL AND p.id_kind IN ('NATIONAL', 'FIDA')
ORDER BY m.household_id, m.relation <> 'HEAD', p.id
"""
_ADDRESSES: Final = (
    "SELECT id, address_sealed FROM registry_household WHERE id = ANY(%s) AND address_sealed IS NOT NULL"
)
_IDENTIFIERS: Final = (
    "SELECT id_sealed FROM registry_person WHERE id_kind IN ('NATIONAL', 'FIDA') AND died_on IS NULL ORDER BY id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberKnown:
    """A member and what the banks have said of them."""

    person_id: int
    name: str
    is_head: bool
    known: PersonKnown


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdKnown:
    """Everything that the banks have said of a household, who asked them, and what is looked at again."""

    household_id: int
    members: tuple[MemberKnown, ...]
    cases: tuple[CaseLine, ...]
    inquiries: tuple[InquiryLine, ...]


def household_known(*, actor: Actor, at: datetime, household_id: int, is_noted: bool = True) -> HouseholdKnown:
    """What is known of a household that the actor sees, and that it was read: once, where its file is read beside.

    Raises: PermissionMissing, HouseholdUnknown.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SEEN, [household_id])
        if cursor.fetchone() is None:
            raise HouseholdUnknown(field="household")
        cursor.execute(_MEMBERS, [[household_id]])
        rows = cursor.fetchall()
        if is_noted:
            record_access(actor=actor, at=at, action=AccessAction.READ, household_id=household_id, purpose=PURPOSE)
    ring = key_ring()
    known = what_is_known(at=at, people={row[1]: open_sealed(ring, bytes(row[2])) for row in rows})
    return HouseholdKnown(
        household_id=household_id,
        members=tuple(
            MemberKnown(person_id=row[1], name=f"{row[3]} {row[4]}".strip(), is_head=row[9], known=known[row[1]])
            for row in rows
        ),
        cases=cases_of_household(at=at, household_id=household_id),
        inquiries=who_asked(household_id=household_id),
    )


def member_identifier(*, actor: Actor, household_id: int, person_id: int) -> str:
    """The identifier of a member that the actor sees, for a correction. Raises: HouseholdUnknown."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [[household_id]])
        for row in cursor.fetchall():
            if row[1] == person_id:
                return open_sealed(key_ring(), bytes(row[2]))
    raise HouseholdUnknown(field="person")


def people_to_ask(*, household_ids: Sequence[int], at: datetime) -> list[PersonToAsk]:
    """The members of these households whom banks can be asked about, with what is known of them. Read as the system."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [list(household_ids)])
        rows = cursor.fetchall()
        cursor.execute(_ADDRESSES, [list(household_ids)])
        homes = cursor.fetchall()
    ring, today = key_ring(), at.astimezone(TEHRAN).date()
    identifiers = open_many(ring, (bytes(row[2]) for row in rows))
    addresses = open_many(ring, (bytes(row[1]) for row in homes))
    codes = {row[0]: postal_code_in(address) for row, address in zip(homes, addresses, strict=True)}
    return [
        _person(ring, row, identifier, codes.get(row[0], ""), today)
        for row, identifier in zip(rows, identifiers, strict=True)
    ]


def _person(ring: KeyRing, row: Any, identifier: str, postal_code: str, today: date) -> PersonToAsk:
    household_id, _, _, given_name, family_name, father_name, birth_on, precision, mobile, is_head = row
    told = {
        Filling.IDENTIFIER: identifier,
        Filling.GIVEN_NAME: given_name,
        Filling.FAMILY_NAME: family_name,
        Filling.FATHER_NAME: father_name,
        Filling.BIRTH_ON: birth_on.isoformat() if birth_on is not None and precision == "DAY" else "",
        Filling.POSTAL_CODE: postal_code,
        Filling.MOBILE: "" if mobile is None else open_sealed(ring, bytes(mobile)),
    }
    return PersonToAsk(
        household_id=household_id,
        fillings={filling: value for filling, value in told.items() if value},
        is_head=is_head,
        is_adult=birth_on is None or _years(birth_on, today) >= ADULT_YEARS,
    )


def _years(birth_on: date, today: date) -> int:
    return today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))


def registered_identifiers() -> list[str]:
    """The identifiers of everybody registered and alive, for an extract to be joined with. Read as the system."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_IDENTIFIERS)
        return open_many(key_ring(), (bytes(row[0]) for row in cursor.fetchall()))

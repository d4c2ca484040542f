"""The file of a household: members, facts with their source and age, records; and the newest facts of many.

Reading a file is logged in the same transaction. Decides what of it is shown: identifiers and telephones masked, the
place of a protected household not at all, a record's words only to the organisation that wrote them, and to an
organisation not which other charity it shares the household with.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring, organisation_names, organisations
from sakha.access.rules import AccessAction, Actor, OrganisationKind, Permission, Scope
from sakha.access.rules.sealing import KeyRing, open_sealed
from sakha.registry.rules.fact_text import fact_label, show_fact
from sakha.vocabulary.identifiers import IdKind
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.refusal import Refusal

_SHOWN_DIGITS: Final = 4
_MASK: Final = "••••"
_ANOTHER: Final = "نهاد دیگر"

_HOUSEHOLD: Final = """
SELECT id, code, province, county, is_urban, is_protected, address_sealed, registered_at, registered_by_id, changed_at
FROM registry_household
WHERE id = coalesce((SELECT merged_into_id FROM registry_household WHERE id = %(id)s), %(id)s)
"""
_MEMBERS: Final = """
SELECT p.id, p.given_name, p.family_name, p.father_name, p.id_kind, p.id_sealed, m.relation, p.birth_on,
    p.birth_precision, p.gender, p.mobile_sealed, p.died_on, m.from_on
FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
WHERE m.household_id = %s AND m.to_on IS NULL
ORDER BY m.relation <> 'HEAD', p.birth_on NULLS LAST, p.id
"""
_FACTS: Final = """
SELECT name, value, organisation_id, observed_on, EXISTS (SELECT FROM access_organisation AS body
    WHERE body.id = organisation_id AND body.licence_issuer = 'SAKHA' AND body.licence_number = 'NATIONAL-DATA-BANKS')
FROM registry_fact WHERE household_id = %s
ORDER BY name, observed_on DESC, submitted_at DESC, id DESC
"""
_RECORDS: Final = """
SELECT id, organisation_id, person_id, submitted_at, payload_sealed FROM registry_record WHERE household_id = %s
ORDER BY submitted_at DESC, id DESC LIMIT 200
"""
_LATEST_FACTS: Final = """
SELECT DISTINCT ON (household_id, name) household_id, name, value FROM registry_fact
WHERE disputed_at IS NULL AND (%s::bigint[] IS NULL OR household_id = ANY(%s::bigint[]))
ORDER BY household_id, name, observed_on DESC, submitted_at DESC, id DESC
"""


class HouseholdUnknown(Refusal):
    """No such household, or none that the actor sees: the answer is the same."""

    code: ClassVar[str] = "HOUSEHOLD_UNKNOWN"
    sentence: ClassVar[str] = "این خانوار پیدا نشد."


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """A member. `identifier` and `mobile` show their last four digits."""

    person_id: int
    given_name: str
    family_name: str
    father_name: str
    id_kind: IdKind
    identifier: str
    relation: str
    birth_on: date | None
    birth_precision: str
    age_years: int | None
    gender: str
    mobile: str
    died_on: date | None
    from_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FactCard:
    """What one organisation observed; `is_latest` marks the one that counts. Without an id it is not told which one."""

    name: str
    label: str
    value: int
    shown: str
    organisation_id: int | None
    organisation_name: str
    observed_on: date
    age_days: int
    is_latest: bool
    is_bank: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCard:
    """That an organisation submitted something; `cells` (heading, text) only to itself."""

    id: int
    organisation_id: int
    organisation_name: str
    person_id: int
    submitted_at: datetime
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFile:
    """Everything that the actor may read of a household."""

    id: int
    code: str
    province: str
    county: str
    is_urban: bool | None
    is_protected: bool
    address: str
    registered_at: datetime
    registered_by_id: int | None
    changed_at: datetime
    members: tuple[MemberCard, ...]
    facts: tuple[FactCard, ...]
    records: tuple[RecordCard, ...]


def get_household_file(
    *, actor: Actor, at: datetime, household_id: int, purpose: str = "household file"
) -> HouseholdFile:
    """The file of a household; that it was read is logged for the household to see.

    Raises: PermissionMissing, HouseholdUnknown.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    ring = key_ring()
    today = at.astimezone(TEHRAN).date()
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLD, {"id": household_id})
        household = cursor.fetchone()
        if household is None:
            raise HouseholdUnknown(field="household_id")
        household_id = household[0]  # whoever still has the number of a merged one reads the one it is
        members = tuple(_member(row, ring, today) for row in _rows(cursor, _MEMBERS, household_id))
        facts, records = _rows(cursor, _FACTS, household_id), _rows(cursor, _RECORDS, household_id)
        sources = {row[2] for row in facts} | {row[1] for row in records}
        names = _names_told(actor, sources, is_protected=household[5])
        record_access(
            actor=actor,
            at=at,
            action=AccessAction.READ,
            household_id=household_id,
            purpose=purpose,
            person_count=max(len(members), 1),
        )
    is_protected = household[5]
    return HouseholdFile(
        id=household[0],
        code=household[1],
        province=household[2],
        county="" if is_protected else household[3],
        is_urban=household[4],
        is_protected=is_protected,
        address="" if is_protected or household[6] is None else open_sealed(ring, household[6]),
        registered_at=household[7],
        registered_by_id=household[8],
        changed_at=household[9],
        members=members,
        facts=_facts(facts, names, today),
        records=tuple(_record(row, names, ring, actor) for row in records),
    )


def latest_facts(*, actor: Actor, household_ids: Iterable[int] | None = None) -> dict[int, dict[str, int]]:
    """The newest value of each fact, whoever observed it; of all visible households without `household_ids`."""
    wanted = None if household_ids is None else list(household_ids)
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_LATEST_FACTS, (wanted, wanted))
        for household_id, name, value in cursor.fetchall():
            found[household_id][name] = value
    return dict(found)


def _names_told(actor: Actor, sources: set[int], *, is_protected: bool) -> dict[int, str]:
    """The names of the sources that the actor may know: a charity is told its own and the agencies'.

    Where a protected household is known would tell where it is, so there nobody is told but of himself.
    """
    if is_protected:
        told = sources & {actor.organisation_id}
    elif actor.scope is Scope.ORGANISATION:
        agencies = {agency.id for agency in organisations(kind=OrganisationKind.AGENCY)}
        told = sources & (agencies | {actor.organisation_id})
    else:
        told = sources
    return organisation_names(told)


def _rows(cursor: Any, statement: str, household_id: int) -> list[tuple[Any, ...]]:
    cursor.execute(statement, (household_id,))
    return list(cursor.fetchall())


def _member(row: tuple[Any, ...], ring: KeyRing, today: date) -> MemberCard:
    id_kind, birth_on = IdKind(row[4]), row[7]
    has_identifier = id_kind is not IdKind.NONE and row[5] is not None
    return MemberCard(
        person_id=row[0],
        given_name=row[1],
        family_name=row[2],
        father_name=row[3],
        id_kind=id_kind,
        identifier=_mask(open_sealed(ring, row[5])) if has_identifier else "",
        relation=row[6],
        birth_on=birth_on,
        birth_precision=row[8],
        age_years=None if birth_on is None else _age(birth_on, row[11] or today),
        gender=row[9],
        mobile=_mask(open_sealed(ring, row[10])) if row[10] is not None else "",
        died_on=row[11],
        from_on=row[12],
    )


def _mask(text: str) -> str:
    return _MASK + text[-_SHOWN_DIGITS:]


def _age(birth_on: date, on: date) -> int:
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def _facts(rows: list[tuple[Any, ...]], names: Mapping[int, str], today: date) -> tuple[FactCard, ...]:
    seen: set[str] = set()
    cards: list[FactCard] = []
    for name, value, organisation_id, observed_on, is_bank in rows:
        cards.append(
            FactCard(
                name=name,
                label=fact_label(name),
                value=value,
                shown=show_fact(name, value),
                organisation_id=organisation_id if organisation_id in names else None,
                organisation_name=names.get(organisation_id, _ANOTHER),
                observed_on=observed_on,
                age_days=(today - observed_on).days,
                is_latest=name not in seen,
                is_bank=is_bank,
            )
        )
        seen.add(name)
    return tuple(cards)


def _record(row: tuple[Any, ...], names: Mapping[int, str], ring: KeyRing, actor: Actor) -> RecordCard:
    is_own = row[1] == actor.organisation_id
    cells = json.loads(open_sealed(ring, row[4]))["cells"] if is_own else []
    return RecordCard(
        id=row[0],
        organisation_id=row[1],
        organisation_name=names.get(row[1], _ANOTHER),
        person_id=row[2],
        submitted_at=row[3],
        cells=tuple((heading, text) for heading, text in cells),
    )

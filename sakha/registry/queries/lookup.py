"""From what a person says at the desk to the household: national ID, foreigner's code, mobile or household code.

Decides how a text is understood and how it is found under every key of the ring; what is seen is the policies' matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.access.rules.sealing import ID_INDEX_KINDS, IndexKind, KeyRing, blind_indexes
from sakha.registry.rules.household_code import find_household_code
from sakha.vocabulary.identifiers import (
    IdentifierInvalid,
    MobileInvalid,
    parse_mobile,
    parse_person_identifier,
)
from sakha.vocabulary.refusal import Refusal

_REF_COLUMNS: Final = """
SELECT h.id, h.code, h.province, h.county, h.is_protected,
    (SELECT count(*) FROM registry_membership n WHERE n.household_id = h.id AND n.to_on IS NULL),
    coalesce((
        SELECT concat_ws(' ', nullif(p.given_name, ''), nullif(p.family_name, ''))
        FROM registry_membership n JOIN registry_person p ON p.id = n.person_id
        WHERE n.household_id = h.id AND n.to_on IS NULL AND n.relation = 'HEAD'
    ), '')
FROM registry_household h
"""
_BY_PERSON: Final = (
    _REF_COLUMNS  # noqa: S608 -- the column is one of two names below
    + """
WHERE h.id IN (
    SELECT m.household_id FROM registry_person p
    JOIN registry_membership m ON m.person_id = coalesce(p.merged_into_id, p.id) AND m.to_on IS NULL
    WHERE {column} = ANY(%s)
)
ORDER BY h.id LIMIT 20
"""
)
_BY_CODE: Final = (
    _REF_COLUMNS  # noqa: S608 -- made of constants of this file
    + """
WHERE h.id = ANY(ARRAY(SELECT coalesce(c.merged_into_id, c.id) FROM registry_household c WHERE c.code = ANY(%s)))
"""
)
_BY_ID: Final = _REF_COLUMNS + "WHERE h.id = ANY(%s)"
_HOUSEHOLDS_OF_INDEXES: Final = """
SELECT one.place, m.household_id
FROM unnest(%s::int[], %s::bytea[]) AS one(place, id_index)
JOIN registry_person p ON p.id_index = one.id_index
JOIN registry_membership m ON m.person_id = coalesce(p.merged_into_id, p.id) AND m.to_on IS NULL
"""


class SearchUnclear(Refusal):
    """A text that is none of the things a household is found by."""

    code: ClassVar[str] = "SEARCH_UNCLEAR"
    sentence: ClassVar[str] = "کد ملی، کد فراگیر، شمارهٔ موبایل یا کد خانوار را کامل بنویسید."


class SeveralHouseholds(Refusal):
    """A telephone that several households share."""

    code: ClassVar[str] = "SEVERAL_HOUSEHOLDS"
    sentence: ClassVar[str] = "این شماره از آنِ {household_count} خانوار است؛ با کد ملی جست‌وجو کنید."


@dataclass(frozen=True, slots=True)
class HouseholdRef:
    """By what other rooms name a household."""

    id: int
    code: str
    province: str
    county: str
    is_protected: bool
    member_count: int
    head_name: str


def find_household_by_identifier(*, actor: Actor, at: datetime, text: str) -> HouseholdRef | None:
    """The household that a national ID, foreigner's code, mobile or household code leads to; the search is logged.

    Raises: PermissionMissing, SearchUnclear, SeveralHouseholds.
    """
    found = households_by_identifier(actor=actor, at=at, text=text)
    if len(found) > 1:
        raise SeveralHouseholds(field="text", household_count=len(found))
    return found[0] if found else None


def households_by_identifier(*, actor: Actor, at: datetime, text: str) -> list[HouseholdRef]:
    """The same where a telephone may belong to several. Raises: PermissionMissing, SearchUnclear."""
    actor.require(Permission.READ_HOUSEHOLD)
    statement, values, purpose = _understand(text, key_ring())
    with acting(actor):
        found = _refs(statement, values)
        record_access(
            actor=actor,
            at=at,
            action=AccessAction.SEARCH,
            household_id=found[0].id if found else None,
            purpose=purpose,
        )
    return found


def household_refs(*, actor: Actor, household_ids: Iterable[int]) -> dict[int, HouseholdRef]:
    """References by id, of those that the actor sees."""
    with acting(actor):
        return {ref.id: ref for ref in _refs(_BY_ID, list(household_ids))}


def household_ids_by_identifier(*, actor: Actor, texts: Sequence[str]) -> Mapping[str, int]:
    """The households of many national IDs or foreigners' codes at once; what is unknown or no identifier is absent.

    Nothing is logged here: the caller knows what it asks for. As SYSTEM it finds households that nobody's eyes reach.
    """
    ring = key_ring()
    places: list[int] = []
    indexes: list[bytes] = []
    for place, text in enumerate(texts):
        for index in identifier_indexes(ring, text):
            places.append(place)
            indexes.append(index)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLDS_OF_INDEXES, (places, indexes))
        return {texts[place]: household_id for place, household_id in cursor.fetchall()}


def identifier_indexes(ring: KeyRing, text: str) -> list[bytes]:
    """All indexes of a national ID or foreigner's code; of anything else none."""
    try:
        kind, value = parse_person_identifier(text)
    except IdentifierInvalid:
        return []
    return blind_indexes(ring, ID_INDEX_KINDS[kind], value)


def require_indexes(ring: KeyRing, text: str) -> list[bytes]:
    """The same where nothing else is taken. Raises: IdentifierInvalid."""
    kind, value = parse_person_identifier(text)
    return blind_indexes(ring, ID_INDEX_KINDS[kind], value)


def _understand(text: str, ring: KeyRing) -> tuple[str, list[str] | list[bytes], str]:
    """The statement, its values, and what is written into the log instead of what was typed."""
    indexes = identifier_indexes(ring, text)
    if indexes:
        return _BY_PERSON.format(column="p.id_index"), indexes, "search by identifier"
    try:
        mobile = parse_mobile(text)
    except MobileInvalid:
        code = find_household_code(text)
        if code is None:
            raise SearchUnclear(field="text") from None
        return _BY_CODE, [code], "search by household code"
    mobiles = blind_indexes(ring, IndexKind.MOBILE, mobile)
    return _BY_PERSON.format(column="p.mobile_index"), mobiles, "search by mobile"


def _refs(statement: str, values: list[str] | list[bytes] | list[int]) -> list[HouseholdRef]:
    with connection.cursor() as cursor:
        cursor.execute(statement, (values,))
        return [HouseholdRef(*row) for row in cursor.fetchall()]

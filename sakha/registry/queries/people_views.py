"""People opened for comparing: as the system, for use inside this room; nothing of it leaves without a mask."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection

from sakha.access.queries import key_ring
from sakha.access.rules.sealing import open_sealed
from sakha.registry.rules.identity_pairs import PersonView
from sakha.vocabulary.identifiers import IdKind

_PEOPLE: Final = """
SELECT p.id, p.given_name, p.family_name, p.father_name, p.id_kind, p.id_sealed, p.birth_on, p.birth_precision,
    p.gender, p.mobile_sealed, coalesce(h.province, ''), coalesce(h.county, '')
FROM registry_person p
LEFT JOIN registry_membership m ON m.person_id = p.id AND m.to_on IS NULL
LEFT JOIN registry_household h ON h.id = m.household_id
WHERE p.id = ANY(%s)
"""
_ROW: Final = """
SELECT given_name, family_name, father_name, id_kind, id_sealed, birth_on, birth_precision, gender, mobile_sealed,
    province, county
FROM registry_intake_row WHERE intake_file_id = %s AND row_number = %s
"""


def person_views(person_ids: Iterable[int]) -> dict[int, PersonView]:
    """People by id, with numbers opened. Call it as the system."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, (list(person_ids),))
        return {row[0]: _view(row[1:]) for row in cursor.fetchall()}


def row_view(file_id: int, row_number: int) -> PersonView | None:
    """Who a waiting row is about, as it was told; None once it waits no longer. Call it as the system."""
    with connection.cursor() as cursor:
        cursor.execute(_ROW, (file_id, row_number))
        row = cursor.fetchone()
    return None if row is None else _view(row)


def _view(row: tuple[Any, ...]) -> PersonView:
    given, family, father, kind, id_sealed, birth_on, precision, gender, mobile_sealed, province, county = row
    ring = key_ring()
    has_id = kind == IdKind.NATIONAL.value and id_sealed is not None
    return PersonView(
        given_name=given,
        family_name=family,
        father_name=father,
        national_id=open_sealed(ring, id_sealed) if has_id else "",
        birth_on=birth_on,
        birth_precision=precision,
        gender=gender,
        mobile=open_sealed(ring, mobile_sealed) if mobile_sealed is not None else "",
        province=province,
        county=county,
    )

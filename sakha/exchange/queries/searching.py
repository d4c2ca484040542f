"""From the conditions of a search to the rows that fulfil them, among what the asker's scope sees.

By identifier the whole register is looked up, as at a desk: whoever has the number stands before a person. By
conditions only the households that the asker's own body knows are looked through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.sealing import IndexKind, blind_indexes
from sakha.exchange.rules.asking import Page
from sakha.exchange.rules.conditions import (
    OF_PERSONS,
    OF_PLACES,
    All,
    AnyOf,
    Attribute,
    ByIdentifier,
    Condition,
    IdentifierType,
    Not,
    Operator,
    Tree,
    conditions_of,
)
from sakha.registry.queries import household_ids_by_identifier
from sakha.registry.queries.lookup import identifier_indexes
from sakha.registry.rules.household_code import find_household_code
from sakha.vocabulary.identifiers import MobileInvalid, parse_mobile

# An age is counted by birthdays, as everywhere else in the house.
_COLUMNS: Final[Mapping[Attribute, str]] = {
    Attribute.AGE: "extract(year FROM age(%(today)s::date, p.birth_on))",
    Attribute.BIRTH_DATE: "p.birth_on",
    Attribute.SEX: "p.gender",
    Attribute.GROUP_SIZE: (
        "(SELECT count(*) FROM registry_membership n WHERE n.household_id = h.id AND n.to_on IS NULL)"
    ),
    Attribute.POVERTY_SCORE: "s.decile",
    Attribute.REGION: "h.province",
    Attribute.SUB_REGION: "h.county",
    Attribute.REGISTRATION_DATE: "(h.registered_at AT TIME ZONE 'Asia/Tehran')::date",
    Attribute.LAST_UPDATED: "(h.changed_at AT TIME ZONE 'Asia/Tehran')::date",
}
_PERSON_OF_GROUP: Final = (
    "EXISTS (SELECT 1 FROM registry_membership m JOIN registry_person p ON p.id = m.person_id"
    " WHERE m.household_id = h.id AND m.to_on IS NULL AND {condition})"
)
_GROUPS: Final = (
    " FROM registry_household h LEFT JOIN scoring_score s ON s.household_id = h.id"
    " WHERE h.merged_into_id IS NULL AND {where}"
)
_MEMBERS: Final = (
    " FROM registry_membership m JOIN registry_person p ON p.id = m.person_id"
    " JOIN registry_household h ON h.id = m.household_id LEFT JOIN scoring_score s ON s.household_id = h.id"
    " WHERE m.to_on IS NULL AND h.merged_into_id IS NULL AND {where}"
)
_BY_CODE: Final = "SELECT coalesce(merged_into_id, id) FROM registry_household WHERE code = %s"
_BY_MOBILE: Final = """
SELECT DISTINCT m.household_id FROM registry_person p
JOIN registry_membership m ON m.person_id = coalesce(p.merged_into_id, p.id) AND m.to_on IS NULL
WHERE p.mobile_index = ANY(%s) ORDER BY 1 LIMIT 20
"""
_PERSONS_OF_INDEXES: Final = "SELECT coalesce(merged_into_id, id) FROM registry_person WHERE id_index = ANY(%s)"


class Unit(Enum):
    """What is found and counted; the households of persons, each once, are those of whoever fulfils all conditions."""

    PERSON = auto()
    HOUSEHOLD = auto()
    HOUSEHOLD_OF_PERSONS = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """Households of one page, each with the person of it that was found (None: the household as such)."""

    places: tuple[tuple[int, int | None], ...]
    total_count: int


def find_by_identifier(*, actor: Actor, asked: ByIdentifier) -> Found:
    """Whoever has the identifier; by code or telephone only among what the actor sees."""
    if asked.kind in {IdentifierType.UIN, IdentifierType.NIN}:
        found = household_ids_by_identifier(actor=SYSTEM, texts=[asked.value])
        household_id = found.get(asked.value)
        places = () if household_id is None else ((household_id, _person_of(asked.value)),)
        return Found(places, len(places))
    with acting(actor), connection.cursor() as cursor:
        if asked.kind is IdentifierType.HOUSEHOLD_ID:
            code = find_household_code(asked.value)
            cursor.execute(_BY_CODE, ("" if code is None else code,))
        elif asked.kind is IdentifierType.MOBILE:
            cursor.execute(_BY_MOBILE, (_mobiles(asked.value),))
        else:
            return Found((), 0)
        rows = cursor.fetchall()
    return Found(tuple((row[0], None) for row in rows), len(rows))


def find_by_conditions(
    *, actor: Actor, tree: Tree, unit: Unit, page: Page, sort: Sequence[tuple[Attribute, bool]], today: date
) -> Found:
    """One page of what the actor sees and what fulfils the conditions, in the order asked for."""
    writer = _Writer(unit)
    where = writer.write(tree)
    values: dict[str, Any] = {**writer.values, "today": today, "limit": page.size}
    values["offset"] = page.size * (page.number - 1)
    source = (_GROUPS if unit is Unit.HOUSEHOLD else _MEMBERS).format(where=where)
    columns, last = ("h.id, p.id", ["h.id", "p.id"]) if unit is Unit.PERSON else ("h.id, NULL::bigint", ["h.id"])
    order = ", ".join([*writer.order(sort), *last])
    counted, grouped = ("DISTINCT h.id", " GROUP BY h.id") if unit is Unit.HOUSEHOLD_OF_PERSONS else ("*", "")
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(f"SELECT count({counted}){source}", values)
        total = cursor.fetchone()[0]
        statement = f"SELECT {columns}{source}{grouped} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s"
        cursor.execute(statement, values)
        return Found(tuple((row[0], row[1]) for row in cursor.fetchall()), total)


class _Writer:
    """Writes conditions as SQL; every value becomes a parameter."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self.values: dict[str, Any] = {}

    def write(self, tree: Tree) -> str:
        """The condition as SQL."""
        match tree:
            case Condition():
                return self._comparison(tree)
            case All(parts):
                return "(" + " AND ".join(self.write(part) for part in parts) + ")"
            case AnyOf(parts):
                return "(" + " OR ".join(self.write(part) for part in parts) + ")"
            case Not(part):
                written = f"NOT coalesce({self.write(part)}, false)"
                is_of_places = any(one.attribute in OF_PLACES for one in conditions_of(part))
                return f"(NOT h.is_protected AND {written})" if is_of_places else written

    def order(self, sort: Sequence[tuple[Attribute, bool]]) -> list[str]:
        """The order as SQL; what is told of people orders no households that are found as such."""
        wanted = [one for one in sort if self._unit is not Unit.HOUSEHOLD or one[0] not in OF_PERSONS]
        order = []
        for attribute, is_down in wanted:
            written = _sorted_by(attribute)
            if self._unit is Unit.HOUSEHOLD_OF_PERSONS:  # whoever of them stands first
                written = f"{'max' if is_down else 'min'}({written})"
            order.append(f"{written} {'DESC' if is_down else 'ASC'} NULLS LAST")
        return order

    def _comparison(self, condition: Condition) -> str:
        if not condition.values:
            if condition.operator is not Operator.NE:
                return "false"
            return "NOT h.is_protected" if condition.attribute in OF_PLACES else "true"
        column = _COLUMNS[condition.attribute]
        name = f"value{len(self.values)}"
        if condition.operator is Operator.IN:
            self.values[name] = list(condition.values)
            written = f"{column} = ANY(%({name})s)"
        else:
            self.values[name] = condition.values[0]
            written = f"{column} {condition.operator.value} %({name})s"
        if condition.attribute in OF_PLACES:  # nobody is found to be protected, or where, by asking about places
            return f"(NOT h.is_protected AND {written})"
        if condition.attribute in OF_PERSONS and self._unit is Unit.HOUSEHOLD:
            return _PERSON_OF_GROUP.format(condition=written)
        return f"({written})"


def _sorted_by(attribute: Attribute) -> str:
    """What rows are sorted by: a protected household's place sorts nothing, or its neighbours would tell it."""
    column = _COLUMNS[attribute]
    return f"CASE WHEN h.is_protected THEN NULL ELSE {column} END" if attribute in OF_PLACES else column


def _person_of(text: str) -> int | None:
    """The person who has the identifier; that there is one was found before."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PERSONS_OF_INDEXES, (identifier_indexes(key_ring(), text),))
        row = cursor.fetchone()
    return None if row is None else row[0]


def _mobiles(text: str) -> list[bytes]:
    try:
        return blind_indexes(key_ring(), IndexKind.MOBILE, parse_mobile(text))
    except MobileInvalid:
        return []

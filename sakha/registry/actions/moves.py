"""Changing rows so that it can be taken back exactly: what each changed column was is kept beside the row's number.

Changes many merges' rows in one statement, and keeps for each merge its own. Knows which columns a merge may touch and
how an old value is written again. No name, number or address is ever kept: what a merge fills in was empty before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Manager, Q
from psycopg import sql

from sakha.registry.models import Fact, Household, IdentityQuestion, Membership, Person, Record

_TABLES: Final[dict[str, Manager[Any]]] = {
    "registry_fact": Fact.objects,
    "registry_household": Household.objects,
    "registry_identity_question": IdentityQuestion.objects,
    "registry_membership": Membership.objects,
    "registry_person": Person.objects,
    "registry_record": Record.objects,
}
# Every column that a merge may change; texts without a length, for a cast would cut what the column refuses.
_TYPES: Final = {
    "address_sealed": "bytea",
    "birth_on": "date",
    "birth_precision": "text",
    "changed_at": "timestamptz",
    "decided_at": "timestamptz",
    "father_name": "text",
    "father_skeleton": "text",
    "gender": "text",
    "household_id": "bigint",
    "is_protected": "boolean",
    "is_urban": "boolean",
    "merged_into_id": "bigint",
    "mobile_index": "bytea",
    "mobile_sealed": "bytea",
    "person_id": "bigint",
    "relation": "text",
    "state": "text",
    "to_on": "date",
}
_ANY: Final = Q()
_FREE_FACTS: Final = """
SELECT f.id, pair.merge, pair.stays
FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS pair(merge, goes, stays)
JOIN registry_fact f ON f.household_id = pair.goes
WHERE NOT EXISTS (SELECT 1 FROM registry_fact o WHERE o.household_id = pair.stays
    AND (o.name, o.organisation_id, o.observed_on) = (f.name, f.organisation_id, f.observed_on))
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What the rows that one value finds are to hold, and for which merge."""

    merge: int
    columns: dict[str, Any]


class Moves:
    """The changes of merges that share no row, each merge's in the order in which they were made."""

    def __init__(self) -> None:
        self.kept: defaultdict[int, list[list[Any]]] = defaultdict(list)

    def change(self, table: str, by: str, told: Mapping[int, Told], also: Q = _ANY) -> None:
        """Write the columns of the rows whose column `by` is one of the keys, and keep what they were."""
        kinds: defaultdict[tuple[str, ...], dict[int, Told]] = defaultdict(dict)
        for value, one in told.items():
            kinds[tuple(one.columns)][value] = one
        for names, alike in kinds.items():
            found = _TABLES[table].filter(also, **{f"{by}__in": list(alike)}).order_by("pk")
            before = list(found.values("pk", *{by, *names} - {"pk"}))
            self._write(table, names, [(row, alike[row[by]].merge, alike[row[by]].columns) for row in before])

    def end_memberships(self, merges: Mapping[int, int], on: date) -> None:
        """End the active memberships of these people (each with its merge); one that began later ends that day."""
        found = Membership.objects.filter(person_id__in=list(merges), to_on__isnull=True).order_by("pk")
        before: list[dict[str, Any]] = [{**row} for row in found.values("pk", "person_id", "from_on", "to_on")]
        ended = [(row, merges[row["person_id"]], {"to_on": max(row["from_on"], on)}) for row in before]
        self._write("registry_membership", ("to_on",), ended)

    def move_facts(self, pairs: Sequence[tuple[int, int, int]]) -> None:
        """Move the facts that the other household has no value of from that organisation and day; the rest stay.

        `pairs`: merge, the household that goes, the one that stays.
        """
        merges, goes, stays = (list(column) for column in zip(*pairs, strict=True)) if pairs else ([], [], [])
        with connection.cursor() as cursor:
            cursor.execute(_FREE_FACTS, (merges, goes, stays))
            told = {pk: Told(merge, {"household_id": home}) for pk, merge, home in cursor.fetchall()}
        self.change("registry_fact", "pk", told)

    def fill_households(self, pairs: Sequence[tuple[int, int, int]], at: datetime) -> None:
        """Where only the one that goes has an address or a place, the other takes it; protection covers both."""
        homes = Household.objects.in_bulk([home for _, *pair in pairs for home in pair])
        told: dict[int, Told] = {}
        for merge, goes, stays in pairs:
            home, other = homes[stays], homes[goes]
            columns: dict[str, Any] = {"changed_at": max(at, home.changed_at)}
            if home.address_sealed is None and other.address_sealed is not None:
                columns["address_sealed"] = other.address_sealed
            if home.is_urban is None and other.is_urban is not None:
                columns["is_urban"] = other.is_urban
            if other.is_protected and not home.is_protected:
                columns["is_protected"] = True
            told[stays] = Told(merge, columns)
        self.change("registry_household", "pk", told)

    @staticmethod
    def restore(kept: Sequence[Sequence[Any]]) -> None:
        """Write what was, the last change first."""
        for table, number, columns in reversed(kept):
            _TABLES[table].filter(pk=number).update(**columns)

    def _write(
        self, table: str, names: tuple[str, ...], rows: Iterable[tuple[dict[str, Any], int, dict[str, Any]]]
    ) -> None:
        """Keep each row's old values under its merge, then write all the new ones in one statement."""
        numbers: list[int] = []
        columns: dict[str, list[Any]] = {name: [] for name in names}
        for before, merge, after in rows:
            numbers.append(before["pk"])
            self.kept[merge].append([table, before["pk"], {name: _to_json(before[name]) for name in names}])
            for name in names:
                columns[name].append(after[name])
        if numbers:
            with connection.cursor() as cursor:
                cursor.execute(_update_of(table, names), [numbers, *columns.values()])


def _update_of(table: str, names: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(
        "UPDATE {table} AS kept SET {sets} FROM unnest(%s::bigint[], {values}) AS told(pk, {names})"
        " WHERE kept.id = told.pk"
    ).format(
        table=sql.Identifier(table),
        sets=sql.SQL(", ").join(sql.SQL("{0} = told.{0}").format(sql.Identifier(name)) for name in names),
        values=sql.SQL(", ").join(sql.SQL(f"%s::{_TYPES[name]}[]") for name in names),
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
    )


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        raise TypeError  # a merge only fills sealed columns that are empty
    return value.isoformat() if isinstance(value, date | datetime) else value

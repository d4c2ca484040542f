"""Changing rows so that it can be taken back exactly: what each changed column was is kept beside the row's number.

Knows which columns a merge may touch and how an old value is written again. No name, number or address is ever kept:
what a merge fills in was empty before.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Manager, Q

from sakha.registry.models import Fact, Household, IdentityQuestion, Membership, Person, Record

_TABLES: Final[dict[str, Manager[Any]]] = {
    "registry_fact": Fact.objects,
    "registry_household": Household.objects,
    "registry_identity_question": IdentityQuestion.objects,
    "registry_membership": Membership.objects,
    "registry_person": Person.objects,
    "registry_record": Record.objects,
}


class Moves:
    """The changes of one merge, in the order in which they were made."""

    def __init__(self) -> None:
        self.kept: list[list[Any]] = []

    def change(self, table: str, which: Q, **columns: Any) -> int:
        """Write the columns of the rows, and keep what they were; tell how many rows."""
        found = _TABLES[table].filter(which)
        before = list(found.order_by("pk").values("pk", *columns))
        for row in before:
            number = row.pop("pk")
            self.kept.append([table, number, {name: _to_json(value) for name, value in row.items()}])
        return found.update(**columns) if before else 0

    def end_memberships(self, person_ids: Sequence[int], on: date) -> None:
        """End the active memberships of these people; one that began later ends on its first day."""
        for row in Membership.objects.filter(person_id__in=person_ids, to_on__isnull=True).order_by("pk"):
            self.change("registry_membership", Q(pk=row.pk), to_on=max(row.from_on, on))

    def move_facts(self, goes: int, stays: int) -> None:
        """Move the facts that the other household has no value of from that organisation and day; the rest stay."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT f.id FROM registry_fact f WHERE f.household_id = %s AND NOT EXISTS ("
                "  SELECT 1 FROM registry_fact o WHERE o.household_id = %s"
                "  AND (o.name, o.organisation_id, o.observed_on) = (f.name, f.organisation_id, f.observed_on))",
                (goes, stays),
            )
            ids = [row[0] for row in cursor.fetchall()]
        self.change("registry_fact", Q(pk__in=ids), household_id=stays)

    def fill_household(self, stays: int, goes: int, at: datetime) -> None:
        """Where only the one that goes has an address or a place, the other takes it; protection covers both."""
        homes = {home.pk: home for home in Household.objects.filter(pk__in=(stays, goes))}
        home, other = homes[stays], homes[goes]
        told: dict[str, Any] = {"changed_at": max(at, home.changed_at)}
        if home.address_sealed is None and other.address_sealed is not None:
            told["address_sealed"] = other.address_sealed
        if home.is_urban is None and other.is_urban is not None:
            told["is_urban"] = other.is_urban
        if other.is_protected and not home.is_protected:
            told["is_protected"] = True
        self.change("registry_household", Q(pk=stays), **told)

    @staticmethod
    def restore(kept: Sequence[Sequence[Any]]) -> None:
        """Write what was, the last change first."""
        for table, number, columns in reversed(kept):
            _TABLES[table].filter(pk=number).update(**columns)


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        raise TypeError  # a merge only fills sealed columns that are empty
    return value.isoformat() if isinstance(value, date | datetime) else value

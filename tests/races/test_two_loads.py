"""Two charities load files about the same people at the same moment: one household each, nobody twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.registry.actions import load_file
from sakha.registry.actions import merge_statements as statements
from sakha.registry.queries import IntakeFileCard
from tests.rooms.access.given import make_cast
from tests.rooms.registry.given import AT, check, load, person_row, workbook

pytestmark = pytest.mark.races

FAMILY_COUNT = 60
RELATIONS = ("سرپرست", "همسر", "فرزند")


def families(letter: str, *, is_reversed: bool) -> bytes:
    rows = [
        person_row(1000 + case * 10 + place, case=f"{letter}{case}", relation=relation)
        for case in range(FAMILY_COUNT)
        for place, relation in enumerate(RELATIONS)
    ]
    return workbook(rows[::-1] if is_reversed else rows)


def load_at_once(actors: list[Any], cards: list[IntakeFileCard]) -> list[BaseException]:
    start = threading.Barrier(len(cards))
    failures: list[BaseException] = []

    def run(actor: Any, card: IntakeFileCard) -> None:
        try:
            start.wait()
            load_file(actor=actor, at=AT, file_id=card.id)
        except BaseException as error:  # noqa: BLE001 -- told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(actors, cards, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def count(name: str) -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        return int(cursor.fetchone()[0])


def ready_to_load(owner_cursor: Any) -> tuple[list[Any], list[IntakeFileCard]]:
    """People who are known already and active nowhere: nothing but the locks keeps the two loads apart."""
    cast = make_cast()
    load(cast.agency_staff, families("A", is_reversed=False))
    for name in ("membership", "record", "fact", "household"):
        owner_cursor.execute(f"DELETE FROM registry_{name}")
    actors = [cast.mehr_staff, cast.noor_head]
    return actors, [check(actor, families(actor.county, is_reversed=actor is actors[0])) for actor in actors]


def test_same_families_loaded_at_once_are_one_household_each(committed, owner_cursor) -> None:
    failures = load_at_once(*ready_to_load(owner_cursor))

    assert failures == []
    assert count("registry_person") == FAMILY_COUNT * 3
    assert count("registry_household") == FAMILY_COUNT
    assert count("registry_membership") == FAMILY_COUNT * 3
    assert count("registry_record") == FAMILY_COUNT * 6


def test_new_families_loaded_at_once_are_one_household_each(committed) -> None:
    cast = make_cast()
    actors = [cast.mehr_staff, cast.noor_head, cast.agency_staff]
    cards = [
        check(actor, families(place, is_reversed=place == "B")) for actor, place in zip(actors, "ABC", strict=True)
    ]

    failures = load_at_once(actors, cards)

    assert failures == []
    assert count("registry_household") == FAMILY_COUNT
    assert count("registry_record") == FAMILY_COUNT * 9


def test_without_the_locks_one_of_two_loads_breaks(committed, owner_cursor, monkeypatch) -> None:
    actors, cards = ready_to_load(owner_cursor)
    both_have_read = threading.Barrier(2, timeout=60)
    execute = CursorWrapper.execute

    def meet_before_writing(self: Any, sql: Any, params: Any = None) -> Any:
        if sql == statements.INSERT_MEMBERSHIPS:
            both_have_read.wait()
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", meet_before_writing)
    monkeypatch.setattr(statements, "LOCK_PERSONS", "SELECT 1")
    monkeypatch.setattr(statements, "LOCK_HOUSEHOLDS", "SELECT 1")

    failures = load_at_once(actors, cards)

    # Which of the two the database sees first depends on which rows the loads reach first.
    assert len(failures) == 1
    assert type(failures[0]).__name__ in {"IntegrityError", "OperationalError"}  # made twice, or in a circle

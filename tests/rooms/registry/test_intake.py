"""A file on its way: received, mapped, checked, loaded; twice is once."""

from __future__ import annotations

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.registry.rules import IntakeState
from tests.rooms.registry.given import load, person_row, workbook


def count(table: str, where: str = "true") -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}")
        return cursor.fetchone()[0]


def family(first: int, case: str, size: int = 3) -> list[list[object]]:
    relations = ["سرپرست", "همسر", *["فرزند"] * 10]
    return [person_row(first + place, case=case, relation=relations[place]) for place in range(size)]


def test_file_becomes_people_in_households_with_records_and_facts(cast) -> None:
    content = workbook([*family(10, "۱۲"), *family(20, "13", 2), person_row(30)], above=[["فهرست خانوارها"], []])

    card = load(cast.mehr_staff, content)

    assert card.state is IntakeState.LOADED
    assert (card.record_count, card.person_count, card.household_count, card.problem_count) == (6, 6, 3, 0)
    assert count("registry_membership", "relation = 'HEAD' AND to_on IS NULL") == 3
    assert count("registry_fact", "name = 'rooms'") == 3
    assert count("registry_intake_row") == 0

"""The desk finds somebody by any part, shows only whom the actor may see, and keeps every search."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.linkage.rules.desk_question import understand_question
from sakha.registry.queries import finding
from sakha.registry.queries.finding import FoundPeople, SearchTooOften, find_people
from tests.rooms.registry.given import AT, load, national_id, person_row, workbook

ZAHRA = {
    "نام": "سیده زهرا", "نام خانوادگی": "رضایی‌پور", "نام پدر": "حسن", "تاریخ تولد": "1365/03/02",
    "موبایل": "09121234567",
}  # fmt: skip
OTHER = {"نام": "مریم", "نام خانوادگی": "محمدی", "نام پدر": "علی", "تاریخ تولد": "1370/08/20"}
ID = national_id(500)


@pytest.fixture
def known(cast: Any) -> Any:
    """Mehr knows Zahra and thirty others; Noor knows Maryam."""
    load(cast.mehr_staff, workbook([person_row(500, **ZAHRA), *(person_row(number) for number in range(10, 40))]))
    load(cast.noor_head, workbook([person_row(501, **OTHER)]))
    return cast


def find(actor: Any, text: str) -> FoundPeople:
    return find_people(actor=actor, at=AT, question=understand_question(text))


def wrong_digit(number: str) -> str:
    return number[:5] + str((int(number[5]) + 1) % 10) + number[6:]


@pytest.mark.parametrize(
    "text",
    [
        "زهرا رضایی پور", "رضائیپور زهرا", "زه رضایی‌پور", "رضایی پور ز", "ظهرا رزایی‌پور", "زهرا ۱۳۶۵",
        "رضایی‌پور 1365/03/02", "زهرا 1365/02/03", ID, ID[:5] + " " + ID[5:], wrong_digit(ID),
        "زهرا رضایی‌پور حسن", "رضایی‌پور زهرا حسن", "زهرا حسن", "زهرا رضایی‌پور حس", "سیده زهرا رضایی پور حسن",
        ID[:4] + ID[5] + ID[4] + ID[6:], ID[-7:], "0912 123 4567", "زهرا 09121234568", "+989121234567",
    ],
)  # fmt: skip
def test_somebody_is_found_first_by_any_part(known: Any, text: str) -> None:
    found = find(known.mehr_staff, text)

    assert [one.family_name for one in found.people[:1]] == ["رضایی‌پور"]
    assert found.people[0].identifier == "••••" + ID[-4:]


def test_by_a_name_nobody_learns_that_somebody_is_registered_elsewhere(known: Any) -> None:
    assert find(known.mehr_staff, "مریم محمدی") == FoundPeople((), 0)
    found = find(known.mehr_staff, "محمدی 1370")
    assert (found.elsewhere_count, "مریم" in [one.given_name for one in found.people]) == (0, False)


def test_who_knows_enough_is_told_that_there_is_such_a_person_and_nothing_more(known: Any) -> None:
    found = find(known.mehr_staff, national_id(501))
    assert (found.elsewhere_count, "مریم" in [one.given_name for one in found.people]) == (1, False)
    assert find(known.mehr_staff, "مریم محمدی 1370/08/20") == FoundPeople((), 1)


def test_office_sees_the_people_of_its_area_only(known: Any) -> None:
    assert [one.given_name for one in find(known.fardis_officer, "مریم محمدی").people] == ["مریم"]
    assert find(known.karaj_officer, "مریم محمدی") == FoundPeople((), 0)
    assert find(known.other_province_officer, ID) == FoundPeople((), 1)


def test_control_without_the_policies_anybody_would_be_shown(known: Any) -> None:
    assert [one.given_name for one in find(SYSTEM, "مریم محمدی").people] == ["مریم"]


def test_every_search_is_kept_without_its_words(known: Any) -> None:
    find(known.mehr_staff, "زهرا رضایی‌پور")

    with acting(known.mehr_head), connection.cursor() as cursor:
        cursor.execute("SELECT household_id IS NOT NULL, purpose FROM access_entry WHERE action = 'SEARCH'")
        assert cursor.fetchall() == [(True, "search by name")]


def test_too_many_searches_within_a_minute_are_refused(known: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(finding, "SEARCHES_A_MINUTE", 2)
    for _ in range(2):
        find(known.mehr_staff, "زهرا")

    with pytest.raises(SearchTooOften):
        find(known.mehr_staff, "زهرا")
    find(known.noor_head, "مریم")
    later = find_people(actor=known.mehr_staff, at=AT + timedelta(minutes=2), question=understand_question("زهرا"))
    assert later.people


def test_operator_and_stranger_search_nobody(known: Any) -> None:
    with pytest.raises(PermissionMissing):
        find(known.operator, "زهرا")
    withheld = replace(known.mehr_staff, organisation_id=known.agency_id)
    assert find(withheld, "زهرا رضایی‌پور") == FoundPeople((), 0)


def test_only_the_system_may_ask_the_look_up_itself(known: Any) -> None:
    from django.db.utils import ProgrammingError

    statement = "SELECT * FROM registry_find_persons(NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,1)"
    with pytest.raises(ProgrammingError), acting(known.nation_officer), connection.cursor() as cursor:
        cursor.execute(statement)

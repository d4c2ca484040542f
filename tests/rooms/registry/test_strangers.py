"""Who is not surely the same is not merged, and what is not one's own is not opened by telling of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.registry.actions import HouseholdInvalid, load_file
from sakha.registry.actions import merge_statements as statements
from sakha.registry.queries import HouseholdUnknown, get_household_file, intake_problems
from sakha.registry.rules import HouseholdDeclaration
from tests.rooms.registry.given import AT, check, load, person_row, workbook
from tests.rooms.registry.test_households import CHILD, FAMILY, ZAHRA, count, register

KNOWN = {"نام": "زهرا", "نام خانوادگی": "رضایی", "نام پدر": "حسن", "تاریخ تولد": "1365/03/02"}
# The years are near by chance, so nothing but the names speaks against it: UNSURE, not CONTRADICTION.
STRANGER = {"نام": "مریم", "نام خانوادگی": "نوری", "نام پدر": "", "تاریخ تولد": "1365/09/20", "موبایل": "09350000000"}


def codes(actor: Any, file_id: int) -> list[str]:
    return [one.code for row in intake_problems(actor=actor, file_id=file_id) for one in row.problems]


def test_mistyped_identifier_opens_no_strangers_file(cast) -> None:
    load(cast.mehr_staff, workbook([person_row(10, **KNOWN)]))

    card = load(cast.noor_head, workbook([person_row(10, **STRANGER), person_row(20)]))

    assert (card.record_count, card.problem_count) == (1, 1)
    assert codes(cast.noor_head, card.id) == ["IDENTITY_UNSURE"]
    with acting(cast.noor_head), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_person WHERE family_name = 'رضایی'")
        assert cursor.fetchone() == (0,)


def test_doubt_that_came_between_check_and_load_is_left_out_and_changes_no_telephone(cast) -> None:
    card = check(cast.noor_head, workbook([person_row(10, **STRANGER)]))
    load(cast.mehr_staff, workbook([person_row(10, **KNOWN)]))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT mobile_index FROM registry_person")
        before = cursor.fetchall()
        loaded = load_file(actor=cast.noor_head, at=AT, file_id=card.id)
        cursor.execute("SELECT mobile_index FROM registry_person")
        assert cursor.fetchall() == before

    assert (loaded.record_count, loaded.problem_count, codes(cast.noor_head, card.id)) == (0, 1, ["IDENTITY_UNSURE"])


def test_row_without_birth_date_whose_names_agree_is_the_same_person(cast) -> None:
    load(cast.mehr_staff, workbook([person_row(10, **KNOWN)]))

    card = load(cast.noor_head, workbook([person_row(10, **KNOWN | {"تاریخ تولد": "", "نام خانوادگی": "رضائی"})]))

    assert (card.record_count, card.person_count, card.problem_count) == (1, 0, 0)


PROTECTED = replace(FAMILY, is_protected=True)
ZAHRA_ROW = {"نام": "زهرا", "نام خانوادگی": "رضایی", "نام پدر": "حسن", "تاریخ تولد": "1365/03/02"}


def test_registering_somebody_is_no_way_into_a_protected_household(cast) -> None:
    made = register(cast, PROTECTED)
    rows = [person_row(500, case="7", **ZAHRA_ROW), person_row(30, case="7"), person_row(40)]

    card = load(cast.noor_head, workbook(rows))

    assert (card.record_count, card.person_count, card.known_count, card.problem_count) == (1, 1, 0, 2)
    assert codes(cast.noor_head, card.id) == ["HOUSEHOLD_NEEDS_OFFICE"] * 2
    assert count("registry_person") == 3
    with pytest.raises(HouseholdUnknown):
        get_household_file(actor=cast.noor_head, at=AT, household_id=made.household_id)
    with pytest.raises(HouseholdInvalid) as caught:
        register(cast, HouseholdDeclaration(members=(ZAHRA,)), "noor_head")
    assert [one.problem.code for one in caught.value.problems] == ["HOUSEHOLD_NEEDS_OFFICE"]


def test_without_the_guard_registering_would_open_it(cast, monkeypatch) -> None:
    made = register(cast, PROTECTED)
    monkeypatch.setattr(statements, "GUARDED", "SELECT 1 WHERE false")

    load(cast.noor_head, workbook([person_row(500, **ZAHRA_ROW)]))

    assert get_household_file(actor=cast.noor_head, at=AT, household_id=made.household_id).is_protected


def test_who_told_of_a_protected_household_may_go_on_telling(cast) -> None:
    register(cast, PROTECTED)

    card = load(cast.mehr_staff, workbook([person_row(500, **ZAHRA_ROW)]))

    assert (card.record_count, card.household_count, card.problem_count) == (1, 0, 0)


@pytest.mark.parametrize(("who", "is_protected"), [("noor_head", False), ("mehr_staff", True)])
def test_only_who_registered_a_household_may_ask_for_its_protection(cast, who: str, is_protected: bool) -> None:
    made = register(cast)

    again = register(cast, replace(PROTECTED, members=(replace(ZAHRA, mobile="09121112233"), CHILD)), who)

    assert again.household_id == made.household_id
    assert count("registry_household", "is_protected") == is_protected


def test_records_of_another_charity_can_not_be_selected(cast) -> None:
    register(cast)
    load(cast.noor_head, workbook([person_row(500, **ZAHRA_ROW)]))

    seen = {}
    for who in ("mehr_staff", "noor_head", "karaj_officer", "fardis_officer"):
        with acting(getattr(cast, who)), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM registry_record")
            seen[who] = cursor.fetchone()[0]
    assert seen == {"mehr_staff": 2, "noor_head": 1, "karaj_officer": 3, "fardis_officer": 0}


def sources(cast: Any, who: str, household_id: int) -> set[str]:
    file = get_household_file(actor=getattr(cast, who), at=AT, household_id=household_id)
    return {fact.organisation_name for fact in file.facts}


def test_charity_is_told_agencies_and_itself_by_name_but_no_other_charity(cast) -> None:
    made = register(cast)
    for who, rooms in (("noor_head", 3), ("agency_staff", 4)):
        load(getattr(cast, who), workbook([person_row(500, **ZAHRA_ROW, **{"تعداد اتاق": rooms})]))

    assert sources(cast, "mehr_staff", made.household_id) == {"مهر", "نهاد دیگر", cast.agency_staff.organisation_name}
    assert "نهاد دیگر" not in sources(cast, "karaj_officer", made.household_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET is_protected = true")
    assert sources(cast, "mehr_staff", made.household_id) == {"مهر", "نهاد دیگر"}
    assert sources(cast, "karaj_officer", made.household_id) == {"نهاد دیگر"}


@pytest.mark.parametrize(
    ("relation", "family", "is_joined"),
    [("", "موسوی", False), ("سرپرست", "موسوی", False), ("", "رضائی", True), ("فرزند", "موسوی", True)],
)
def test_case_number_given_anew_makes_no_family(cast, relation: str, family: str, is_joined: bool) -> None:
    load(cast.mehr_staff, workbook([person_row(10, case="12", **KNOWN)]))

    card = load(cast.mehr_staff, workbook([person_row(90, case="12", relation=relation, **{"نام خانوادگی": family})]))

    assert (card.record_count, card.household_count) == (1, 0 if is_joined else 1)


def test_owners_functions_look_for_names_in_public_first_and_never_in_a_sessions_own(cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND proname LIKE 'registry_%%'", ())
        found = dict(cursor.fetchall())

    assert len(found) == 4
    assert {one[0] for one in found.values()} == {"search_path=public, pg_temp"}

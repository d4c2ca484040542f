"""Records of organisations as coverage."""

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.coordination.actions import load_coverage_list, record_charity_coverage
from sakha.coordination.queries import coverage_of_household, is_covered
from tests.coordination_cast import NOON, a_list, given_agency, rows
from tests.ledger_cast import a_national_id, given_charity, given_household

pytestmark = pytest.mark.django_db


def test_each_charity_covers_the_people_it_has_records_of() -> None:
    mehr, noor = given_charity("مهر"), given_charity("نور")
    shared, own = given_household(mehr, noor), given_household(mehr)

    changes = record_charity_coverage(actor=SYSTEM, at=NOON)

    assert changes.added_count == 3
    names = {
        line.organisation_name for line in coverage_of_household(actor=mehr, on=NOON.date(), household_id=shared.id)
    }
    assert names == {"مهر", "نور"}
    assert len(coverage_of_household(actor=mehr, on=NOON.date(), household_id=own.id)) == 1


def test_repeating_it_changes_nothing() -> None:
    given_household(given_charity("مهر"))
    record_charity_coverage(actor=SYSTEM, at=NOON)

    again = record_charity_coverage(actor=SYSTEM, at=NOON)

    assert (again.added_count, again.moved_count) == (0, 0)


def test_an_agency_that_lists_a_person_covers_them_once_though_it_has_a_record_too() -> None:
    agency = given_agency()
    household = given_household(agency)
    load_coverage_list(
        actor=agency,
        at=NOON,
        organisation_id=agency.organisation_id,
        path_or_bytes=a_list(household.national_id),
        observed_on=NOON.date(),
    )

    assert record_charity_coverage(actor=SYSTEM, at=NOON).added_count == 0


def test_coverage_follows_a_person_who_comes_into_the_register_later() -> None:
    agency, national_id = given_agency(), a_national_id()
    load_coverage_list(
        actor=agency,
        at=NOON,
        organisation_id=agency.organisation_id,
        path_or_bytes=a_list(national_id),
        observed_on=NOON.date(),
    )
    household = given_household(given_charity("مهر"))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_person SET id_index = (SELECT subject_index FROM coordination_coverage)"
            " WHERE id IN (SELECT person_id FROM registry_membership WHERE household_id = %s)",
            [household.id],
        )

    assert record_charity_coverage(actor=SYSTEM, at=NOON).moved_count == 1
    assert rows("SELECT household_id FROM coordination_coverage WHERE source = 'LIST'") == [(household.id,)]


def test_coverage_follows_an_identifier_that_the_register_corrects() -> None:
    charity = given_charity("مهر")
    wrong, right = given_household(charity), given_household(charity)
    record_charity_coverage(actor=SYSTEM, at=NOON)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id_index FROM registry_person ORDER BY id")
        (first,), (second,) = cursor.fetchall()
        cursor.execute("UPDATE registry_person SET id_index = 'another' WHERE id_index = %s", [second])
        cursor.execute("UPDATE registry_person SET id_index = %s WHERE id_index = %s", [second, first])

    record_charity_coverage(actor=SYSTEM, at=NOON)

    behind = rows(
        "SELECT count(*) FROM coordination_coverage AS kept JOIN registry_person AS person"
        " ON person.id = kept.person_id WHERE kept.subject_index <> person.id_index"
    )
    assert behind == [(0,)]
    assert is_covered(actor=charity, on=NOON.date(), household_id=right.id)
    assert is_covered(actor=charity, on=NOON.date(), household_id=wrong.id)


def test_a_charity_may_not_start_it() -> None:
    with pytest.raises(PermissionMissing):
        record_charity_coverage(actor=given_charity("مهر"), at=NOON)

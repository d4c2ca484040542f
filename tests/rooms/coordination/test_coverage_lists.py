"""An agency's list of everybody it covers."""

from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing, Scope
from sakha.coordination.actions import (
    CoverageListLoaded,
    CoverageListOlder,
    CoverageListShrinks,
    CoverageNotYours,
    load_coverage_list,
)
from sakha.coordination.queries import coverage_of_household, is_covered
from tests.coordination_cast import NOON, a_list, given_agency, rows
from tests.ledger_cast import a_national_id, an_officer, given_charity, given_household

pytestmark = pytest.mark.django_db

FIRST_ON, SECOND_ON = date(2026, 10, 1), date(2026, 11, 1)


def load(agency, content, on=FIRST_ON, **more: bool) -> CoverageListLoaded:
    return load_coverage_list(
        actor=agency, at=NOON, organisation_id=agency.organisation_id, path_or_bytes=content, observed_on=on, **more
    )


def spans() -> list[tuple[date, date | None]]:
    return rows("SELECT from_on, to_on FROM coordination_coverage ORDER BY id")


def test_a_list_covers_its_people_and_again_changes_nothing(tmp_path: Path) -> None:
    agency, people = given_agency(), [a_national_id() for _ in range(3)]
    path = tmp_path / "imdad.csv"
    path.write_bytes(a_list(*people))

    first = load(agency, path)
    second = load(agency, path)

    assert (first.person_count, first.added_count, first.ended_count) == (3, 3, 0)
    assert (second.added_count, second.renewed_count, second.ended_count) == (0, 0, 0)
    assert spans() == [(date(2024, 3, 20), None)] * 3


def test_whoever_is_missing_from_a_newer_list_is_covered_no_more() -> None:
    agency, stays, leaves = given_agency(), a_national_id(), a_national_id()
    load(agency, a_list(stays, leaves))

    loaded = load(agency, a_list(stays), SECOND_ON)

    assert (loaded.renewed_count, loaded.ended_count) == (0, 1)
    assert {to_on for _, to_on in spans()} == {SECOND_ON, None}


def test_whoever_comes_back_is_covered_on() -> None:
    agency, stays, returns = given_agency(), a_national_id(), a_national_id()
    load(agency, a_list(stays, returns))
    load(agency, a_list(stays), SECOND_ON)

    load(agency, a_list(stays, returns), date(2026, 11, 5))

    assert spans() == [(date(2024, 3, 20), None)] * 2


def test_a_later_span_of_the_same_person_stands_beside_the_earlier() -> None:
    agency, sara = given_agency(), a_national_id()
    load(agency, a_list(sara, since="2020-01-01", until="2021-01-01"))

    load(agency, a_list(sara, since="2026-01-01"), SECOND_ON)

    assert spans() == [(date(2020, 1, 1), date(2021, 1, 1)), (date(2026, 1, 1), None)]


def test_an_older_list_after_a_newer_is_refused() -> None:
    agency, sara = given_agency(), a_national_id()
    load(agency, a_list(sara), SECOND_ON)

    with pytest.raises(CoverageListOlder):
        load(agency, a_list(sara), FIRST_ON)


def test_a_list_that_ends_most_of_the_coverage_must_be_meant() -> None:
    agency, people = given_agency(), [a_national_id() for _ in range(60)]
    load(agency, a_list(*people))

    with pytest.raises(CoverageListShrinks) as refusal:
        load(agency, a_list(*people[:20]), SECOND_ON)

    assert refusal.value.facts == {"active_count": 60, "ending_count": 40}
    assert load(agency, a_list(*people[:20]), SECOND_ON, confirms_shrinking=True).ended_count == 40


def test_an_organisation_tells_of_its_own_coverage_only() -> None:
    agency, other = given_agency(), given_charity("مهر")

    with pytest.raises(CoverageNotYours):
        load_coverage_list(
            actor=other, at=NOON, organisation_id=agency.organisation_id, path_or_bytes=a_list(), observed_on=FIRST_ON
        )
    with pytest.raises(PermissionMissing):
        load_coverage_list(
            actor=an_officer(),
            at=NOON,
            organisation_id=agency.organisation_id,
            path_or_bytes=a_list(),
            observed_on=FIRST_ON,
        )


def test_wrong_rows_are_reported_and_the_others_are_kept() -> None:
    agency = given_agency()
    content = a_list(a_national_id(), "1234567890")

    loaded = load(agency, content)

    assert loaded.added_count == 1
    assert [(problem.row_number, problem.code) for problem in loaded.problems] == [(3, "NATIONAL_ID_INVALID")]


def test_a_listed_person_of_the_register_covers_the_household() -> None:
    agency, charity = given_agency("بهزیستی"), given_charity("مهر")
    household = given_household(charity)
    load(agency, a_list(household.national_id))

    (line,) = coverage_of_household(actor=charity, on=NOON.date(), household_id=household.id)

    assert (line.organisation_name, line.kind, line.is_active) == ("بهزیستی", "مستمری", True)
    assert is_covered(actor=charity, on=NOON.date(), household_id=household.id)
    assert not is_covered(actor=charity, on=date(2023, 1, 1), household_id=household.id)


def test_of_a_protected_household_no_giver_is_shown() -> None:
    agency, charity = given_agency(), given_charity("مهر")
    household = given_household(charity, is_protected=True)
    load(agency, a_list(household.national_id))

    (line,) = coverage_of_household(actor=charity, on=NOON.date(), household_id=household.id)

    assert (line.organisation_id, line.organisation_name, line.organisation_kind) == (None, "", "")
    assert line.is_active


def test_whoever_does_not_see_the_household_learns_nothing_of_its_coverage() -> None:
    agency, stranger = given_agency(), given_charity("دور", county="3002")
    household = given_household(given_charity("مهر"))
    load(agency, a_list(household.national_id))

    for actor in (stranger, an_officer(province="21"), an_officer(Scope.COUNTY, county="3002")):
        assert coverage_of_household(actor=actor, on=NOON.date(), household_id=household.id) == ()


_TWICE = """
    INSERT INTO coordination_coverage (organisation_id, subject_index, subject_sealed, kind, source, from_on, to_on,
                                       observed_on, province, county, recorded_at)
    SELECT organisation_id, subject_index, subject_sealed, kind, source, %s, %s, observed_on, province, county,
           recorded_at FROM coordination_coverage
"""


def test_the_database_refuses_a_second_coverage_at_the_same_time() -> None:
    load(given_agency(), a_list(a_national_id(), since="2024-01-01", until="2025-01-01"))

    with pytest.raises(IntegrityError, match="one_coverage_at_a_time"), transaction.atomic(), acting(SYSTEM):
        connection.cursor().execute(_TWICE, [date(2024, 6, 1), None])
    with acting(SYSTEM):
        connection.cursor().execute(_TWICE, [date(2025, 1, 1), None])

    assert len(spans()) == 2


def test_without_the_constraint_a_second_coverage_would_stand(
    django_db_setup: None, owner_cursor: psycopg.Cursor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with owner_cursor.connection.transaction(force_rollback=True):
        owner_cursor.execute(
            "INSERT INTO access_organisation (kind, name, legal_id, licence_issuer, licence_number,"
            " province, county, registered_at) VALUES ('AGENCY', 'x', '', '', '', '30', '', now())"
            " RETURNING id"
        )
        organisation_id = owner_cursor.fetchone()[0]
        owner_cursor.execute("ALTER TABLE coordination_coverage DROP CONSTRAINT one_coverage_at_a_time")
        owner_cursor.execute(
            "INSERT INTO coordination_coverage (organisation_id, subject_index, subject_sealed, kind, source, from_on,"
            " observed_on, province, county, recorded_at) VALUES (%s, 'i', 's', '', 'LIST', '2024-01-01',"
            " '2024-01-01', '30', '', now())",
            [organisation_id],
        )
        owner_cursor.execute(_TWICE, [date(2024, 6, 1), None])

        assert owner_cursor.execute("SELECT count(*) FROM coordination_coverage").fetchone() == (2,)

"""What anybody may read is in the published formats, and names nobody but bodies.

The shapes are written here after the standards' own schemas: HSDS 3.0 (openreferral/specification, schema/*.json) and
360Giving 1.4 (ThreeSixtyGiving/standard, schema/360-giving-schema.json, licensed CC BY 4.0).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.entrypoints.open_data.kept import KEPT_SECONDS, Kept, NotReady
from sakha.entrypoints.open_data.views import forget_published
from sakha.exchange.queries.published import bounded_reads, grant_code, published_bodies
from sakha.exchange.rules.grants import CROWD_MIN, Grant, Publisher, write_csv, write_package
from sakha.vocabulary.need_kinds import NeedKind
from tests.exchange_cast import given_program
from tests.ledger_cast import AT, given_charity

REQUIRED = {
    "organizations": {"id", "name", "description"},
    "services": {"id", "name", "status"},
    "service_at_locations": {"id", "service_id", "location_id"},
    "taxonomies": {"id", "name", "description"},
    "taxonomy_terms": {"id", "name", "description"},
}
PAGE = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}
GRANT = {"id", "title", "description", "currency", "amountAwarded", "awardDate", "fundingOrganization"}
PUBLISHER = Publisher(name="سخا", prefix="360G-sakha", address="https://sakha.example/")


def get(path: str) -> Any:
    answered = Client().get(path)
    assert answered.status_code == 200, path
    return answered.json()


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget_published()
    yield
    forget_published()


@pytest.fixture
def _one_service(db: None) -> None:
    body = given_charity("خیریهٔ مهر")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE access_organisation SET approved_at = %s WHERE id = %s", [AT, body.organisation_id])
        cursor.execute(
            "INSERT INTO coordination_service (organisation_id, kind, province, county, households_a_month,"
            " eligibility, contact, state, told_at, approved_at)"
            " VALUES (%s, 1, '30', '3001', 40, 'هر خانوار', 'آقای الف', 'ACTIVE', %s, %s)",
            [body.organisation_id, AT, AT],
        )


@pytest.mark.usefixtures("_one_service")
def test_the_directory_is_hsds_with_capacity_as_its_declared_extension() -> None:
    root = get("/open-data/hsds/")
    assert root["version"] == "3.0"
    assert "capacity" in get(root["profile"].removeprefix("http://testserver"))["service.json"]["properties"]
    for name, required in REQUIRED.items():
        page = get(f"/open-data/hsds/{name}?per_page=3")
        assert page.keys() == PAGE
        assert page["contents"], name
        for line in page["contents"]:
            assert required <= line.keys()
            assert str(UUID(line["id"])) == line["id"]
        assert get(f"/open-data/hsds/{name}/{page['contents'][0]['id']}") == page["contents"][0]
    (service,) = get("/open-data/hsds/services")["contents"]
    (body,) = get("/open-data/hsds/organizations?search=مهر")["contents"]
    assert service["status"] in {"active", "inactive", "defunct", "temporarily closed"}
    assert (service["capacity"], service["organization_id"]) == ({"households_a_month": 40}, body["id"])
    assert get(f"/open-data/hsds/services?organization_id={body['id']}")["total_items"] == 1
    assert get("/open-data/hsds/services?search=nothing&page=-1&per_page=x")["empty"] is True
    assert Client().get("/open-data/hsds/services/00000000-0000-0000-0000-000000000000").status_code == 404
    assert Client().post("/open-data/hsds/services").status_code == 405
    assert "آقای الف" not in str(service), "a person's name is for the bodies, not for everybody"


def grants(count: int, *, province: str = "30", kind: NeedKind = NeedKind.RENT) -> list[Grant]:
    return [
        Grant(
            code=f"{province}-{number}",
            household=number,
            kind=kind,
            amount_rial=30_000_000,
            on=date(2026, 9, 17),
            province=province,
        )
        for number in range(count)
    ]


def test_grants_name_nobody_and_no_place_that_would() -> None:
    package = write_package([*grants(CROWD_MIN), *grants(CROWD_MIN - 1, province="21")], publisher=PUBLISHER, at=AT)

    assert package["version"] == "1.4"
    assert len({grant["id"] for grant in package["grants"]}) == 2 * CROWD_MIN - 1
    for grant in package["grants"]:
        assert grant.keys() >= GRANT
        assert ("recipientIndividual" in grant) is not ("recipientOrganization" in grant)
        assert grant["recipientIndividual"]["name"] == "Individual"
        assert grant["awardDate"] == "2026-09-01", "the month is enough"
        assert grant["toIndividualsDetails"] == {"primaryGrantReason": "GTIR010", "grantPurpose": ["GTIP060"]}
    assert [("name" in grant["beneficiaryLocation"][0]) for grant in package["grants"]] == (
        [True] * CROWD_MIN + [False] * (CROWD_MIN - 1)
    )


def test_one_household_is_no_crowd_and_a_protected_one_gets_another_code() -> None:
    of_one = [replace(grant, household=1) for grant in grants(CROWD_MIN)]

    package = write_package(of_one, publisher=PUBLISHER, at=AT)

    assert all(grant["beneficiaryLocation"] == [{"countryCode": "IR"}] for grant in package["grants"])
    assert "household" not in str(package["grants"])
    before, after = (grant_code(7, is_protected=is_protected) for is_protected in (False, True))
    assert before != after
    assert before == grant_code(7, is_protected=False), "else it stands through every reading"


@pytest.mark.usefixtures("_one_service")
def test_the_body_of_a_sandbox_is_in_no_directory() -> None:
    trial = given_charity("خیریهٔ آزمایشی")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE access_organisation SET approved_at = %s WHERE id = %s", [AT, trial.organisation_id])
    assert "خیریهٔ آزمایشی" in {body.name for body in published_bodies()}
    given_program(trial)

    assert "خیریهٔ آزمایشی" not in {body.name for body in published_bodies()}


def test_the_table_says_the_same_as_the_json() -> None:
    package = write_package(grants(CROWD_MIN), publisher=PUBLISHER, at=AT)

    rows = list(csv.DictReader(io.StringIO(write_csv(package))))

    assert [row["Identifier"] for row in rows] == [grant["id"] for grant in package["grants"]]
    assert {row["Amount Awarded"] for row in rows} == {"30000000"}
    assert {row["Beneficiary Location:Name"] for row in rows} == {"البرز"}


def test_the_addresses_of_grants_answer(db: None) -> None:
    assert get("/open-data/360giving.json")["grants"] == []
    assert Client().get("/open-data/360giving.csv").content.startswith(b"Identifier,Title")


@pytest.mark.usefixtures("_one_service")
def test_what_anybody_asks_again_asks_the_database_nothing(django_assert_num_queries: Any) -> None:
    paths = ("360giving.json", "360giving.csv", "hsds/services", "hsds/organizations?page=2&search=x")
    for path in paths:
        Client().get(f"/open-data/{path}")

    with django_assert_num_queries(0):
        again = [Client().get(f"/open-data/{path}") for path in paths]

    assert [one.status_code for one in again] == [200] * len(paths)
    assert again[0].json()["publisher"]["website"] == "http://testserver/"


def test_it_is_made_again_when_it_is_old_and_not_for_ever(db: None) -> None:
    now, count = [0.0], [0]

    def make() -> int:
        count[0] += 1
        return count[0]

    kept = Kept(make, clock=lambda: now[0])
    assert (kept.get(), kept.get()) == (1, 1)
    now[0] = KEPT_SECONDS
    assert kept.get() == 2

    def slow() -> None:
        with bounded_reads(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', '1ms', true)")
            cursor.execute("SELECT pg_sleep(5)")

    with bounded_reads(), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("10s",)
    with pytest.raises(NotReady):
        Kept(slow).get()

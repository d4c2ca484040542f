"""What anybody may read is in the published formats, and names nobody but bodies.

The standards' own schemas stand beside (`published/`): HSDS 3.0 and 360Giving 1.4.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.test import Client

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.entrypoints.open_data.kept import FAILED_SECONDS, KEPT_SECONDS, Kept, NotReady
from sakha.entrypoints.open_data.views import forget_published
from sakha.exchange.queries.published import bounded_reads, grant_code, published_bodies, published_grants
from sakha.exchange.rules.grants import Grant, Publisher, tell_crowds, write_csv, write_package
from sakha.giving.actions import hold_with_gifts, settle_draws
from sakha.giving.rules.crowds import CROWD_MIN
from sakha.ledger.actions import deliver_aid
from sakha.vocabulary.need_kinds import NeedKind
from tests.entrypoints.open_data.published import errors_of_grants, errors_of_hsds
from tests.exchange_cast import given_program
from tests.giving_cast import KIND, give, given_listed, sandbox
from tests.ledger_cast import AT, a_request, given_charity, given_household

REQUIRED = {
    "organizations": {"id", "name", "description"},
    "services": {"id", "name", "status"},
    "service_at_locations": {"id", "service_id", "location_id"},
    "taxonomies": {"id", "name", "description"},
    "taxonomy_terms": {"id", "name", "description"},
}
SCHEMAS = {
    "organizations": "organization",
    "services": "service",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
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
            assert errors_of_hsds(SCHEMAS[name], line) == []
            assert str(UUID(line["id"])) == line["id"]
        assert errors_of_hsds(SCHEMAS[name], {**page["contents"][0], "id": "seven"}), "the schema can refuse"
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
    many = [*grants(CROWD_MIN), *grants(CROWD_MIN, province="21")]
    seven = grants(7, province="23")
    running = [replace(one, code=f"r{one.code}", on=date(2026, 10, 23)) for one in grants(CROWD_MIN)]
    package = write_package([*many, *seven, *running], publisher=PUBLISHER, at=AT)

    assert package["version"] == "1.4"
    assert len({grant["id"] for grant in package["grants"]}) == len(many) + len(seven), "no running month"
    for grant in package["grants"]:
        assert grant.keys() >= GRANT
        assert ("recipientIndividual" in grant) is not ("recipientOrganization" in grant)
        assert grant["recipientIndividual"]["name"] == "Individual"
        assert grant["awardDate"] == "2026-08-23", "the month is enough"
    # seven alone would be a number below the crowd: the smallest crowd of a province stands with them
    told = Counter((one["beneficiaryLocation"][0].get("name", ""), one["title"]) for one in package["grants"])
    assert sorted(told.values()) == [CROWD_MIN, CROWD_MIN + 7]
    rest = [one for one in package["grants"] if "name" not in one["beneficiaryLocation"][0]]
    assert len(rest) == CROWD_MIN + 7
    assert {str(one["toIndividualsDetails"]) for one in rest} == {"{'primaryGrantReason': 'GTIR010'}"}
    (placed,) = {str(one["toIndividualsDetails"]) for one in package["grants"] if one not in rest}
    assert placed == "{'primaryGrantReason': 'GTIR010', 'grantPurpose': ['GTIP060']}"
    assert write_package([*seven, *running], publisher=PUBLISHER, at=AT)["grants"] == [], "no crowd in the whole month"


def test_the_file_of_grants_is_what_the_published_schema_asks_for() -> None:
    every = [grants(CROWD_MIN, kind=kind) for kind in NeedKind]
    package = write_package([one for kind in every for one in kind], publisher=PUBLISHER, at=AT)
    assert len(package["grants"]) == CROWD_MIN * len(NeedKind)
    assert errors_of_grants(package) == []
    first = package["grants"][0]
    for broken in ({**first, "currency": "TOMAN"}, {**first, "awardDate": "1405"}, {**first, "amountAwarded": "7"}):
        assert errors_of_grants({**package, "grants": [broken]}), "the schema can refuse"


def test_no_kind_of_a_province_is_told_by_being_left_over() -> None:
    homes = {NeedKind.RENT: 30, NeedKind.FOOD: 12, NeedKind.CASH: 3, NeedKind.DEBT: 2}
    found = [
        replace(one, code=f"{kind}-{one.code}", household=1000 * kind + one.household)
        for kind, count in homes.items()
        for one in grants(count, kind=kind)
    ]
    told = tell_crowds(found, on=AT.date())
    assert Counter(label for _, label in told) == {("30", NeedKind.RENT): 30, ("30", None): 17}
    assert [one.code for one, _ in told] == sorted(one.code for one in found)
    small = [*found, *(replace(one, household=9000 + one.household) for one in grants(4, province="21"))]
    assert min(Counter(label for _, label in tell_crowds(small, on=AT.date())).values()) >= CROWD_MIN
    everywhere = [one for place in ("21", "22", "23") for one in grants(7, province=place)]
    apart = [replace(one, household=number) for number, one in enumerate(everywhere)]
    assert {label for _, label in tell_crowds(apart, on=AT.date())} == {("", NeedKind.RENT)}


def test_one_household_is_no_crowd_and_a_protected_one_gets_another_code() -> None:
    of_one = [replace(grant, household=1) for grant in grants(CROWD_MIN, province="21")]

    package = write_package([*of_one, *grants(2 * CROWD_MIN)], publisher=PUBLISHER, at=AT)

    assert "household" not in str(package["grants"])
    assert {one["beneficiaryLocation"][0].get("name") for one in package["grants"]} == {None}, "one beside a crowd"
    assert write_package(of_one, publisher=PUBLISHER, at=AT)["grants"] == []
    before, after = (grant_code(7, is_protected=is_protected) for is_protected in (False, True))
    assert before != after
    assert before == grant_code(7, is_protected=False), "else it stands through every reading"


def test_money_of_a_household_that_proved_to_be_another_is_told_as_of_that_one(db: None) -> None:
    body = given_charity("خیریهٔ مهر")
    home, code = given_listed(body)
    with sandbox() as gateway:
        give(gateway, 1_000_000, listing_code=code)
    hold = {"household_id": home.id, "kind": KIND, "amount_rial": 1_000_000, "request_id": a_request()}
    deliver_aid(actor=body, at=AT, hold_id=hold_with_gifts(actor=body, at=AT, **hold).hold_id)
    settle_draws(at=AT)
    (before,) = published_grants()
    assert (before.household, before.province) == (home.id, "30")

    other = given_household(body, is_protected=True)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET merged_into_id = %s WHERE id = %s", [other.id, home.id])

    (after,) = published_grants()
    assert (after.household, after.province) == (other.id, "")
    assert after.code != before.code


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


def test_what_could_not_be_made_is_not_tried_again_at_once() -> None:
    now, count = [0.0], [0]

    def make() -> int:
        count[0] += 1
        if count[0] == 1:
            raise OperationalError
        return count[0]

    kept = Kept(make, clock=lambda: now[0])
    for now[0] in (0.0, FAILED_SECONDS - 1.0):
        with pytest.raises(NotReady):
            kept.get()
    assert count == [1]
    now[0] = FAILED_SECONDS
    assert kept.get() == 2

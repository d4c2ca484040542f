"""Households for scoring: registered in the tables at once, with members, facts from two charities, and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import connection

from sakha.access.actions import create_organisations, create_users
from sakha.access.queries import acting, find_actor
from sakha.access.rules import SYSTEM, Actor, NewOrganisation, NewUser, OrganisationKind, Role
from sakha.scoring.queries.facts import fact_names
from tests.rules.scoring.rows import random_row, shipped_card

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
PASSWORD = "چهار درخت گیلاس"
NEED_FACTS = {
    "health_cost_annual": [0, 10_000_000, 3_000_000_000],
    "chronic_illness_count": [0, 1, 3],
    "n_health_insured": [0, 2],
    "disabled_count": [0, 1, 9],
    "n_students": [0, 2],
    "n_employed": [0, 0, 0, 1],
    "has_kitchen": [0, 1],
    "has_fridge": [0, 1],
    "has_fridge_freezer": [0, 1],
    "hhsize": [1, 2, 5, 9],
    "head_age": [30, 70],
    "head_female": [0, 1],
    "support_pension_monthly": [0, 15_000_000],
    "debt_service_monthly": [0, 900_000_000],
    "jailed_for_debt": [0, 0, 1],
    "orphan_count": [0, 2],
    "dropout_count": [0, 0, 1],
    "newly_wed_count": [0, 1],
    "missing_aid_count": [0, 2],
    "shock_kind": [0, 0, 2],
}


@dataclass(frozen=True, slots=True)
class Registered:
    """Ids of the households and of the two charities that observed them."""

    household_ids: list[int]
    first_charity_id: int
    second_charity_id: int


def make_charities() -> tuple[int, int]:
    new = [
        NewOrganisation(
            kind=OrganisationKind.CHARITY,
            name=name,
            province="30",
            county="3001",
            licence_issuer="استانداری البرز",
            licence_number=number,
            licence_valid_until=date(2028, 3, 20),
            capacity_households=100,
        )
        for name, number in (("خیریهٔ سپیدار", "901"), ("خیریهٔ نارون", "902"))
    ]
    with acting(SYSTEM):
        first, second = create_organisations(actor=SYSTEM, at=AT, organisations=new)
    return first, second


def staff_of(organisation_id: int) -> Actor:
    user = NewUser(
        username=f"staff.{organisation_id}",
        role=Role.CHARITY_STAFF,
        display_name="مددکار",
        password=PASSWORD,
        organisation_id=organisation_id,
    )
    with acting(SYSTEM):
        (user_id,) = create_users(actor=SYSTEM, at=AT, users=[user])
    actor = find_actor(user_id, at=AT)
    assert actor is not None
    return actor


def add_household(*, county: str = "3001", is_urban: bool | None = True, days_ago: int = 0) -> int:
    at = AT - timedelta(days=days_ago)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_household (code, province, county, is_urban, is_protected, registered_at, changed_at)"
            " VALUES ('', '30', %s, %s, false, %s, %s) RETURNING id",
            (county, is_urban, at, at),
        )
        return cursor.fetchone()[0]


def add_facts(household_id: int, organisation_id: int, facts: dict[str, int | None], *, days_ago: int = 1) -> None:
    known = {name: value for name, value in facts.items() if value is not None}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)"
            " SELECT %s, %s, name, value, %s, %s FROM unnest(%s::text[], %s::bigint[]) AS told(name, value)",
            (
                household_id,
                organisation_id,
                (AT - timedelta(days=days_ago)).date(),
                AT,
                list(known),
                list(known.values()),
            ),
        )


def add_member(household_id: int, relation: str, years: int | None, gender: str = "", *, is_dead: bool = False) -> None:
    birth_on = None if years is None else AT.date() - timedelta(days=365 * years + years // 4 + 2)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_person (id_kind, given_name, family_name, father_name, match_key, birth_on,"
            " birth_precision, gender, died_on, registered_at)"
            " VALUES ('NONE', 'الف', 'ب', '', '', %s, %s, %s, %s, %s) RETURNING id",
            (birth_on, "" if years is None else "DAY", gender, AT.date() if is_dead else None, AT),
        )
        cursor.execute(
            "INSERT INTO registry_membership (household_id, person_id, relation, from_on) VALUES (%s, %s, %s, %s)",
            (household_id, cursor.fetchone()[0], relation, AT.date()),
        )


def add_record(household_id: int, organisation_id: int) -> None:
    """That a charity has the household among its clients."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_person (id_kind, given_name, family_name, father_name, match_key, birth_precision,"
            " gender, registered_at) VALUES ('NONE', 'الف', 'ب', '', '', '', '', %s) RETURNING id",
            (AT,),
        )
        person_id = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO registry_record (organisation_id, intake_file_id, row_number, person_id, household_id,"
            " content_digest, payload_sealed, submitted_at) VALUES (%s, 0, 1, %s, %s, %s, '', %s)",
            (organisation_id, person_id, household_id, f"record {household_id:09d}".encode()[:16], AT),
        )


def register_households(count: int, seed: int) -> Registered:
    chance, card = Random(seed), shipped_card()
    first, second = make_charities()
    household_ids = []
    for _ in range(count):
        row = random_row(card, chance, unknown_share=chance.choice([0, 0.2, 0.7]))
        county = str(row.pop("county") or "")[:4]
        urban = row.pop("urban")
        household_id = add_household(
            county=county, is_urban=None if urban is None else bool(urban), days_ago=chance.randrange(900)
        )
        facts = {name: value for name, value in row.items() if name in fact_names() and isinstance(value, int)}
        facts |= {name: chance.choice([None, *values]) for name, values in NEED_FACTS.items()}
        add_facts(household_id, first, facts, days_ago=5)
        newer = {name: value for name, value in facts.items() if chance.random() < 0.2}
        add_facts(household_id, second, newer, days_ago=chance.choice([1, 9]))
        for number in range(chance.randrange(5)):
            years = chance.choice([None, 3, 5, 6, 14, 15, 17, 18, 40, 55, 56, 65, 80])
            add_member(household_id, "HEAD" if number == 0 else "OTHER", years, chance.choice(["", "M", "F"]))
        if chance.random() < 0.3:  # without any income
            add_facts(household_id, first, dict.fromkeys(("pension_annual", "wage_private_annual"), 0), days_ago=0)
        household_ids.append(household_id)
    return Registered(household_ids, first, second)

"""The cast of the site: a charity with its staff, a stranger of another, officers, an operator, and two households."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.test import Client
from django.utils import timezone

from sakha.access.actions import acting, create_organisations, create_users
from sakha.access.queries import find_actor
from sakha.access.rules import SYSTEM, Actor, NewOrganisation, NewUser, OrganisationKind, Role
from sakha.ledger.actions import open_needs
from sakha.ledger.rules import NeedToOpen
from sakha.registry.actions import register_household
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from sakha.vocabulary.identifiers import national_id_check_digit
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of

PASSWORD = "چهار درخت گیلاس"


def national_id(number: int) -> str:
    nine = f"999{number:06d}"
    return nine + national_id_check_digit(nine)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is who on the site."""

    staff: Actor
    stranger: Actor
    officer: Actor
    nation: Actor
    operator: Actor
    household_id: int
    head_national_id: str
    protected_id: int
    protected_national_id: str
    usernames: dict[str, str]


def declaration(number: int, *, is_protected: bool = False) -> HouseholdDeclaration:
    return HouseholdDeclaration(
        members=(
            PersonDeclaration(
                given_name="مریم",
                family_name="رضایی",
                national_id=national_id(number),
                birth_date="1364/07/12",
                gender="زن",
                relation="سرپرست",
                mobile="09121234567",
            ),
            PersonDeclaration(
                given_name="نرگس",
                family_name="رضایی",
                national_id=national_id(number + 1),
                birth_date="1392",
                gender="زن",
                relation="فرزند",
            ),
        ),
        province="البرز",
        county="کرج",
        is_protected=is_protected,
        facts={"tenure": "اجاره‌ای", "rooms": "2", "has_car": "ندارد", "rent_paid": "3500000"},
    )


def open_household_needs(actor: Actor, at: datetime, household_id: int) -> None:
    on = timezone.localtime(at).date()
    open_needs(
        actor=SYSTEM,
        at=at,
        needs=[
            NeedToOpen(household_id=household_id, kind=kind, period=period_of(kind, on), target=target)
            for kind, target in ((NeedKind.FOOD, 1), (NeedKind.RENT, 30_000_000), (NeedKind.HEALTH, 60_000_000))
        ],
    )


def make_cast() -> Cast:
    at = timezone.now()
    with acting(SYSTEM):
        mehr, noor = create_organisations(
            actor=SYSTEM,
            at=at,
            organisations=[
                NewOrganisation(kind=OrganisationKind.CHARITY, name=name, province="30", county="3001")
                for name in ("خیریهٔ مهرگان", "خیریهٔ نور")
            ],
        )
        users = {
            "staff": NewUser(
                username="maryam",
                role=Role.CHARITY_STAFF,
                display_name="مریم نمونه",
                password=PASSWORD,
                organisation_id=mehr,
            ),
            "stranger": NewUser(
                username="stranger",
                role=Role.CHARITY_STAFF,
                display_name="نادر نمونه",
                password=PASSWORD,
                organisation_id=noor,
            ),
            "officer": NewUser(
                username="sara",
                role=Role.PROVINCE_OFFICER,
                display_name="سارا نمونه",
                password=PASSWORD,
                province="30",
            ),
            "nation": NewUser(username="iran", role=Role.NATION_OFFICER, display_name="کیان نمونه", password=PASSWORD),
            "operator": NewUser(username="reza", role=Role.OPERATOR, display_name="رضا نمونه", password=PASSWORD),
        }
        ids = create_users(actor=SYSTEM, at=at, users=list(users.values()))
    actors = {name: find_actor(user_id, at=at) for name, user_id in zip(users, ids, strict=True)}
    staff = actors["staff"]
    known = register_household(actor=staff, at=at, declaration=declaration(1001))
    protected = register_household(actor=staff, at=at, declaration=declaration(2001, is_protected=True))
    open_household_needs(staff, at, known.household_id)
    return Cast(
        **actors,
        household_id=known.household_id,
        head_national_id=national_id(1001),
        protected_id=protected.household_id,
        protected_national_id=national_id(2001),
        usernames={name: user.username for name, user in users.items()},
    )


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"username": cast.usernames[name], "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client

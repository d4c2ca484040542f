"""The cast of confirmations and appeals: two charities, offices of each level, a registered household, confirmers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from django.db import connection

from sakha.access.actions import create_organisations, create_users
from sakha.access.queries import acting, find_actor
from sakha.access.rules import SYSTEM, Actor, NewOrganisation, NewUser, OrganisationKind, Role
from sakha.registry.actions import register_household
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from sakha.scoring.actions import score_households
from sakha.scoring.actions.confirming import NewConfirmer, add_confirmer, ask_confirmations
from sakha.scoring.actions.confirming_links import GivenAnswers, answer_link, links_to_send
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_questions import QuestionCode
from sakha.vocabulary.identifiers import national_id_check_digit

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ADDRESS = "192.0.2.7"
SIZE_FIVE = {QuestionCode.LIVES_HERE: "1", QuestionCode.HOUSEHOLD_SIZE: "5", QuestionCode.TENURE: "3"}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class People:
    mehr: Actor
    noor: Actor
    karaj: Actor
    alborz: Actor
    iran: Actor
    yazd: Actor
    household_id: int


def national_id(number: int) -> str:
    nine = f"999{number:06d}"
    return nine + national_id_check_digit(nine)


def mobile(number: int) -> str:
    return f"0990{number:07d}"


def declare(number: int, **changes: object) -> HouseholdDeclaration:
    head = PersonDeclaration(
        given_name="مریم",
        family_name="رضایی",
        national_id=national_id(number),
        birth_date="1364/07/12",
        gender="زن",
        relation="سرپرست",
        mobile=mobile(number),
    )
    child = PersonDeclaration(
        given_name="نرگس", family_name="رضایی", national_id=national_id(number + 1), birth_date="1392", relation="فرزند"
    )
    facts = {"tenure": "اجاره‌ای", "rooms": "2", "has_car": "دارد", "rent_paid": "3500000"}
    values = {"members": (head, child), "province": "البرز", "county": "کرج", "facts": facts} | changes
    return HouseholdDeclaration(**values)


def make_people() -> People:
    with acting(SYSTEM):
        mehr, noor = create_organisations(
            actor=SYSTEM,
            at=AT,
            organisations=[
                NewOrganisation(kind=OrganisationKind.CHARITY, name=name, province="30", county="3001")
                for name in ("خیریهٔ مهرگان", "خیریهٔ نور")
            ],
        )
        users = [
            NewUser("mehr", Role.CHARITY_STAFF, "مریم نمونه", organisation_id=mehr),
            NewUser("noor", Role.CHARITY_STAFF, "نادر نمونه", organisation_id=noor),
            NewUser("karaj", Role.COUNTY_OFFICER, "کریم نمونه", province="30", county="3001"),
            NewUser("alborz", Role.PROVINCE_OFFICER, "سارا نمونه", province="30"),
            NewUser("iran", Role.NATION_OFFICER, "کیان نمونه"),
            NewUser("yazd", Role.PROVINCE_OFFICER, "یاسر نمونه", province="21"),
        ]
        ids = create_users(actor=SYSTEM, at=AT, users=users)
    actors = [find_actor(user_id, at=AT) for user_id in ids]
    assert all(actors)
    made = register_household(actor=actors[0], at=AT, declaration=declare(101))
    score_households(actor=SYSTEM, at=AT)
    return People(*actors, household_id=made.household_id)


def given_confirmer(actor: Actor, kind: ConfirmerKind, *, organisation_id: int | None = None, **more: object) -> int:
    number = 5000 + next(_numbers)
    values = {"name": "گواه نمونه", "mobile": mobile(number), "county": "3001"} | more
    return add_confirmer(
        actor=actor, at=AT, confirmer=NewConfirmer(kind=kind, organisation_id=organisation_id, **values)
    )


def one_of_each(actor: Actor) -> list[int]:
    return [given_confirmer(actor, kind) for kind in ConfirmerKind]


def answer_all(
    household_id: int, answers: dict[QuestionCode, str], *, at: datetime = AT, is_kin: bool = False, count: int = 9
) -> int:
    """Ask, and let everybody who was asked answer alike by his link."""
    ask_confirmations(actor=SYSTEM, at=at, household_id=household_id, count=count, topics=list(answers))
    links = links_to_send(actor=SYSTEM, at=at, limit=50)
    for link in links:
        answer_link(
            at=at,
            token=link.token,
            code=link.mobile[-4:],
            address=ADDRESS,
            given=GivenAnswers(answers=answers, is_kin=is_kin),
        )
    return len(links)


def rows(statement: str, *values: object) -> list[tuple]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()

"""A household with consent in another province is introduced to a body there that says what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.actions import create_organisation
    from sakha.access.queries import acting
    from sakha.access.rules import SYSTEM, Actor, NewOrganisation, OrganisationKind, Role, Scope
    from sakha.coordination.actions.answering_introductions import take_introduction
    from sakha.coordination.actions.directory import ServiceToTell, approve_services, tell_service
    from sakha.coordination.actions.introducing import introduce_households, record_introduction_consent
    from sakha.registry.actions import register_household
    from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
    from sakha.scoring.actions import confirm_need, declare_need, score_households
    from sakha.vocabulary.need_kinds import NeedKind
    from tests.coordination_cast import rows
    from tests.journeys.conftest import AT

    del walked

    def a_charity(name: str, licence: str) -> Actor:
        with acting(SYSTEM):
            body = NewOrganisation(
                kind=OrganisationKind.CHARITY, name=name, province="23", county="2301", licence_number=licence
            )
            organisation_id = create_organisation(actor=SYSTEM, at=AT, organisation=body)
        return Actor(
            user_id=None,
            organisation_id=organisation_id,
            role=Role.CHARITY_HEAD,
            scope=Scope.ORGANISATION,
            province="23",
            county="2301",
        )

    teller, giver = a_charity("معرف نمونه", "INTRO-1"), a_charity("پذیرنده نمونه", "INTRO-2")
    head = PersonDeclaration(
        given_name="نرگس", family_name="نمونه‌پور", national_id="9998765412", birth_date="1362", relation="سرپرست"
    )
    home = register_household(
        actor=teller,
        at=AT,
        declaration=HouseholdDeclaration(members=(head,), province="تهران", facts={"tenure": "اجاره‌ای"}),
    )
    score_households(actor=SYSTEM, at=AT, household_ids=[home.household_id])
    declare_need(actor=teller, at=AT, household_id=home.household_id, kind=NeedKind.HEALTH)
    confirm_need(actor=SYSTEM, at=AT, household_id=home.household_id, kind=NeedKind.HEALTH)
    service = ServiceToTell(kind=NeedKind.HEALTH, households_a_month=3, province="23", county="")
    approve_services(actor=SYSTEM, at=AT, service_ids=[tell_service(actor=giver, at=AT, service=service)])
    record_introduction_consent(actor=teller, at=AT, household_id=home.household_id)
    introduce_households(actor=SYSTEM, at=AT, household_ids=[home.household_id])
    [(introduction_id,)] = rows(
        "SELECT id FROM coordination_introduction WHERE household_id = %s ORDER BY id LIMIT 1", home.household_id
    )
    take_introduction(actor=giver, at=AT, introduction_id=int(str(introduction_id)))

"""What banks say of members and lives changes the register: facts beside the declared ones, events applied once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import seal
from sakha.databanks.actions import (
    Correction,
    Proof,
    bring_proof,
    open_correction,
    record_evidence_many,
    settle_case,
)
from sakha.databanks.actions.subjects import settle_subjects
from sakha.databanks.queries import cases_of_household
from sakha.databanks.rules import EvidenceStatus, EvidenceToRecord, subject_indexes
from sakha.databanks.rules.bank import Filling, LifeEventKind
from sakha.databanks.rules.events import ToldEvent
from sakha.databanks.rules.states import CaseKind
from sakha.ledger.actions import deliver_aid, deliver_many, hold_aid, open_needs
from sakha.ledger.rules import NeedToOpen
from sakha.ledger.rules.results import DeliveryStopped
from sakha.ledger.rules.states import Outcome
from sakha.registry.actions.bank_answers import apply_bank_answers
from sakha.registry.actions.life_events import apply_life_events
from sakha.registry.actions.uniting import unite_persons
from sakha.registry.queries.bank_evidence import people_to_ask
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import AT, KnownHousehold, a_national_id, an_officer, given_charity, given_household

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return cursor.fetchall() if cursor.description else []


def answered(home: KnownHousehold, fact: str, source: str, value: int | None) -> None:
    """As if a bank had answered a question about the head."""
    told = EvidenceToRecord(
        subject_index=subject_indexes(key_ring(), [home.national_id])[0],
        subject_sealed=seal(key_ring(), home.national_id),
        fact=fact,
        value=value,
        unit="count",
        source=source,
        observed_on=AT.date(),
        status=EvidenceStatus.UNKNOWN if value is None else EvidenceStatus.KNOWN,
    )
    record_evidence_many(actor=SYSTEM, at=AT, purpose="AID_ASSESSMENT", evidence=[told])
    subject = settle_subjects([home.national_id])[home.national_id]
    (inquiry,) = rows(
        "INSERT INTO databanks_inquiry (banks, purpose, level, decision, asked_at)"
        " VALUES ('{vehicles}', 'AID_ASSESSMENT', 2, 'x', now()) RETURNING id"
    )
    rows(
        "INSERT INTO databanks_question (bank, subject_id, household_id, inquiry_id, state, priority, next_try_at,"
        " is_applied) VALUES ('vehicles', %s, %s, %s, 'ANSWERED', 5, now(), false)",
        subject,
        home.id,
        inquiry[0],
    )


def repeated(home: KnownHousehold, fact: str, source: str, value: int, at: datetime) -> None:
    """As if the bank had answered again."""
    told = EvidenceToRecord(
        subject_index=subject_indexes(key_ring(), [home.national_id])[0], fact=fact, value=value, unit="count",
        source=source, observed_on=at.date(),
    )  # fmt: skip
    record_evidence_many(actor=SYSTEM, at=at, purpose="AID_ASSESSMENT", evidence=[told])
    rows("UPDATE databanks_question SET is_applied = false WHERE household_id = %s", home.id)


def facts(home: KnownHousehold) -> list[tuple[object, ...]]:
    return rows("SELECT name, value FROM registry_fact WHERE household_id = %s ORDER BY 1, observed_on", home.id)


def happened(kind: LifeEventKind, home: KnownHousehold, *, identifier: str = "", **details: object) -> None:
    told = ToldEvent(
        name=f"e{len(rows('SELECT id FROM databanks_life_event'))}", kind=kind, happened_on=AT.date(),
        identifier=identifier or home.national_id, **details,  # type: ignore[arg-type]
    )  # fmt: skip
    rows(
        "INSERT INTO databanks_life_event (bank, event_name, kind, subject_id, happened_on, told_sealed, received_at,"
        " state) VALUES ('civil_registry', %s, %s, %s, %s, %s, now(), 'RECEIVED')",
        told.name,
        kind.value,
        settle_subjects([told.identifier])[told.identifier],
        told.happened_on,
        seal(key_ring(), told.to_text()),
    )


def outcomes() -> list[object]:
    return [word for (word,) in rows("SELECT outcome FROM databanks_life_event ORDER BY id")]


def test_what_banks_say_stands_beside_what_was_declared_and_a_contradiction_opens_a_case() -> None:
    charity = given_charity("مهر")
    home = given_household(charity)
    rows(
        "INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)"
        " VALUES (%s, %s, 'has_car', 0, %s, %s)",
        home.id,
        charity.organisation_id,
        AT.date() - timedelta(days=30),
        AT,
    )
    answered(home, "CAR_COUNT", "VEHICLES", 2)

    applied = apply_bank_answers(actor=SYSTEM, at=LATER)
    again = apply_bank_answers(actor=SYSTEM, at=LATER)

    assert (applied.household_count, applied.changed_count, applied.case_count) == (1, 1, 1)
    assert again.household_count == 0
    assert facts(home) == [("has_car", 0), ("has_car", 1)]
    assert rows("SELECT changed_at FROM registry_household WHERE id = %s", home.id) == [(LATER,)]
    (case,) = cases_of_household(at=LATER, household_id=home.id)
    assert (case.declared_value, case.found_value, case.source) == (0, 1, "VEHICLES")


def counting(home: KnownHousehold) -> list[tuple[object, ...]]:
    return rows(
        "SELECT value FROM registry_fact WHERE household_id = %s AND disputed_at IS NULL ORDER BY observed_on DESC, id"
        " DESC LIMIT 1",
        home.id,
    )


def test_what_people_look_at_again_counts_for_nobody_and_what_they_find_counts_instead() -> None:
    charity = given_charity("مهر")
    home = given_household(charity)
    rows(
        "INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)"
        " VALUES (%s, %s, 'has_car', 0, %s, %s)",
        home.id,
        charity.organisation_id,
        AT.date() - timedelta(days=30),
        AT,
    )
    answered(home, "CAR_COUNT", "VEHICLES", 2)
    apply_bank_answers(actor=SYSTEM, at=LATER)
    assert counting(home) == [(1,)]
    (case,) = cases_of_household(at=LATER, household_id=home.id)

    bring_proof(actor=charity, at=LATER, case_id=case.id, proof=Proof(content=b"%PDF-"))
    reviewed = apply_bank_answers(actor=SYSTEM, at=LATER)
    assert (reviewed.household_count, reviewed.changed_count, counting(home)) == (1, 1, [(0,)])
    assert apply_bank_answers(actor=SYSTEM, at=LATER).household_count == 0

    days = timedelta(days=3)
    settle_case(actor=an_officer(), at=LATER + days, case_id=case.id, is_upheld=True, words="سند", value=0)
    assert apply_bank_answers(actor=SYSTEM, at=LATER + days).case_count == 0
    assert counting(home) == [(0,)]
    repeated(home, "CAR_COUNT", "VEHICLES", 2, LATER + 2 * days)
    apply_bank_answers(actor=SYSTEM, at=LATER + 2 * days)
    assert counting(home) == [(0,)], "a bank that repeats it is not believed"
    repeated(home, "CAR_COUNT", "VEHICLES", 0, LATER + 3 * days)
    apply_bank_answers(actor=SYSTEM, at=LATER + 3 * days)
    assert counting(home) == [(0,)]


def test_a_rejected_review_lets_the_bank_s_word_count_again() -> None:
    home = given_household(given_charity("مهر"))
    answered(home, "CAR_COUNT", "VEHICLES", 2)
    apply_bank_answers(actor=SYSTEM, at=LATER)
    told = Correction(
        kind=CaseKind.WRONG, household_id=home.id, identifier=home.national_id, fact="CAR_COUNT", source="VEHICLES",
        words="نیست",
    )  # fmt: skip
    case_id = open_correction(actor=an_officer(), at=LATER, correction=told)
    bring_proof(actor=an_officer(), at=LATER, case_id=case_id, proof=Proof(content=b"%PDF-"))
    apply_bank_answers(actor=SYSTEM, at=LATER)
    assert counting(home) == []

    settle_case(actor=an_officer(), at=LATER, case_id=case_id, is_upheld=False, words="از آنِ ایشان است")
    apply_bank_answers(actor=SYSTEM, at=LATER)

    assert counting(home) == [(1,)]


def test_what_is_unknown_becomes_no_fact() -> None:
    home = given_household(given_charity("مهر"))
    answered(home, "CAR_COUNT", "VEHICLES", None)

    applied = apply_bank_answers(actor=SYSTEM, at=LATER)

    assert (applied.household_count, applied.changed_count, facts(home)) == (1, 0, [])


def test_a_death_leaves_everybody_in_the_register_and_stops_the_delivery(open_hold: tuple[Any, ...]) -> None:
    charity, home, hold_id = open_hold
    happened(LifeEventKind.DEATH, home)

    applied = apply_life_events(actor=SYSTEM, at=LATER)

    assert (applied.applied_count, outcomes()) == (1, ["NOBODY_LEFT"])
    assert apply_life_events(actor=SYSTEM, at=LATER).applied_count == 0
    assert rows("SELECT died_on FROM registry_person") == [(AT.date(),)]
    with pytest.raises(DeliveryStopped):
        deliver_aid(actor=charity, at=LATER, hold_id=hold_id)
    (line,) = deliver_many(actor=charity, at=LATER, hold_ids=[hold_id])
    assert line.outcome is Outcome.STOPPED


def a_parent_and_a_child() -> tuple[KnownHousehold, str]:
    home, child = given_household(given_charity("مهر")), a_national_id()
    happened(LifeEventKind.BIRTH, home, identifier=child, related={"MOTHER": home.national_id}, given_name="باران")
    apply_life_events(actor=SYSTEM, at=LATER)
    return home, child


def test_where_the_head_dies_a_case_asks_people_for_another_and_the_household_keeps_its_head() -> None:
    home, _ = a_parent_and_a_child()
    happened(LifeEventKind.DEATH, home)

    apply_life_events(actor=SYSTEM, at=LATER)

    assert outcomes() == ["CHILD_ADDED", "HEAD_DIED"]
    (case,) = cases_of_household(at=LATER, household_id=home.id)
    assert (case.fact, case.found_value, case.due_on) == ("IS_ALIVE", 0, LATER.date() + timedelta(days=30))
    heads = rows("SELECT relation FROM registry_membership WHERE household_id = %s AND to_on IS NULL", home.id)
    assert ("HEAD",) in heads


def test_the_death_of_another_member_asks_nobody() -> None:
    home, child = a_parent_and_a_child()
    happened(LifeEventKind.DEATH, home, identifier=child)

    apply_life_events(actor=SYSTEM, at=LATER)

    assert outcomes() == ["CHILD_ADDED", "DIED"]
    assert cases_of_household(at=LATER, household_id=home.id) == ()


def test_the_post_is_asked_with_the_code_that_stands_in_the_address_and_nobody_about_whom_nothing_is_known() -> None:
    home = given_household(given_charity("مهر"))
    (before,) = people_to_ask(household_ids=[home.id], at=AT)
    sealed = seal(key_ring(), "کرج، خیابان بهار, 3145673981")
    rows("UPDATE registry_household SET address_sealed = %s WHERE id = %s", sealed, home.id)
    (after,) = people_to_ask(household_ids=[home.id], at=AT)
    rows("UPDATE registry_person SET id_kind = 'NONE'")

    assert Filling.POSTAL_CODE not in before.fillings
    assert after.fillings[Filling.POSTAL_CODE] == "3145673981"
    assert people_to_ask(household_ids=[home.id], at=AT) == []


def test_without_the_death_the_same_aid_is_delivered(open_hold: tuple[Any, ...]) -> None:
    charity, _, hold_id = open_hold

    deliver_aid(actor=charity, at=LATER, hold_id=hold_id)


@pytest.fixture
def open_hold() -> tuple[Any, ...]:
    charity = given_charity("مهر")
    home = given_household(charity)
    need = NeedToOpen(household_id=home.id, kind=NeedKind.CASH, period=140508, target=10_000_000)
    open_needs(actor=SYSTEM, at=AT, needs=[need])
    held = hold_aid(
        actor=charity, at=AT, household_id=home.id, kind=NeedKind.CASH, quantity=1_000_000, request_id=uuid4()
    )
    return charity, home, held.hold_id


def test_a_newborn_joins_the_mothers_household_once() -> None:
    home, child = given_household(given_charity("مهر")), a_national_id()
    for _ in range(2):
        happened(LifeEventKind.BIRTH, home, identifier=child, related={"MOTHER": home.national_id}, given_name="باران")

    apply_life_events(actor=SYSTEM, at=LATER)

    assert outcomes() == ["CHILD_ADDED", "KNOWN"]
    members = rows("SELECT relation FROM registry_membership WHERE household_id = %s ORDER BY id", home.id)
    assert members == [("HEAD",), ("CHILD",)]


def test_a_move_of_the_head_moves_the_household_and_an_unknown_place_nobody() -> None:
    home = given_household(given_charity("مهر"))
    happened(LifeEventKind.MOVE, home, province="30", county="3002")
    happened(LifeEventKind.MOVE, home, province="99", county="9999")

    apply_life_events(actor=SYSTEM, at=LATER)

    assert outcomes() == ["MOVED", "PLACE_UNKNOWN"]
    assert rows("SELECT province, county FROM registry_household WHERE id = %s", home.id) == [("30", "3002")]


def test_a_marriage_asks_people_and_a_stranger_is_set_aside() -> None:
    home = given_household(given_charity("مهر"))
    happened(LifeEventKind.MARRIAGE, home)
    happened(LifeEventKind.DEATH, home, identifier=a_national_id())

    applied = apply_life_events(actor=SYSTEM, at=LATER)

    assert (applied.applied_count, applied.set_aside_count) == (1, 1)
    assert outcomes() == ["CASE_OPENED", "NOT_REGISTERED"]
    (case,) = cases_of_household(at=LATER, household_id=home.id)
    assert (case.fact, case.due_on) == ("MARITAL_STATUS", date.fromordinal(LATER.date().toordinal() + 30))


def test_a_death_told_by_the_number_of_a_merged_person_is_the_death_of_the_one_he_is() -> None:
    mehr = given_charity("مهر")
    home, second = given_household(mehr), given_household(mehr)
    ((kept,), (gone,)) = rows("SELECT person_id FROM registry_membership ORDER BY id")
    unite_persons(actor=SYSTEM, at=AT, person_ids=(kept, gone), reason="test")
    happened(LifeEventKind.DEATH, second)

    apply_life_events(actor=SYSTEM, at=LATER)

    assert outcomes() == ["NOBODY_LEFT"]
    assert rows("SELECT id, died_on FROM registry_person ORDER BY id") == [(kept, AT.date()), (gone, None)]
    assert rows("SELECT changed_at FROM registry_household WHERE id = %s", home.id) == [(LATER,)]

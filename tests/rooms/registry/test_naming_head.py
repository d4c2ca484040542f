"""A household whose head has died gets another, by people; what waits at the banks follows whoever is there."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, PermissionMissing, Scope, household_actor
from sakha.access.rules.sealing import open_sealed, seal
from sakha.databanks.actions import Contradiction, PersonToAsk, open_contradictions, renew_waiting_questions
from sakha.databanks.actions.subjects import settle_subjects
from sakha.databanks.queries import cases_of_household
from sakha.databanks.rules.bank import Filling
from sakha.databanks.rules.states import CaseState
from sakha.registry.actions.following import follow_people
from sakha.registry.actions.naming_head import name_head
from sakha.registry.queries.households import HouseholdUnknown
from sakha.registry.rules.heads import HeadLives, HeadNotAMember, HeadNotLiving, HeadTooYoung
from tests.ledger_cast import AT, KnownHousehold, a_national_id, an_officer, given_charity, given_household

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=2)


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return cursor.fetchall() if cursor.description else []


def a_member(home: KnownHousehold, relation: str, birth_on: date | None = None) -> int:
    [(person_id,)] = rows(
        "INSERT INTO registry_person (id_kind, given_name, family_name, father_name, match_key, birth_on,"
        " birth_precision, gender, registered_at) VALUES ('NONE', 'سینا', 'نمونه', '', '', %s, %s, '', %s)"
        " RETURNING id",
        birth_on,
        "DAY" if birth_on else "",
        AT,
    )
    rows(
        "INSERT INTO registry_membership (household_id, person_id, relation, from_on) VALUES (%s, %s, %s, %s)",
        home.id,
        person_id,
        relation,
        AT.date() - timedelta(days=90),
    )
    return int(str(person_id))


def head_of(home: KnownHousehold) -> int:
    [(person_id,)] = rows(
        "SELECT person_id FROM registry_membership WHERE household_id = %s AND relation = 'HEAD' AND to_on IS NULL",
        home.id,
    )
    return int(str(person_id))


def bury(home: KnownHousehold) -> int:
    old = head_of(home)
    rows("UPDATE registry_person SET died_on = %s WHERE id = %s", AT.date(), old)
    asked = Contradiction(
        household_id=home.id, fact="IS_ALIVE", source="CIVIL_REGISTRY", declared_value=None, found_value=0
    )
    open_contradictions(actor=SYSTEM, at=AT, contradictions=[asked])
    return old


def relations(home: KnownHousehold) -> dict[object, object]:
    return dict(
        rows("SELECT person_id, relation FROM registry_membership WHERE household_id = %s AND to_on IS NULL", home.id)
    )


def test_another_member_heads_the_household_once_and_who_did_before_stays_written() -> None:
    charity = given_charity("مهر")
    home = given_household(charity)
    child, spouse = a_member(home, "CHILD", date(2000, 1, 1)), a_member(home, "SPOUSE")
    sibling = a_member(home, "CHILD", date(2015, 1, 1))
    rows(
        "INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)"
        " VALUES (%s, %s, 'head_edu_years', 12, %s, %s)",
        home.id,
        charity.organisation_id,
        AT.date(),
        AT,
    )
    old = bury(home)

    named = name_head(actor=charity, at=LATER, household_id=home.id, person_id=child)
    again = name_head(actor=charity, at=LATER + timedelta(hours=1), household_id=home.id, person_id=child)

    assert (named.is_new, again.is_new) == (True, False)
    assert relations(home) == {child: "HEAD", spouse: "PARENT", sibling: "OTHER"}
    assert rows("SELECT relation, to_on FROM registry_membership WHERE person_id = %s", old) == [("HEAD", AT.date())]
    assert rows("SELECT relation, to_on IS NULL FROM registry_membership WHERE person_id = %s ORDER BY id", child) == [
        ("CHILD", False),
        ("HEAD", True),
    ]
    assert rows("SELECT changed_at FROM registry_household WHERE id = %s", home.id) == [(LATER,)]
    assert rows("SELECT disputed_at FROM registry_fact WHERE name = 'head_edu_years'") == [(LATER,)]
    (case,) = cases_of_household(at=LATER, household_id=home.id)
    assert (case.state, case.is_open) == (CaseState.ANSWERED, False)
    assert rows("SELECT count(*) FROM access_entry WHERE household_id = %s AND purpose = 'head named'", home.id) == [
        (1,)
    ]


def test_who_may_not_head_a_household_is_refused_with_the_reason() -> None:
    charity = given_charity("مهر")
    home, other = given_household(charity), given_household(charity)
    adult, child = a_member(home, "SPOUSE", date(1980, 1, 1)), a_member(home, "CHILD", date(2015, 1, 1))
    with pytest.raises(HeadLives):
        name_head(actor=charity, at=LATER, household_id=home.id, person_id=adult)
    old = bury(home)

    for person_id, refusal in ((head_of(other), HeadNotAMember), (old, HeadNotLiving), (child, HeadTooYoung)):
        with pytest.raises(refusal):
            name_head(actor=charity, at=LATER, household_id=home.id, person_id=person_id)
    with pytest.raises(PermissionMissing):
        name_head(actor=household_actor(home.id), at=LATER, household_id=home.id, person_id=adult)
    with pytest.raises(HouseholdUnknown):
        name_head(actor=given_charity("دیگر"), at=LATER, household_id=home.id, person_id=adult)
    assert head_of(home) == old

    assert name_head(actor=an_officer(Scope.COUNTY), at=LATER, household_id=home.id, person_id=adult).is_new
    assert relations(home) == {adult: "HEAD", child: "CHILD"}


# --- what waits -----------------------------------------------------------------------------------------------------


def waiting(home: KnownHousehold, identifier: str, bank: str = "mobile_ownership", state: str = "WAITING") -> int:
    [(inquiry,)] = rows(
        "INSERT INTO databanks_inquiry (banks, purpose, level, decision, asked_at, household_id)"
        " VALUES (ARRAY[%s], 'AID_ASSESSMENT', 2, 'x', %s, %s) RETURNING id",
        bank,
        AT,
        home.id,
    )
    [(question,)] = rows(
        "INSERT INTO databanks_question (bank, subject_id, household_id, inquiry_id, state, priority, next_try_at,"
        " fillings_sealed, claim, claimed_at) VALUES (%s, %s, %s, %s, %s, 5, %s, %s, %s, %s) RETURNING id",
        bank,
        settle_subjects([identifier])[identifier],
        home.id,
        inquiry,
        state,
        AT,
        seal(key_ring(), '{"MOBILE": "+989990000001"}'),
        "" if state == "WAITING" else "c",
        None if state == "WAITING" else AT,
    )
    return int(str(question))


def told(question: int) -> tuple[object, object]:
    [(state, sealed)] = rows("SELECT state, fillings_sealed FROM databanks_question WHERE id = %s", question)
    return state, json.loads(open_sealed(key_ring(), bytes(sealed)))  # type: ignore[call-overload]


def test_what_waits_is_told_with_what_is_known_now_and_of_a_corrected_number_it_is_taken_back() -> None:
    home = given_household(given_charity("مهر"))
    kept, gone = waiting(home, home.national_id), waiting(home, a_national_id())
    on_its_way = waiting(home, a_national_id(), state="ASKING")
    person = PersonToAsk(
        household_id=home.id,
        fillings={Filling.IDENTIFIER: home.national_id, Filling.MOBILE: "+989990000002"},
        is_head=True,
    )

    followed = renew_waiting_questions(household_ids=[home.id], people=[person])
    again = renew_waiting_questions(household_ids=[home.id], people=[person])

    assert (followed.renewed_count, followed.cancelled_count) == (1, 1)
    assert (again.renewed_count, again.cancelled_count) == (0, 0)
    assert told(kept) == ("WAITING", {"MOBILE": "+989990000002"})
    assert (told(gone)[0], told(on_its_way)[0]) == ("CANCELLED", "ASKING")


def test_of_somebody_who_died_nothing_is_asked_any_more() -> None:
    home = given_household(given_charity("مهر"))
    question = waiting(home, home.national_id, bank="vehicles")
    follow_people(at=AT, household_ids=[home.id])
    assert rows("SELECT state FROM databanks_question WHERE id = %s", question) == [("WAITING",)]

    rows("UPDATE registry_person SET died_on = %s WHERE id = %s", AT.date(), head_of(home))
    follow_people(at=AT, household_ids=[home.id])

    assert rows("SELECT state FROM databanks_question WHERE id = %s", question) == [("CANCELLED",)]

"""Confirmation by people, over the tables: who is asked, whose word counts, what came of it, who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.registry.actions import register_household
from sakha.registry.queries import HouseholdUnknown
from sakha.scoring.actions.confirming import ask_confirmations, stop_confirmer
from sakha.scoring.actions.confirming_links import (
    GivenAnswers,
    answer_in_site,
    asked_in_site,
    links_to_send,
)
from sakha.scoring.actions.confirming_results import audit_answer, settle_confirmations, settle_of_confirmer
from sakha.scoring.queries import get_explanation
from sakha.scoring.queries.confirmations import (
    ConfirmerUnknown,
    answers_to_audit,
    confirmation_points,
    confirmed_facts,
    confirmers,
    get_confirmer_identity,
    standing_confirmations,
)
from sakha.scoring.queries.confirmations_signs import SignKind, collusion_signs
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_questions import QuestionCode
from sakha.scoring.rules.confirming_voices import (
    ConfirmerUnfit,
    HouseholdNotToBeAsked,
    LinkClosed,
)
from sakha.scoring.rules.needs_states import NeedState
from sakha.vocabulary.fact_names import FactName
from tests.rooms.scoring.people import (
    AT,
    SIZE_FIVE,
    People,
    answer_all,
    declare,
    given_confirmer,
    mobile,
    national_id,
    one_of_each,
    rows,
)

pytestmark = pytest.mark.django_db


def test_what_different_kinds_of_people_say_becomes_a_fact_of_the_score(people: People) -> None:
    one_of_each(people.karaj)

    assert answer_all(people.household_id, SIZE_FIVE) == 3  # school and clinic can't know

    facts = confirmed_facts(actor=people.karaj, at=AT, household_ids=[people.household_id])
    assert facts[people.household_id][FactName.HHSIZE] == 5
    after = get_explanation(actor=people.karaj, at=AT + timedelta(minutes=1), household_id=people.household_id)
    sizes = {reason.name: reason.value for reason in after.reasons.all}
    assert sizes["equivalent_size"] == 345  # two registered members, three more of unknown age


def test_neighbours_alone_confirm_nothing_however_many(people: People) -> None:
    for _ in range(8):
        given_confirmer(people.karaj, ConfirmerKind.NEIGHBOUR)

    assert answer_all(people.household_id, SIZE_FIVE) == 8

    assert confirmed_facts(actor=SYSTEM, at=AT, household_ids=[people.household_id])[people.household_id] == {}
    (size,) = [one for one in standing(people) if one.question is QuestionCode.HOUSEHOLD_SIZE]
    assert (size.value, size.voice_count, size.kind_count) == (None, 8, 1)


def standing(people: People) -> list:
    return standing_confirmations(actor=SYSTEM, at=AT, household_ids=[people.household_id])[people.household_id]


def test_a_circle_nominated_by_one_charity_confirms_nothing(people: People) -> None:
    for kind in ConfirmerKind:
        given_confirmer(people.noor, kind)

    answer_all(people.household_id, SIZE_FIVE)

    assert confirmed_facts(actor=SYSTEM, at=AT, household_ids=[people.household_id])[people.household_id] == {}


def test_whom_the_registering_charity_named_is_never_asked_about_its_client(people: People) -> None:
    for kind in ConfirmerKind:
        given_confirmer(people.mehr, kind)
        given_confirmer(people.karaj, kind, organisation_id=people.mehr.organisation_id)

    assert ask_confirmations(actor=people.karaj, at=AT, household_id=people.household_id) == 0


def test_kin_are_never_asked(people: People) -> None:
    given_confirmer(people.karaj, ConfirmerKind.TRUSTEE, mobile=mobile(101))  # the head's own phone
    given_confirmer(people.karaj, ConfirmerKind.NEIGHBOUR, national_id=national_id(102))  # the child's national ID
    other = register_household(actor=people.noor, at=AT, declaration=declare(301))
    # who once lived with somebody of this household
    (brother,) = rows("SELECT person_id FROM registry_membership WHERE household_id = %s LIMIT 1", other.household_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_membership (household_id, person_id, relation, from_on, to_on)"
            " VALUES (%s, %s, 'OTHER', '2020-01-01', '2021-01-01')",
            [people.household_id, brother[0]],
        )
    given_confirmer(people.karaj, ConfirmerKind.CLINIC, national_id=national_id(301))

    assert ask_confirmations(actor=people.karaj, at=AT, household_id=people.household_id) == 0


def test_who_says_that_he_is_kin_is_heard_and_not_counted(people: People) -> None:
    one_of_each(people.karaj)

    answer_all(people.household_id, SIZE_FIVE, is_kin=True)

    assert rows("SELECT count(*) FROM scoring_confirmation_answer WHERE is_kin")[0][0] > 0
    assert rows("SELECT count(*) FROM scoring_confirmation WHERE value IS NOT NULL") == [(0,)]


def test_nobody_is_asked_twice_in_a_year_about_the_same_household(people: People) -> None:
    one_of_each(people.karaj)
    answer_all(people.household_id, SIZE_FIVE)

    assert ask_confirmations(actor=SYSTEM, at=AT + timedelta(days=360), household_id=people.household_id) <= 2
    assert (
        ask_confirmations(
            actor=SYSTEM, at=AT + timedelta(days=366), household_id=people.household_id, topics=list(SIZE_FIVE)
        )
        == 3
    )


def test_one_of_each_kind_is_drawn_before_a_second_of_any(people: People) -> None:
    for kind in (ConfirmerKind.NEIGHBOUR, ConfirmerKind.NEIGHBOUR, ConfirmerKind.SCHOOL, ConfirmerKind.TRUSTEE):
        given_confirmer(people.karaj, kind)

    assert (
        ask_confirmations(
            actor=people.mehr,
            at=AT,
            household_id=people.household_id,
            count=3,
            topics=[QuestionCode.STUDENTS],
        )
        == 3
    )
    asked = rows("SELECT c.kind FROM scoring_confirmation_request r JOIN scoring_confirmer c ON c.id = r.confirmer_id")
    assert {kind for (kind,) in asked} == {"NEIGHBOUR", "SCHOOL", "TRUSTEE"}


def test_a_protected_household_is_not_asked_about_and_an_unseen_one_not_found(people: People) -> None:
    hidden = register_household(actor=people.mehr, at=AT, declaration=declare(701, is_protected=True))

    with pytest.raises(HouseholdNotToBeAsked):
        ask_confirmations(actor=people.karaj, at=AT, household_id=hidden.household_id)
    with pytest.raises(HouseholdUnknown):
        ask_confirmations(actor=people.noor, at=AT, household_id=people.household_id)


# --- the link -------------------------------------------------------------------------------------------------------


def test_a_colleague_of_another_charity_answers_in_the_site_and_nobody_for_him(people: People) -> None:
    given_confirmer(
        people.karaj, ConfirmerKind.CHARITY, organisation_id=people.noor.organisation_id, user_id=people.noor.user_id
    )
    ask_confirmations(actor=people.mehr, at=AT, household_id=people.household_id, topics=list(SIZE_FIVE))
    assert asked_in_site(actor=people.mehr, at=AT) == ()
    (asked,) = asked_in_site(actor=people.noor, at=AT)

    with pytest.raises(LinkClosed):
        answer_in_site(actor=people.mehr, at=AT, request_id=asked.id, given=GivenAnswers(answers=SIZE_FIVE))
    answer_in_site(actor=people.noor, at=AT, request_id=asked.id, given=GivenAnswers(answers=SIZE_FIVE))

    assert asked_in_site(actor=people.noor, at=AT) == ()
    assert links_to_send(actor=SYSTEM, at=AT, limit=5) == []


# --- audits ---------------------------------------------------------------------------------------------------------


def test_a_stopped_confirmers_word_falls_out_of_what_stands(people: People) -> None:
    trustee = given_confirmer(people.karaj, ConfirmerKind.TRUSTEE)
    given_confirmer(people.karaj, ConfirmerKind.NEIGHBOUR)
    answer_all(people.household_id, SIZE_FIVE)
    assert confirmed_facts(actor=SYSTEM, at=AT, household_ids=[people.household_id])[people.household_id]

    stop_confirmer(actor=people.karaj, at=AT, confirmer_id=trustee)
    later = AT + timedelta(hours=1)
    settle_of_confirmer(actor=people.karaj, at=later, confirmer_id=trustee)

    assert confirmed_facts(actor=SYSTEM, at=later, household_ids=[people.household_id])[people.household_id] == {}
    # what stood before is kept, for whoever recomputes a score of that day
    assert confirmed_facts(actor=SYSTEM, at=AT, household_ids=[people.household_id])[people.household_id]


def test_audits_change_what_a_confirmer_weighs(people: People) -> None:
    trustee = given_confirmer(people.karaj, ConfirmerKind.TRUSTEE)
    given_confirmer(people.karaj, ConfirmerKind.NEIGHBOUR)
    answer_all(people.household_id, SIZE_FIVE)
    ((answer,),) = rows(
        "SELECT id FROM scoring_confirmation_answer WHERE confirmer_id = %s AND question = 'HOUSEHOLD_SIZE'", trustee
    )
    later = AT + timedelta(hours=1)
    audit_answer(actor=people.karaj, at=later, answer_id=answer, was_right=False)

    card = next(one for one in confirmers(actor=people.karaj) if one.id == trustee)
    assert (card.audited_count, round(card.reliability, 3)) == (1, 0.727)
    with pytest.raises(ConfirmerUnknown):
        audit_answer(actor=people.karaj, at=later, answer_id=answer, was_right=True)


def test_whoever_contradicts_the_others_comes_to_the_audit(people: People) -> None:
    one_of_each(people.karaj)
    answer_all(people.household_id, SIZE_FIVE)
    given_confirmer(people.karaj, ConfirmerKind.NEIGHBOUR)
    answer_all(people.household_id, {QuestionCode.LIVES_HERE: "1", QuestionCode.HOUSEHOLD_SIZE: "9"})

    listed = answers_to_audit(actor=people.karaj)

    assert [one.value for one in listed if one.is_alone] == [9]
    assert answers_to_audit(actor=people.yazd) == ()


def test_a_name_is_opened_for_offices_alone_and_logged(people: People) -> None:
    (confirmer, *_) = one_of_each(people.karaj)

    assert get_confirmer_identity(actor=people.karaj, at=AT, confirmer_id=confirmer).name == "گواه نمونه"
    assert rows("SELECT count(*) FROM access_entry WHERE purpose LIKE 'بازرسی گواه%%'") == [(1,)]
    for stranger, refusal in ((people.mehr, PermissionMissing), (people.yazd, ConfirmerUnknown)):
        with pytest.raises(refusal):
            get_confirmer_identity(actor=stranger, at=AT, confirmer_id=confirmer)


def test_neither_charity_sees_who_answered_but_both_see_what_came_of_it(people: People) -> None:
    one_of_each(people.karaj)
    answer_all(people.household_id, SIZE_FIVE)

    with acting(people.mehr), connection.cursor() as cursor:
        for table in ("confirmer", "confirmation_request", "confirmation_answer", "link_miss"):
            cursor.execute(f"SELECT count(*) FROM scoring_{table}")
            assert cursor.fetchone() == (0,), table
        cursor.execute("SELECT count(*) FROM scoring_confirmation")
        assert cursor.fetchone()[0] > 0


def test_one_phone_is_one_voice_and_an_office_adds_only_its_own(people: People) -> None:
    given_confirmer(people.karaj, ConfirmerKind.TRUSTEE, mobile=mobile(1))

    with pytest.raises(ConfirmerUnfit):
        given_confirmer(people.karaj, ConfirmerKind.SCHOOL, mobile=mobile(1))
    with pytest.raises(ConfirmerUnfit):
        given_confirmer(people.yazd, ConfirmerKind.SCHOOL)


def test_a_sudden_event_that_people_saw_confirms_its_need(people: People) -> None:
    one_of_each(people.karaj)

    answer_all(people.household_id, {QuestionCode.SHOCK: "4"})

    (need,) = rows("SELECT state FROM scoring_need WHERE household_id = %s AND kind = 13", people.household_id)
    assert need == (NeedState.CONFIRMED.value,)


def test_signs_of_a_ring_are_shown_to_the_office(people: People) -> None:
    assert collusion_signs(actor=people.karaj, at=AT) == ()
    ring = [given_confirmer(people.noor, ConfirmerKind.TRUSTEE) for _ in range(4)]
    with acting(SYSTEM), connection.cursor() as cursor:
        for number in range(24):
            cursor.execute(
                "INSERT INTO scoring_confirmation_request (household_id, confirmer_id, questions, token_digest, state,"
                " province, county, asked_at, expires_at, settled_at)"
                " VALUES (%s, %s, '{LIVES_HERE}', %s, 'ANSWERED', '30', '3001', %s, %s, %s)",
                [people.household_id, ring[number % 3 if number < 23 else 3], b"%16d" % number, AT, AT, AT],
            )

    found = {sign.kind: sign for sign in collusion_signs(actor=people.karaj, at=AT + timedelta(hours=1))}

    assert (found[SignKind.FEW].count, found[SignKind.FEW].whole) == (23, 24)
    assert found[SignKind.FEW].organisation_name == "خیریهٔ مهرگان"
    assert found[SignKind.BURST].count == 8
    assert SignKind.BUNCHING not in found
    assert collusion_signs(actor=people.yazd, at=AT) == ()
    with pytest.raises(PermissionMissing):
        collusion_signs(actor=people.mehr, at=AT)


def test_bunching_below_a_cut_is_seen(people: People) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT model_sha FROM scoring_score LIMIT 1")
        (sha,) = cursor.fetchone()
        for number in range(220):
            cursor.execute(
                "INSERT INTO registry_household (code, province, county, is_protected, registered_at, changed_at,"
                " registered_by_id) VALUES ('', '30', '3001', false, %s, %s, %s) RETURNING id",
                [AT, AT, people.mehr.organisation_id],
            )
            score = -28 if number < 150 else -20
            cursor.execute(
                "INSERT INTO scoring_score (household_id, model_sha, price_year, score, known_count, decile,"
                " poor20_share, poor40_share, expected_gap_rial, priority, policy_sha, scored_at)"
                " VALUES (%s, %s, 1405, %s, 20, %s, 0, 0, 0, 0, '', %s)",
                [cursor.fetchone()[0], sha, score, 2 if number < 150 else 3, AT],
            )

    (sign,) = [one for one in collusion_signs(actor=people.karaj, at=AT) if one.decile == 2]

    assert (sign.kind, sign.organisation_name, sign.count) == (SignKind.BUNCHING, "خیریهٔ مهرگان", 150)


def test_a_hardship_that_people_saw_moves_the_place_a_little_and_settling_again_changes_nothing(people: People) -> None:
    for _ in range(3):
        for kind in (ConfirmerKind.TRUSTEE, ConfirmerKind.NEIGHBOUR, ConfirmerKind.CHARITY):
            given_confirmer(people.karaj, kind)
    answer_all(people.household_id, {QuestionCode.SHOCK: "4"})

    points = confirmation_points(actor=people.mehr, at=AT, household_ids=[people.household_id])
    assert -6 <= points[people.household_id] < 0
    assert settle_confirmations(actor=SYSTEM, at=AT, household_ids=[people.household_id]) == frozenset()

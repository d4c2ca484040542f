"""One score, three readers; and a past score recomputed from what was known then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.registry.actions.bank_answers import banks_organisation
from sakha.scoring.actions import score_households
from sakha.scoring.queries import ScoreUnknown, find_scores
from sakha.scoring.queries.explanation_readers import audit_score, explain_to_charity, explain_to_household
from sakha.scoring.rules.confirming_questions import QuestionCode
from tests.rooms.scoring.given import Registered, add_facts
from tests.rooms.scoring.people import AT, People, answer_all, one_of_each, rows

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=40)


def test_the_household_reads_value_source_and_date_of_three_reasons_each_way(people: People) -> None:
    told = explain_to_household(actor=people.mehr, at=AT, household_id=people.household_id)

    assert 1 <= len(told.more_need) <= 3
    assert len(told.less_need) <= 3
    assert any(one.source == "خیریهٔ مهرگان" and one.on == AT.date() for one in (*told.more_need, *told.less_need))
    assert told.unknown_labels
    assert rows("SELECT count(*) FROM access_entry WHERE purpose = 'توضیح امتیاز برای خانوار'") == [(1,)]


def test_what_people_confirmed_has_them_as_its_source(people: People) -> None:
    one_of_each(people.karaj)
    answer_all(people.household_id, {QuestionCode.TENURE: "1"}, at=AT + timedelta(seconds=30))

    told = explain_to_household(actor=people.mehr, at=AT + timedelta(minutes=1), household_id=people.household_id)

    tenure = [one for one in (*told.more_need, *told.less_need) if one.name == "tenure"]
    assert [one.source for one in tenure] in ([], ["تأیید اهل محل"])
    audited = audit_score(actor=people.karaj, at=LATER, household_id=people.household_id, as_of=AT + timedelta(hours=1))
    assert audited.sources["tenure"].name == "تأیید اهل محل"
    assert audited.facts["tenure"] == 1


def test_a_charity_reads_band_and_freshness(people: People) -> None:
    told = explain_to_charity(actor=people.mehr, at=AT, household_id=people.household_id)

    assert told.band
    assert told.freshness.newest_on == AT.date()
    assert told.freshness.known_count + len(
        explain_to_household(actor=people.mehr, at=AT, household_id=people.household_id).unknown_labels
    ) == (told.freshness.variable_count)


def test_what_a_bank_told_is_read_by_the_household_and_never_by_a_charity(people: People) -> None:
    add_facts(people.household_id, banks_organisation(at=AT), {"has_car": 1, "rooms": 1})

    household = explain_to_household(actor=people.mehr, at=AT, household_id=people.household_id)
    charity = explain_to_charity(actor=people.mehr, at=AT, household_id=people.household_id)

    of_banks = {one.sentence for one in (*household.more_need, *household.less_need) if "بانک" in one.source}
    assert of_banks  # the control: without the guard these would be shown
    assert of_banks.isdisjoint((*charity.more_need, *charity.less_need))
    with pytest.raises(ScoreUnknown):
        explain_to_charity(actor=people.noor, at=AT, household_id=people.household_id)


def test_a_stored_score_is_recomputed_bit_for_bit_though_much_came_later(registered: Registered) -> None:
    score_households(actor=SYSTEM, at=AT)
    for household_id in registered.household_ids[::10]:
        # what somebody observed yesterday and told only later was not known then
        add_facts_later(household_id, registered)

        audited = audit_score(actor=SYSTEM, at=LATER, household_id=household_id)

        assert audited.is_same, household_id
        assert audited.score == sum(one.points for one in audited.reasons.all) + audited.reasons.expected_points


def add_facts_later(household_id: int, registered: Registered) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)"
            " SELECT %s, %s, name, 1, %s, %s FROM unnest(%s::text[]) AS told(name) ON CONFLICT DO NOTHING",
            [
                household_id,
                registered.second_charity_id,
                AT.date(),
                AT + timedelta(days=1),
                ["rooms", "has_car", "has_washing_machine", "hhsize", "area_m2", "has_internet", "head_edu_years"],
            ],
        )


def test_control_with_what_came_later_the_score_is_another(registered: Registered) -> None:
    score_households(actor=SYSTEM, at=AT)
    household_id = registered.household_ids[0]
    add_facts(
        household_id, registered.second_charity_id, {"area_m2": 400, "has_dishwasher": 1, "rooms": 9}, days_ago=-1
    )

    assert not audit_score(actor=SYSTEM, at=LATER, household_id=household_id).is_same


def test_a_score_that_was_overwritten_is_recomputed_as_of_its_day(people: People) -> None:
    before = find_scores(actor=SYSTEM, household_ids=[people.household_id])[people.household_id]
    one_of_each(people.karaj)
    answer_all(people.household_id, {QuestionCode.HOUSEHOLD_SIZE: "9"}, at=LATER)
    score_households(actor=SYSTEM, at=LATER + timedelta(minutes=1), household_ids=[people.household_id])
    after = find_scores(actor=SYSTEM, household_ids=[people.household_id])[people.household_id]
    assert after.score != before.score

    audited = audit_score(actor=people.alborz, at=LATER, household_id=people.household_id, as_of=before.scored_at)

    assert (audited.score, audited.decile) == (before.score, before.decile)
    assert audit_score(actor=people.alborz, at=LATER, household_id=people.household_id).is_same


def test_only_offices_of_the_area_audit(people: People) -> None:
    with pytest.raises(PermissionMissing):
        audit_score(actor=people.mehr, at=AT, household_id=people.household_id)
    with pytest.raises(ScoreUnknown):
        audit_score(actor=people.yazd, at=AT, household_id=people.household_id)
    with pytest.raises(ScoreUnknown):
        explain_to_charity(actor=people.noor, at=AT, household_id=people.household_id)

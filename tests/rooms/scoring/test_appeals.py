"""Appeals: from the household's word to a decision with a reason, by somebody else, in time, while no aid stops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.registry.queries import HouseholdUnknown
from sakha.scoring.actions.appeals import (
    NewAppeal,
    answer_appeal,
    carry_on_appeal,
    escalate_overdue_appeals,
    open_appeal,
    withdraw_appeal,
)
from sakha.scoring.actions.appeals_deciding import (
    concede_appeal,
    record_visit,
    send_visit,
)
from sakha.scoring.actions.appeals_keeping import mark_notices_told
from sakha.scoring.queries.appeals import (
    appeal_shares,
    appeals_desk,
    appeals_of_household,
    get_appeal,
    untold_notices,
)
from sakha.scoring.rules.appeals import (
    AppealClosed,
    AppealKind,
    AppealLevel,
    AppealNotYours,
    AppealOpenAlready,
    AppealOutcome,
    AppealStepKind,
    AppealUnfit,
    AppealUnknown,
)
from tests.rooms.scoring.appellants import REASON, WORDS, decide, object_to, object_to_car, score_of
from tests.rooms.scoring.people import AT, People, rows

pytestmark = pytest.mark.django_db


def test_a_datum_goes_to_who_told_it_then_to_county_then_to_province(people: People) -> None:
    appeal_id = object_to_car(people)

    def level() -> tuple[AppealLevel, bool]:
        line = get_appeal(actor=people.alborz, at=AT, appeal_id=appeal_id).line
        return line.level, line.was_late

    assert level() == (AppealLevel.CHARITY, False)
    assert escalate_overdue_appeals(actor=SYSTEM, at=AT + timedelta(days=6)) == 0
    assert escalate_overdue_appeals(actor=SYSTEM, at=AT + timedelta(days=8)) == 1
    assert level() == (AppealLevel.COUNTY, True)
    assert escalate_overdue_appeals(actor=SYSTEM, at=AT + timedelta(days=23)) == 1
    assert level() == (AppealLevel.PROVINCE, True)
    # nobody stands above: it stays, and stays late
    assert escalate_overdue_appeals(actor=SYSTEM, at=AT + timedelta(days=99)) == 0


def test_the_body_that_told_it_may_mend_it_at_once_and_the_score_follows(people: People) -> None:
    before = score_of(people)
    appeal_id = object_to_car(people)

    concede_appeal(actor=people.mehr, at=AT + timedelta(hours=1), appeal_id=appeal_id)

    file = get_appeal(actor=people.mehr, at=AT, appeal_id=appeal_id)
    assert file.line.outcome is AppealOutcome.UPHELD
    assert file.score_before == before
    assert file.score_after == score_of(people) < before
    assert file.facts_before["has_car"] == 1


def test_the_body_that_stands_by_its_datum_does_not_judge_it(people: People) -> None:
    appeal_id = object_to_car(people)

    answer_appeal(actor=people.mehr, at=AT, appeal_id=appeal_id, note="کارشناس ما خودرو را در پارکینگ دیده است.")

    file = get_appeal(actor=people.karaj, at=AT, appeal_id=appeal_id)
    assert (file.line.level, file.line.outcome) == (AppealLevel.COUNTY, AppealOutcome.NONE)
    assert file.steps[1].note.startswith("کارشناس ما")
    with pytest.raises(PermissionMissing):
        decide(people.mehr, appeal_id, is_upheld=False)
    with pytest.raises(AppealClosed):
        concede_appeal(actor=people.mehr, at=AT, appeal_id=appeal_id)


def test_an_upheld_datum_is_mended_and_scored_anew(people: People) -> None:
    before = score_of(people)
    appeal_id = object_to_car(people)
    answer_appeal(actor=people.mehr, at=AT, appeal_id=appeal_id, note="به نظر ما درست ثبت شده است.")

    decide(people.karaj, appeal_id)

    assert score_of(people) < before
    assert get_appeal(actor=people.karaj, at=AT, appeal_id=appeal_id).reason == REASON
    assert rows("SELECT fact, value FROM scoring_confirmation WHERE source = 'APPEAL'") == [("has_car", 0)]


def test_a_rejected_appeal_changes_nothing_and_may_go_on_once(people: People) -> None:
    before = score_of(people)
    appeal_id = object_to(people, AppealKind.VISIT)
    decide(people.karaj, appeal_id, is_upheld=False)
    assert score_of(people) == before

    carry_on_appeal(actor=people.mehr, at=AT + timedelta(days=20), appeal_id=appeal_id, statement=WORDS)

    assert get_appeal(actor=people.mehr, at=AT, appeal_id=appeal_id).line.level is AppealLevel.PROVINCE
    with pytest.raises(AppealClosed):  # a county has no word at the province's instance
        decide(people.karaj, appeal_id)
    decide(people.alborz, appeal_id, is_upheld=False)
    with pytest.raises(AppealClosed):
        carry_on_appeal(actor=people.mehr, at=AT + timedelta(days=20), appeal_id=appeal_id, statement=WORDS)


def test_a_rejected_appeal_does_not_go_on_beside_a_newer_one_of_the_same_matter(people: People) -> None:
    first = object_to(people, AppealKind.VISIT)
    decide(people.karaj, first, is_upheld=False)
    object_to(people, AppealKind.VISIT)

    with pytest.raises(AppealOpenAlready):
        carry_on_appeal(actor=people.mehr, at=AT + timedelta(days=2), appeal_id=first, statement=WORDS)

    assert get_appeal(actor=people.mehr, at=AT, appeal_id=first).line.outcome is AppealOutcome.REJECTED


def test_a_rejected_appeal_is_closed_after_thirty_days(people: People) -> None:
    appeal_id = object_to(people, AppealKind.VISIT)
    decide(people.karaj, appeal_id, is_upheld=False)

    with pytest.raises(AppealClosed):
        carry_on_appeal(actor=people.mehr, at=AT + timedelta(days=32), appeal_id=appeal_id, statement=WORDS)


def test_nobody_decides_what_he_opened_registered_or_decided(people: People) -> None:
    own = object_to(people, AppealKind.VISIT, people.karaj)
    with pytest.raises(AppealNotYours):
        decide(people.karaj, own)
    decide(people.alborz, own, is_upheld=False)
    carry_on_appeal(actor=people.karaj, at=AT + timedelta(days=2), appeal_id=own, statement=WORDS)
    with pytest.raises(AppealNotYours):
        decide(people.alborz, own)
    decide(people.iran, own)


def test_the_database_itself_refuses_a_decision_by_who_opened_it(people: People) -> None:
    appeal_id = object_to(people, AppealKind.VISIT, people.karaj)

    with pytest.raises(IntegrityError, match="nobody_decides_his_own_appeal"), acting(SYSTEM):
        connection.cursor().execute(
            "UPDATE scoring_appeal SET state = 'CLOSED', outcome = 'UPHELD', decided_at = %s, decided_by_id = %s"
            " WHERE id = %s",
            [AT, people.karaj.user_id, appeal_id],
        )


def test_a_visit_is_sent_and_told_of_before_the_decision(people: People) -> None:
    appeal_id = object_to(people, AppealKind.VISIT)
    with pytest.raises(AppealClosed):
        record_visit(actor=people.mehr, at=AT, appeal_id=appeal_id, note="رفتیم و خانه را دیدیم.")

    send_visit(actor=people.karaj, at=AT, appeal_id=appeal_id)
    record_visit(actor=people.mehr, at=AT + timedelta(days=1), appeal_id=appeal_id, note="رفتیم و خانه را دیدیم.")
    decide(people.karaj, appeal_id)

    steps = get_appeal(actor=people.karaj, at=AT, appeal_id=appeal_id).steps
    assert [step.kind for step in steps] == [
        AppealStepKind.OPENED,
        AppealStepKind.VISIT_SENT,
        AppealStepKind.VISITED,
        AppealStepKind.DECIDED,
    ]


def test_the_body_whose_datum_is_disputed_visits_nobody(people: People) -> None:
    appeal_id = object_to_car(people)
    escalate_overdue_appeals(actor=SYSTEM, at=AT + timedelta(days=8))
    send_visit(actor=people.karaj, at=AT + timedelta(days=8), appeal_id=appeal_id)

    with pytest.raises(AppealNotYours):
        record_visit(actor=people.mehr, at=AT + timedelta(days=9), appeal_id=appeal_id, note="رفتیم و خانه را دیدیم.")
    record_visit(actor=people.karaj, at=AT + timedelta(days=9), appeal_id=appeal_id, note="رفتیم و خانه را دیدیم.")


def test_what_is_open_is_not_opened_again_and_needs_words(people: People) -> None:
    object_to_car(people)

    with pytest.raises(AppealOpenAlready):
        object_to_car(people, people.karaj)
    with pytest.raises(AppealUnfit):
        open_appeal(
            actor=people.mehr,
            at=AT,
            appeal=NewAppeal(household_id=people.household_id, kind=AppealKind.VISIT, statement="نه"),
        )
    with pytest.raises(AppealUnfit):
        open_appeal(
            actor=people.mehr,
            at=AT,
            appeal=NewAppeal(household_id=people.household_id, kind=AppealKind.DATUM, statement=WORDS),
        )
    with pytest.raises(HouseholdUnknown):
        object_to(people, AppealKind.VISIT, people.noor)


def test_only_who_brought_it_takes_it_back(people: People) -> None:
    appeal_id = object_to_car(people)

    with pytest.raises(AppealNotYours):
        withdraw_appeal(actor=people.karaj, at=AT, appeal_id=appeal_id)
    withdraw_appeal(actor=people.mehr, at=AT, appeal_id=appeal_id)

    assert appeals_of_household(actor=people.mehr, household_id=people.household_id)[0].outcome.value == "WITHDRAWN"


# --- the committee's decision ---------------------------------------------------------------------------------------


# --- no aid stops ---------------------------------------------------------------------------------------------------


# --- who sees what --------------------------------------------------------------------------------------------------


def test_the_desk_shows_the_nearest_term_first_to_those_concerned(people: People) -> None:
    datum, visit = object_to_car(people), object_to(people, AppealKind.VISIT)

    assert [line.id for line in appeals_desk(actor=people.karaj)] == [datum, visit]
    assert [line.id for line in appeals_desk(actor=people.mehr)] == [datum, visit]
    first = appeals_desk(actor=people.karaj, limit=1)[0]
    assert [line.id for line in appeals_desk(actor=people.karaj, after=(first.due_at, first.id))] == [visit]
    for stranger in (people.noor, people.yazd):
        assert appeals_desk(actor=stranger) == ()
        with pytest.raises(AppealUnknown):
            get_appeal(actor=stranger, at=AT, appeal_id=datum)


def test_words_are_sealed_and_looks_are_logged(people: People) -> None:
    appeal_id = object_to_car(people)
    (row,) = rows("SELECT a::text FROM scoring_appeal a")

    get_appeal(actor=people.karaj, at=AT, appeal_id=appeal_id)

    assert "خودرو" not in row[0]
    assert rows("SELECT count(*) FROM access_entry WHERE purpose = 'رسیدگی به اعتراض'") == [(1,)]


def test_nobody_but_the_system_writes(people: People) -> None:
    object_to_car(people)

    for actor in (people.mehr, people.karaj, people.alborz):
        with acting(actor), connection.cursor() as cursor:
            cursor.execute("UPDATE scoring_appeal SET outcome = outcome")
            assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"), acting(actor):
            connection.cursor().execute(
                "INSERT INTO scoring_override (household_id, appeal_id, model_decile, decile, from_on, until_on,"
                " decided_at) VALUES (1, 1, 5, 5, '2026-11-22', '2026-12-22', now())"
            )


def test_each_step_is_told_once(people: People) -> None:
    appeal_id = object_to(people, AppealKind.VISIT)
    decide(people.karaj, appeal_id)
    notices = untold_notices(actor=SYSTEM, limit=10)

    mark_notices_told(actor=SYSTEM, at=AT, notice_ids=[one.id for one in notices])

    assert [one.topic for one in notices] == [AppealStepKind.OPENED, AppealStepKind.DECIDED]
    assert all(one.mobile_sealed for one in notices)
    assert untold_notices(actor=SYSTEM, limit=10) == []


def test_a_fact_whose_appeals_are_often_right_is_flagged(people: People) -> None:
    decide_count = 10
    for _ in range(decide_count):
        appeal_id = object_to_car(people)
        concede_appeal(actor=people.mehr, at=AT + timedelta(days=2), appeal_id=appeal_id)

    (share,) = appeal_shares(actor=people.alborz)

    assert (share.fact, share.decided_count, share.upheld_count, share.is_flagged) == ("has_car", 10, 10, True)
    assert share.mean_time == timedelta(days=2)

"""What an appeal does to place and needs: overrides within bounds, and no aid stops while it is open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.ledger.actions import open_needs
from sakha.ledger.rules.results import NeedToOpen
from sakha.scoring.actions import open_assessed_needs, rescore_households, score_changed_households
from sakha.scoring.actions.appeals import (
    withdraw_appeal,
)
from sakha.scoring.actions.appeals_keeping import keep_needs_of_appellants
from sakha.scoring.queries import find_scores
from sakha.scoring.queries.appeals import (
    households_with_open_appeal,
    running_overrides,
)
from sakha.scoring.queries.documents import current_card
from sakha.scoring.queries.explanation_readers import audit_score
from sakha.scoring.queries.scores import HouseholdScoreRef
from sakha.scoring.rules.appeals import (
    AppealKind,
    AppealUnfit,
    Override,
    OverrideUnbounded,
)
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of
from tests.rooms.scoring.appellants import decide, object_to, object_to_car
from tests.rooms.scoring.people import AT, People, rows

pytestmark = pytest.mark.django_db


def moved(decile: int) -> Override:
    """Another decile for thirty days, from the day after the decision on."""
    begin = AT.date() + timedelta(days=2)
    return Override(decile=decile + (1 if decile < 4 else -1), from_on=begin, until_on=begin + timedelta(days=30))


def test_an_override_is_told_from_its_first_day_and_ends_by_itself(people: People) -> None:
    before = find_scores(actor=SYSTEM, household_ids=[people.household_id])[people.household_id]
    appeal_id = object_to(people, AppealKind.DECISION)
    begin = AT.date() + timedelta(days=2)
    target = before.decile - 1 if before.decile > 1 else 2
    override = Override(decile=target, from_on=begin, until_on=begin + timedelta(days=90))

    decide(people.karaj, appeal_id, override=override)

    def running(day: int) -> dict:
        return running_overrides(actor=people.mehr, on=begin + timedelta(days=day), household_ids=[people.household_id])

    after = find_scores(actor=SYSTEM, household_ids=[people.household_id])[people.household_id]
    assert (after.score, after.decile, after.priority) == (before.score, before.decile, before.priority)
    assert running(0)[people.household_id].override.decile == running(89)[people.household_id].override.decile == target
    assert running(-1) == running(90) == {}


def test_a_committees_decile_moves_place_and_order_of_help_while_it_runs_and_never_the_score(people: People) -> None:
    household_id = people.household_id
    before = find_scores(actor=SYSTEM, household_ids=[household_id])[household_id]
    override = moved(before.decile)
    wanted = override.decile
    decide(people.karaj, object_to(people, AppealKind.DECISION), override=override)

    def scored(days: int) -> HouseholdScoreRef:
        score_changed_households(actor=SYSTEM, at=AT + timedelta(days=days), limit=10_000)
        return find_scores(actor=SYSTEM, household_ids=[household_id])[household_id]

    assert scored(1).decile == before.decile, "it begins on its first day"
    by_sql = scored(2)
    assert (by_sql.decile, by_sql.score) == (wanted, before.score)
    assert (by_sql.expected_gap_rial > before.expected_gap_rial) is (wanted < before.decile)
    rescore_households(actor=SYSTEM, at=AT + timedelta(days=2), household_ids=[household_id])
    assert find_scores(actor=SYSTEM, household_ids=[household_id])[household_id] == by_sql, "Python says what SQL says"
    assert audit_score(actor=people.karaj, at=AT + timedelta(days=3), household_id=household_id).is_same
    assert scored(32).decile == before.decile, "and ends by itself"


def test_a_committees_decile_is_the_nearest_score_of_it_in_python_and_sql_alike() -> None:
    table = current_card().table
    moved_sql = table.moved_to_sql("score", "decile")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT score, decile, {moved_sql} FROM generate_series(%s, %s) AS score,"
            " (SELECT generate_series(1, 10) UNION ALL SELECT NULL) AS decided(decile)",
            [table.lowest - 20, table.highest + 20],
        )
        rows_of_all = cursor.fetchall()

    for score, decile, found in rows_of_all:
        assert found == table.moved_to(score, decile)
        assert table.decile_of(found) == decile or decile is None
        if decile == table.decile_of(score):
            assert found == min(max(score, table.lowest), table.highest), "who stands there already stays"


def test_control_a_decision_that_has_ended_wakes_no_score(people: People) -> None:
    score_changed_households(actor=SYSTEM, at=AT + timedelta(days=5), limit=10_000)

    assert score_changed_households(actor=SYSTEM, at=AT + timedelta(days=6), limit=10_000).household_count == 0


def test_a_second_decision_is_measured_by_the_score_and_not_by_the_first(people: People) -> None:
    alone = find_scores(actor=SYSTEM, household_ids=[people.household_id])[people.household_id].decile
    first = moved(alone)
    decide(people.karaj, object_to(people, AppealKind.DECISION), override=first)
    score_changed_households(actor=SYSTEM, at=AT + timedelta(days=2), limit=10_000)
    far = alone + 3 * (first.decile - alone)  # two beyond the first decision, three beyond the score
    begin = first.until_on

    appeal_id = object_to(people, AppealKind.DECISION)
    with pytest.raises(OverrideUnbounded):
        decide(
            people.karaj, appeal_id, override=Override(decile=far, from_on=begin, until_on=begin + timedelta(days=9))
        )


@pytest.mark.parametrize(("step", "begin", "days"), [(3, 1, 30), (0, 1, 367), (0, 1, 0), (0, -3, 30)])
def test_an_override_has_bounds(people: People, step: int, begin: int, days: int) -> None:
    decile = find_scores(actor=SYSTEM, household_ids=[people.household_id])[people.household_id].decile
    appeal_id = object_to(people, AppealKind.DECISION)
    moved = decile + step if decile + step <= 10 else decile - step
    from_on = AT.date() + timedelta(days=begin)

    with pytest.raises(OverrideUnbounded):
        decide(
            people.karaj,
            appeal_id,
            override=Override(decile=moved, from_on=from_on, until_on=from_on + timedelta(days=days)),
        )


def test_the_database_itself_bounds_an_override(people: People) -> None:
    appeal_id = object_to(people, AppealKind.DECISION)
    values = "(household_id, appeal_id, model_decile, decile, from_on, until_on, decided_at)"

    for decile, until in ((8, "2027-01-01"), (4, "2028-06-01"), (4, "2026-11-22")):
        with pytest.raises(IntegrityError, match="override_"), acting(SYSTEM):
            connection.cursor().execute(
                f"INSERT INTO scoring_override {values} VALUES (%s, %s, 5, %s, '2026-11-22', %s, %s)",
                [people.household_id, appeal_id, decile, until, AT],
            )


def test_a_committee_names_decile_and_end(people: People) -> None:
    appeal_id = object_to(people, AppealKind.DECISION)

    with pytest.raises(AppealUnfit):
        decide(people.karaj, appeal_id)


def give_last_months_rent(people: People) -> None:
    last = period_of(NeedKind.RENT, AT.date() - timedelta(days=30))
    need = NeedToOpen(household_id=people.household_id, kind=NeedKind.RENT, period=last, target=30_000_000)
    open_needs(actor=SYSTEM, at=AT - timedelta(days=30), needs=[need])


def rent_now(people: People) -> list[tuple]:
    return rows(
        "SELECT target FROM ledger_need WHERE household_id = %s AND kind = 4 AND period = %s",
        people.household_id,
        period_of(NeedKind.RENT, AT.date()),
    )


def test_no_need_stops_while_an_appeal_is_open(people: People) -> None:
    give_last_months_rent(people)
    object_to_car(people)

    assert keep_needs_of_appellants(actor=SYSTEM, at=AT) == 1
    assert rent_now(people) == [(30_000_000,)]
    assert keep_needs_of_appellants(actor=SYSTEM, at=AT) == 0
    assert households_with_open_appeal(actor=SYSTEM, household_ids=[people.household_id]) == {people.household_id}


def test_control_without_an_open_appeal_the_need_is_not_carried_on(people: People) -> None:
    give_last_months_rent(people)
    withdraw_appeal(actor=people.mehr, at=AT, appeal_id=object_to_car(people))

    assert keep_needs_of_appellants(actor=SYSTEM, at=AT) == 0
    assert rent_now(people) == []


def test_a_need_that_the_rules_no_longer_find_stands_until_the_appeal_is_decided(people: People) -> None:
    open_assessed_needs(actor=SYSTEM, at=AT, household_ids=[people.household_id])
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scoring_need (household_id, kind, state, source, severity, amount, less, target, delivered,"
            " period, rules_sha, evidence_on, expires_on, opened_at, state_at, assessed_at, proof, reason)"
            " VALUES (%s, 13, 2, 'RULE', 1, 1, 0, 1, 0, 140509, '', %s, %s, %s, %s, %s, 'FACTS', '')",
            [people.household_id, AT.date(), AT.date() + timedelta(days=90), AT, AT, AT],
        )
    appeal_id = object_to(people, AppealKind.VISIT)

    def state() -> list[tuple]:
        open_assessed_needs(actor=SYSTEM, at=AT, household_ids=[people.household_id])
        return rows("SELECT state FROM scoring_need WHERE household_id = %s AND kind = 13", people.household_id)

    assert state() == [(2,)]
    withdraw_appeal(actor=people.mehr, at=AT, appeal_id=appeal_id)
    assert state() == [(6,)]

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
from sakha.scoring.actions import open_assessed_needs
from sakha.scoring.actions.appeals import (
    withdraw_appeal,
)
from sakha.scoring.actions.appeals_keeping import keep_needs_of_appellants
from sakha.scoring.queries import find_scores
from sakha.scoring.queries.appeals import (
    households_with_open_appeal,
    running_overrides,
)
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


def test_an_override_moves_the_place_leaves_the_score_and_ends_by_itself(people: People) -> None:
    before = find_scores(actor=SYSTEM, household_ids=[people.household_id])[people.household_id]
    appeal_id = object_to(people, AppealKind.DECISION)
    begin = AT.date() + timedelta(days=1)
    target = before.decile - 1 if before.decile > 1 else 2
    override = Override(decile=target, from_on=begin, until_on=begin + timedelta(days=90))

    decide(people.karaj, appeal_id, override=override)

    def running(day: int) -> dict:
        return running_overrides(actor=people.mehr, on=begin + timedelta(days=day), household_ids=[people.household_id])

    assert find_scores(actor=SYSTEM, household_ids=[people.household_id])[people.household_id] == before
    assert running(0)[people.household_id].override.decile == running(89)[people.household_id].override.decile == target
    assert running(-1) == running(90) == {}


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

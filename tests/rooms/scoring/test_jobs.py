"""The night goes through everybody in batches, and each batch queues the next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.scoring import jobs
from sakha.scoring.actions.appeals import NewAppeal, open_appeal
from sakha.scoring.actions.confirming import ask_confirmations
from sakha.scoring.rules.appeals import AppealKind
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_questions import QuestionCode
from tests.rooms.scoring.given import AT, add_facts, add_household, make_charities
from tests.rooms.scoring.people import given_confirmer, make_people, rows

pytestmark = pytest.mark.django_db


def queued() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'after')::int FROM procrastinate_jobs"
            " WHERE task_name LIKE '%score_night' AND status = 'todo' ORDER BY id"
        )
        return [row[0] for row in cursor.fetchall()]


def finish_queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def count(table: str) -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_a_night_in_batches_scores_everybody_and_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    charity, _ = make_charities()
    ids = [add_household() for _ in range(5)]
    for household_id in ids:
        add_facts(household_id, charity, {"jailed_for_debt": 1})
    monkeypatch.setattr(jobs, "NIGHT_BATCH", 2)
    jobs.score_all(0)
    assert queued() == [0]

    steps = []
    while places := queued():
        finish_queue()
        steps += places
        jobs.score_night(after=places[0], night=AT.isoformat(), asked_at=0)

    assert steps == [0, ids[1], ids[3], ids[4]]
    assert count("scoring_score") == count("scoring_material") == len(ids)
    assert count("scoring_need") >= len(ids)


def test_the_hourly_round_settles_and_ends_needs() -> None:
    jobs.settle_needs_hourly(0)

    assert count("scoring_need") == 0


def test_the_hour_sends_late_appeals_on_and_closes_old_links(monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_people()
    appeal = NewAppeal(household_id=people.household_id, kind=AppealKind.VISIT, statement="به دیدن ما بیایید.")
    open_appeal(actor=people.mehr, at=AT, appeal=appeal)
    given_confirmer(people.karaj, ConfirmerKind.TRUSTEE)
    ask_confirmations(actor=people.karaj, at=AT, household_id=people.household_id, topics=[QuestionCode.TENURE])

    def after(days: int) -> list[tuple]:
        monkeypatch.setattr(jobs.timezone, "now", lambda: AT + timedelta(days=days))
        jobs.move_overdue(0)
        return rows(
            "SELECT appeal.level, appeal.was_late, asked.state FROM scoring_appeal AS appeal, "
            "scoring_confirmation_request AS asked"
        )

    assert after(1) == [("COUNTY", False, "OPEN")]
    assert after(60) == [("PROVINCE", True, "EXPIRED")]

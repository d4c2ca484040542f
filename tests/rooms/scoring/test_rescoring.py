"""A changed household is scored at once, and a document in use is changed by nobody."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.scoring.actions import score_households
from sakha.scoring.actions.scoring import score_changed_households
from sakha.scoring.jobs import score_loaded, score_now
from sakha.scoring.queries import find_scores
from tests.rooms.scoring.given import AT, add_facts, add_household, make_charities

pytestmark = pytest.mark.django_db


def jobs(task: str) -> list[dict]:
    named = ProcrastinateJob.objects.filter(task_name=f"sakha.scoring.jobs.{task}").order_by("id")
    return [job.args for job in named]


def change(household_ids: list[int]) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_household SET changed_at = %s WHERE id = ANY(%s)", (AT + timedelta(hours=1), household_ids)
        )


def test_a_changed_household_is_queued_with_its_change() -> None:
    household_id = add_household()
    change([household_id])
    change([])

    assert jobs("score_now") == [{"household_ids": [household_id]}] * 2  # added, and changed


def test_the_job_scores_and_the_change_is_seen() -> None:
    charity, _ = make_charities()
    household_id = add_household()
    score_households(actor=SYSTEM, at=AT)
    before = find_scores(actor=SYSTEM, household_ids=[household_id])[household_id]
    add_facts(household_id, charity, {"rooms": 1, "has_car": 0, "has_bathroom": 0})
    change([household_id])

    with time_machine.travel(AT + timedelta(hours=2), tick=False):
        score_now(**jobs("score_now")[-1])

    after = find_scores(actor=SYSTEM, household_ids=[household_id])[household_id]
    assert after.score < before.score
    assert after.poor40_share > before.poor40_share


def test_a_load_asks_for_one_run_over_all_that_changed() -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(
                "INSERT INTO registry_household (code, province, county, is_protected, registered_at, changed_at)"
                " SELECT '', '30', '3001', false, %s, %s FROM generate_series(1, 201)",
                (AT, AT),
            )

    assert jobs("score_now") == []
    assert jobs("score_loaded") == [{}]
    with time_machine.travel(AT + timedelta(hours=2), tick=False):
        score_loaded()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM scoring_score")
        assert cursor.fetchone()[0] == 402


def test_a_merged_household_is_not_scored_beside_the_one_it_is() -> None:
    stays, goes = add_household(), add_household()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET merged_into_id = %s WHERE id = %s", (stays, goes))

    run = score_changed_households(actor=SYSTEM, at=AT + timedelta(hours=2), limit=10)

    assert run.household_ids == (stays,)


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
@pytest.mark.parametrize(("table", "column"), [("scoring_model", "document"), ("scoring_place", "decile")])
def test_not_even_the_owner_changes_a_document_in_use(
    owner_cursor: psycopg.Cursor, statement: str, table: str, column: str
) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_cursor.execute(statement.format(table, column, column))

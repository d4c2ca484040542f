"""The hourly and nightly work writes no row where nothing has changed: not its values, not even a lock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import placing, record_charity_coverage, reopen_uncovered
from sakha.coordination.actions.answering_introductions import take_introduction
from sakha.coordination.actions.coverage_updates import ToldCoverage, update_coverage
from sakha.coordination.actions.grievance_desk import close_answered_grievances, escalate_overdue_grievances
from sakha.coordination.actions.introducing import introduce_households
from sakha.coordination.actions.settling_introductions import follow_introductions
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import given_agency, rows
from tests.introduction_cast import given_giver, given_needy, introduce, the_introduction
from tests.ledger_cast import AT, a_national_id, given_charity

pytestmark = pytest.mark.django_db

_TABLES = (
    "coordination_introduction",
    "coordination_offer",
    "coordination_introduction_consent",
    "coordination_coverage",
    "coordination_candidate",
    "coordination_service",
)


def given_introduced() -> None:
    """One need is taken, one is offered; both households have records."""
    body, known_to = given_giver("مهر", NeedKind.FOOD), given_charity("نور")
    given_giver("امید", NeedKind.FOOD)
    taken, _ = given_needy(NeedKind.FOOD, known_to=[known_to]), given_needy(NeedKind.FOOD, priority=40)
    introduce()
    take_introduction(actor=body, at=AT, introduction_id=the_introduction(taken)[0])


def run_what_runs_by_itself() -> None:
    at = AT + timedelta(hours=1)
    record_charity_coverage(actor=SYSTEM, at=at)
    reopen_uncovered(actor=SYSTEM, at=at)
    introduce_households(actor=SYSTEM, at=at)
    follow_introductions(actor=SYSTEM, at=at)
    escalate_overdue_grievances(actor=SYSTEM, at=at)
    close_answered_grievances(actor=SYSTEM, at=at)


def rows_as_written() -> set[tuple[object, ...]]:
    """Where each row stands and who wrote or locked it last: any writing shows."""
    return {
        (table, *row) for table in _TABLES for row in rows(f"SELECT ctid::text, xmin::text, xmax::text FROM {table}")
    }


def test_running_again_writes_and_locks_no_row() -> None:
    given_introduced()
    run_what_runs_by_itself()
    before = rows_as_written()

    run_what_runs_by_itself()

    assert len(before) >= 10
    assert rows_as_written() == before


def test_control_points_written_whether_or_not_they_moved_would_show(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = "AND one.priority <> score.priority + uncovered.points"
    assert guard in placing._POINTS
    monkeypatch.setattr(placing, "_POINTS", placing._POINTS.replace(guard, ""))

    with pytest.raises(AssertionError):
        test_running_again_writes_and_locks_no_row()


def test_coverage_that_is_told_again_as_it_stands_is_not_written_again() -> None:
    agency = given_agency()
    told = [ToldCoverage(identifier=a_national_id(), kind="مستمری", from_on=AT.date(), to_on=None)]
    update_coverage(actor=agency, at=AT, on=AT.date(), told=told)
    before = rows_as_written()

    update_coverage(actor=agency, at=AT, on=AT.date(), told=told)

    assert rows_as_written() == before

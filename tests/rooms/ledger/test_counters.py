"""The counters against their holds: the law behind the functions, and the nightly comparison. These tests commit."""

from __future__ import annotations

import psycopg
import pytest

from sakha.ledger import jobs
from sakha.ledger.actions import hold_aid, verify_counters
from sakha.ledger.rules import Outcome
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import AT, a_request, given_charity, given_household


def test_owner_can_not_write_over_the_target(committed: None, owner_cursor: psycopg.Cursor) -> None:
    household = given_household()

    with pytest.raises(psycopg.errors.CheckViolation):
        owner_cursor.execute(
            "INSERT INTO ledger_need (household_id, kind, period, target, held, delivered, province, county, opened_at)"
            " VALUES (%s, 1, 140508, 1, 1, 1, '30', '', %s)",
            [household.id, AT],
        )


def test_comparison_finds_a_counter_that_lies(
    committed: None, owner_cursor: psycopg.Cursor, caplog: pytest.LogCaptureFixture
) -> None:
    actor = given_charity("خیریهٔ مهر")
    household = given_household(actor)
    hold_aid(
        actor=actor, at=AT, household_id=household.id, kind=NeedKind.CASH, quantity=10, request_id=a_request()
    ).require_held()
    healthy = verify_counters(at=AT)

    owner_cursor.execute("UPDATE ledger_need SET held = held + 5")
    found = verify_counters(at=AT)
    jobs.verify_counters_nightly(0)

    assert (healthy, found) == (0, 1)
    assert jobs.DIFFERING_NEEDS._value.get() == 1
    assert "ledger_counters_differ" in caplog.text
    told = owner_cursor.execute("SELECT outcome, household_id, quantity FROM ledger_event WHERE action = 7").fetchall()
    assert told == [(Outcome.DIFFERS, household.id, 5)] * 2

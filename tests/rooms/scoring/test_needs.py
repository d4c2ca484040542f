from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.scoring.actions import open_assessed_needs, score_households
from sakha.scoring.queries import current_card, policies_on
from sakha.scoring.queries.facts import find_facts
from sakha.scoring.rules.assessment import assess
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of
from tests.rooms.scoring.given import AT, Registered, add_facts, add_household, make_charities, staff_of
from tests.rules.scoring.rows import YEAR

pytestmark = pytest.mark.django_db


def open_needs_of(household_id: int) -> dict[NeedKind, tuple[int, int]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT kind, period, target FROM ledger_need WHERE household_id = %s", (household_id,))
        return {NeedKind(kind): (period, target) for kind, period, target in cursor.fetchall()}


def test_needs_open_as_assessed_in_python_and_opening_twice_changes_nothing(registered: Registered) -> None:
    first = open_assessed_needs(actor=SYSTEM, at=AT)
    again = open_assessed_needs(actor=SYSTEM, at=AT)

    for household_id in registered.household_ids[::8]:
        with acting(SYSTEM):
            row = find_facts(at=AT, household_id=household_id)
            policies = policies_on(AT.date())
        needs = assess(current_card(), policies, row or {}, year=YEAR).needs
        expected = {need.kind: (period_of(need.kind, AT.date()), need.target) for need in needs}
        assert open_needs_of(household_id) == expected
    assert first.opened_count == first.assessed_count > len(registered.household_ids) / 2
    assert (again.assessed_count, again.opened_count) == (first.assessed_count, 0)


def test_monthly_needs_open_anew_in_the_next_month() -> None:
    charity, _ = make_charities()
    household_id = add_household()
    add_facts(household_id, charity, {"hhsize": 8, "rooms": 1, "has_car": 0, "head_edu_years": 0, "disabled_count": 1})
    open_assessed_needs(actor=SYSTEM, at=AT, household_ids=[household_id])

    run = open_assessed_needs(actor=SYSTEM, at=AT + timedelta(days=31), household_ids=[household_id])

    assert run.opened_count == 2  # food and cash, not the yearly aid for disability nor the dwelling
    assert {NeedKind.FOOD, NeedKind.CASH, NeedKind.DISABILITY, NeedKind.DWELLING} <= set(open_needs_of(household_id))


def test_only_the_system_assesses() -> None:
    charity, _ = make_charities()

    with pytest.raises(PermissionMissing):
        open_assessed_needs(actor=staff_of(charity), at=AT)


def test_planner_settings_end_with_the_run() -> None:
    add_household()
    with acting(SYSTEM), connection.cursor() as cursor:
        score_households(actor=SYSTEM, at=AT)
        cursor.execute("SELECT current_setting('enable_nestloop'), current_setting('work_mem')")

        assert cursor.fetchone() == ("on", "4MB")

from __future__ import annotations

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.scoring.actions import score_households
from sakha.scoring.queries import policies_on
from sakha.scoring.queries.ranking import help_order, rank_households
from tests.rooms.scoring.given import AT, add_household, make_charities, staff_of

pytestmark = pytest.mark.django_db


def test_whom_nobody_covers_comes_before_equals_then_who_waits_longer_then_the_draw() -> None:
    charity, _ = make_charities()
    ids = [add_household(days_ago=days) for days in (5, 5, 40, 5)]
    score_households(actor=SYSTEM, at=AT)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_score SET priority = 30")
        weights = policies_on(AT.date()).weights
    waiting, drawn = ids[2], sorted([ids[0], ids[3]], key=weights.draw_of)

    ranked = rank_households(actor=SYSTEM, at=AT, household_ids=ids, uncovered_ids=[ids[1], 10**9])

    assert [one.household_id for one in ranked] == [ids[1], waiting, *drawn]
    assert [one.points - one.priority for one in ranked] == [15, 0, 0, 0]
    assert help_order(actor=SYSTEM, at=AT).uncovered_points == 15
    assert rank_households(actor=staff_of(charity), at=AT, household_ids=ids, uncovered_ids=ids) == ()

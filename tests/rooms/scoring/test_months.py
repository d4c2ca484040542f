"""The score table of a month, and the score of a household month by month, which writes itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.scoring.actions import rescore_households, score_households
from sakha.scoring.queries import current_card
from sakha.scoring.queries.score_months import MonthScoreCard, score_months
from tests.rooms.scoring.given import AT, add_facts, add_household, add_record, make_charities, staff_of

pytestmark = pytest.mark.django_db
NEXT_MONTH = AT + timedelta(days=31)


def place_count(one: MonthScoreCard) -> int:
    """How many rows of that month's table mean what the household was told."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM scoring_place WHERE (model_sha, month, decile, poor20_share, poor40_share) ="
            " (%s, %s, %s, %s, %s)",
            (one.model_sha, one.month, one.decile, one.poor20_share, one.poor40_share),
        )
        return cursor.fetchone()[0]


def test_each_month_has_its_table_and_keeps_the_last_score_of_a_household() -> None:
    household_id, (charity, other) = add_household(), make_charities()
    add_record(household_id, charity)
    score_households(actor=SYSTEM, at=AT)
    add_facts(household_id, charity, {"rooms": 1, "has_car": 0, "has_bathroom": 0})
    rescore_households(actor=SYSTEM, at=AT + timedelta(hours=2), household_ids=[household_id])
    score_households(actor=SYSTEM, at=NEXT_MONTH)

    months = score_months(actor=staff_of(charity), household_id=household_id)

    assert [one.month for one in months] == [140510, 140509]
    assert months[1].known_count > 1
    for one in months:
        assert place_count(one) >= 1
    assert score_months(actor=staff_of(other), household_id=household_id) == ()
    with acting(SYSTEM), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("UPDATE scoring_month_score SET decile = 1")
        cursor.execute("SELECT DISTINCT month, price_factor FROM scoring_place ORDER BY month")
        factor = current_card().price_factor(1405)
        assert cursor.fetchall() == [(140509, factor), (140510, factor)]

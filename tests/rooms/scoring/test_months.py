"""The score table of a month, and the score of a household month by month, which writes itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.scoring.actions import rescore_households, score_households
from sakha.scoring.queries import current_card
from sakha.scoring.queries.month_moves import get_month_picture
from sakha.scoring.queries.score_months import MonthScoreCard, score_months
from tests.rooms.scoring.given import AT, add_facts, add_household, add_record, make_charities, staff_of
from tests.rooms.scoring.test_policy import make_officer

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


def test_a_month_beside_the_last_says_who_moved_by_county_and_logs_whom_it_lists() -> None:
    (charity, _), province_officer = make_charities(), make_officer("months")
    mover, still, other = add_household(), add_household(county="3002"), add_household()
    for household_id in (mover, still, other):
        add_record(household_id, charity)
    assert get_month_picture(actor=province_officer, at=AT, province="30") is None
    poor = {"rooms": 1, "has_car": 0, "has_bathroom": 0, "has_internet": 0, "has_computer": 0, "has_vacuum": 0}
    add_facts(mover, charity, dict.fromkeys(poor, 1) | {"rooms": 6, "area_m2": 300, "max_edu_years": 20})
    score_households(actor=SYSTEM, at=AT, household_ids=[mover, still])
    add_facts(mover, charity, poor | {"area_m2": 20, "max_edu_years": 0}, days_ago=-20)
    score_households(actor=SYSTEM, at=NEXT_MONTH)

    seen = get_month_picture(actor=province_officer, at=NEXT_MONTH, province="30")

    assert seen is not None
    assert (seen.months, seen.month, seen.before, seen.new_count) == ((140510, 140509), 140510, 140509, 1)
    assert [(one.household_id, one.decile < one.decile_before) for one in seen.movers] == [(mover, True)]
    [moved] = [(step, count) for step, count in seen.by_steps if step]
    assert moved == (seen.movers[0].decile - seen.movers[0].decile_before, 1)
    assert [(one.county, one.household_count, one.poorer_count, one.better_count) for one in seen.counties] == [
        ("3001", 2, 1, 0),
        ("3002", 1, 0, 0),
    ]
    assert [one.household_count for one in seen.rules] == [3]
    assert [one.decile for one in seen.places] == list(range(1, 11))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT household_id FROM access_entry WHERE purpose = 'moved in a month'")
        assert cursor.fetchall() == [(mover,)]
    first = get_month_picture(actor=province_officer, at=NEXT_MONTH, province="30", month=140509)
    assert first is not None
    assert (first.before, first.new_count, first.movers) == (0, 2, ())
    with pytest.raises(PermissionMissing):
        get_month_picture(actor=staff_of(charity), at=NEXT_MONTH, province="30")

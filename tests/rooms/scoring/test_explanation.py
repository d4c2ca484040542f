from __future__ import annotations

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.scoring.actions import score_households
from sakha.scoring.queries import ScoreUnknown, find_scores, get_explanation
from tests.rooms.scoring.given import AT, Registered, add_household, make_charities, staff_of

pytestmark = pytest.mark.django_db


def test_the_explanation_is_of_the_score_that_was_given(registered: Registered) -> None:
    score_households(actor=SYSTEM, at=AT)
    scores = find_scores(actor=SYSTEM, household_ids=registered.household_ids)

    for household_id in registered.household_ids[::10]:
        explanation = get_explanation(actor=SYSTEM, at=AT, household_id=household_id)
        stored = scores[household_id]
        reasons = explanation.reasons
        assert explanation.score == stored.score == sum(one.points for one in reasons.all) + reasons.expected_points
        assert (explanation.decile, explanation.priority) == (stored.decile, stored.priority)
        assert explanation.known_count + len(reasons.unknown_labels) == explanation.variable_count


def test_a_charity_gets_no_explanation_of_a_household_it_does_not_know() -> None:
    charity, _ = make_charities()
    household_id = add_household()

    with pytest.raises(ScoreUnknown):
        get_explanation(actor=staff_of(charity), at=AT, household_id=household_id)


def test_a_charity_can_not_write_a_score() -> None:
    charity, _ = make_charities()
    household_id = add_household()
    score_households(actor=SYSTEM, at=AT)

    with acting(staff_of(charity)), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_score SET decile = 1 WHERE household_id = %s", (household_id,))
        assert cursor.rowcount == 0

"""A candidate who is no longer low stays one while an appeal is open, and leaves once it is decided."""

from __future__ import annotations

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.coordination.actions.candidates import _LEAVE_REGISTERED
from sakha.scoring.actions.appeals import NewAppeal, open_appeal, withdraw_appeal
from sakha.scoring.rules.appeals import AppealKind
from tests.rooms.scoring.people import AT, make_people

pytestmark = pytest.mark.django_db
_ADD = """
    INSERT INTO coordination_candidate (subject_index, subject_sealed, household_id, province, county, household_size,
        reasons, state, found_at, score_decile)
    VALUES ('\\x01', '\\x01', %s, '30', '3001', 2, ARRAY['LOW_SCORE_DECILE', 'COVERED_BY_NOBODY'], 'OPEN', %s, 1)
"""


def search_again() -> str:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS search_registered (household_id bigint)")
        cursor.execute(_LEAVE_REGISTERED, {"at": AT, "province": "30", "deciles_max": 0})
        cursor.execute("SELECT state FROM coordination_candidate")
        return cursor.fetchone()[0]


def test_no_candidate_leaves_while_an_appeal_is_open_and_without_one_it_does() -> None:
    people = make_people()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ADD, [people.household_id, AT])
    appeal = NewAppeal(household_id=people.household_id, kind=AppealKind.VISIT, statement="به دیدن ما بیایید.")
    appeal_id = open_appeal(actor=people.mehr, at=AT, appeal=appeal)

    assert search_again() == "OPEN"
    withdraw_appeal(actor=people.mehr, at=AT, appeal_id=appeal_id)
    assert search_again() == "LEFT"

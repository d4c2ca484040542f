"""The guard and its negative control: rows are committed, so that the owner can take the policies away."""

from __future__ import annotations

import psycopg
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.scoring.actions import score_households
from tests.open_tables import without_row_security
from tests.rooms.scoring.given import AT, add_household, make_charities, staff_of


def seen_scores(actor: Actor) -> tuple[int, int]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM scoring_score), (SELECT count(*) FROM scoring_month_score)")
        return cursor.fetchone()


def test_a_stranger_sees_no_score_and_without_the_guard_would(committed: None, owner_cursor: psycopg.Cursor) -> None:
    charity, _ = make_charities()
    add_household()
    score_households(actor=SYSTEM, at=AT)
    stranger = staff_of(charity)

    assert seen_scores(SYSTEM) == (1, 1)
    assert seen_scores(stranger) == (0, 0)
    for table, seen in (("scoring_score", (1, 0)), ("scoring_month_score", (0, 1))):
        with without_row_security(owner_cursor, [table]):
            assert seen_scores(stranger) == seen

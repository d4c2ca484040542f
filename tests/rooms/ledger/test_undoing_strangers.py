"""Who sees what may be taken back: the offices of the area; and that the table itself wants two people."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, household_actor
from sakha.access.rules.actor import NOBODY
from sakha.ledger.actions import decide_undoing, propose_undoing
from tests.ledger_cast import an_officer, counters_and_sums, given_charity, given_household, given_officer
from tests.open_tables import without_row_security
from tests.rooms.ledger.test_undoing import LATER, WHY, disputed

ALONE = "UPDATE ledger_undoing SET state = 2, decided_by_id = proposed_by_id, decided_at = proposed_at"


def sees(actor: Actor) -> bool:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_undoing LIMIT 1")
        return cursor.fetchone() is not None


def test_offices_see_it_and_controls_without_policy_and_constraint_strangers_would_and_one_could_sign_alone(
    committed: None, owner_cursor: psycopg.Cursor
) -> None:
    mehr = given_charity("خیریهٔ مهر")
    household = given_household(mehr)
    first, second = given_officer("first"), given_officer("second")
    undoing_id = propose_undoing(actor=first, at=LATER, hold_id=disputed(mehr, household), reason=WHY)

    assert [sees(one) for one in (first, an_officer())] == [True, True]
    strangers = (mehr, household_actor(household.id), an_officer(province="21"), NOBODY)
    assert not any(sees(one) for one in strangers)
    with without_row_security(owner_cursor, ["ledger_undoing"]):
        assert all(sees(one) for one in strangers)

    with pytest.raises(psycopg.errors.CheckViolation):
        owner_cursor.execute(ALONE)
    decide_undoing(actor=second, at=LATER, undoing_id=undoing_id, is_so=True)
    assert counters_and_sums(owner_cursor) == []
    owner_cursor.execute("BEGIN")
    owner_cursor.execute("ALTER TABLE ledger_undoing DROP CONSTRAINT undoing_by_four_eyes")
    assert owner_cursor.execute(ALONE).rowcount == 1
    owner_cursor.execute("ROLLBACK")

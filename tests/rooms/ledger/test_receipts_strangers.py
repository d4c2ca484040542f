"""Who sees receipts and calls: the giver its own receipts, offices of the area all, strangers none."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, household_actor
from sakha.access.rules.actor import NOBODY
from sakha.ledger.rules.receipts import ReceiptState, ReceiptWay
from tests.ledger_cast import KnownHousehold, an_officer, given_charity, given_household
from tests.open_tables import without_row_security
from tests.rooms.ledger.test_receipts import TABLES, a_round, delivered, say


def seen(actor: Actor) -> set[str]:
    with acting(actor), connection.cursor() as cursor:
        found = set()
        for table in TABLES:
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            found |= {table} if cursor.fetchone() else set()
        return found


def fill(mehr: Actor, household: KnownHousehold) -> None:
    hold_id = delivered(mehr, household)
    say(household_actor(household.id), hold_id, ReceiptState.CONFIRMED, ReceiptWay.SITE)
    a_round(an_officer())


@pytest.mark.django_db
def test_a_giver_sees_its_receipts_an_office_the_calls_and_strangers_nothing(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    fill(mehr, household)

    assert seen(mehr) == {"ledger_receipt"}
    assert seen(an_officer()) == set(TABLES)
    for stranger in (omid, an_officer(province="21"), household_actor(household.id), NOBODY):
        assert seen(stranger) == set()


def test_control_without_its_policies_a_stranger_would_see_receipts_and_calls(
    committed: None, owner_cursor: psycopg.Cursor
) -> None:
    mehr = given_charity("خیریهٔ مهر")
    fill(mehr, given_household(mehr))
    with without_row_security(owner_cursor, TABLES):
        found = seen(NOBODY)

    assert found == set(TABLES)

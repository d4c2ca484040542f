"""The hourly refresh writes what changed, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.giving.actions import refresh_listings, withdraw_publishing
from sakha.giving.actions.listings import allow_publishing
from tests.giving_cast import given_listed, rows
from tests.ledger_cast import AT

_VERSION = "SELECT ctid::text, severity, left_at IS NULL FROM giving_listing"


def test_an_idle_listing_is_not_written_again_and_a_changed_one_is(mehr: Actor) -> None:
    household, _ = given_listed(mehr)
    ((before, severity, _),) = rows(_VERSION)

    refresh_listings(at=AT)
    assert rows(_VERSION) == [(before, severity, True)]

    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_need SET severity = 1 WHERE household_id = %s", [household.id])
    refresh_listings(at=AT)
    ((after, severity, _),) = rows(_VERSION)
    assert (after != before, severity) == (True, 1)
    withdraw_publishing(actor=mehr, at=AT, household_id=household.id)
    refresh_listings(at=AT)
    allow_publishing(actor=mehr, at=AT, household_id=household.id)
    refresh_listings(at=AT)
    assert rows(_VERSION)[0][2]
    # what nobody has confirmed anew leaves with the day until which its evidence counts
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_need SET expires_on = %s WHERE household_id = %s", [AT.date(), household.id])
    assert refresh_listings(at=AT).left_count == 0
    assert refresh_listings(at=AT + timedelta(days=1)).left_count == 1

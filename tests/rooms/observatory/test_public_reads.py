"""What anybody reads of help and what officials read of parts, where a merge or an empty part lies between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.observatory.queries.picture import _parts
from sakha.observatory.queries.public_tables import HELP_SQL
from sakha.observatory.rules import Breakdown
from sakha.registry.actions.uniting import merge_households
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import AT, a_request, an_officer, given_charity, given_household


@pytest.mark.django_db
def test_what_was_held_before_a_merge_has_its_worth_after_it() -> None:
    mehr, omid = given_charity("مهر"), given_charity("امید")
    pair = [given_household(mehr), given_household(omid)]
    holds = [
        hold_aid(actor=body, at=AT, household_id=household.id, kind=kind, quantity=1, request_id=a_request())
        for body, household, kind in zip((mehr, omid), pair, (NeedKind.FOOD, NeedKind.DISABILITY), strict=True)
    ]
    later = AT + timedelta(hours=1)
    ids = (pair[0].id, pair[1].id)
    merge_households(actor=an_officer(), at=later, household_ids=ids, reason="test")
    for body, held in zip((mehr, omid), holds, strict=True):
        deliver_aid(actor=body, at=later, hold_id=held.require_held())

    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(HELP_SQL, {"begins": AT, "ends": AT + timedelta(days=1)})
        worths = {(place, kind): worth for place, kind, _, _, worth in cursor.fetchall()}

    assert (worths["", NeedKind.FOOD], worths["", NeedKind.DISABILITY]) == (10_000_000, 100_000_000)
    assert worths["", 0] == 110_000_000


def test_a_part_of_a_ratio_is_told_where_the_first_of_its_sums_has_none() -> None:
    parts = _parts({("UNCOVERED", "DECILE"): {"2": 3}, ("UNCOVERED_OUTSIDE", "DECILE"): {"2": 3, "3": 4}})

    assert [(one.key, one.value) for one in parts["COVERAGE_GAP", Breakdown.DECILE]] == [("2", 100), ("3", 0)]

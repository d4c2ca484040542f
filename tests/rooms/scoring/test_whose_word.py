"""Whose word counts where two differ, and what is said where too little is known."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.registry.actions.bank_answers import banks_organisation
from sakha.scoring.actions import score_changed_households, score_households
from sakha.scoring.actions.appeals import NewAppeal, open_appeal, withdraw_appeal
from sakha.scoring.queries import get_explanation
from sakha.scoring.queries.explanation_readers import explain_to_household
from sakha.scoring.queries.facts import fact_names, find_facts
from sakha.scoring.rules.appeals import AppealKind
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.fact_names import FACTS, FactName
from tests.rooms.scoring.given import AT, add_facts, add_household, add_record, make_charities, staff_of
from tests.rules.scoring.rows import random_row, shipped_card

pytestmark = pytest.mark.django_db


def rooms_of(household_id: int) -> int | str | None:
    with acting(SYSTEM):
        row = find_facts(at=AT, household_id=household_id)
    assert row is not None
    return row["rooms"]


def test_a_bank_has_no_lead_while_the_household_objects() -> None:
    household_id, charity, banks = add_household(days_ago=3), make_charities()[0], banks_organisation(at=AT)
    add_record(household_id, charity)
    add_facts(household_id, banks, {"rooms": 6}, days_ago=90)
    add_facts(household_id, charity, {"rooms": 1}, days_ago=2)
    before = rooms_of(household_id)
    objection = NewAppeal(
        household_id=household_id,
        kind=AppealKind.DATUM,
        statement="ما یک اتاق داریم و همه در آن زندگی می‌کنیم.",
        fact=FactName.ROOMS,
        told_value=1,
    )
    appeal_id = open_appeal(actor=SYSTEM, at=AT, appeal=objection)

    assert (before, rooms_of(household_id)) == (6, 1)
    # A night that began before knows nothing of it: the run of the clock after it does.
    night = AT - timedelta(minutes=40)
    score_households(actor=SYSTEM, at=night, household_ids=[household_id])
    later = AT + timedelta(minutes=5)
    assert score_changed_households(actor=SYSTEM, at=later, limit=10).household_ids == (household_id,)
    told = explain_to_household(actor=staff_of(charity), at=AT, household_id=household_id)
    assert told.contested_labels == (FACTS[FactName.ROOMS].label,)
    withdraw_appeal(actor=SYSTEM, at=AT, appeal_id=appeal_id)
    assert rooms_of(household_id) == 6
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sakha.scoring.jobs.score_now'")
        assert cursor.fetchone()[0] == 3  # added, objected, withdrawn


def test_it_is_said_where_too_little_is_known_to_be_sure() -> None:
    household_id, (charity, _) = add_household(), make_charities()
    add_facts(household_id, charity, {"rooms": 1})
    little = get_explanation(actor=SYSTEM, at=AT, household_id=household_id)
    row = random_row(shipped_card(), Random(4), unknown_share=0)
    known = {name: value for name, value in row.items() if name in fact_names() and isinstance(value, int)}
    add_facts(household_id, charity, known, days_ago=0)
    much = get_explanation(actor=SYSTEM, at=AT, household_id=household_id)

    assert (little.is_sure, much.is_sure, much.unsure_words) == (False, True, "")
    low, high = little.likely_deciles
    assert low < little.decile < high
    assert persian_digits(high) in little.unsure_words

"""Figures of grievances and receipts, against what the rules say of the same calls."""

from __future__ import annotations

from math import ceil

import pytest

from sakha.access.rules import SYSTEM, household_actor
from sakha.coordination.actions.grievance_desk import answer_grievance, escalate_overdue_grievances
from sakha.coordination.actions.receipts import confirm_delivery, keep_call
from sakha.ledger.queries import calls_of_round, get_call_round
from sakha.ledger.rules.receipts import CallOutcome, ReceiptWay
from sakha.observatory.queries import read_figures
from tests.coordination_cast import NOON
from tests.ledger_cast import PROVINCE, an_officer, given_charity, given_household
from tests.rooms.coordination.test_grievances import DAY, bring
from tests.rooms.coordination.test_receipts import given_delivery
from tests.rooms.ledger.test_receipts import a_round

CODES = (
    *("GRIEVANCES_BROUGHT", "GRIEVANCES_OVERDUE", "GRIEVANCES_MEDIAN_DAYS"),
    *("RECEIPTS_CONFIRMED", "RECEIPTS_NOT_RECEIVED", "CALLS_RECEIVED_SHARE", "CALLS_MARGIN"),
)


def read() -> list[int]:
    figures = read_figures(actor=an_officer(), province=PROVINCE)
    return [figures[code].value for code in CODES]


@pytest.mark.django_db
def test_what_was_brought_what_arrived_and_what_calls_say_is_counted() -> None:
    assert read() == [0] * len(CODES)
    many, few = given_charity("مهر"), given_charity("امید")
    households = [given_household(many, few) for _ in range(14)]
    holds = [given_delivery(many if number < 9 else few, one) for number, one in enumerate(households)]
    officer = an_officer()
    brought = bring(household_actor(households[0].id), households[0])
    escalate_overdue_grievances(actor=SYSTEM, at=NOON + 15 * DAY)
    answer_grievance(actor=officer, at=NOON + 20 * DAY, grievance_id=brought.grievance_id, answer="رسیدگی شد، سپاس.")
    home = household_actor(households[13].id)
    confirm_delivery(actor=home, at=NOON, hold_id=holds[13], is_received=True, way=ReceiptWay.SITE)
    round_id = a_round(officer, size=8)
    for line in calls_of_round(actor=officer, round_id=round_id):
        outcome = CallOutcome.NOT_RECEIVED if line.place == 1 else CallOutcome.RECEIVED
        keep_call(actor=officer, at=NOON, call_id=line.id, outcome=outcome)

    said = get_call_round(actor=officer, round_id=round_id).overall
    confirmed, missing = said.received_count, said.answered_count - said.received_count
    called = {line.household_id for line in calls_of_round(actor=officer, round_id=round_id)}
    own = 0 if households[13].id in called else 1  # answered twice, counted once
    expected = [1 + missing, 1, 20, confirmed + own, missing, round(100 * said.share), ceil(100 * said.margin)]
    assert read() == expected
    assert missing == 1

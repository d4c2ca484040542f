"""Questions are asked once, whatever happens to the bank or the worker."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from tests.bank_cast import RunningBanks, ask, known_of, run, some_people, truth

pytestmark = pytest.mark.django_db


def states(bank: str) -> dict[str, int]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM databanks_question WHERE bank = %s GROUP BY 1", [bank])
        return dict(cursor.fetchall())


def test_what_a_bank_knows_becomes_evidence(banks: RunningBanks) -> None:
    people, cars = some_people(banks, 30), truth(banks, "car_count")

    asked = ask(people, "vehicles")
    ended = run("vehicles")

    assert (asked.queued_count, ended.answered_count, ended.stopped_by) == (30, 30, "")
    assert [known_of(one, "CAR_COUNT")[0].value for one in people] == [cars[one.identifier] for one in people]


@pytest.mark.parametrize("bank", ["insurance", "wage_pension", "property", "bank_turnover", "subsidy_household", "mobile_ownership", "postal_address", "welfare_decile", "civil_registry", "behzisti_coverage"])
def test_every_bank_answers_in_its_own_way(banks: RunningBanks, bank: str) -> None:
    people = some_people(banks, 12, "mobile IS NOT NULL AND is_head")

    asked = ask(people, bank)
    ended = run(bank)

    assert asked.queued_count > 0
    assert (ended.answered_count, ended.invalid_count, ended.stopped_by) == (asked.queued_count, 0, "")


def test_what_is_fresh_is_not_asked_again(banks: RunningBanks) -> None:
    people = some_people(banks, 10)
    ask(people, "vehicles")
    run("vehicles")

    again = ask(people, "vehicles")
    run("vehicles")
    later = datetime.now(UTC) + timedelta(days=181)
    at_last = ask(people, "vehicles", at=later)

    assert again.queued_count == 0
    assert banks.counts("vehicles")["answered"] == 10
    assert at_last.queued_count == 10

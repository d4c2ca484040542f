"""Questions are asked once, whatever happens to the bank or the worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.databanks.actions import PRIORITY_FIRST, cancel_questions, inquiring
from sakha.databanks.actions.claims import claim_batch
from sakha.databanks.actions.inquiring import ask_bank
from sakha.databanks.banks import dci_bank
from sakha.databanks.banks.catalogue import get_bank
from sakha.databanks.queries import line_state
from sakha.databanks.rules.bank import Filling
from sakha.databanks.rules.lines import LineState
from tests.bank_cast import RunningBanks, ask, known_of, run, some_people, truth
from tests.ledger_cast import given_charity

pytestmark = pytest.mark.django_db
JSON_AND_DCI = (
    "insurance", "wage_pension", "property", "bank_turnover", "subsidy_household", "mobile_ownership",
    "postal_address", "welfare_decile", "civil_registry", "behzisti_coverage",
)  # fmt: skip


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return cursor.fetchall()


def states(bank: str) -> dict[object, object]:
    return dict(rows("SELECT state, count(*) FROM databanks_question WHERE bank = %s GROUP BY 1", bank))


def later(minutes: float) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def test_what_a_bank_knows_becomes_evidence(banks: RunningBanks) -> None:
    people, cars = some_people(banks, 30), truth(banks, "car_count")

    asked = ask(people, "vehicles")
    ended = run("vehicles")

    assert (asked.queued_count, ended.answered_count, ended.stopped_by) == (30, 30, "")
    assert [known_of(one, "CAR_COUNT")[0].value for one in people] == [cars[one.identifier] for one in people]


@pytest.mark.parametrize("bank", JSON_AND_DCI)
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
    at_last = ask(people, "vehicles", at=datetime.now(UTC) + timedelta(days=181))

    assert again.queued_count == 0
    assert banks.counts("vehicles")["answered"] == 10
    assert at_last.queued_count == 10


def test_without_its_freshness_everything_would_be_asked_again(banks: RunningBanks) -> None:
    people = some_people(banks, 5)
    ask(people, "vehicles")
    run("vehicles")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE databanks_question SET fresh_until = NULL")

    ask(people, "vehicles")
    run("vehicles")

    assert banks.counts("vehicles")["answered_again"] == 5


def test_a_clock_that_was_set_back_holds_no_bank_up(banks: RunningBanks) -> None:
    people, pauses = some_people(banks, 3), list[float]()
    ask(people[:1], "vehicles")
    run("vehicles")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE databanks_bank_state SET next_slot_at = now() + interval '1 hour'")
    ask(people, "vehicles")

    ended = ask_bank(actor=SYSTEM, bank="vehicles", clock=lambda: datetime.now(UTC), pause=pauses.append)

    assert ended.answered_count == 2
    assert max(pauses) <= 60


def test_another_mobile_is_another_question_and_an_answer_is_of_the_number_it_was_asked_with(
    banks: RunningBanks,
) -> None:
    (person,) = some_people(banks, 1, "mobile IS NOT NULL AND is_head AND mobile_owner = identifier")
    own, other = person.fillings[Filling.MOBILE], "+989901234567"
    moved = type(person)(household_id=1, fillings={**person.fillings, Filling.MOBILE: other}, is_head=True)

    def lines() -> list[LineState]:
        return [line_state(at=datetime.now(UTC), identifier=person.identifier, mobile=one) for one in (own, other)]

    told = [LineState.OWN, LineState.NOT_ASKED], [LineState.NOT_ASKED, LineState.NOT_OWN]
    assert lines() == [LineState.NOT_ASKED, LineState.NOT_ASKED]
    for asked, expected in ((person, told[0]), (moved, told[1]), (person, told[0]), (moved, told[1])):
        assert ask([asked], "mobile_ownership").queued_count == 1
        assert LineState.ASKED in lines()
        run("mobile_ownership")
        assert lines() == expected, "also where the bank has said the same before"
        assert ask([asked], "mobile_ownership").queued_count == 0


def test_a_bank_that_is_down_leaves_everything_waiting_and_is_asked_once_afterwards(banks: RunningBanks) -> None:
    people = some_people(banks, 20)
    banks.fail("vehicles", "DOWN")
    ask(people, "vehicles")

    down = run("vehicles")
    waiting = states("vehicles")
    banks.mend()
    too_soon = run("vehicles")
    after = run("vehicles", clock=lambda: later(3))

    assert down.stopped_by == "BANK_SILENT"
    assert (waiting, known_of(people[0], "CAR_COUNT")) == ({"WAITING": 20}, known_of(people[0], "CAR_COUNT"))
    assert too_soon.answered_count == 0
    assert after.answered_count == 20
    assert (banks.counts("vehicles")["answered"], banks.counts("vehicles")["answered_again"]) == (20, 0)


@pytest.mark.parametrize("fault", ["NO_JSON", "WRONG_SCHEMA"])
def test_what_does_not_fit_is_an_error_and_no_fact(banks: RunningBanks, fault: str) -> None:
    people = some_people(banks, 8)
    banks.fail("vehicles", fault)
    ask(people, "vehicles")

    run("vehicles")

    assert all(known_of(one, "CAR_COUNT") == [] for one in people)
    assert [code for (code,) in rows("SELECT error_code FROM databanks_question WHERE error_code = ''")] == []
    assert states("vehicles") == {"WAITING": 8}


def test_a_partial_batch_is_completed(banks: RunningBanks) -> None:
    people = some_people(banks, 40)
    banks.fail("vehicles", "PARTIAL", share=0.5)
    ask(people, "vehicles")

    first = run("vehicles")
    banks.mend()
    second = run("vehicles", clock=lambda: later(10))

    assert 0 < first.answered_count < 40
    assert first.answered_count + second.answered_count == 40
    assert banks.counts("vehicles")["answered_again"] == 0


def test_an_old_answer_is_kept_and_not_believed(banks: RunningBanks) -> None:
    (person,) = some_people(banks, 1)
    banks.fail("vehicles", "STALE")
    ask([person], "vehicles")
    run("vehicles")

    (line,) = known_of(person, "CAR_COUNT")

    assert line.value is not None
    assert not line.is_believed(on=datetime.now(UTC).date())
    assert rows("SELECT error_code FROM databanks_question") == [("STALE",)]


def test_a_record_of_somebody_else_is_never_a_fact(banks: RunningBanks) -> None:
    people = some_people(banks, 6)
    banks.fail("civil_registry", "WRONG_PERSON")
    ask(people, "civil_registry")

    ended = run("civil_registry")

    assert ended.answered_count < 6
    assert {code for (code,) in rows("SELECT error_code FROM databanks_question WHERE state = 'WAITING'")} == {
        "ANSWER_INVALID record of somebody else"
    }


@pytest.mark.parametrize("fault", ["WRONG_SIGNATURE", "OLD_MESSAGE"])
def test_an_answer_that_is_not_signed_now_by_the_bank_is_not_read(banks: RunningBanks, fault: str) -> None:
    people = some_people(banks, 6)
    banks.fail("behzisti_coverage", fault)
    ask(people, "behzisti_coverage")

    ended = run("behzisti_coverage")

    assert (ended.answered_count, ended.stopped_by) == (0, "BANK_SILENT")
    assert all(known_of(one, "COVERED_BY_BEHZISTI") == [] for one in people)


def test_a_busy_bank_is_waited_for_as_long_as_it_says(banks: RunningBanks) -> None:
    waits: list[float] = []
    banks.fail("vehicles", "BUSY", seconds=7)
    ask(some_people(banks, 3), "vehicles")

    ask_bank(actor=SYSTEM, bank="vehicles", clock=lambda: datetime.now(UTC), pause=waits.append)

    assert waits.count(7.0) == 2
    assert rows("SELECT breaker, failure_count FROM databanks_bank_state WHERE bank = 'vehicles'") == [("closed", 0)]


def test_the_breaker_opens_after_failures_and_closes_after_a_good_answer(banks: RunningBanks) -> None:
    banks.fail("vehicles", "DOWN")
    ask(some_people(banks, 3), "vehicles")
    for minutes in range(0, 9, 3):
        run("vehicles", clock=lambda minutes=minutes: later(minutes))
    opened = rows("SELECT breaker FROM databanks_bank_state WHERE bank = 'vehicles'")
    requests = banks.counts("vehicles")["requests"]

    resting = run("vehicles")
    left_alone = banks.counts("vehicles")["requests"]
    banks.mend()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE databanks_bank_state SET opened_at = opened_at - interval '2 minutes'")
    back = run("vehicles", clock=lambda: later(15))

    assert opened == [("open",)]
    assert (resting.stopped_by, left_alone) == ("BANK_RESTING", requests)
    assert back.answered_count == 3
    assert rows("SELECT breaker FROM databanks_bank_state WHERE bank = 'vehicles'") == [("closed",)]


def test_without_its_memory_the_breaker_would_never_open(banks: RunningBanks) -> None:
    banks.fail("vehicles", "DOWN")
    ask(some_people(banks, 3), "vehicles")
    for minutes in range(0, 12, 3):
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute("UPDATE databanks_bank_state SET failure_count = 0")
        run("vehicles", clock=lambda minutes=minutes: later(minutes))

    assert rows("SELECT breaker FROM databanks_bank_state WHERE bank = 'vehicles'") == [("closed",)]


def test_places_in_the_rate_are_handed_out_one_after_the_other(banks: RunningBanks) -> None:
    waits: list[float] = []
    ask(some_people(banks, 450), "vehicles")
    at = datetime.now(UTC)

    ask_bank(actor=SYSTEM, bank="vehicles", clock=lambda: at, pause=waits.append)

    assert [round(wait, 3) for wait in waits] == [0.1, 0.2]


def test_who_is_first_in_line_is_asked_first(banks: RunningBanks) -> None:
    people = some_people(banks, 400)
    ask(people[:300], "vehicles")
    ask(people[300:], "vehicles", priority=PRIORITY_FIRST)

    run("vehicles", batches_max=1)

    assert all(known_of(one, "CAR_COUNT") for one in people[300:])


def test_what_waits_can_be_taken_back_and_asked_again(banks: RunningBanks) -> None:
    people = some_people(banks, 4)
    ask(people, "vehicles")

    assert cancel_questions(actor=SYSTEM, banks=["vehicles"]) == 4
    assert run("vehicles").answered_count == 0
    assert ask(people, "vehicles").queued_count == 4


def test_only_who_may_runs_the_asking(banks: RunningBanks) -> None:
    with pytest.raises(PermissionMissing):
        cancel_questions(actor=given_charity("مهر"), banks=[])


def test_no_identifier_reaches_a_log(banks: RunningBanks, caplog: pytest.LogCaptureFixture) -> None:
    people = some_people(banks, 5)
    ask(people, "vehicles", "insurance")
    run("vehicles")
    banks.fail("insurance", "WRONG_SCHEMA")
    run("insurance")

    assert [one for one in people if one.identifier in caplog.text] == []


def a_batch_of_a_dead_worker(banks: RunningBanks, count: int) -> None:
    """Claimed under a lock that nobody holds."""
    ask(some_people(banks, count), "vehicles")
    assert claim_batch(get_bank("vehicles"), at=datetime.now(UTC), worker=4711) is not None


def test_what_a_dead_worker_had_claimed_is_taken_up(banks: RunningBanks) -> None:
    a_batch_of_a_dead_worker(banks, 3)

    assert run("vehicles").answered_count == 3


def test_without_looking_for_it_it_would_stay_undone(banks: RunningBanks, monkeypatch: pytest.MonkeyPatch) -> None:
    a_batch_of_a_dead_worker(banks, 3)
    monkeypatch.setattr(inquiring, "find_forsaken_batch", lambda *_bank, **_worker: None)

    assert run("vehicles").answered_count == 0


@pytest.mark.parametrize("bank", ["civil_registry", "imdad_coverage", "behzisti_coverage"])
def test_a_strict_registry_takes_our_envelope_and_none_that_was_changed_on_its_way(
    banks: RunningBanks, monkeypatch: pytest.MonkeyPatch, bank: str
) -> None:
    signed = dci_bank.signed_envelope

    def changed(*words: Any, **more: Any) -> dict[str, Any]:
        envelope = signed(*words, **more)
        return envelope | {"header": {**envelope["header"], "total_count": 2}}

    ask(some_people(banks, 1), bank)
    monkeypatch.setattr(dci_bank, "signed_envelope", changed)
    refused = run(bank)
    counts_then = banks.counts(bank)

    assert (refused.answered_count, refused.batch_count) == (0, 1)
    assert counts_then["refused"] > 0
    assert counts_then["answered"] == 0

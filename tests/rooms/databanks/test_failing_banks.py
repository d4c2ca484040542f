"""What comes of banks that are down, slow to the point of silence, half answering, lying, old or forged."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.banks.catalogue import asked_banks
from sakha.databanks.rules import EvidenceStatus
from tests.bank_cast import RunningBanks, ask, known_of, run, some_people

pytestmark = pytest.mark.django_db
# Answers at the door of the site, which the tests of the door try.
LATER = "imdad_coverage"


class Clock:
    """A time that only moves when it is told; the banks believe the same."""

    def __init__(self, banks: RunningBanks) -> None:
        self.banks = banks
        self.now = datetime.now(UTC)
        self.move(0)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.banks._tell("POST", "clock", {"at": self.now.isoformat()})


@pytest.fixture
def clock(banks: RunningBanks):
    clock = Clock(banks)
    yield clock
    banks._tell("POST", "clock", {"at": datetime.now(UTC).isoformat()})


def questions(state: str) -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM databanks_question WHERE state = %s", [state])
        return cursor.fetchone()[0]


def error_codes(bank: str) -> set[str]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT error_code FROM databanks_question WHERE bank = %s", [bank])
        return {code for (code,) in cursor.fetchall()}


def evidence_count() -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM databanks_evidence")
        return cursor.fetchone()[0]


def run_all(clock: Clock) -> dict[str, str]:
    return {bank: run(bank, clock=clock).stopped_by for bank in asked_banks() if bank != LATER}


def test_an_hour_without_any_bank_loses_nothing_and_fetches_everything_once(banks: RunningBanks, clock: Clock) -> None:
    banks.fail("*", "DOWN")
    people = some_people(banks, 20, "is_head AND mobile IS NOT NULL")
    names = [bank for bank in asked_banks() if bank not in {LATER, "foreigners"}]
    asked = ask(people, *names, at=clock())

    during = run_all(clock)

    assert all(during[bank] for bank in names)
    assert (questions("WAITING"), evidence_count()) == (asked.queued_count, 0)
    assert known_of(people[0], "CAR_COUNT") == []

    banks.mend()
    clock.move(3600)
    after = run_all(clock)

    assert not any(after.values())
    assert (questions("ANSWERED"), questions("WAITING")) == (asked.queued_count, 0)
    counts = [banks.counts(bank) for bank in names]
    assert sum(one["answered"] for one in counts) == asked.queued_count
    assert sum(one["answered_again"] for one in counts) == 0


def test_control_a_bank_that_is_up_is_asked_in_the_first_run(banks: RunningBanks, clock: Clock) -> None:
    ask(some_people(banks, 5), "vehicles", at=clock())

    assert run("vehicles", clock=clock).answered_count == 5


def test_a_resting_bank_is_left_alone_until_its_rest_is_over(banks: RunningBanks, clock: Clock) -> None:
    banks.fail("vehicles", "DOWN")
    ask(some_people(banks, 5), "vehicles", at=clock())
    for _ in range(4):
        run("vehicles", clock=clock)
        clock.move(61)
    clock.move(-61)
    before = banks.counts("vehicles")["requests"]

    run("vehicles", clock=clock)

    assert banks.counts("vehicles")["requests"] - before <= 1


def test_what_a_partial_batch_left_out_is_asked_again_and_only_that(banks: RunningBanks, clock: Clock) -> None:
    banks.fail("vehicles", "PARTIAL", share=0.4)
    people = some_people(banks, 60)
    ask(people, "vehicles", at=clock())

    for _ in range(40):  # what is left out is drawn anew each time: by then nobody is left out twenty times in a row
        run("vehicles", clock=clock)
        clock.move(6 * 3600)
        if not questions("WAITING"):
            break

    counts = banks.counts("vehicles")
    assert (counts["answered"], counts["answered_again"]) == (60, 0)
    assert all(len(known_of(one, "CAR_COUNT")) == 1 for one in people)


@pytest.mark.parametrize("fault", ["WRONG_SCHEMA", "NO_JSON", "BUSY"])
@pytest.mark.parametrize("bank", ["insurance", "behzisti_coverage"])
def test_an_answer_that_can_t_be_read_is_no_fact_and_a_stated_error(
    banks: RunningBanks, clock: Clock, bank: str, fault: str
) -> None:
    banks.fail(bank, fault)
    ask(some_people(banks, 5), bank, at=clock())

    ended = run(bank, clock=clock)

    assert ended.answered_count == 0
    assert evidence_count() == 0
    assert ended.stopped_by
    assert error_codes(bank) != {""}


@pytest.mark.parametrize("fault", ["WRONG_SIGNATURE", "OLD_MESSAGE", "WRONG_PERSON"])
def test_a_forged_an_old_or_another_s_answer_is_no_fact(banks: RunningBanks, clock: Clock, fault: str) -> None:
    banks.fail("civil_registry", fault)
    ask(some_people(banks, 5), "civil_registry", at=clock())

    run("civil_registry", clock=clock)

    assert evidence_count() == 0
    assert "" not in error_codes("civil_registry")


def test_a_stale_answer_is_kept_and_not_believed(banks: RunningBanks, clock: Clock) -> None:
    banks.fail("insurance", "STALE")
    (person,) = some_people(banks, 1)
    ask([person], "insurance", at=clock())

    run("insurance", clock=clock)

    (line,) = known_of(person, "HEALTH_INSURED")
    assert line.observed_on < clock().date() - timedelta(days=1000)
    assert not line.is_believed(on=clock().date())


def test_a_bank_that_contradicts_itself_leaves_both_words_standing(banks: RunningBanks, clock: Clock) -> None:
    (person,) = some_people(banks, 1)
    ask([person], "vehicles", at=clock())
    run("vehicles", clock=clock)
    banks.fail("vehicles", "CONTRADICTION")
    clock.move(181 * 86_400)
    ask([person], "vehicles", at=clock())

    run("vehicles", clock=clock)

    newest, first = known_of(person, "CAR_COUNT")
    assert newest.value != first.value
    assert {newest.status, first.status} <= {EvidenceStatus.KNOWN, EvidenceStatus.DISPUTED}

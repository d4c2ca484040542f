"""What banks bring to our door, from the real process over real HTTP: late answers, subscriptions, events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.actions import subscribe_to_events
from sakha.databanks.queries import received_event_ids
from tests.bank_cast import DOOR_PORT, RunningBanks, ask, known_of, run, some_people, truth

pytestmark = pytest.mark.races


class Quiet(WSGIRequestHandler):
    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def door(committed: None, banks: RunningBanks) -> Iterator[RunningBanks]:
    """Our own site on the port that the banks were told."""
    server = make_server("127.0.0.1", DOOR_PORT, get_wsgi_application(), server_class=WSGIServer, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield banks
    server.shutdown()
    thread.join()
    server.server_close()


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return cursor.fetchall()


def states() -> dict[object, object]:
    return dict(rows("SELECT state, count(*) FROM databanks_question GROUP BY 1"))


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        threading.Event().wait(0.1)
    pytest.fail("it did not come to that")


def test_a_bank_that_answers_later_answers_at_our_door(door: RunningBanks) -> None:
    people, kinds = some_people(door, 25, "length(identifier) = 10"), truth(door, "imdad_kind")
    ask(people, "imdad_coverage")

    asked = run("imdad_coverage")
    until(lambda: states() == {"ANSWERED": 25})

    assert asked.answered_count == 0
    covered = {one.identifier: known_of(one, "COVERED_BY_IMDAD")[0].value for one in people}
    assert all(covered[identifier] in {0, 1} for identifier in covered)
    assert all(covered[one.identifier] == 0 for one in people if not kinds[one.identifier])


def test_a_message_that_comes_twice_counts_once(door: RunningBanks) -> None:
    door.fail("imdad_coverage", "REPLAY")
    people = some_people(door, 5, "length(identifier) = 10")
    ask(people, "imdad_coverage")

    run("imdad_coverage")
    until(lambda: door.counts("imdad_coverage")["callbacks"] >= 2 and states() == {"ANSWERED": 5})

    assert all(len(known_of(one, "COVERED_BY_IMDAD")) == 1 for one in people)
    assert rows("SELECT count(*) FROM databanks_bank_message") == [(1,)]


def test_an_answer_that_does_not_come_is_asked_for_again(door: RunningBanks) -> None:
    from datetime import timedelta

    door.fail("imdad_coverage", "LOST_CALLBACK")
    people = some_people(door, 5, "length(identifier) = 10")
    ask(people, "imdad_coverage")
    run("imdad_coverage")
    lost = states()
    door.mend()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE databanks_question SET claimed_at = claimed_at - %s", [timedelta(hours=1)])

    run("imdad_coverage")
    until(lambda: states() == {"ANSWERED": 5})

    assert lost == {"AWAITED": 5}


def test_an_unsigned_or_foreign_callback_changes_nothing(door: RunningBanks) -> None:
    door.fail("imdad_coverage", "WRONG_SIGNATURE")
    ask(some_people(door, 3, "length(identifier) = 10"), "imdad_coverage")

    run("imdad_coverage")
    until(lambda: door.counts("imdad_coverage")["callbacks_failed"] >= 1)

    assert states() == {"AWAITED": 3}
    assert rows("SELECT count(*) FROM databanks_evidence") == [(0,)]


def test_events_are_subscribed_to_and_arrive_once(door: RunningBanks) -> None:
    (person,) = some_people(door, 1, "length(identifier) = 10 AND is_head AND gender = 'F'")
    kinds = subscribe_to_events(actor=SYSTEM, at=datetime.now(UTC), bank="civil_registry")
    until(lambda: rows("SELECT count(*) FROM databanks_subscription WHERE confirmed_at IS NOT NULL") == [(4,)])

    door.happen(kind="MOVE", identifier=person.identifier, county="3002", postal_code="3158956231")
    until(lambda: len(received_event_ids(limit=10)) == 2)
    door.happen(kind="DEATH", identifier=person.identifier)
    until(lambda: len(received_event_ids(limit=10)) == 3)

    assert set(kinds) == {"DEATH", "BIRTH", "MARRIAGE", "MOVE"}
    assert subscribe_to_events(actor=SYSTEM, at=datetime.now(UTC), bank="civil_registry") == ()
    assert set(rows("SELECT bank, kind FROM databanks_life_event")) == {
        ("civil_registry", "MOVE"), ("postal_address", "MOVE"), ("civil_registry", "DEATH"),
    }  # fmt: skip
    assert known_of(person, "IS_ALIVE")[0].value == 0
    assert isinstance(rows("SELECT happened_on FROM databanks_life_event LIMIT 1")[0][0], date)

"""Givers with connections of their own, that talk to the ledger's functions as the application does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from queue import Queue
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.types.range import DateRange

from sakha.access.rules import Actor
from sakha.ledger.rules import Outcome
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import AT, a_request

PERIOD = 140508
_SCOPE = "SELECT set_config('sakha.scope', %s, true), set_config('sakha.organisation_id', %s, true)"
_HOLD = """
    SELECT outcome, hold_id FROM ledger_hold(%(at)s, %(request)s, %(household)s, %(kind)s::smallint, %(period)s,
        %(quantity)s, %(standard)s, 1, %(expires)s, %(span)s::daterange, %(reason)s)
"""
_HOLD_MANY = """
    SELECT outcome, hold_id FROM ledger_hold_many(%s, %s::uuid[], %s::bigint[], %s::bigint[], %s::smallint, %s, %s, 1,
        %s, %s::daterange)
"""

# Holding as it is done without a guard: look, then insert.
NAIVE = """
CREATE FUNCTION naive_hold(p_household bigint, p_organisation int, p_request uuid) RETURNS bool
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ledger_hold h JOIN ledger_need n ON n.id = h.need_id
              WHERE h.household_id = p_household AND h.status IN (1, 2)
              GROUP BY n.target HAVING sum(h.quantity) >= n.target) THEN
    RETURN false;
  END IF;
  PERFORM pg_sleep(0.002);  -- what a web request takes between its look and its write
  INSERT INTO ledger_hold (need_id, household_id, organisation_id, kind, period, quantity, request_id, reason, province,
                           county, created_at, expires_at)
  SELECT n.id, n.household_id, p_organisation, n.kind, n.period, 1, p_request, '', '30', '', now(),
         now() + interval '3 days'
    FROM ledger_need n WHERE n.household_id = p_household;
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION naive_hold TO PUBLIC;
"""


def food_window(on: date) -> DateRange:
    return DateRange(on, on + timedelta(days=30))


@dataclass(slots=True)
class Giver:
    """One organisation on one connection. Inside `begin`..`commit` everything is one transaction."""

    connection: psycopg.Connection
    organisation_id: int | None
    held: list[int] = field(default_factory=list)

    def begin(self) -> None:
        self.connection.execute("BEGIN")
        scope = "SYSTEM" if self.organisation_id is None else "ORGANISATION"
        self.connection.execute(_SCOPE, [scope, str(self.organisation_id or "")])

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        self.connection.execute("ROLLBACK")

    def ask(self, statement: str, values: object = None) -> list[tuple]:
        """One statement in a transaction of its own."""
        self.begin()
        try:
            rows = self.connection.execute(statement, values).fetchall()
        except psycopg.Error:
            self.rollback()
            raise
        self.commit()
        return rows

    def hold(self, household_id: int, **more: object) -> tuple[Outcome, int | None]:
        ((outcome, hold_id),) = self.ask(_HOLD, hold_values(household_id, **more))
        if outcome == Outcome.DONE:
            self.held.append(hold_id)
        return Outcome(outcome), hold_id

    def hold_inside(self, household_id: int, **more: object) -> Outcome:
        """Hold in the transaction that is open."""
        row = self.connection.execute(_HOLD, hold_values(household_id, **more)).fetchone()
        assert row is not None
        return Outcome(row[0])

    def hold_many(
        self, household_ids: Sequence[int], *, requests: Sequence[UUID] = (), standard: int = 1
    ) -> list[tuple]:
        requests = requests or [a_request() for _ in household_ids]
        ones = [1] * len(household_ids)
        values = (AT, list(requests), list(household_ids), ones, NeedKind.CASH, PERIOD, standard)
        return self.ask(_HOLD_MANY, (*values, AT + timedelta(hours=72), None))

    def settle(self, hold_id: int, status: int) -> Outcome:
        return Outcome(self.ask("SELECT ledger_settle(%s, %s, %s::smallint)", [AT, hold_id, status])[0][0])

    def expire(self, limit: int) -> int:
        return int(self.ask("SELECT ledger_expire(%s, %s)", [AT, limit])[0][0])


def hold_values(household_id: int, **more: object) -> dict[str, object]:
    given: dict[str, object] = {
        "at": AT, "request": a_request(), "household": household_id, "kind": NeedKind.CASH.value, "period": PERIOD,
        "quantity": 1, "standard": 1, "expires": AT + timedelta(hours=72), "span": None, "reason": "",
    }  # fmt: skip
    return given | more


def giver(new_connection: Callable[[], psycopg.Connection], actor: Actor | None) -> Giver:
    return Giver(new_connection(), None if actor is None else actor.organisation_id)


@dataclass(slots=True)
class Running:
    """Work in a thread of its own; `result` waits for it and gives what it gave, or raises what it raised."""

    thread: threading.Thread
    box: list[object]

    def result(self) -> object:
        self.thread.join(60)
        assert self.box, "the work did not end"
        if isinstance(self.box[0], BaseException):
            raise self.box[0]
        return self.box[0]


def run_apart(work: Callable[[], object]) -> Running:
    box: list[object] = []

    def run() -> None:
        try:
            box.append(work())
        except BaseException as error:  # noqa: BLE001 -- handed to whoever asks for the result
            box.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return Running(thread, box)


def run_behind(work: Callable[[], object]) -> tuple[Running, int]:
    """Work in a thread on its own connection of Django, and the backend that does it."""
    pids: Queue[int] = Queue()

    def run() -> object:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.put(cursor.fetchone()[0])
            return work()
        finally:
            connection.close()

    return run_apart(run), pids.get(timeout=30)


def wait_until_blocked(owner: psycopg.Cursor, pid: int) -> None:
    """Return once that backend waits for a lock."""
    pause = threading.Event()
    for _ in range(2000):
        found = owner.execute("SELECT cardinality(pg_blocking_pids(%s))", [pid]).fetchone()
        if found and found[0]:
            return
        pause.wait(0.005)
    raise AssertionError("the second giver never waited")


def run_together(works: Sequence[Callable[[], object]]) -> list[object]:
    """Start all at one moment; give their results, or raise the first error."""
    barrier = threading.Barrier(len(works))

    def timed(work: Callable[[], object]) -> Callable[[], object]:
        def run() -> object:
            barrier.wait(60)
            return work()

        return run

    return [running.result() for running in [run_apart(timed(work)) for work in works]]


def moment(days: int) -> datetime:
    return AT + timedelta(days=days)


def double_holds(owner: psycopg.Cursor) -> int:
    """Households with more promised and given than their need."""
    found = owner.execute(
        """SELECT count(*) FROM (SELECT 1 FROM ledger_hold h JOIN ledger_need n ON n.id = h.need_id
            WHERE h.status IN (1, 2) GROUP BY n.id HAVING sum(h.quantity) > n.target) AS over"""
    ).fetchone()
    assert found is not None
    return int(found[0])

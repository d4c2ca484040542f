"""Two givers at once, step by step: who waits, who is refused; and what happens when the guard is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from sakha.access.rules import Actor
from sakha.ledger.rules import Outcome
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import AT, KnownHousehold, a_request, counters_and_sums, given_charity, given_household
from tests.races.givers import (
    NAIVE,
    PERIOD,
    Giver,
    double_holds,
    food_window,
    giver,
    hold_values,
    moment,
    run_apart,
    wait_until_blocked,
)

pytestmark = pytest.mark.races


@pytest.fixture
def mehr(committed: None) -> Actor:
    return given_charity("خیریهٔ مهر")


@pytest.fixture
def omid(committed: None) -> Actor:
    return given_charity("خیریهٔ امید")


@pytest.fixture
def household(mehr: Actor, omid: Actor) -> KnownHousehold:
    return given_household(mehr, omid)


@pytest.fixture
def first(new_connection: Callable[[], psycopg.Connection], mehr: Actor) -> Giver:
    return giver(new_connection, mehr)


@pytest.fixture
def second(new_connection: Callable[[], psycopg.Connection], omid: Actor) -> Giver:
    return giver(new_connection, omid)


@pytest.fixture
def naive(owner_cursor: psycopg.Cursor) -> Iterator[None]:
    """Hold as it is done without a guard: look, then insert."""
    owner_cursor.execute(NAIVE)
    yield
    owner_cursor.execute("DROP FUNCTION naive_hold")


@contextmanager
def without(owner: psycopg.Cursor, constraint: str) -> Iterator[None]:
    """The table of holds without one of its constraints."""
    found = owner.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [constraint]
    ).fetchone()
    assert found is not None
    owner.execute(f"ALTER TABLE ledger_hold DROP CONSTRAINT {constraint}")
    yield
    owner.execute("DELETE FROM ledger_hold")
    owner.execute(f"ALTER TABLE ledger_hold ADD CONSTRAINT {constraint} {found[0]}")


@pytest.fixture
def no_window_guard(owner_cursor: psycopg.Cursor) -> Iterator[None]:
    with without(owner_cursor, "one_help_a_window"):
        yield


@pytest.fixture
def no_request_guard(owner_cursor: psycopg.Cursor) -> Iterator[None]:
    with without(owner_cursor, "one_hold_a_request"):
        yield


@pytest.mark.parametrize(("is_kept", "expected"), [(True, Outcome.COVERED), (False, Outcome.DONE)])
def test_second_waits_for_the_first_and_is_judged_by_what_became_of_it(
    first: Giver,
    second: Giver,
    household: KnownHousehold,
    owner_cursor: psycopg.Cursor,
    is_kept: bool,
    expected: Outcome,
) -> None:
    second.hold(given_household().id)  # warms the connection; the household is unknown to it
    first.begin()
    assert first.hold_inside(household.id) is Outcome.DONE
    waiting = run_apart(lambda: second.hold(household.id)[0])
    wait_until_blocked(owner_cursor, second.connection.info.backend_pid)

    first.commit() if is_kept else first.rollback()

    assert waiting.result() is expected
    assert counters_and_sums(owner_cursor) == []
    assert owner_cursor.execute("SELECT count(*) FROM ledger_need").fetchone() == (1,)


def test_control_without_the_guard_both_hold(
    naive: None, first: Giver, second: Giver, household: KnownHousehold, owner_cursor: psycopg.Cursor
) -> None:
    _open_need(owner_cursor, household)
    values = "SELECT naive_hold(%s, %s, %s)"

    first.begin()
    ((first_holds,),) = first.connection.execute(values, [household.id, first.organisation_id, a_request()]).fetchall()
    ((second_holds,),) = second.ask(values, [household.id, second.organisation_id, a_request()])
    first.commit()

    assert (first_holds, second_holds) == (True, True)
    assert double_holds(owner_cursor) == 1


def test_same_request_at_once_is_one_hold(
    first: Giver, new_connection: Callable[[], psycopg.Connection], mehr: Actor, household: KnownHousehold,
    owner_cursor: psycopg.Cursor,
) -> None:  # fmt: skip
    twin, request = giver(new_connection, mehr), a_request()
    first.begin()
    assert first.hold_inside(household.id, request=request) is Outcome.DONE
    waiting = run_apart(lambda: twin.hold(household.id, request=request)[0])
    wait_until_blocked(owner_cursor, twin.connection.info.backend_pid)

    first.commit()

    assert waiting.result() is Outcome.REPLAY
    assert owner_cursor.execute("SELECT count(*) FROM ledger_hold").fetchone() == (1,)


def test_same_request_at_once_where_the_need_has_room_is_still_one_hold(
    first: Giver, new_connection: Callable[[], psycopg.Connection], mehr: Actor, household: KnownHousehold,
    owner_cursor: psycopg.Cursor,
) -> None:  # fmt: skip
    twin, request = giver(new_connection, mehr), a_request()
    first.begin()
    first.hold_inside(household.id, request=request, standard=5)
    waiting = run_apart(lambda: twin.hold(household.id, request=request, standard=5))
    wait_until_blocked(owner_cursor, twin.connection.info.backend_pid)

    first.commit()

    assert waiting.result()[0] is Outcome.REPLAY
    assert owner_cursor.execute("SELECT held FROM ledger_need").fetchone() == (1,)
    assert counters_and_sums(owner_cursor) == []


def test_control_without_the_key_the_same_request_is_held_twice(
    no_request_guard: None, first: Giver, new_connection: Callable[[], psycopg.Connection], mehr: Actor,
    household: KnownHousehold, owner_cursor: psycopg.Cursor,
) -> None:  # fmt: skip
    twin, request = giver(new_connection, mehr), a_request()
    first.begin()
    first.hold_inside(household.id, request=request, standard=5)
    waiting = run_apart(lambda: twin.hold(household.id, request=request, standard=5))
    wait_until_blocked(owner_cursor, twin.connection.info.backend_pid)

    first.commit()

    assert waiting.result()[0] is Outcome.DONE
    assert owner_cursor.execute("SELECT count(*) FROM ledger_hold").fetchone() == (2,)


def in_two_months(first: Giver, second: Giver, household: KnownHousehold, owner: psycopg.Cursor) -> Outcome:
    """Food at the end of Aban and, before that is committed, at the start of Azar: two needs, one window."""
    aban = {"kind": NeedKind.FOOD.value, "period": PERIOD, "span": food_window(AT.date())}
    azar = {"kind": NeedKind.FOOD.value, "period": PERIOD + 1, "span": food_window(moment(12).date())}
    first.begin()
    assert first.hold_inside(household.id, **aban) is Outcome.DONE
    waiting = run_apart(lambda: second.hold(household.id, **azar)[0])
    if owner.execute("SELECT 1 FROM pg_constraint WHERE conname = 'one_help_a_window'").fetchone():
        wait_until_blocked(owner, second.connection.info.backend_pid)
    else:
        waiting.thread.join(60)
    first.commit()
    return waiting.result()


def test_window_holds_across_two_months(
    first: Giver, second: Giver, household: KnownHousehold, owner_cursor: psycopg.Cursor
) -> None:
    assert in_two_months(first, second, household, owner_cursor) is Outcome.SOFT
    assert counters_and_sums(owner_cursor) == []


def test_control_without_the_constraint_the_window_is_broken(
    no_window_guard: None, first: Giver, second: Giver, household: KnownHousehold, owner_cursor: psycopg.Cursor
) -> None:
    assert in_two_months(first, second, household, owner_cursor) is Outcome.DONE


def test_delivery_and_release_at_once_settle_once(
    first: Giver, new_connection: Callable[[], psycopg.Connection], mehr: Actor, household: KnownHousehold,
    owner_cursor: psycopg.Cursor,
) -> None:  # fmt: skip
    colleague = giver(new_connection, mehr)
    _, hold_id = first.hold(household.id)
    first.begin()
    first.connection.execute("SELECT ledger_settle(%s, %s, 2::smallint)", [AT, hold_id])
    waiting = run_apart(lambda: colleague.settle(hold_id, 3))
    wait_until_blocked(owner_cursor, colleague.connection.info.backend_pid)

    first.commit()

    assert waiting.result() is Outcome.SETTLED
    assert owner_cursor.execute("SELECT held, delivered FROM ledger_need").fetchone() == (0, 1)


def test_overlapping_batches_in_opposite_order_never_deadlock_and_never_double(
    first: Giver, second: Giver, mehr: Actor, omid: Actor, owner_cursor: psycopg.Cursor
) -> None:
    ids = [given_household(mehr, omid).id for _ in range(20)]
    first.begin()
    first.connection.execute(
        "SELECT ledger_hold(%(at)s, %(request)s, %(household)s, %(kind)s::smallint, %(period)s, %(quantity)s,"
        " %(standard)s, 1, %(expires)s, NULL, '')",
        hold_values(ids[10]),
    )
    waiting = run_apart(lambda: second.hold_many(list(reversed(ids))))
    wait_until_blocked(owner_cursor, second.connection.info.backend_pid)
    first.commit()
    outcomes = [row[0] for row in waiting.result()]

    assert outcomes.count(Outcome.DONE) == 19
    assert outcomes[9] == Outcome.COVERED
    assert counters_and_sums(owner_cursor) == []


def test_control_batches_without_locks_double_every_household(
    naive: None, first: Giver, second: Giver, mehr: Actor, omid: Actor, owner_cursor: psycopg.Cursor
) -> None:
    households = [given_household(mehr, omid) for _ in range(3)]
    for household in households:
        _open_need(owner_cursor, household)
    batch = "SELECT naive_hold(id, %s, gen_random_uuid()) FROM unnest(%s::bigint[]) AS id"
    ids = [household.id for household in households]

    first.begin()
    first.connection.execute(batch, [first.organisation_id, ids])
    second.ask(batch, [second.organisation_id, ids])
    first.commit()

    assert double_holds(owner_cursor) == 3


def test_one_sweep_at_a_time(
    first: Giver, new_connection: Callable[[], psycopg.Connection], household: KnownHousehold
) -> None:
    first.hold(household.id, expires=moment(-1))
    sweepers = [giver(new_connection, None) for _ in range(2)]
    sweepers[0].begin()
    found = sweepers[0].connection.execute("SELECT ledger_expire(%s, 10)", [AT]).fetchone()

    meanwhile = sweepers[1].expire(10)
    sweepers[0].commit()

    assert (found, meanwhile) == ((1,), 0)


def _open_need(owner: psycopg.Cursor, household: KnownHousehold) -> None:
    owner.execute(
        "INSERT INTO ledger_need (household_id, kind, period, target, province, county, opened_at)"
        " VALUES (%s, %s, %s, 1, '30', '3001', %s)",
        [household.id, NeedKind.CASH.value, PERIOD, AT],
    )

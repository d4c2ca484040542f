"""Households are merged and parted while others hold on both: no target is passed, no need opens beside.

The merge gives way: who holds aid is never rolled back for it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import psycopg
import pytest

from sakha.access.rules import Actor
from sakha.ledger.rules import HoldStatus, Outcome
from sakha.registry.actions.uniting import PeopleBusy, merge_households, undo_merge
from tests.ledger_cast import AT, KnownHousehold, an_officer, counters_and_sums, given_charity, given_household
from tests.races.givers import Giver, giver, run_apart, wait_until_blocked

pytestmark = pytest.mark.races
CLIENT_COUNT = 12
STEP_COUNT = 30
TARGET = 3


@pytest.fixture
def mehr(committed: None) -> Actor:
    return given_charity("خیریهٔ مهر")


@pytest.fixture
def pair(mehr: Actor) -> tuple[KnownHousehold, KnownHousehold]:
    return given_household(mehr), given_household(mehr)


@pytest.fixture
def one(new_connection: Callable[[], psycopg.Connection], mehr: Actor) -> Giver:
    return giver(new_connection, mehr)


def merge(pair: tuple[KnownHousehold, KnownHousehold]) -> int:
    return merge_households(actor=an_officer(), at=AT, household_ids=(pair[0].id, pair[1].id), reason="race").id


def live(one: Giver, pair: tuple[KnownHousehold, KnownHousehold], seed: int) -> Counter[str]:
    chance, seen = random.Random(seed), Counter[str]()
    for _ in range(STEP_COUNT):
        if one.held and chance.random() < 0.5:
            status = chance.choice([HoldStatus.DELIVERED, HoldStatus.RELEASED, HoldStatus.RELEASED])
            seen[one.settle(one.held.pop(), status.value).name] += 1
        elif chance.random() < 0.2:
            for outcome, hold_id in one.hold_many([home.id for home in pair], standard=TARGET):
                seen[Outcome(outcome).name] += 1
                one.held += [hold_id] if outcome == Outcome.DONE else []
        else:
            seen[one.hold(chance.choice(pair).id, standard=TARGET)[0].name] += 1
    return seen


def test_twelve_givers_on_both_households_while_they_are_merged_and_parted(
    pair: tuple[KnownHousehold, KnownHousehold], new_connection: Callable[[], psycopg.Connection], mehr: Actor,
    owner_cursor: psycopg.Cursor,
) -> None:  # fmt: skip
    givers = [giver(new_connection, mehr) for _ in range(CLIENT_COUNT)]
    working = [run_apart(lambda one=one, seed=seed: live(one, pair, seed)) for seed, one in enumerate(givers)]
    merge_id = None
    merges = 0
    while any(one.thread.is_alive() for one in working) or merge_id or not merges:
        with suppress(PeopleBusy):  # it gave way: the same step again
            if merge_id is None:
                merge_id = merge(pair)
                merges += 1
                assert counters_and_sums(owner_cursor) == []
            undo_merge(actor=an_officer(), at=AT, merge_id=merge_id)
            merge_id = None
    seen = sum((one.result() for one in working), Counter[str]())

    assert counters_and_sums(owner_cursor) == []
    final = merge(pair)
    assert final
    assert counters_and_sums(owner_cursor) == []
    over = "SELECT count(*) FROM ledger_need WHERE held + delivered > target OR household_id = %s AND target > 0"
    assert owner_cursor.execute(over, [pair[1].id]).fetchone() == (0,)
    assert seen["DONE"] > 0


def test_merge_gives_way_to_a_hold_that_is_not_committed_and_finds_it_afterwards(
    pair: tuple[KnownHousehold, KnownHousehold], one: Giver, owner_cursor: psycopg.Cursor
) -> None:
    one.hold(pair[0].id)
    one.begin()
    assert one.hold_inside(pair[1].id) is Outcome.DONE

    with pytest.raises(PeopleBusy):
        merge(pair)
    one.commit()
    merge(pair)

    found = owner_cursor.execute("SELECT count(*) FROM ledger_hold WHERE surplus_quantity = 1").fetchone()
    assert (found, counters_and_sums(owner_cursor)) == ((1,), [])


def hold_while_it_is_merged(
    pair: tuple[KnownHousehold, KnownHousehold], one: Giver, merger: psycopg.Connection, owner: psycopg.Cursor
) -> list[tuple[int]]:
    """A giver holds on a household without a need, while another transaction makes it part of the other."""
    kept, gone = pair
    merger.execute("BEGIN")
    merger.execute("SELECT set_config('sakha.scope', 'SYSTEM', true)")
    merger.execute("SELECT 1 FROM registry_household WHERE id IN (%s, %s) ORDER BY id FOR UPDATE", [kept.id, gone.id])
    merger.execute("UPDATE registry_household SET merged_into_id = %s WHERE id = %s", [kept.id, gone.id])
    waiting = run_apart(lambda: one.hold(gone.id))
    wait_until_blocked(owner, one.connection.info.backend_pid)
    merger.execute("COMMIT")
    assert waiting.result()[0] is Outcome.DONE
    return owner.execute("SELECT household_id FROM ledger_need WHERE target > 0").fetchall()


def test_need_never_opens_for_a_household_that_is_being_merged(
    pair: tuple[KnownHousehold, KnownHousehold], one: Giver, new_connection: Callable[[], psycopg.Connection],
    owner_cursor: psycopg.Cursor,
) -> None:  # fmt: skip
    opened = hold_while_it_is_merged(pair, one, new_connection(), owner_cursor)

    assert opened == [(pair[0].id,)]
    assert counters_and_sums(owner_cursor) == []


def test_control_without_the_guard_the_need_opens_beside(
    pair: tuple[KnownHousehold, KnownHousehold], one: Giver, new_connection: Callable[[], psycopg.Connection],
    owner_cursor: psycopg.Cursor,
) -> None:  # fmt: skip
    owner_cursor.execute("ALTER TABLE ledger_need DISABLE TRIGGER ledger_open_no_merged")
    try:
        opened = hold_while_it_is_merged(pair, one, new_connection(), owner_cursor)
    finally:
        owner_cursor.execute("ALTER TABLE ledger_need ENABLE TRIGGER ledger_open_no_merged")

    assert opened == [(pair[1].id,)]

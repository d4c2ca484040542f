"""Sixty-four real connections on the same few households: no need is overdrawn, no counter lies, nothing deadlocks."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import psycopg
import pytest

from sakha.access.rules import Actor
from sakha.ledger.rules import HoldStatus, Outcome
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import AT, a_request, counters_and_sums, given_charity, given_household
from tests.races.givers import NAIVE, PERIOD, Giver, double_holds, food_window, giver, moment, run_apart, run_together

pytestmark = [pytest.mark.races, pytest.mark.slow]
CLIENT_COUNT = 64
STEP_COUNT = 25
CASH_TARGET = 6


@pytest.fixture
def charities(committed: None) -> list[Actor]:
    return [given_charity(f"خیریهٔ {number}") for number in range(8)]


@pytest.fixture
def household_ids(charities: list[Actor]) -> list[int]:
    return [given_household(*charities).id for _ in range(10)]


@pytest.fixture
def givers(new_connection: Callable[[], psycopg.Connection], charities: list[Actor]) -> list[Giver]:
    return [giver(new_connection, charities[number % len(charities)]) for number in range(CLIENT_COUNT)]


def live_hostile(one: Giver, household_ids: list[int], seed: int) -> Counter[str]:
    """Hold, deliver and release at random; some holds are overdue from the start."""
    chance, seen = random.Random(seed), Counter[str]()
    for _ in range(STEP_COUNT):
        step = chance.random()
        if one.held and step < 0.4:
            status = chance.choice([HoldStatus.DELIVERED, HoldStatus.RELEASED, HoldStatus.RELEASED])
            hold_id = one.held.pop(chance.randrange(len(one.held)))
            seen[f"{status.name} {one.settle(hold_id, status.value).name}"] += 1
        elif step < 0.5:
            chosen = chance.sample(household_ids, 5)
            for outcome, hold_id in one.hold_many(chosen, standard=CASH_TARGET):
                seen[f"MANY {Outcome(outcome).name}"] += 1
                one.held += [hold_id] if outcome == Outcome.DONE else []
        else:
            seen[_hold_something(one, chance, household_ids).name] += 1
    return seen


def sweep_until(is_over: threading.Event, sweeper: Giver) -> int:
    """Expire all the while that the others live, and once more when they have ended."""
    freed_count = 0
    while not is_over.is_set():
        freed_count += sweeper.expire(20)
    return freed_count + sweeper.expire(1000)


def _hold_something(one: Giver, chance: random.Random, household_ids: list[int]) -> Outcome:
    household_id, expires = chance.choice(household_ids), moment(chance.choice([-1, 3]))
    if chance.random() < 0.5:
        quantity = chance.choice([1, 2])
        return one.hold(household_id, quantity=quantity, standard=CASH_TARGET, expires=expires)[0]
    days = chance.choice([0, 12])
    food = {"kind": NeedKind.FOOD.value, "period": PERIOD + days // 12, "span": food_window(moment(days).date())}
    return one.hold(household_id, expires=expires, **food)[0]


def test_hostile_crowd_never_gives_twice(
    givers: list[Giver], household_ids: list[int], new_connection: Callable[[], psycopg.Connection],
    owner_cursor: psycopg.Cursor,
) -> None:  # fmt: skip
    is_over = threading.Event()
    sweeping = [run_apart(partial(sweep_until, is_over, giver(new_connection, None))) for _ in range(3)]

    try:
        seen = run_together([partial(live_hostile, one, household_ids, number) for number, one in enumerate(givers)])
    finally:
        is_over.set()
    expired_count = sum(one.result() for one in sweeping)

    assert {"DONE", "COVERED", "MANY DONE", "DELIVERED DONE", "RELEASED DONE"} <= set(sum(seen, Counter()))
    assert expired_count > 0
    assert counters_and_sums(owner_cursor) == []
    assert double_holds(owner_cursor) == 0
    assert overlapping_windows(owner_cursor) == 0


def overlapping_windows(owner: psycopg.Cursor) -> int:
    found = owner.execute(
        """SELECT count(*) FROM ledger_hold a JOIN ledger_hold b ON b.household_id = a.household_id AND b.kind = a.kind
            AND b.id > a.id AND b.span && a.span WHERE a.status IN (1, 2) AND b.status IN (1, 2)"""
    ).fetchone()
    assert found is not None
    return int(found[0])


def test_sixty_four_for_one_parcel_give_one_parcel(
    givers: list[Giver], household_ids: list[int], owner_cursor: psycopg.Cursor
) -> None:
    answers = run_together([lambda one=one: [one.hold(each)[0] for each in household_ids] for one in givers])

    for outcomes in zip(*answers, strict=True):
        assert Counter(outcomes) == {Outcome.DONE: 1, Outcome.COVERED: CLIENT_COUNT - 1}
    assert double_holds(owner_cursor) == 0


def test_control_without_the_guard_sixty_four_give_more_than_once(
    givers: list[Giver], household_ids: list[int], owner_cursor: psycopg.Cursor
) -> None:
    owner_cursor.execute(
        "INSERT INTO ledger_need (household_id, kind, period, target, province, county, opened_at)"
        " SELECT id, 2, %s, 1, '30', '3001', %s FROM registry_household",
        [PERIOD, AT],
    )
    owner_cursor.execute(NAIVE)
    try:
        statement = "SELECT naive_hold(%s, %s, %s)"
        run_together(
            [
                lambda one=one: [one.ask(statement, [each, one.organisation_id, a_request()]) for each in household_ids]
                for one in givers
            ]
        )
    finally:
        owner_cursor.execute("DROP FUNCTION naive_hold")

    assert double_holds(owner_cursor) > 0
    assert counters_and_sums(owner_cursor) != []


def test_sixty_four_copies_of_one_request_are_one_hold(
    new_connection: Callable[[], psycopg.Connection], charities: list[Actor], household_ids: list[int],
    owner_cursor: psycopg.Cursor,
) -> None:  # fmt: skip
    twins, request = [giver(new_connection, charities[0]) for _ in range(CLIENT_COUNT)], a_request()

    answers = run_together(
        [lambda one=one: one.hold(household_ids[0], request=request, standard=CASH_TARGET) for one in twins]
    )

    assert Counter(outcome for outcome, _ in answers) == {Outcome.DONE: 1, Outcome.REPLAY: CLIENT_COUNT - 1}
    assert len({hold_id for _, hold_id in answers}) == 1
    assert owner_cursor.execute("SELECT sum(held) FROM ledger_need").fetchone() == (1,)


def test_sixty_four_overlapping_batches_hold_each_household_once(
    givers: list[Giver], household_ids: list[int], owner_cursor: psycopg.Cursor
) -> None:
    orders = [random.Random(seed).sample(household_ids, 8) for seed in range(CLIENT_COUNT)]

    answers = run_together(
        [lambda one=one, order=order: one.hold_many(order) for one, order in zip(givers, orders, strict=True)]
    )

    held = [
        household_id
        for order, rows in zip(orders, answers, strict=True)
        for household_id, (outcome, _) in zip(order, rows, strict=True)
        if outcome == Outcome.DONE
    ]
    assert sorted(held) == sorted(household_ids)
    assert counters_and_sums(owner_cursor) == []

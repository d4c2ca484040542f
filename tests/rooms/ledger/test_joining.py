"""Two households found to be one: their needs and holds come together, never over a target, and part again exactly."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.ledger.actions import (
    check_aid,
    deliver_aid,
    hold_aid,
    hold_many,
    open_needs,
    release_aid,
    verify_counters,
)
from sakha.ledger.actions.identity import link_identities
from sakha.ledger.rules import Outcome
from sakha.ledger.rules.results import HoldRequest, NeedToOpen
from sakha.registry.actions.linking import link_register
from sakha.registry.actions.uniting import MergeNotUndoable, merge_households, undo_merge
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import AT, KnownHousehold, a_request, an_officer, given_household

TABLES = ("registry_person", "registry_household", "registry_membership", "registry_record", "registry_fact",
          "registry_identity_question", "ledger_need", "ledger_hold")  # fmt: skip
LATER = AT + timedelta(hours=1)


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def tables() -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(f"SELECT t::text FROM {table} t ORDER BY id") for table in TABLES}


def hold(
    actor: Actor, household: KnownHousehold, quantity: int = 1, kind: NeedKind = NeedKind.FOOD, **other: Any
) -> int:
    result = hold_aid(
        actor=actor, at=other.pop("at", AT), household_id=household.id, kind=kind, quantity=quantity,
        request_id=a_request(), **other,
    )  # fmt: skip
    return result.require_held()


def merge(first: KnownHousehold, second: KnownHousehold, at: Any = LATER) -> int:
    card = merge_households(actor=an_officer(), at=at, household_ids=(first.id, second.id), reason="test")
    return card.id


@pytest.fixture
def pair(mehr: Actor, omid: Actor) -> tuple[KnownHousehold, KnownHousehold]:
    return given_household(mehr), given_household(omid)


def cash(household: KnownHousehold, target: int) -> NeedToOpen:
    return NeedToOpen(household_id=household.id, kind=NeedKind.CASH, period=140508, target=target)


def needs() -> list[tuple[Any, ...]]:
    return rows("SELECT household_id, target, held, delivered FROM ledger_need ORDER BY id")


def found() -> list[tuple[Any, ...]]:
    return rows("SELECT id, surplus_quantity FROM ledger_hold WHERE found_at IS NOT NULL ORDER BY id")


def test_what_both_gave_counts_once_and_the_rest_is_found_double_aid(mehr, omid, pair) -> None:
    first, second = pair
    given = hold(mehr, first)
    deliver_aid(actor=mehr, at=AT, hold_id=given)
    twin = hold(omid, second)
    deliver_aid(actor=omid, at=LATER, hold_id=twin)

    merge(first, second, LATER + timedelta(hours=1))

    assert needs() == [(first.id, 1, 0, 1), (second.id, 0, 0, 0)]
    assert found() == [(twin, 1)]
    assert rows("SELECT hold_id, quantity, worth_rial FROM ledger_event WHERE action = 8") == [(twin, 1, 10_000_000)]
    assert verify_counters(at=LATER) == 0


def test_open_hold_gives_way_to_delivered_aid_whoever_came_first(mehr, omid, pair) -> None:
    first, second = pair
    promised = hold(mehr, first)
    given = hold(omid, second, at=LATER)
    deliver_aid(actor=omid, at=LATER, hold_id=given)

    merge(first, second)

    assert found() == [(promised, 1)]
    assert needs()[0] == (first.id, 1, 0, 1)


def test_surplus_hold_counts_again_once_the_other_is_released(mehr, omid, pair) -> None:
    first, second = pair
    kept, surplus = hold(mehr, first), hold(omid, second)
    merge(first, second)
    assert found() == [(surplus, 1)]

    release_aid(actor=mehr, at=LATER, hold_id=kept)

    assert (found(), needs()[0]) == ([], (first.id, 1, 1, 0))
    deliver_aid(actor=omid, at=LATER, hold_id=surplus)
    assert (needs()[0], verify_counters(at=LATER)) == ((first.id, 1, 0, 1), 0)


def test_surplus_hold_that_is_released_frees_nothing(mehr, omid, pair) -> None:
    first, second = pair
    hold(mehr, first)
    surplus = hold(omid, second)
    merge(first, second)

    release_aid(actor=omid, at=LATER, hold_id=surplus)

    assert needs()[0] == (first.id, 1, 1, 0)
    assert verify_counters(at=LATER) == 0


def test_part_of_a_gift_counts_where_part_of_the_need_is_left(mehr, omid, pair) -> None:
    first, second = pair
    open_needs(actor=an_officer(), at=AT, needs=[cash(one, 100) for one in pair])
    hold(mehr, first, 70, NeedKind.CASH)
    half = hold(omid, second, 60, NeedKind.CASH, at=LATER)

    merge(first, second)

    assert needs()[0] == (first.id, 100, 100, 0)
    assert found() == [(half, 30)]


def test_a_need_that_only_one_has_moves_as_it_is(mehr, omid, pair) -> None:
    first, second = pair
    hold(omid, second, 500, NeedKind.CASH)

    merge(first, second)

    ((household_id, _, held, _),) = needs()
    assert (household_id, held, found()) == (first.id, 500, [])


def test_whoever_still_holds_the_old_number_is_led_to_the_one_household(mehr, omid, pair) -> None:
    first, second = pair
    hold(mehr, first)
    merge(first, second)

    answer = check_aid(actor=omid, at=LATER, kind=NeedKind.FOOD, household_id=second.id)
    by_person = check_aid(actor=omid, at=LATER, kind=NeedKind.FOOD, national_id=second.national_id)
    refused = hold_aid(actor=omid, at=LATER, household_id=second.id, kind=NeedKind.FOOD, quantity=1,
                       request_id=a_request())  # fmt: skip
    (many,) = hold_many(
        actor=omid,
        at=LATER,
        kind=NeedKind.FOOD,
        requests=[HoldRequest(household_id=second.id, quantity=1, request_id=a_request())],
    )

    assert answer.household_id == by_person.household_id == first.id
    assert (refused.outcome, many.outcome) == (Outcome.COVERED, Outcome.COVERED)
    assert len(needs()) == 1


def test_no_need_opens_for_a_household_that_is_another(mehr, omid, pair) -> None:
    first, second = pair
    merge(first, second)

    opened = open_needs(actor=an_officer(), at=LATER, needs=[cash(second, 100)])

    assert (opened, needs()) == (0, [])


def test_merge_and_parting_leave_every_row_as_it_was(mehr, omid, pair) -> None:
    first, second = pair
    deliver_aid(actor=mehr, at=AT, hold_id=hold(mehr, first))
    hold(omid, second)
    hold(omid, second, 900, NeedKind.CASH)
    before = tables()

    merge_id = merge(first, second)
    assert tables() != before
    undo_merge(actor=an_officer(), at=LATER, merge_id=merge_id)

    assert tables() == before


@pytest.mark.parametrize("seed", range(12))
def test_any_merge_keeps_every_target_and_its_parting_every_byte(mehr, omid, seed: int) -> None:
    chance = random.Random(seed)
    homes = [given_household(mehr, omid) for _ in range(2)]
    for step in range(chance.randint(2, 10)):
        at = AT + timedelta(minutes=step)
        actor, home = chance.choice((mehr, omid)), chance.choice(homes)
        kind = chance.choice((NeedKind.FOOD, NeedKind.CASH, NeedKind.HOME_GOODS))
        quantity = 1 if kind is not NeedKind.CASH else chance.choice((1_000_000, 20_000_000))
        result = hold_aid(actor=actor, at=at, household_id=home.id, kind=kind, quantity=quantity,
                          request_id=a_request(), reason=chance.choice(("", "بیماری در خانه")))  # fmt: skip
        if result.hold_id is not None:
            settle = chance.choice((deliver_aid, release_aid, None))
            if settle is not None:
                settle(actor=actor, at=at, hold_id=result.hold_id)
    before = tables()

    merge_id = merge(*homes)

    assert verify_counters(at=LATER) == 0
    assert rows("SELECT count(*) FROM ledger_need WHERE held + delivered > target") == [(0,)]
    assert rows("SELECT count(*) FROM ledger_hold WHERE household_id = %s", homes[1].id) == [(0,)]
    undo_merge(actor=an_officer(), at=LATER, merge_id=merge_id)
    assert tables() == before


def test_what_was_settled_meanwhile_is_counted_where_it_belongs_after_parting(mehr, omid, pair) -> None:
    first, second = pair
    hold(mehr, first)
    surplus = hold(omid, second)
    merge_id = merge(first, second)
    deliver_aid(actor=omid, at=LATER, hold_id=surplus)

    undo_merge(actor=an_officer(), at=LATER, merge_id=merge_id)

    assert needs() == [(first.id, 1, 1, 0), (second.id, 1, 0, 1)]
    assert (found(), verify_counters(at=LATER)) == ([], 0)


def test_what_was_held_while_joined_is_counted_when_they_are_joined_again(mehr, omid, pair) -> None:
    """The need came from the one that went, went back with the parting, and the other opened its own meanwhile."""
    kept, gone = pair
    open_needs(actor=SYSTEM, at=AT, needs=[cash(gone, 3)])
    first = merge(kept, gone)
    hold(mehr, kept, kind=NeedKind.CASH, at=LATER)
    undo_merge(actor=an_officer(), at=LATER, merge_id=first)
    open_needs(actor=SYSTEM, at=AT, needs=[cash(kept, 3)])
    hold(mehr, kept, kind=NeedKind.CASH, at=LATER)
    before = tables()

    second = merge(kept, gone)

    assert verify_counters(at=LATER) == 0
    assert rows("SELECT count(DISTINCT need_id), count(*) FROM ledger_hold") == [(1, 2)]
    undo_merge(actor=an_officer(), at=LATER, merge_id=second)
    assert tables()["ledger_hold"] == before["ledger_hold"]
    assert verify_counters(at=LATER) == 0


def test_a_merge_on_which_another_stands_is_not_taken_back_first(mehr, omid, pair) -> None:
    third = given_household(mehr)
    first = merge(*pair)
    merge(pair[0], third)

    with pytest.raises(MergeNotUndoable):
        undo_merge(actor=an_officer(), at=LATER, merge_id=first)


def test_nobody_but_the_functions_writes_what_was_joined(mehr, omid, pair) -> None:
    merge(*pair)
    for statement in ("UPDATE ledger_join SET parted_at = now()", "DELETE FROM ledger_join"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            rows(statement)


def test_certain_pair_of_two_helped_households_waits_for_people_and_merges_where_only_one_was_helped(
    pair: tuple[KnownHousehold, KnownHousehold], mehr: Actor, omid: Actor
) -> None:
    homes = [one.id for one in pair]
    rows(
        "UPDATE registry_person SET given_name = 'شهربانو', family_name = 'کاکاوند', father_name = 'قربانعلی',"
        " birth_on = '1961-05-07', birth_precision = 'DAY', gender = 'F' WHERE id IN"
        " (SELECT person_id FROM registry_membership WHERE household_id = ANY(%s)) RETURNING 1",
        homes,
    )
    rows(
        "UPDATE registry_person SET id_kind = 'NONE' WHERE id IN"
        " (SELECT person_id FROM registry_membership WHERE household_id = %s) RETURNING 1",
        homes[1],
    )
    hold(mehr, pair[0])
    promised = hold(omid, pair[1])

    both = link_identities(actor=SYSTEM, at=AT)
    asked = rows("SELECT state FROM registry_identity_question")
    rows("UPDATE registry_person SET linked_at = NULL RETURNING 1")
    with transaction.atomic():
        unguarded = link_register(actor=SYSTEM, at=AT, joins_aid=lambda _pairs: ())
        transaction.set_rollback(True)
    release_aid(actor=omid, at=AT, hold_id=promised)
    one = link_identities(actor=SYSTEM, at=AT)

    assert (both.merged_count, both.asked_count, asked) == (0, 1, [("OPEN",)])
    assert unguarded.merged_count == 1
    assert one.merged_count == 1

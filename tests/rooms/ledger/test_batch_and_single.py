"""A line of a batch is answered as a single one would be, whatever the asker has to do with the household."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction

from sakha.access.actions import close_files, open_files
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.ledger.actions import (
    ask_check,
    ask_check_many,
    ask_hold,
    ask_hold_many,
    check_aid,
    check_many,
    hold_aid,
    hold_many,
    release_aid,
)
from sakha.ledger.rules import HoldRequest, Outcome
from sakha.registry.actions.uniting import merge_households
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import AT, KnownHousehold, a_request, an_officer, given_household

FOOD, PURPOSE = NeedKind.FOOD, "آزمون"
LATER = AT + timedelta(hours=1)
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Ground:
    """Who asks, who knows the household, which number is named by which request, and to whom that number leads."""

    asker: Actor
    knower: Actor
    home: int
    request: UUID
    kept: int


def _at(asker: Actor, knower: Actor, home: KnownHousehold | int, request: UUID | None = None) -> Ground:
    number = home if isinstance(home, int) else home.id
    return Ground(asker, knower, number, request or a_request(), number)


def _ask(asker: Actor, home: KnownHousehold) -> None:
    check_aid(actor=asker, at=AT, national_id=home.national_id, kind=FOOD)


def _hold(actor: Actor, home: int, request: UUID, kind: NeedKind = FOOD) -> int:
    result = hold_aid(actor=actor, at=AT, household_id=home, kind=kind, quantity=1, request_id=request)
    return result.require_held()


def unknown(mehr: Actor, omid: Actor, *, is_protected: bool = False) -> Ground:
    return _at(omid, mehr, given_household(mehr, is_protected=is_protected))


def unknown_protected(mehr: Actor, omid: Actor) -> Ground:
    return unknown(mehr, omid, is_protected=True)


def nobody(mehr: Actor, omid: Actor) -> Ground:
    return _at(omid, mehr, 10**9)


def asked(mehr: Actor, omid: Actor, *, is_protected: bool = False) -> Ground:
    home = given_household(mehr, is_protected=is_protected)
    _ask(omid, home)
    return _at(omid, mehr, home)


def asked_protected(mehr: Actor, omid: Actor) -> Ground:
    return asked(mehr, omid, is_protected=True)


def known(mehr: Actor, omid: Actor) -> Ground:
    return _at(omid, mehr, given_household(mehr, omid))


def known_protected(mehr: Actor, omid: Actor) -> Ground:
    return _at(omid, mehr, given_household(mehr, omid, is_protected=True))


def covered(mehr: Actor, omid: Actor) -> Ground:
    home = given_household(mehr, omid)
    _hold(mehr, home.id, a_request())
    return _at(omid, mehr, home)


def taken_over(mehr: Actor, omid: Actor) -> Ground:
    home = given_household(mehr, is_protected=True)
    assert omid.organisation_id
    open_files(at=AT, files=[(omid.organisation_id, home.id)])
    return _at(omid, mehr, home)


def given_back(mehr: Actor, omid: Actor) -> Ground:
    ground = taken_over(mehr, omid)
    assert omid.organisation_id
    close_files(at=AT, files=[(omid.organisation_id, ground.home)])
    return ground


def merged(mehr: Actor, omid: Actor) -> Ground:
    first, second = given_household(mehr, omid), given_household(mehr, omid)
    merge_households(actor=an_officer(), at=AT, household_ids=(first.id, second.id), reason="test")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id, merged_into_id FROM registry_household WHERE merged_into_id IS NOT NULL")
        gone, kept = cursor.fetchone()
    return Ground(omid, mehr, gone, a_request(), kept)


def replayed(mehr: Actor, omid: Actor) -> Ground:
    home, request = given_household(mehr, omid), a_request()
    _hold(omid, home.id, request)
    return _at(omid, mehr, home, request)


def settled(mehr: Actor, omid: Actor) -> Ground:
    ground = replayed(mehr, omid)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_hold WHERE request_id = %s", [ground.request])
        (hold_id,) = cursor.fetchone()
    release_aid(actor=omid, at=AT, hold_id=hold_id)
    return ground


def mismatched_protected(mehr: Actor, omid: Actor) -> Ground:
    request = replayed(mehr, omid).request
    return _at(omid, mehr, given_household(mehr, is_protected=True), request)


def mismatched_nobody(mehr: Actor, omid: Actor) -> Ground:
    return _at(omid, mehr, 10**9, replayed(mehr, omid).request)


Relation = Callable[[Actor, Actor], Ground]
NOBODY_SEES: set[Relation] = {unknown, unknown_protected, nobody, given_back, mismatched_protected, mismatched_nobody}
ANSWERS: dict[Relation, Outcome] = {
    unknown: Outcome.UNKNOWN,
    unknown_protected: Outcome.UNKNOWN,
    nobody: Outcome.UNKNOWN,
    asked: Outcome.DONE,
    asked_protected: Outcome.PROTECTED,
    known: Outcome.DONE,
    known_protected: Outcome.DONE,
    covered: Outcome.COVERED,
    taken_over: Outcome.DONE,
    given_back: Outcome.UNKNOWN,
    merged: Outcome.DONE,
    replayed: Outcome.REPLAY,
    settled: Outcome.SETTLED,
    mismatched_protected: Outcome.MISMATCH,
    mismatched_nobody: Outcome.MISMATCH,
}
every_relation = pytest.mark.parametrize("relation", ANSWERS, ids=[one.__name__ for one in ANSWERS])


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens within leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def looks() -> list[int]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT household_id FROM access_entry WHERE purpose = %s ORDER BY id", [PURPOSE])
        return [row[0] for row in cursor.fetchall()]


@every_relation
def test_a_hold_in_a_batch_is_judged_as_a_single_one(mehr: Actor, omid: Actor, relation: Relation) -> None:
    ground = relation(mehr, omid)
    whose = {"actor": ground.asker, "at": LATER, "kind": FOOD}
    line = HoldRequest(household_id=ground.home, quantity=1, request_id=ground.request)
    with taken_back():
        single = hold_aid(household_id=ground.home, quantity=1, request_id=ground.request, **whose)
    with taken_back():
        (in_batch,) = hold_many(requests=[line], **whose)

    assert single.outcome is ANSWERS[relation]
    assert (in_batch.outcome, in_batch.open_quantity) == (single.outcome, single.open_quantity)
    assert (in_batch.hold_id is None) == (single.hold_id is None)


@every_relation
def test_a_programs_hold_shows_its_look_to_the_household_that_stands_now_or_to_nobody(
    mehr: Actor, omid: Actor, relation: Relation
) -> None:
    ground = relation(mehr, omid)
    whose = {"actor": ground.asker, "at": LATER, "kind": FOOD, "purpose": PURPOSE}
    expected = [] if relation in NOBODY_SEES else [ground.kept]
    with taken_back():
        single = ask_hold(household_id=ground.home, quantity=1, request_id=ground.request, **whose)
        assert looks() == expected
    with taken_back():
        (in_batch,) = ask_hold_many(
            household_ids=[ground.home], quantities=[1], request_ids=[ground.request.hex], **whose
        )
        assert looks() == expected
    assert (in_batch.outcome, in_batch.open_quantity) == (single.outcome, single.open_quantity)
    assert single.outcome is ANSWERS[relation]


@every_relation
def test_a_question_in_a_batch_is_answered_as_a_single_one(mehr: Actor, omid: Actor, relation: Relation) -> None:
    ground = relation(mehr, omid)
    whose = {"actor": ground.asker, "at": LATER, "kind": FOOD}
    with taken_back():
        single = check_aid(household_id=ground.home, **whose)
    with taken_back():
        (in_batch,) = check_many(household_ids=[ground.home], **whose)
    assert (in_batch.verdict, in_batch.household_id, in_batch.open_quantity, in_batch.free_on) == (
        single.verdict, single.household_id, single.open_quantity, single.free_on
    )  # fmt: skip
    with taken_back():
        program = ask_check(household_id=ground.home, purpose=PURPOSE, **whose)
        told = looks()
    with taken_back():
        (programs,) = ask_check_many(household_ids=[ground.home], purpose=PURPOSE, **whose)
        assert looks() == told == ([] if single.household_id is None else [ground.kept])
    assert (programs.verdict, programs.household_id) == (program.verdict, program.household_id)

"""Two bodies take the same introduction at once, over connections of their own: one gets it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from django.db import connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.coordination.actions.answering_introductions import note_contact, take_introduction
from sakha.coordination.actions.settling_introductions import follow_introductions
from sakha.coordination.rules.introductions import CLAIM_TIME, IntroductionTaken
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import rows
from tests.introduction_cast import given_giver, given_needy, introduce, the_introduction
from tests.ledger_cast import AT
from tests.races.givers import run_behind, wait_until_blocked

pytestmark = pytest.mark.races


def at_once(takers: list[Actor], take: Callable[[Actor], str]) -> list[str]:
    together = Barrier(len(takers))

    def run(taker: Actor) -> str:
        together.wait(timeout=30)
        try:
            return take(taker)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(takers)) as pool:
        return sorted(pool.map(run, takers))


def given_offered() -> tuple[int, list[Actor]]:
    takers = [given_giver(name, NeedKind.FOOD) for name in ("مهر", "امید", "نور")]
    home = given_needy(NeedKind.FOOD)
    introduce()
    return the_introduction(home)[0], takers


def taken_offers(introduction_id: int) -> int:
    [(count,)] = rows(
        "SELECT count(*) FROM coordination_offer WHERE introduction_id = %s AND state = 'TAKEN'", introduction_id
    )
    return int(str(count))


def test_one_of_three_gets_it(committed: None) -> None:
    introduction_id, takers = given_offered()

    def take(taker: Actor) -> str:
        try:
            take_introduction(actor=taker, at=AT, introduction_id=introduction_id)
        except IntroductionTaken:
            return "too late"
        return "taken"

    assert at_once(takers, take) == ["taken", "too late", "too late"]
    assert taken_offers(introduction_id) == 1


def test_who_speaks_with_the_household_at_the_last_moment_keeps_the_promise(
    committed: None, owner_cursor: psycopg.Cursor
) -> None:
    introduction_id, [taker, *_] = given_offered()
    take_introduction(actor=taker, at=AT, introduction_id=introduction_id)

    def follow() -> int:
        return follow_introductions(actor=SYSTEM, at=AT + CLAIM_TIME).lapsed_count

    with transaction.atomic():
        note_contact(actor=taker, at=AT + CLAIM_TIME / 2, introduction_id=introduction_id)
        running, pid = run_behind(follow)
        wait_until_blocked(owner_cursor, pid)

    assert running.result() == 0
    assert taken_offers(introduction_id) == 1


def test_control_who_looks_first_and_takes_then_is_one_of_three_takers(
    committed: None, owner_cursor: psycopg.Cursor
) -> None:
    introduction_id, takers = given_offered()
    looked = Barrier(len(takers))

    def take(taker: Actor) -> str:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT state FROM coordination_introduction WHERE id = %s", [introduction_id])
            assert cursor.fetchone() == ("OFFERED",)
            looked.wait(timeout=30)
            cursor.execute(
                "UPDATE coordination_offer SET state = 'TAKEN' WHERE introduction_id = %s AND organisation_id = %s",
                [introduction_id, taker.organisation_id],
            )
        return "taken"

    [(index,)] = owner_cursor.execute(
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'one_taker_an_introduction'"
    ).fetchall()
    owner_cursor.execute("DROP INDEX one_taker_an_introduction")
    try:
        assert at_once(takers, take) == ["taken"] * 3
        assert taken_offers(introduction_id) == 3
    finally:
        owner_cursor.execute(
            "UPDATE coordination_offer SET state = 'LAPSED' WHERE introduction_id = %s", [introduction_id]
        )
        owner_cursor.execute(index)

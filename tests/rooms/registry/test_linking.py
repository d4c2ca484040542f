"""The register is compared with itself: the certain become one, the likely are asked about, nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing
from sakha.registry.actions.answering import recheck_questions
from sakha.registry.actions.desk_keys import fill_desk_keys
from sakha.registry.actions.linking import RegisterLinked, link_register
from sakha.registry.actions.uniting import AidJudge, undo_merge, unite_pairs
from sakha.registry.queries.identity import waiting_questions
from tests.rooms.registry.given import AT, load, person_row, workbook

WITHOUT = {"کد ملی": ""}


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def told(number: int, case: str = "", **other: Any) -> list[Any]:
    mobile = f"0935{(number * 7919 + 1_234_567) % 10**7:07d}"
    return person_row(number, case=case or str(number // 2), **{"موبایل": mobile} | other)


def nobody_is_helped(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    return set()


def link(actor: Actor, joins_aid: AidJudge = nobody_is_helped) -> RegisterLinked:
    return link_register(actor=actor, at=AT, joins_aid=joins_aid)


@pytest.fixture
def known(cast: Any) -> Any:
    """Sixty people whom two charities know, every fourth at the second one without a number, half a file each."""
    numbers = range(100, 160)
    load(cast.mehr_staff, workbook([told(one) for one in numbers]))
    load(cast.agency_staff, workbook([told(one, **(WITHOUT if one % 4 == 0 else {})) for one in numbers]))
    return cast


def test_certain_are_merged_and_the_next_run_finds_nobody_new(known: Any) -> None:
    done = link(SYSTEM)
    again = link(SYSTEM)

    assert (done.person_count, done.new_count) == (75, 75)
    assert done.merged_count + done.asked_count >= 14
    assert done.merged_count >= 10
    assert (again.new_count, again.merged_count, again.asked_count) == (0, 0, 0)
    assert rows("SELECT count(*) FROM registry_merge") == [(done.merged_count,)]
    assert rows("SELECT count(*) FROM registry_membership WHERE to_on IS NULL") == [(75 - done.merged_count,)]


def test_merge_that_was_taken_back_is_not_made_again(known: Any) -> None:
    link(SYSTEM)
    ((merge_id,),) = rows("SELECT max(id) FROM registry_merge")
    undo_merge(actor=known.nation_officer, at=AT, merge_id=merge_id)
    rows("UPDATE registry_person SET linked_at = NULL RETURNING 1")

    again = link(SYSTEM)

    assert (again.new_count > 0, again.merged_count) == (True, 0)


def test_merges_made_by_one_statement_are_taken_back_byte_by_byte(known: Any) -> None:
    tables = ("registry_membership", "registry_record", "registry_fact", "registry_household")
    snapshot = [f"SELECT t::text FROM {table} t ORDER BY id" for table in tables]
    before = [rows(statement) for statement in snapshot]
    link(SYSTEM)
    assert [rows(statement) for statement in snapshot] != before

    for (merge_id,) in rows("SELECT id FROM registry_merge ORDER BY id DESC"):
        undo_merge(actor=known.nation_officer, at=AT, merge_id=merge_id)

    assert [rows(statement) for statement in snapshot] == before


def test_pairs_that_touch_an_earlier_one_wait_and_those_gone_are_named(known: Any) -> None:
    # of four households: a pair that shares one with an earlier pair waits as well
    first, second, third, fourth = (
        person_id
        for (person_id,) in rows(
            "SELECT min(person_id) FROM registry_membership GROUP BY household_id ORDER BY 1 LIMIT 4"
        )
    )
    pairs = [(first, second), (second, third), (third, fourth), (first, 0)]

    united = unite_pairs(actor=SYSTEM, at=AT, pairs=pairs, reason="test", joins_aid=nobody_is_helped)

    assert united.followed == [(first, second), (third, fourth)]
    assert (united.waiting, united.gone) == ([(second, third)], [(first, 0)])


def test_whoever_is_worked_on_is_left_for_the_next_comparison_alone(
    committed_cast: Any, new_connection: Callable[[], psycopg.Connection]
) -> None:
    numbers = range(100, 140)
    load(committed_cast.mehr_staff, workbook([told(one) for one in numbers]))
    load(committed_cast.agency_staff, workbook([told(one, **(WITHOUT if one % 4 == 0 else {})) for one in numbers]))
    worker = new_connection()
    with worker.transaction():
        worker.execute("SELECT set_config('sakha.scope', 'SYSTEM', true)")
        worker.execute("SELECT id FROM registry_person WHERE id_kind = 'NONE' AND id % 2 = 0 FOR NO KEY UPDATE")
        done = link(SYSTEM)
    later = link(SYSTEM)

    assert (done.merged_count > 0, done.busy_count > 0) == (True, True)
    assert (later.merged_count >= done.busy_count, later.busy_count) == (True, 0)


def test_nobody_is_merged_into_a_protected_household_without_a_look(known: Any) -> None:
    rows("UPDATE registry_household SET is_protected = true RETURNING 1")

    done = link(SYSTEM)

    assert (done.merged_count, len(waiting_questions(actor=known.province_officer)) > 0) == (0, True)


def test_where_aid_would_come_together_people_are_asked_and_without_the_guard_it_merges(known: Any) -> None:
    load(known.mehr_staff, workbook([told(one, case=f"z{one}", **WITHOUT) for one in range(100, 120, 4)]))
    joined = "SELECT count(*) FROM registry_merge WHERE gone_household_id IS NOT NULL"
    open_ones = "SELECT count(*) FROM registry_identity_question WHERE state = 'OPEN'"
    helped = link(SYSTEM, joins_aid=set)
    guarded, waiting = rows(joined), rows(open_ones)
    withdrawn = recheck_questions(at=AT + timedelta(days=1))
    rows("UPDATE registry_person SET linked_at = NULL RETURNING 1")

    link(SYSTEM)

    assert (guarded, helped.asked_count > 0, waiting, withdrawn) == ([(0,)], True, [(helped.asked_count,)], 0)
    assert rows(joined) > [(0,)]


def test_who_was_told_apart_is_not_joined_by_a_third(known: Any) -> None:
    # of each of these there are three records now, and somebody said of two of them that they differ
    numbers = range(100, 120, 4)
    load(known.mehr_staff, workbook([told(one, case=f"z{one}", **WITHOUT) for one in numbers]))
    trios = [
        ids
        for (ids,) in rows(
            "SELECT array_agg(id ORDER BY id) FROM registry_person GROUP BY mobile_index HAVING count(*) = 3 ORDER BY 1"
        )
    ]
    for _, second, third in trios:
        rows(
            "INSERT INTO registry_identity_question (kind, person_id, other_person_id, features, joins_aid, state,"
            " asked_at, decided_at, province, county, told_key) VALUES"
            " ('PAIR', %s, %s, '[]', false, 'DIFFERENT', %s, %s, '', '', '') RETURNING 1",
            second, third, AT, AT,
        )  # fmt: skip
    assert len(trios) == len(numbers)

    link(SYSTEM)

    now = dict(rows("SELECT id, coalesce(merged_into_id, id) FROM registry_person"))
    assert [one for one in trios if now[one[1]] == now[one[2]]] == []
    assert sum(len({now[person] for person in one}) < len(one) for one in trios) > 0


def test_only_the_system_compares_everybody(known: Any) -> None:
    with pytest.raises(PermissionMissing):
        link(known.nation_officer)


def test_keys_of_the_desk_are_made_for_rows_that_have_none(known: Any) -> None:
    before = rows(
        "SELECT id, given_skeleton, family_skeleton, father_skeleton, id_tail_index FROM registry_person ORDER BY 1"
    )
    rows("UPDATE registry_person SET given_skeleton = '', id_tail_index = NULL, desk_version = 0 RETURNING 1")

    filled = fill_desk_keys(actor=SYSTEM, limit=50) + fill_desk_keys(actor=SYSTEM, limit=50)

    assert (filled, fill_desk_keys(actor=SYSTEM)) == (75, 0)
    assert before == rows(
        "SELECT id, given_skeleton, family_skeleton, father_skeleton, id_tail_index FROM registry_person ORDER BY 1"
    )

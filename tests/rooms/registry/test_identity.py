"""People decide who is who: a row in doubt waits and loads by itself, a pair is asked once, a merge parts again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.ledger.actions import decide_identity, hold_aid
from sakha.registry.actions import answering
from sakha.registry.actions.answering import (
    QuestionAnswered,
    QuestionNotYours,
    QuestionUnknown,
    SecondPersonNeeded,
    recheck_questions,
)
from sakha.registry.actions.asking import PairToAsk, ask_about_pairs
from sakha.registry.actions.uniting import MergeNotUndoable, undo_merge, unite_persons
from sakha.registry.queries import HouseholdUnknown, get_household_file, get_intake_file
from sakha.registry.queries.identity import get_question, queue_counts, waiting_questions, waiting_rows
from sakha.registry.rules.identity_pairs import PairVerdict
from sakha.registry.rules.identity_states import QuestionState
from sakha.vocabulary.need_kinds import NeedKind
from tests.ledger_cast import a_request
from tests.rooms.registry.given import AT, check, load, person_row, table, workbook

KNOWN = {"نام": "زهرا", "نام خانوادگی": "رضایی", "نام پدر": "حسن", "تاریخ تولد": "1365/03/02"}
STRANGER = {"نام": "مریم", "نام خانوادگی": "نوری", "نام پدر": "", "تاریخ تولد": "1365/09/20", "موبایل": "09350000000"}
TABLES = ("registry_person", "registry_household", "registry_membership", "registry_record", "registry_fact",
          "registry_identity_question", "ledger_need", "ledger_hold")  # fmt: skip
SAME, DIFFERENT, UNKNOWN = QuestionState.SAME, QuestionState.DIFFERENT, QuestionState.UNKNOWN
LATER = AT + timedelta(hours=1)


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def tables() -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(f"SELECT t::text FROM {table} t ORDER BY id") for table in TABLES}


def answer(actor: Any, question_id: int, said: QuestionState) -> Any:
    return decide_identity(actor=actor, at=LATER, question_id=question_id, answer=said)


def only_question(actor: Any) -> int:
    (question,) = waiting_questions(actor=actor)
    return question.id


@pytest.fixture
def waiting(cast: Any) -> Any:
    """Mehr knows Zahra; Noor, of another county, tells of Maryam under her number, in a file with somebody else."""
    load(cast.mehr_staff, workbook([person_row(10, **KNOWN)]))
    card = load(cast.noor_head, workbook([person_row(10, **STRANGER), person_row(20)]))
    return cast, card


def test_row_in_doubt_waits_as_a_question_that_an_office_sees(waiting: Any) -> None:
    cast, card = waiting

    assert (card.record_count, card.problem_count, waiting_rows(actor=cast.noor_head, file_id=card.id)) == (1, 1, 1)
    seen = get_question(actor=cast.province_officer, at=LATER, question_id=only_question(cast.province_officer))
    assert (seen.left.given_name, seen.right.given_name, seen.right.is_waiting_row) == ("زهرا", "مریم", True)
    assert {one.field for one in seen.features} >= {"given", "family", "national_id"}
    assert seen.left.identifier.startswith("••••")
    assert waiting_questions(actor=cast.karaj_officer) == []


def test_answered_same_the_row_loads_by_itself_about_the_known_person(waiting: Any) -> None:
    cast, card = waiting

    done = answer(cast.province_officer, only_question(cast.province_officer), SAME)

    after = get_intake_file(actor=cast.noor_head, file_id=card.id)
    assert (done.has_loaded, after.record_count, after.problem_count, after.person_count) == (True, 2, 0, 1)
    assert rows("SELECT count(DISTINCT organisation_id) FROM registry_record r JOIN registry_person p"
                " ON p.id = r.person_id WHERE p.given_name = 'زهرا'") == [(2,)]  # fmt: skip


def test_answered_different_the_row_loads_without_the_number(waiting: Any) -> None:
    cast, card = waiting

    done = answer(cast.province_officer, only_question(cast.province_officer), DIFFERENT)

    after = get_intake_file(actor=cast.noor_head, file_id=card.id)
    assert (done.has_loaded, after.record_count, after.problem_count, after.person_count) == (True, 2, 0, 2)
    assert rows("SELECT id_kind FROM registry_person WHERE given_name = 'مریم'") == [("NONE",)]


@pytest.mark.parametrize(("said", "problem_count"), [(SAME, 0), (DIFFERENT, 0), (UNKNOWN, 1)])
def test_what_was_answered_is_not_asked_again_when_the_row_comes_changed(
    waiting: Any, said: QuestionState, problem_count: int
) -> None:
    cast, _ = waiting
    answer(cast.province_officer, only_question(cast.province_officer), said)

    again = load(cast.noor_head, workbook([person_row(10, **STRANGER, **{"تعداد اتاق": 9})]))

    assert (again.record_count, again.problem_count) == (1 - problem_count, problem_count)
    assert waiting_questions(actor=cast.province_officer) == []


def test_row_of_a_file_that_is_not_loaded_yet_loads_with_the_rest(cast: Any) -> None:
    load(cast.mehr_staff, workbook([person_row(10, **KNOWN)]))
    card = check(cast.noor_head, workbook([person_row(10, **STRANGER), person_row(20)]))

    done = answer(cast.province_officer, only_question(cast.province_officer), SAME)

    after = get_intake_file(actor=cast.noor_head, file_id=card.id)
    assert (done.has_loaded, after.valid_count, after.problem_count, after.record_count) == (False, 2, 0, 0)


def test_charity_answers_only_where_both_sides_are_its_own(waiting: Any) -> None:
    cast, _ = waiting
    question_id = only_question(cast.province_officer)

    assert waiting_questions(actor=cast.noor_head) == []
    with pytest.raises(QuestionNotYours):
        answer(cast.noor_head, question_id, SAME)
    for stranger, refusal in (("mehr_head", QuestionUnknown), ("other_province_officer", QuestionUnknown),
                              ("mehr_staff", PermissionMissing)):  # fmt: skip
        with pytest.raises(refusal):
            answer(getattr(cast, stranger), question_id, SAME)

    load(cast.mehr_staff, table([person_row(10, **STRANGER)]))
    done = answer(cast.mehr_head, only_question(cast.mehr_head), SAME)
    assert done.state is SAME


def test_question_is_answered_once(waiting: Any) -> None:
    cast, _ = waiting
    question_id = only_question(cast.province_officer)
    answer(cast.province_officer, question_id, UNKNOWN)

    with pytest.raises(QuestionAnswered):
        answer(cast.province_officer, question_id, SAME)
    assert queue_counts(actor=cast.province_officer).decided == 1


def test_question_of_a_file_that_is_given_up_is_withdrawn(cast: Any) -> None:
    from sakha.registry.actions import cancel_file

    load(cast.mehr_staff, workbook([person_row(10, **KNOWN)]))
    card = check(cast.noor_head, workbook([person_row(10, **STRANGER)]))
    cancel_file(actor=cast.noor_head, at=LATER, file_id=card.id)

    assert rows("SELECT state FROM registry_identity_question") == [("WITHDRAWN",)]


def test_question_that_nothing_supports_any_more_withdraws_itself_and_the_row_loads(waiting: Any) -> None:
    cast, card = waiting
    rows("UPDATE registry_person SET given_name = 'مریم', family_name = 'نوری' WHERE given_name = 'زهرا' RETURNING 1")

    assert recheck_questions(at=LATER) == 1
    after = get_intake_file(actor=cast.noor_head, file_id=card.id)
    assert (after.record_count, after.problem_count) == (2, 0)
    assert rows("SELECT state FROM registry_identity_question") == [("WITHDRAWN",)]


# --- two persons of the register -------------------------------------------------------------------------------------

TWIN = KNOWN | {"کد ملی": "", "نام": "سیده زهرا", "نام خانوادگی": "رضائی"}


@pytest.fixture
def pair(cast: Any) -> Any:
    """The same woman at two charities of one county, once without her number; each with a household of its own."""
    load(cast.mehr_staff, workbook([person_row(10, case="1", relation="سرپرست", **KNOWN),
                                    person_row(11, case="1", relation="فرزند")]))  # fmt: skip
    load(cast.agency_staff, workbook([person_row(10, case="7", relation="سرپرست", **TWIN),
                                      person_row(12, case="7", relation="فرزند")]))  # fmt: skip
    (first,), (second,) = rows("SELECT id FROM registry_person WHERE family_name IN ('رضایی', 'رضائی')"
                               " AND father_name = 'حسن' ORDER BY id_kind = 'NONE', id")  # fmt: skip
    ask_about_pairs([PairToAsk(first, second, 2.5, ())], at=AT)
    return cast, first, second


def homes() -> list[tuple[Any, ...]]:
    return rows("SELECT household_id, array_agg(relation::text ORDER BY relation) FROM registry_membership"
                " WHERE to_on IS NULL GROUP BY 1 ORDER BY 1")  # fmt: skip


def test_an_answer_given_while_questions_are_looked_at_again_is_not_written_over(
    pair: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, _, _ = pair
    children = [one for (one,) in rows("SELECT person_id FROM registry_membership WHERE relation = 'CHILD' ORDER BY 1")]
    ask_about_pairs([PairToAsk(children[0], children[1], 2.0, ())], at=AT)
    (first,), (second,) = rows("SELECT id FROM registry_identity_question ORDER BY id")
    read = answering.person_views

    def answered_meanwhile(person_ids: Any) -> Any:
        monkeypatch.setattr(answering, "person_views", read)
        answer(cast.province_officer, second, DIFFERENT)
        return read(person_ids)

    monkeypatch.setattr(answering, "person_views", answered_meanwhile)
    monkeypatch.setattr(answering, "judge_weight", lambda _weight: PairVerdict.LEAVE)

    assert recheck_questions(at=LATER) == 1
    assert rows("SELECT id, state FROM registry_identity_question ORDER BY id") == [
        (first, "WITHDRAWN"), (second, "DIFFERENT"),
    ]  # fmt: skip


def test_answered_same_two_heads_become_one_and_their_households_join(pair: Any) -> None:
    cast, first, second = pair
    done = answer(cast.province_officer, only_question(cast.province_officer), SAME)

    assert done.merge_id is not None
    assert [relations for _, relations in homes()] == [["CHILD", "CHILD", "HEAD"]]
    assert rows("SELECT merged_into_id FROM registry_person WHERE id = %s", second) == [(first,)]
    assert rows("SELECT count(*) FROM registry_record WHERE person_id = %s", first) == [(2,)]


def test_merge_of_persons_is_taken_back_byte_by_byte(pair: Any) -> None:
    cast, first, second = pair
    before = tables()
    card = unite_persons(actor=cast.province_officer, at=LATER, person_ids=(first, second), reason="test")
    assert tables() != before

    undo_merge(actor=cast.province_officer, at=LATER, merge_id=card.id)

    assert tables() == before


def test_only_who_oversees_the_area_takes_a_merge_back(pair: Any) -> None:
    from sakha.registry.actions.uniting import MergeUnknown

    cast, first, second = pair
    card = unite_persons(actor=SYSTEM, at=LATER, person_ids=(first, second), reason="test")

    for stranger, refusal in (("noor_head", MergeUnknown), ("other_province_officer", MergeUnknown),
                              ("mehr_staff", PermissionMissing)):  # fmt: skip
        with pytest.raises(refusal):
            undo_merge(actor=getattr(cast, stranger), at=LATER, merge_id=card.id)
    undo_merge(actor=cast.province_officer, at=LATER, merge_id=card.id)
    with pytest.raises(MergeUnknown):
        undo_merge(actor=cast.province_officer, at=LATER, merge_id=card.id)


def test_merge_that_moved_on_is_not_taken_back(pair: Any) -> None:
    cast, first, second = pair
    card = unite_persons(actor=SYSTEM, at=LATER, person_ids=(first, second), reason="test")
    (child, _), _ = rows("SELECT person_id, 1 FROM registry_membership WHERE relation = 'CHILD' ORDER BY 1")
    unite_persons(actor=SYSTEM, at=LATER, person_ids=(first, child), reason="test")

    with pytest.raises(MergeNotUndoable):
        undo_merge(actor=cast.province_officer, at=LATER, merge_id=card.id)


def test_file_under_the_number_of_a_merged_household_is_the_file_of_the_one_it_is(pair: Any) -> None:
    cast, first, second = pair
    ((gone, _), (stays, _)) = sorted(homes(), reverse=True)
    unite_persons(actor=SYSTEM, at=LATER, person_ids=(first, second), reason="test")

    read = get_household_file(actor=cast.agency_staff, at=LATER, household_id=gone)

    assert (read.id, len(read.members)) == (stays, 3)
    with pytest.raises(HouseholdUnknown):
        get_household_file(actor=cast.noor_head, at=LATER, household_id=gone)


@pytest.mark.parametrize("said", [DIFFERENT, UNKNOWN])
def test_decided_pair_never_comes_back(pair: Any, said: QuestionState) -> None:
    cast, first, second = pair
    answer(cast.province_officer, only_question(cast.province_officer), said)

    assert ask_about_pairs([PairToAsk(second, first, 4.0, ())], at=LATER) == 0
    assert waiting_questions(actor=cast.province_officer) == []


def test_who_was_told_apart_stays_apart_under_whatever_name(pair: Any) -> None:
    cast, first, second = pair
    answer(cast.province_officer, only_question(cast.province_officer), DIFFERENT)
    load(cast.noor_head, workbook([person_row(30, **TWIN | {"کد ملی": person_row(30)[4]})]))
    ((third,),) = rows("SELECT max(id) FROM registry_person")
    unite_persons(actor=SYSTEM, at=LATER, person_ids=(second, third), reason="test")

    assert ask_about_pairs([PairToAsk(first, third, 4.0, ())], at=LATER) == 0


def test_where_aid_of_two_households_comes_together_a_second_person_is_needed(pair: Any) -> None:
    cast, _, _ = pair
    for actor, (household_id, _) in zip((cast.mehr_staff, cast.agency_staff), homes(), strict=True):
        hold_aid(actor=actor, at=AT, household_id=household_id, kind=NeedKind.FOOD, quantity=1,
                 request_id=a_request()).require_held()  # fmt: skip
    question_id = only_question(cast.province_officer)

    assert answer(cast.province_officer, question_id, SAME).waits_for_second
    with pytest.raises(SecondPersonNeeded):
        answer(cast.province_officer, question_id, SAME)
    assert len(homes()) == 2
    done = answer(cast.nation_officer, question_id, SAME)

    assert (done.state, len(homes())) == (SAME, 1)
    assert rows("SELECT held, delivered FROM ledger_need WHERE target > 0") == [(1, 0)]


def test_number_of_whoever_was_merged_leads_to_the_one_person_also_in_the_next_file(pair: Any) -> None:
    cast, first, second = pair
    unite_persons(actor=SYSTEM, at=LATER, person_ids=(first, second), reason="test")

    card = load(cast.agency_staff, workbook([person_row(10, case="7", relation="سرپرست", **TWIN, **{"تعداد اتاق": 8})]))

    assert (card.record_count, card.person_count, card.household_count) == (1, 0, 0)
    assert rows("SELECT count(*) FROM registry_record WHERE person_id = %s", second) == [(0,)]

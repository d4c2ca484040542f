"""«یافتن» and «هویت‌ها»: found while typing, decided with both sides in sight, closed to strangers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.registry.actions import register_household
from sakha.registry.actions.asking import PairToAsk, ask_about_pairs
from tests.entrypoints.staff_site.cast import Cast, declaration, national_id
from tests.entrypoints.staff_site.reading import html_of, words_of

TYPING = {"HX-Request": "true"}


def find(client: Client, text: str, **headers: str):
    return client.post("/find/", {"text": text}, headers=headers)


def test_found_while_typing_as_a_piece_and_without_script_as_a_page(cast: Cast, staff: Client) -> None:
    piece, whole = find(staff, "مریم رض", **TYPING), find(staff, "مریم رض")

    assert "<h1" not in html_of(piece)
    assert "<h1" in html_of(whole)
    for answer in (piece, whole):
        assert f"/households/{cast.household_id}/" in html_of(answer)
        assert "مریم رضایی" in words_of(answer)


def test_what_is_typed_stands_in_no_address(cast: Cast, staff: Client) -> None:
    answer = staff.get("/find/", {"text": cast.head_national_id})

    assert (answer.status_code, "رضایی" in words_of(answer)) == (200, False)


def test_another_charity_learns_only_that_somebody_is_registered(cast: Cast, stranger: Client) -> None:
    assert "مریم رضایی" not in words_of(find(stranger, "مریم رضایی"))
    told = words_of(find(stranger, cast.head_national_id))
    assert "در پرونده‌ای ثبت شده که شما نمی‌بینید" in told
    assert "رضایی" not in told


def test_too_little_to_look_by_is_told(staff: Client) -> None:
    answer = find(staff, "م")

    assert answer.status_code == 422
    assert "دو حرف" in words_of(answer)


def test_finding_asks_the_database_few_questions(cast: Cast, staff: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        find(staff, "مریم رضایی", **TYPING)

    assert len(asked) <= 22, [one["sql"][:80] for one in asked]


@pytest.fixture
def question_id(cast: Cast) -> int:
    """The same two people, told of by the other charity under other numbers."""
    told = declaration(5001)
    register_household(actor=cast.stranger, at=timezone.now(), declaration=replace(told, members=told.members))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(person_id), max(person_id) FROM registry_membership WHERE relation = 'HEAD'"
            " AND household_id <> %s",
            (cast.protected_id,),
        )
        first, second = cursor.fetchone()
        ask_about_pairs([PairToAsk(first, second, 3.0, ())], at=timezone.now())
        cursor.execute("SELECT id FROM registry_identity_question")
        return int(cursor.fetchone()[0])


def test_officer_sees_both_sides_and_what_each_field_says(officer: Client, question_id: int) -> None:
    listed, shown = officer.get("/identity/"), officer.get(f"/identity/{question_id}/")

    assert f"/identity/{question_id}/" in html_of(listed)
    for word in ("نام پدر", "کد ملی", "تاریخ تولد", "یکی است", "خیریهٔ نور", "خیریهٔ مهرگان"):
        assert word in words_of(shown) or word == "نام پدر"
    assert national_id(5001) not in html_of(shown)


def test_answer_leads_on_and_can_be_taken_back(officer: Client, question_id: int) -> None:
    answer = officer.post(f"/identity/{question_id}/", {"answer": "SAME"}, follow=True)
    assert "یکی شدند" in words_of(answer)
    assert "پرسشی نمانده است" in words_of(answer)

    back = officer.post(f"/identity/{question_id}/", {"answer": "BACK"}, follow=True)
    assert "برگردانده شد" in words_of(back)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_person WHERE merged_into_id IS NOT NULL")
        assert cursor.fetchone() == (0,)


def test_an_answer_that_is_none_changes_nothing(officer: Client, question_id: int) -> None:
    assert officer.post(f"/identity/{question_id}/", {"answer": "PERHAPS"}).status_code == 302
    assert officer.get(f"/identity/{question_id}/").status_code == 200
    assert officer.get("/identity/999999/").status_code == 404


def test_question_page_asks_few_questions_however_many_wait(officer: Client, question_id: int) -> None:
    with CaptureQueriesContext(connection) as asked:
        officer.get(f"/identity/{question_id}/")

    assert len(asked) <= 34, [one["sql"][:80] for one in asked]

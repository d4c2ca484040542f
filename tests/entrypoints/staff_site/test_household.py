"""The household file: facts with source and age, the score in words, and who looked."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.utils import timezone

from sakha.access.actions import acting
from sakha.access.rules import SYSTEM, household_actor
from sakha.giving.actions import withdraw_publishing
from sakha.registry.actions import register_household
from sakha.scoring.queries import get_explanation
from tests.entrypoints.staff_site.cast import Cast, declaration
from tests.entrypoints.staff_site.reading import html_of, words_of


def test_the_file_says_what_is_known_from_whom_and_how_old(cast: Cast, staff: Client) -> None:
    words = words_of(staff.get(f"/households/{cast.household_id}/"))

    assert "مریم رضایی" in words
    assert "نحوهٔ تصرف خانه" in words
    assert "خیریهٔ مهرگان، امروز" in words
    assert "۳۰٬۰۰۰٬۰۰۰" not in words  # rial never reaches a page


def test_the_score_is_explained_and_never_called_official(cast: Cast, staff: Client) -> None:
    words = words_of(staff.get(f"/households/{cast.household_id}/"))

    assert "دهک برآوردی" in words
    assert "نه دهک رسمی" in words
    # a tenant without a car is told to be in need by that, not in spite of it
    assert "خودرو ندارد" in words.split("نیاز را بیشتر نشان می‌دهد")[1].split("نیاز را کمتر نشان می‌دهد")[0]


def test_whoever_looks_is_written_down(cast: Cast, staff: Client) -> None:
    staff.get(f"/households/{cast.household_id}/")

    words = words_of(staff.get(f"/households/{cast.household_id}/"))

    assert "چه کسی پرونده را دیده است" in words
    assert "دیدن پرونده" in words


def test_identifiers_are_masked(cast: Cast, staff: Client) -> None:
    html = html_of(staff.get(f"/households/{cast.household_id}/"))

    assert cast.head_national_id not in html
    assert "09121234567" not in html


def test_a_household_that_does_not_exist_is_not_found(staff: Client) -> None:
    answer = staff.get("/households/999999/")

    assert answer.status_code == 404
    assert "این خانوار پیدا نشد" in words_of(answer)


def test_what_shows_few_means_stands_under_more_need(cast: Cast, staff: Client) -> None:
    with acting(SYSTEM):
        reasons = get_explanation(actor=SYSTEM, at=timezone.now(), household_id=cast.household_id).reasons
    assert reasons.lowers
    assert reasons.raises

    words = words_of(staff.get(f"/households/{cast.household_id}/"))

    more, less = words.index("نیاز را بیشتر نشان می‌دهد"), words.index("نیاز را کمتر نشان می‌دهد")
    assert more < words.index(reasons.lowers[0].sentence, more) < less < words.index(reasons.raises[0].sentence, less)


def test_a_household_without_needs_leads_to_where_one_is_declared(cast: Cast, staff: Client) -> None:
    made = register_household(actor=cast.staff, at=timezone.now(), declaration=declaration(7001))

    page = html_of(staff.get(f"/households/{made.household_id}/"))

    assert "نیازی باز نیست" in page
    assert f"/households/{made.household_id}/needs/" in page


def test_where_the_head_has_died_another_is_named_on_the_file(cast: Cast, staff: Client, stranger: Client) -> None:
    address = f"/households/{cast.household_id}/"
    assert "سرپرست درگذشته است" not in words_of(staff.get(address))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_person SET died_on = registered_at::date FROM registry_membership m"
            " WHERE m.person_id = registry_person.id AND m.household_id = %s AND m.relation = 'HEAD'",
            [cast.household_id],
        )
        cursor.execute(
            "UPDATE registry_person SET birth_on = NULL, birth_precision = '' FROM registry_membership m WHERE"
            " m.person_id = registry_person.id AND m.household_id = %s AND m.relation <> 'HEAD' RETURNING m.person_id",
            [cast.household_id],
        )
        person_id = cursor.fetchone()[0]

    assert "اکنون سرپرست کیست" in words_of(staff.get(address))
    assert stranger.post(f"{address}head/", {"person": str(person_id)}).status_code == 404
    assert staff.post(f"{address}head/", {}).status_code == 422
    assert "سرپرست تازه ثبت شد" in words_of(staff.post(f"{address}head/", {"person": str(person_id)}, follow=True))
    assert "سرپرست درگذشته است" not in words_of(staff.get(address))


def test_the_desk_writes_down_the_households_leave_to_be_shown_and_never_against_its_own_no(
    cast: Cast, staff: Client, stranger: Client
) -> None:
    address, file = f"/households/{cast.household_id}/publishing/", f"/households/{cast.household_id}/"
    assert "پرسیدیم و خانوار اجازه داد" in words_of(staff.get(file))
    assert stranger.post(address, {"leave": "allow"}).status_code == 404

    assert "خانوار اجازه را پس گرفت" in words_of(staff.post(address, {"leave": "allow"}, follow=True))
    withdraw_publishing(actor=household_actor(cast.household_id), at=timezone.now(), household_id=cast.household_id)
    refused = staff.post(address, {"leave": "allow"})
    assert refused.status_code == 422
    assert "خانوار خودش این اجازه را پس گرفته است" in words_of(refused)

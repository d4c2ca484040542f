"""Registering a household by form: leave and return, check the answers, send once."""

from __future__ import annotations

import re

from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from sakha.access.actions import acting
from sakha.access.rules import SYSTEM
from tests.entrypoints.staff_site.cast import Cast, national_id, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of

HEAD = {
    "given_name": "زهرا",
    "family_name": "کریمی",
    "national_id": national_id(6001),
    "birth_date_day": "۱۲",
    "birth_date_month": "7",
    "birth_date_year": "۱۳۵۰",
    "gender": "زن",
    "mobile": "۰۹۱۲۱۱۱۲۲۳۳",
}
MEMBER = {"relation": "فرزند", "given_name": "امید", "family_name": "کریمی", "birth_date_year": "۱۳۸۸"}
PLACE = {"county": "کرج", "urban": "شهر", "address": "خیابان بهار"}


def fill(client: Client) -> None:
    for step, given in (("head", HEAD), ("place", PLACE), ("living", {"rooms": "۲", "has_car": "ندارد"})):
        answer = client.post(f"/register/{step}/", given)
        assert answer.status_code == 302, words_of(answer)
    assert client.post("/register/members/1/", MEMBER).status_code == 302


def test_a_household_is_registered_once_its_answers_were_seen(staff: Client) -> None:
    fill(staff)
    seen = words_of(staff.get("/register/answers/"))

    answer = staff.post("/register/answers/", follow=True)

    assert "زهرا" in seen
    assert "۲ نفر" in words_of(answer)
    assert "خانوار ثبت شد" in words_of(answer)
    assert "زهرا کریمی" in words_of(answer)
    assert staff.get("/register/answers/").status_code == 302  # the draft is gone


def test_the_draft_waits_and_can_be_changed(staff: Client) -> None:
    fill(staff)

    assert 'value="زهرا"' in html_of(staff.get("/register/head/"))
    assert 'value="۱۳۵۰"' in html_of(staff.get("/register/head/"))
    assert "آماده" in words_of(staff.get("/register/"))
    staff.post("/register/members/1/", {"drop": "1"})
    assert "هنوز عضوی ننوشته‌اید" in words_of(staff.get("/register/members/"))


def test_the_session_never_holds_a_name_or_number_open(staff: Client) -> None:
    fill(staff)
    kept = "".join(str(one.get_decoded()) for one in Session.objects.all())

    assert "draft" in kept
    assert "کریمی" not in kept
    assert national_id(6001) not in kept


def test_a_wrong_identifier_and_an_impossible_day_are_told_at_their_fields(staff: Client) -> None:
    mistyped = national_id(6001)[:-1] + str((int(national_id(6001)[-1]) + 1) % 10)
    answer = staff.post(
        "/register/head/", {**HEAD, "national_id": mistyped, "birth_date_day": "۳۱", "birth_date_month": "12"}
    )

    assert answer.status_code == 422
    assert "کد ملی یا کد اتباع:" in words_of(answer)
    assert "این تاریخ در تقویم نیست" in words_of(answer)


def test_half_a_date_is_asked_for_in_full(staff: Client) -> None:
    answer = staff.post("/register/head/", {**HEAD, "birth_date_day": ""})

    assert "روز، ماه و سال را کامل بنویسید، یا فقط سال را" in words_of(answer)


def test_head_and_place_are_needed_before_the_answers(staff: Client) -> None:
    assert staff.get("/register/answers/").url == "/register/"
    assert "پس از پر شدن سرپرست" in words_of(staff.get("/register/"))


KNOWN = {**HEAD, "given_name": "مریم", "family_name": "رضایی", "national_id": national_id(1001)}


def test_a_known_household_is_told_as_known(cast: Cast, staff: Client) -> None:
    fill(staff)
    staff.post("/register/head/", {**KNOWN, "birth_date_year": "۱۳۶۴"})
    staff.post("/register/members/1/", {"drop": "1"})

    answer = staff.post("/register/answers/", follow=True)

    assert "این خانوار از پیش بود" in words_of(answer)
    assert "نرگس رضایی" in words_of(answer)


def test_somebody_else_under_a_known_number_opens_no_file(cast: Cast, staff: Client) -> None:
    fill(staff)
    staff.post("/register/head/", KNOWN)

    answer = staff.post("/register/answers/", follow=True)

    assert answer.status_code == 422
    assert "نرگس رضایی" not in words_of(answer)


# The known Maryam without her number; her telephone and birth are told again.
UNNUMBERED = {**HEAD, "given_name": "مریم", "family_name": "رضایی", "national_id": "", "mobile": "۰۹۱۲۱۲۳۴۵۶۷"}
UNNUMBERED |= {"birth_date_year": "۱۳۶۴"}


def household_count() -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_household")
        return int(cursor.fetchone()[0])


def test_who_may_be_known_is_asked_about_before_anything_is_registered(cast: Cast, staff: Client) -> None:
    fill(staff)
    staff.post("/register/head/", UNNUMBERED)
    before = household_count()

    shown = html_of(staff.get("/register/answers/"))
    undecided = staff.post("/register/answers/")

    names = set(re.findall(r'name="(household-\d+)"', shown))
    assert f"household-{cast.household_id}" in names
    assert "آیا همین است؟" in shown
    assert cast.head_national_id not in shown
    assert undecided.status_code == 422
    assert "همان است یا کس دیگری" in words_of(undecided)
    assert household_count() == before


def test_said_to_be_the_same_the_file_is_opened_and_nothing_is_registered(cast: Cast, staff: Client) -> None:
    fill(staff)
    staff.post("/register/head/", UNNUMBERED)
    before = household_count()

    answer = staff.post("/register/answers/", {f"household-{cast.household_id}": "same"})

    assert answer.url == f"/households/{cast.household_id}/"
    assert household_count() == before


def test_said_to_be_somebody_else_the_household_is_registered(cast: Cast, staff: Client) -> None:
    fill(staff)
    staff.post("/register/head/", UNNUMBERED)
    names = set(re.findall(r'name="(household-\d+)"', html_of(staff.get("/register/answers/"))))
    before = household_count()

    answer = staff.post("/register/answers/", dict.fromkeys(names, "other"), follow=True)

    assert "خانوار ثبت شد" in words_of(answer)
    assert household_count() == before + 1


def test_another_organisation_learns_no_more_than_that_somebody_is_registered_elsewhere(cast: Cast) -> None:
    stranger = signed_in(cast, "stranger")
    fill(stranger)
    stranger.post("/register/head/", {**UNNUMBERED, "birth_date_day": "۱۲", "birth_date_month": "7"})
    before = household_count()

    seen = stranger.get("/register/answers/")
    forged = stranger.post("/register/answers/", {f"household-{cast.household_id}": "same"})

    assert "household-" not in html_of(seen)
    assert "در پرونده‌ای ثبت شده که شما نمی‌بینید" in words_of(seen)
    assert forged.url != f"/households/{cast.household_id}/"
    assert household_count() == before + 1


def test_a_protected_household_is_registered_without_its_place_being_shown(staff: Client) -> None:
    fill(staff)
    staff.post("/register/place/", {**PLACE, "is_protected": "on"})

    words = words_of(staff.post("/register/answers/", follow=True))

    assert "محافظت‌شده" in words
    assert "خیابان بهار" not in words


def test_a_draft_can_be_thrown_away(staff: Client) -> None:
    fill(staff)
    staff.post("/register/drop/")

    assert 'value="زهرا"' not in html_of(staff.get("/register/head/"))


def test_members_are_counted_and_there_is_no_tenth_before_the_second(staff: Client) -> None:
    assert staff.get("/register/members/10/").status_code == 404
    assert staff.get("/register/nonsense/").status_code == 404

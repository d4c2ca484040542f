"""Signing in and out."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sakha.access.actions import acting, change_password
from tests.entrypoints.staff_site.cast import PASSWORD, Cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of


@pytest.mark.parametrize(
    ("name", "first"), [("staff", "check"), ("officer", "province"), ("nation", "province"), ("operator", "outbox")]
)
def test_everybody_begins_where_their_work_is(cast: Cast, name: str, first: str) -> None:
    assert signed_in(cast, name).get(reverse("home")).url == reverse(first)


def test_a_wrong_password_is_refused_without_a_hint_whose_it_was(cast: Cast) -> None:
    known = Client().post("/sign-in/", {"username": "maryam", "password": "نادرست است این"})
    unknown = Client().post("/sign-in/", {"username": "nobody", "password": "نادرست است این"})

    assert known.status_code == unknown.status_code == 422
    assert words_of(known).replace("maryam", "") == words_of(unknown).replace("nobody", "")
    assert "مشکلی هست" in words_of(known)
    assert "نادرست است این" not in html_of(known)


def test_guessing_is_locked_out(cast: Cast) -> None:
    client = Client()
    answers = [client.post("/sign-in/", {"username": "maryam", "password": f"نادرست {turn}"}) for turn in range(12)]
    locked = client.post("/sign-in/", {"username": "maryam", "password": PASSWORD})

    assert words_of(answers[-1]) != words_of(answers[0])
    assert locked.status_code == 422


def test_one_comes_back_to_where_one_was_going_but_never_to_another_site(cast: Cast) -> None:
    given = {"username": "maryam", "password": PASSWORD}

    assert Client().post("/sign-in/", {**given, "next": "/holds/"}).url == "/holds/"
    assert Client().post("/sign-in/", {**given, "next": "https://elsewhere.example/"}).url == "/check/"


def test_a_new_session_key_at_the_door(cast: Cast) -> None:
    client = Client()
    session = client.session
    session["left"] = "behind"
    session.save()
    before = client.cookies["sessionid"].value
    client.post("/sign-in/", {"username": "maryam", "password": PASSWORD})

    assert client.cookies["sessionid"].value != before
    assert "left" not in client.session


def test_after_signing_out_pages_ask_again(staff: Client) -> None:
    staff.post("/sign-out/")

    assert staff.get("/check/").status_code == 302


def test_signing_out_is_not_a_link(staff: Client) -> None:
    assert staff.get("/sign-out/").status_code == 405


def test_a_changed_password_ends_the_session(cast: Cast, staff: Client) -> None:
    with acting(cast.staff):
        change_password(actor=cast.staff, old=PASSWORD, new="پنج درخت گیلاس و یک بید")

    assert staff.get("/check/").status_code == 302


def test_an_empty_form_says_which_field_is_empty(db: None) -> None:
    answer = Client().post("/sign-in/", {})

    assert "نام کاربری: این را خالی نگذارید" in words_of(answer)
    assert "<title>خطا: ورود · سخا</title>" in html_of(answer)

"""What the door refuses: forwarding, replaying and guessing links and codes; and visits that end by themselves."""

from __future__ import annotations

import re

from django.test import Client

from sakha.access.rules.one_time_codes import ASKS_IN_WINDOW
from sakha.coordination.rules.doors import (
    ADDRESS_MISSES,
)
from tests.door_cast import newest_text, sign_in_code_of
from tests.entrypoints.household_site.phone import Phone
from tests.entrypoints.staff_site.reading import words_of


def test_a_forwarded_link_opens_nothing_without_the_phone(phone: Phone) -> None:
    stranger = Client()
    door = stranger.get(f"/k/{phone.link}/")
    stranger.post(f"/k/{phone.link}/")

    answer = stranger.post("/d/code/", {"code": "123456"})

    assert door.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(r"[0-9۰-۹]{4}", words_of(door)), "not even the end of the number is shown"
    assert answer.status_code == 422
    assert stranger.get("/me/").url == "/d/"


def test_a_code_is_of_the_browser_that_asked_for_it(phone: Phone) -> None:
    phone.client.post(f"/k/{phone.link}/")
    code = sign_in_code_of(newest_text())

    assert Client().post("/d/code/", {"code": code}).url == "/d/"
    assert phone.client.post("/d/code/", {"code": code}).url == "/me/"


def test_a_used_link_and_a_replayed_code_open_nothing(registered: Phone) -> None:
    code = sign_in_code_of(newest_text())

    link = Client().get(f"/k/{registered.link}/")
    again = Client()
    again.post("/d/", {"mobile": registered.family.mobile})
    newest = sign_in_code_of(newest_text())
    replay = again.post("/d/code/", {"code": code if code != newest else "000000"})

    assert link.status_code == 410
    assert replay.status_code == 422


def test_guessing_looks_alike_and_ends(phone: Phone) -> None:
    guesser = Client(REMOTE_ADDR="198.51.100.3")
    answers = [guesser.get(f"/k/{'x' * number}/") for number in range(1, ADDRESS_MISSES + 1)]

    assert {answer.status_code for answer in answers} == {410}
    assert len({words_of(answer) for answer in answers}) == 1
    assert guesser.get(f"/k/{phone.link}/").status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.4").get(f"/k/{phone.link}/").status_code == 200


def test_known_and_unknown_numbers_get_the_same_pages(phone: Phone) -> None:
    known, unknown = Client(), Client()
    for client, mobile in ((known, phone.family.mobile), (unknown, "+989990000001")):
        for _ in range(ASKS_IN_WINDOW):
            assert client.post("/d/", {"mobile": mobile, "code": "12345678"}).url == "/d/code/"
        assert client.post("/d/", {"mobile": mobile, "code": "12345678"}).status_code == 429

    pages = [words_of(client.get("/d/code/")) for client in (known, unknown)]
    wrong = [words_of(client.post("/d/code/", {"code": "111111"})) for client in (known, unknown)]
    assert pages[0] == pages[1]
    assert wrong[0] == wrong[1]


def test_a_visit_ends_by_itself(inside: Phone) -> None:
    assert inside.client.session.get_expiry_age() == 30 * 60

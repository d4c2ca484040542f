"""The confirmers' link as a phone sees it: no script, no account, light, deaf to replay, forwarding and guessing."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from sakha.access.rules import SYSTEM
from sakha.entrypoints.kashi.language import COOKIE
from sakha.scoring.actions.confirming import NewConfirmer, add_confirmer, ask_confirmations
from sakha.scoring.actions.confirming_links import LinkToSend, links_to_send
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_questions import QuestionCode
from sakha.scoring.rules.confirming_voices import ADDRESS_MISSES_MAX
from tests.entrypoints.kashi.speaking import unsaid_on
from tests.entrypoints.staff_site.cast import Cast, make_cast
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.entrypoints.staff_site.test_pages import sent_bytes

MOST_BYTES = 60_000
CLOSED = "این پیوند دیگر باز نیست"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def link(cast: Cast) -> LinkToSend:
    at = timezone.now()
    neighbour = NewConfirmer(kind=ConfirmerKind.NEIGHBOUR, name="گواه نمونه", mobile="09900004321", county="3001")
    add_confirmer(actor=cast.officer, at=at, confirmer=neighbour)
    topics = [QuestionCode.HOUSEHOLD_SIZE, QuestionCode.TENURE]
    ask_confirmations(actor=cast.officer, at=at, household_id=cast.household_id, topics=topics)
    return links_to_send(actor=SYSTEM, at=at, limit=1)[0]


def test_a_confirmer_answers_in_two_steps(link: LinkToSend) -> None:
    phone, address = Client(), f"/g/{link.token}/"

    door = phone.get(address)
    questions = phone.post(address, {"code": "۴۳۲۱"})
    thanks = phone.post(
        address, {"step": "answers", "code": "4321", "HOUSEHOLD_SIZE": "4", "TENURE": "3", "LIVES_HERE": "1"}
    )

    assert (door.status_code, questions.status_code, thanks.status_code) == (200, 200, 200)
    assert "رضایی" not in words_of(door)
    assert "م. رضایی" in words_of(questions)
    assert "پاسخ شما رسید" in words_of(thanks)
    assert CLOSED in words_of(phone.get(address))
    phone.cookies[COOKIE] = "en"
    assert unsaid_on(html_of(phone.get(address))) == []


def test_a_confirmer_is_asked_in_english_by_the_switch(link: LinkToSend) -> None:
    phone, address = Client(), f"/g/{link.token}/"
    phone.cookies[COOKIE] = "en"

    for page in (phone.get(address), phone.post(address, {"code": "۱۱۱۱"}), phone.post(address, {"code": "۴۳۲۱"})):
        assert unsaid_on(html_of(page)) == []


def test_nobody_learns_anything_from_the_questions(cast: Cast, link: LinkToSend) -> None:
    html = html_of(Client().post(f"/g/{link.token}/", {"code": "4321"}))

    for secret in (
        cast.head_national_id,
        "مریم",
        "نرگس",
        "09121234567",
        "خیریهٔ مهرگان",
        "۳٬۵۰۰٬۰۰۰",
        "checked",
        "selected",
    ):
        assert secret not in html


def test_a_wrong_code_opens_nothing(link: LinkToSend) -> None:
    answer = Client().post(f"/g/{link.token}/", {"code": "1111"})

    assert answer.status_code == 422
    assert "رضایی" not in words_of(answer)


def test_guessed_links_look_like_used_ones_and_end_soon(link: LinkToSend) -> None:
    phone = Client(REMOTE_ADDR="198.51.100.3")
    answers = [phone.get(f"/g/{'x' * number}/") for number in range(1, ADDRESS_MISSES_MAX + 1)]

    assert {answer.status_code for answer in answers} == {410}
    assert phone.get(f"/g/{link.token}/").status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.4").get(f"/g/{link.token}/").status_code == 200


def test_an_unfit_answer_is_asked_again_and_closes_nothing(link: LinkToSend) -> None:
    given = {"step": "answers", "code": "4321", "HOUSEHOLD_SIZE": "4; DROP TABLE"}

    assert Client().post(f"/g/{link.token}/", given).status_code == 422
    assert Client().get(f"/g/{link.token}/").status_code == 200


def test_the_page_is_light_needs_no_script_and_tells_its_address_to_no_other_site(
    link: LinkToSend, built_assets: Path
) -> None:
    answer = Client().post(f"/g/{link.token}/", {"code": "4321"})
    html = html_of(answer)
    assets = ("kashi/kashi.css", "kashi/mark.svg", "kashi/vazirmatn-fa.woff2", "kashi/vazirmatn-latin.woff2")
    whole = len(gzip.compress(answer.content)) + sum(sent_bytes(built_assets, name) for name in assets)

    assert "<script" not in html
    assert not re.search(r"\sstyle=|\son[a-z]+=|<c-", html)
    assert not re.search(r"[0-9]", words_of(answer))
    assert whole < MOST_BYTES, whole
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert html.count("<h1") == 1

"""What arrived and what is wrong, said on the household's page; and the public door, which asks no name."""

from __future__ import annotations

import gzip
import json
import re
import uuid
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from sakha.access.actions.closing_blocks import close_blocks
from sakha.access.queries.chain import get_stream
from sakha.access.rules import SYSTEM
from sakha.coordination.actions.grievance_desk import answer_grievance
from sakha.coordination.rules.grievances import POSTS_IN_WINDOW
from sakha.ledger.actions import check_aid, deliver_aid, hold_aid
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import rows
from tests.entrypoints.household_site.phone import Phone
from tests.entrypoints.staff_site.cast import Cast, make_cast
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.entrypoints.staff_site.test_pages import sent_bytes

TEXT = "نوبت ما را به دیگری دادند."
REPORT = {"kind": "MISUSE", "province": "30", "county": "کرج", "about": "OTHER", "text": TEXT}
ANSWER = "با نهاد صحبت شد و درست شد."
ASSETS = ("kashi/kashi.css", "kashi/mark.svg", "kashi/vazirmatn-fa.woff2", "kashi/vazirmatn-latin.woff2")
MOST_BYTES = 60_000


def given_delivery(cast: Cast, phone: Phone) -> int:
    at = timezone.now()
    [(household_id,)] = rows("SELECT household_id FROM coordination_registration")
    check_aid(actor=cast.staff, at=at, kind=NeedKind.FOOD, national_id=phone.family.head)
    held = hold_aid(
        actor=cast.staff, at=at, household_id=household_id, kind=NeedKind.FOOD, quantity=1, request_id=uuid.uuid4()
    )
    deliver_aid(actor=cast.staff, at=at, hold_id=held.require_held())
    return held.require_held()


def code_of(words: str) -> str:
    return re.search(r"([۰-۹]{4} [۰-۹]{4} [۰-۹]{4})", words)[1]


def test_the_household_says_whether_it_arrived_and_complains_about_a_body_it_knows(registered: Phone) -> None:
    cast, client = make_cast(), registered.client
    hold_id = given_delivery(cast, registered)
    page = html_of(client.get("/me/"))
    assert f"/me/receipts/{hold_id}/" in page
    receipt = f"/me/proofs/{hold_id}/"
    assert receipt in page
    assert "فردا آماده است" in words_of(client.get(receipt))
    assert not close_blocks(actor=SYSTEM, at=timezone.now(), stream=get_stream("ledger_event/1")).is_busy
    [proof] = json.loads(client.get(receipt).content)["proofs"]
    assert proof["row"].split("\t")[4:6] == [str(hold_id), str(NeedKind.FOOD.value)]
    assert client.get(f"/me/proofs/{hold_id + 1}/").status_code == 404
    assert Client().get(receipt).status_code == 302

    words = words_of(client.post(f"/me/receipts/{hold_id}/", {"received": "no"}, follow=True))
    assert "گفتید نرسیده" in words
    assert words_of(client.get("/me/voices/")).count("تحویلی که نرسید") == 1
    assert "رسید" in words_of(client.post(f"/me/receipts/{hold_id}/", {"received": "yes"}, follow=True))
    assert f"/me/receipts/{hold_id}/" not in html_of(client.get("/me/"))

    told = {"kind": "COMPLAINT", "about": str(cast.staff.organisation_id), "text": TEXT, "is_confidential": "on"}
    said = words_of(client.post("/me/voices/", told, follow=True))
    assert "خیریهٔ مهرگان" in html_of(client.get("/me/voices/"))
    assert client.post("/me/voices/", {**told, "about": str(cast.stranger.organisation_id)}).status_code == 422
    assert client.post("/me/voices/", {**told, "text": "کوتاه"}).status_code == 422
    tracked = Client().post("/v/track/", {"code": code_of(said)})
    assert "رسید و در نوبت است" in words_of(tracked)
    assert TEXT not in html_of(tracked)

    [(number,)] = rows("SELECT id FROM coordination_grievance WHERE is_confidential")
    answer_grievance(actor=cast.officer, at=timezone.now(), grievance_id=number, answer=ANSWER)
    assert ANSWER in words_of(client.get("/me/voices/"))
    again = words_of(client.post(f"/me/voices/{number}/", {"solved": "no"}, follow=True))
    assert "دوباره باز شد" in again


def test_the_household_answers_for_no_other(registered: Phone) -> None:
    cast = make_cast()
    Client().post("/v/", REPORT)
    [(number,)] = rows("SELECT id FROM coordination_grievance")
    at = timezone.now()
    held = hold_aid(
        actor=cast.staff,
        at=at,
        household_id=cast.household_id,
        kind=NeedKind.RENT,
        quantity=10_000_000,
        request_id=uuid.uuid4(),
    )
    deliver_aid(actor=cast.staff, at=at, hold_id=held.require_held())

    assert registered.client.post(f"/me/receipts/{held.require_held()}/", {"received": "no"}).status_code == 422
    assert registered.client.post(f"/me/voices/{number}/", {"solved": "no"}).status_code == 422
    assert rows("SELECT count(*) FROM ledger_receipt") == [(0,)]
    for address in (f"/me/receipts/{held.require_held()}/", f"/me/voices/{number}/", "/me/voices/"):
        assert Client().post(address, {"received": "no"}).url == "/d/"


@pytest.mark.django_db
def test_anybody_reports_without_a_name_and_follows_by_the_code(built_assets: Path) -> None:
    stranger = Client()
    kept = stranger.post("/v/", REPORT)
    code = code_of(html_of(kept))
    assert rows("SELECT level, way, mobile_sealed FROM coordination_grievance") == [("COUNTY", "PUBLIC", None)]

    [(number,)] = rows("SELECT id FROM coordination_grievance")
    cast = make_cast()
    answer_grievance(actor=cast.officer, at=timezone.now(), grievance_id=number, answer=ANSWER)
    tracked = stranger.post("/v/track/", {"code": code})
    assert ANSWER in words_of(tracked)
    assert "حل نشد" in words_of(tracked)
    reopened = stranger.post("/v/track/", {"code": code, "solved": "no"})
    assert "دوباره باز شد" in words_of(reopened)
    assert "دوباره باز شد" in words_of(stranger.post("/v/track/", {"code": code, "solved": "yes"}))
    assert stranger.post("/v/track/", {"code": "۱۲۳۴"}).status_code == 422

    static = sum(sent_bytes(built_assets, name) for name in ASSETS)
    for answer in (stranger.get("/v/"), stranger.get("/v/track/"), kept, tracked):
        html = html_of(answer)
        assert len(gzip.compress(answer.content)) + static < MOST_BYTES
        assert "<script" not in html
        assert not re.search(r"\sstyle=|<style|<c-", html)
        assert not re.search(r"[0-9]|{[{%]|None", words_of(answer))
        assert html.count("<h1") == 1
        assert "no-store" in answer.headers["Cache-Control"]
        assert code.replace(" ", "") not in str(answer.request["PATH_INFO"])


@pytest.mark.django_db
def test_the_public_door_wants_a_phone_for_an_answer_and_counts() -> None:
    stranger = Client()
    for wrong in (
        {"kind": "COMPLAINT"},
        {"text": "کوتاه"},
        {"county": "ناکجا"},
        {"province": ""},
        {"mobile": "۱۲۳"},
        {"kind": "NOT_RECEIVED"},
    ):
        assert stranger.post("/v/", REPORT | wrong).status_code == 422, wrong
    assert stranger.post("/v/", REPORT | {"kind": "COMPLAINT", "mobile": "۰۹۱۲۱۲۳۴۵۶۷"}).status_code == 200
    answers = [stranger.post("/v/", REPORT).status_code for _ in range(POSTS_IN_WINDOW)]
    assert answers == [200] * (POSTS_IN_WINDOW - 1) + [429]

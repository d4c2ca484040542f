"""A giver's account in the browser: in by a code, the gifts made while in it, a year's paper; nothing for strangers."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from django.test import Client, RequestFactory

from sakha.access.queries import key_ring
from sakha.access.rules import Permission
from sakha.access.rules.sealing import open_sealed
from sakha.databanks.actions.confirming import PersonConfirmed
from sakha.entrypoints.donor_site.kept import read_marks
from sakha.entrypoints.donor_site.receipt_words import statement_of
from sakha.entrypoints.donor_site.sessions import find_giver
from sakha.entrypoints.donor_site.views import identity
from sakha.giving.actions import identity as asking
from sakha.giving.queries.donors import DonorCard
from tests.entrypoints.donor_site.test_pages import open_gateway
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.giving_cast import rows, sandbox
from tests.ledger_cast import AT, given_charity

pytestmark = pytest.mark.django_db
NUMBER = "9991234561"
BYTES_MAX = 20_000


def newest_code() -> str:
    ((sealed,),) = rows("SELECT text_sealed FROM coordination_notice ORDER BY id DESC LIMIT 1")
    return open_sealed(key_ring(), bytes(sealed)).split(": ")[1][:6]


def test_a_giver_comes_in_gives_finds_the_gift_and_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    client, stranger = Client(), Client()
    assert client.post("/give/account/", {"mobile": "12"}).status_code == 422
    assert client.get("/give/account/code/").headers["Location"] == "/give/account/"
    assert client.post("/give/account/", {"mobile": "۰۹۹۹۰۰۰۰۰۱۷"}).headers["Location"] == "/give/account/code/"
    assert client.post("/give/account/code/", {"code": "x"}).status_code == 422
    assert client.post("/give/account/code/", {"code": newest_code()}).headers["Location"] == "/give/account/"
    with sandbox() as gateway:
        open_gateway(monkeypatch, gateway)
        large = {"request": str(uuid4()), "amount": "۳۰ میلیون"}
        assert "با شمارهٔ گوشی وارد شوید" in words_of(stranger.post("/give/pool/", large))
        pay = client.post("/give/pool/", large | {"request": str(uuid4())})
        start = re.search(rf'href="({gateway.url}[^"]+)"', html_of(pay))[1]
        back = httpx.post(start, data={"do": "pay"}, follow_redirects=False).headers["Location"]
        client.get(back.removeprefix("http://testserver"))

    page = client.get("/give/account/")
    assert "۳۰٬۰۰۰٬۰۰۰ تومان" in words_of(page)
    own, paper = (re.search(rf'href="(/give/account/{one})"', html_of(page))[1] for one in (r"gifts/\d+/", r"\d+.pdf"))
    assert "در انتظار خیریه" in words_of(client.get(own))
    assert client.get(paper).content[:5] == b"%PDF-"
    for address in (own, paper):
        assert stranger.get(address).headers["Location"] == "/give/account/"
    assert client.get("/give/account/gifts/999999/").status_code == 404

    who = "/give/account/identity/"
    assert who in html_of(page)
    assert stranger.get(who).headers["Location"] == "/give/account/"
    assert "هنوز به سامانهٔ مالکیت خط وصل نیست" in words_of(client.get(who))
    monkeypatch.setattr(identity, "asked_banks", lambda: {"mobile_ownership": None})
    born = {"birth_on_day": "۱", "birth_on_month": "۱", "birth_on_year": "۱۳۶۰"}
    assert client.post(who, {"national_id": "12"} | born).status_code == 422
    monkeypatch.setattr(asking, "confirm_person", lambda **_way: PersonConfirmed(bank="", facts={"MOBILE_OWNED": 0}))
    refused = client.post(who, {"national_id": NUMBER} | born)
    assert "با صاحب این شماره جور نیامد" in words_of(refused)
    assert NUMBER not in refused.request["PATH_INFO"]
    yes = {"MOBILE_OWNED": 1, "IS_ALIVE": 1, "BIRTH_MATCH": 1}
    monkeypatch.setattr(asking, "confirm_person", lambda **_way: PersonConfirmed(bank="", facts=yes))
    assert client.post(who, {"national_id": NUMBER} | born).headers["Location"] == who
    assert "هویت شما در" in words_of(client.get(who))
    weight = len(client.get(who).content)
    assert weight < BYTES_MAX, f"{weight} bytes"

    client.post("/give/account/leave/")
    assert client.get(own).headers["Location"] == "/give/account/"


def test_an_account_and_the_paper_of_a_year_show_the_phone_in_persian_digits() -> None:
    client = Client()
    client.post("/give/account/", {"mobile": "۰۹۹۹۰۰۰۰۰۱۷"})
    client.post("/give/account/code/", {"code": newest_code()})
    assert re.findall(r"\d+•••\d+", html_of(client.get("/give/account/"))) == ["۰۹۹۹•••۰۰۱۷"]
    paper = statement_of(DonorCard(1, "", "+989990000017"), (), year=1405, address="", at=AT)
    assert "هدیه‌های ۰۹۹۹•••۰۰۱۷ در" in paper.lead


def test_only_a_body_in_good_standing_gives_as_an_organisation() -> None:
    charity = given_charity("بنگاه بخشنده")
    known = []
    for actor in (charity, replace(charity, withheld=frozenset({Permission.HOLD_AID}))):
        request = RequestFactory().get("/give/account/")
        request.session, request.actor = {}, actor
        giver = find_giver(request)
        known.append((giver.name, read_marks(request, giver).is_organisation))

    assert known == [("بنگاه بخشنده", True), ("بنگاه بخشنده", False)]

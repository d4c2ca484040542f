"""A giver's way without script: choose, give, pay in the sandbox, come back, follow; light, and deaf to forgers."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from pydantic import SecretStr

from sakha.entrypoints.donor_site.previewing import PREVIEW, tell_preview
from sakha.entrypoints.kashi.language import COOKIE
from sakha.giving.actions import (
    allow_publishing,
    hold_with_gifts,
    refresh_listings,
    settle_draws,
    withdraw_publishing,
)
from sakha.giving.rules.crowds import CROWD_MIN
from sakha.ledger.actions import deliver_aid
from simulation.payment_gateway import MERCHANT, Gateway
from tests.entrypoints.kashi.speaking import unsaid_on
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.entrypoints.staff_site.test_pages import sent_bytes
from tests.giving_cast import KIND, given_listed, given_needy, rows, sandbox
from tests.ledger_cast import AT, a_request, given_charity

MOST_BYTES = 60_000
pytestmark = pytest.mark.django_db


def open_gateway(monkeypatch: pytest.MonkeyPatch, gateway: Gateway) -> None:
    monkeypatch.setattr(settings.SAKHA, "zarinpal_url", gateway.url)
    monkeypatch.setattr(settings.SAKHA, "zarinpal_merchant", SecretStr(MERCHANT))


def look_in_english(client: Client, *addresses: str) -> None:
    client.cookies[COOKIE] = "en"
    shown = ("/give/", "/give/charities/", "/give/basket/", "/give/account/", *addresses)
    assert {one: left for one in shown if (left := unsaid_on(html_of(client.get(one)), ["خیریهٔ مهر"]))} == {}


def test_a_giver_chooses_pays_and_follows_the_gift_to_the_hand(
    built_assets: Path, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    charity, client = given_charity("خیریهٔ مهر"), Client()
    household, code = given_listed(charity)
    with django_assert_max_num_queries(6):
        got = [client.get("/give/")]
    assert "هنوز وصل نیست" in words_of(got[0])
    assert household.code not in html_of(got[0])

    with sandbox() as gateway:
        open_gateway(monkeypatch, gateway)
        addresses = (
            f"/give/need/{code}/",
            "/give/pool/",
            f"/give/?code={code.lower()}&kind=3&province=30&page=1&left=5&order=left",
        )
        got += [client.get(address) for address in addresses]
        assert rows("SELECT seen_count FROM giving_listing") == [(1,)]
        assert client.get("/give/?kind=²&page=x&province=99").status_code == 200

        form = {"request": str(uuid4()), "amount": "۲۰۰ هزار"}
        refused = [client.post(f"/give/need/{code}/", form | {"amount": one}) for one in ("۱", "۲ میلیون")]
        assert [one.status_code for one in refused] == [422, 422]  # too little; more than lacks
        pay = client.post(f"/give/need/{code}/", form)
        twice = client.post(f"/give/need/{code}/", form)
        # told the truth, and sent again it is another gift
        assert ("پیش‌تر آغاز شده" in words_of(twice), form["request"] in html_of(twice)) == (True, False)
        html = html_of(pay)
        start = re.search(rf'href="({gateway.url}[^"]+)"', html)[1]
        own = urlsplit(re.search(r'href="(http://testserver/gift/[^"]+)"', html)[1]).path

        # forged: the browser says that all is well, and nobody has paid
        forged = client.get(f"{own}back/?Authority={start.rpartition('/')[2]}&Status=OK")
        assert forged.headers["Location"] == own
        assert "هنوز پرداخت نشده است" in words_of(client.get(own))

        back = httpx.post(start, data={"do": "pay"}, follow_redirects=False).headers["Location"]
        for _ in range(2):
            assert client.get(back.removeprefix("http://testserver")).headers["Location"] == own
    assert "در انتظار خیریه" in words_of(client.get(own))

    hold = {"household_id": household.id, "kind": KIND, "amount_rial": 2_000_000, "request_id": a_request()}
    drawn = hold_with_gifts(actor=charity, at=AT, **hold)
    deliver_aid(actor=charity, at=AT, hold_id=drawn.hold_id)
    settle_draws(at=AT)
    got.append(client.get(own))
    assert all(words in words_of(got[-1]) for words in ("به دست خانوار رسید", "خیریهٔ مهر"))

    assets = (
        "kashi/kashi.css",
        "kashi/giving.css",
        "kashi/mark.svg",
        "kashi/vazirmatn-fa.woff2",
        "kashi/vazirmatn-latin.woff2",
    )
    static = sum(sent_bytes(built_assets, name) for name in assets)
    for page in got:
        assert page.status_code == 200
        assert len(gzip.compress(page.content)) + static < MOST_BYTES
        assert "<script" not in html_of(page)
    look_in_english(client, *addresses, own)
    assert [client.get(one).status_code for one in (own[:-2] + "/", "/give/need/FFFFFFFF/")] == [404, 410]


def test_a_basket_is_paid_once_for_all_that_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    charity, client = given_charity("خیریهٔ مهر"), Client()
    for household in given_needy(charity)[:2]:
        allow_publishing(actor=charity, at=AT, household_id=household.id)
    refresh_listings(at=AT)
    codes = [row[0] for row in rows("SELECT code FROM giving_listing ORDER BY code")]
    with sandbox() as gateway:
        open_gateway(monkeypatch, gateway)
        put = {"request": str(uuid4()), "amount": "۲۰۰ هزار", "do": "basket"}
        assert client.post(f"/give/need/{codes[0]}/", put | {"amount": "۲ میلیون"}).status_code == 422
        client.post(f"/give/need/{codes[0]}/", put)
        client.post("/give/basket/", {"leaves": codes[0]})
        assert "سبد خالی است" in words_of(client.get("/give/basket/"))
        client.cookies["giver_basket"] = '{"' + codes[0] + '": 1}'  # written by hand, it counts for nothing
        assert "سبد خالی است" in words_of(client.get("/give/basket/"))
        for code in codes:
            assert client.post(f"/give/need/{code}/", put).headers["Location"] == "/give/basket/"
        assert len(gzip.compress(client.get("/give/basket/").content)) < MOST_BYTES // 10
        pay = client.post("/give/basket/", {"request": str(uuid4())})
        assert "برای ۲ نیاز" in words_of(pay)
        start = re.search(rf'href="({gateway.url}[^"]+)"', html_of(pay))[1]
        assert "۴٬۰۰۰٬۰۰۰ ریال" in httpx.get(start).text
        back = httpx.post(start, data={"do": "pay"}, follow_redirects=False).headers["Location"]
        own = client.get(back.removeprefix("http://testserver")).headers["Location"]

    account = client.get(own)
    assert all(code in html_of(account) for code in codes)
    assert rows("SELECT sum(given_rial) FROM giving_listing") == [(4_000_000,)]
    assert "سبد خالی است" in words_of(client.get("/give/basket/"))


def test_money_for_the_pool_keeps_what_its_giver_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with sandbox() as gateway:
        open_gateway(monkeypatch, gateway)
        form = {"request": str(uuid4()), "amount": "۵۰ هزار", "kind": "4", "province": "11", "rule": "ORPHANS"}
        year = {"expires_on_year": "۱۴۹۹"}
        passed = {"expires_on_day": "۱", "expires_on_month": "1", "expires_on_year": "۱۴۰۰"}
        for unfit, words in (
            ({"rule": "ZAKAT", "kind": "6"}, "«زکات» برای این نیست"),
            ({"type": "DISABILITY"}, "«سهم ایتام» برای این نیست"),
            (year, "روز، ماه و سال را کامل بنویسید"),
            (passed, "این روز گذشته است"),
        ):
            refused = Client().post("/give/pool/", form | unfit)
            assert (refused.status_code, words in words_of(refused)) == (422, True), words
        assert Client().post("/give/pool/", form).status_code == 200

    asked = rows("SELECT amount_rial, kinds, province, household_types, condition_set FROM giving_gift")
    assert asked == [(500_000, [4], "11", ["ORPHANS"], "ORPHANS")]


def test_the_pool_says_where_a_gift_would_go_of_crowds_that_allow_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    charity, client = given_charity("خیریهٔ مهر"), Client()

    def told() -> str:
        PREVIEW.forget()
        return tell_preview()

    try:
        homes = given_needy(charity, count=CROWD_MIN - 1)
        for home in homes:
            allow_publishing(actor=charity, at=AT, household_id=home.id)
        PREVIEW.forget()
        assert "می‌رسید" not in words_of(client.get("/give/pool/"))
        homes += given_needy(charity, count=1)
        assert "می‌رسید" not in words_of(client.get("/give/pool/"))  # made once in ten minutes
        assert told().endswith("امروز به چنین نیازهایی می‌رسید: درمان. البرز.")  # ten of the eleven allow it: no count
        allow_publishing(actor=charity, at=AT, household_id=homes[-1].id)
        PREVIEW.forget()
        page = client.get("/give/pool/")
        for home in homes:
            withdraw_publishing(actor=charity, at=AT, household_id=home.id)
        assert told() == ""  # nobody allows it

        # what the database ended is kept too: the next visit doesn't wait for it again
        asked: list[int] = []

        def slow(**_: object) -> None:
            asked.append(1)
            raise OperationalError

        monkeypatch.setattr("sakha.entrypoints.donor_site.previewing.preview_gift", slow)
        assert (told(), tell_preview(), len(asked)) == ("", "", 1)
    finally:
        PREVIEW.forget()
    assert "امروز به ۱۱ نیاز می‌رسید: درمان. البرز." in words_of(page)

"""A giver's way without script: choose, give, pay in the sandbox, come back, follow; light, and deaf to forgers."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.test import Client
from pydantic import SecretStr

from sakha.giving.actions import hold_with_gifts, settle_draws
from sakha.ledger.actions import deliver_aid
from simulation.payment_gateway import MERCHANT, Gateway
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.entrypoints.staff_site.test_pages import sent_bytes
from tests.giving_cast import KIND, given_listed, rows, sandbox
from tests.ledger_cast import AT, a_request, given_charity

MOST_BYTES = 60_000
pytestmark = pytest.mark.django_db


def open_gateway(monkeypatch: pytest.MonkeyPatch, gateway: Gateway) -> None:
    monkeypatch.setattr(settings.SAKHA, "zarinpal_url", gateway.url)
    monkeypatch.setattr(settings.SAKHA, "zarinpal_merchant", SecretStr(MERCHANT))


def test_a_giver_chooses_pays_and_follows_the_gift_to_the_hand(
    built_assets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    charity, client = given_charity("خیریهٔ مهر"), Client()
    household, code = given_listed(charity)
    got = [client.get("/give/")]
    assert "هنوز وصل نیست" in words_of(got[0])
    assert household.code not in html_of(got[0])

    with sandbox() as gateway:
        open_gateway(monkeypatch, gateway)
        addresses = (f"/give/need/{code}/", "/give/pool/", f"/give/?code={code.lower()}&kind=3&province=30&page=1")
        got += [client.get(address) for address in addresses]
        assert rows("SELECT seen_count FROM giving_listing") == [(1,)]
        assert client.get("/give/?kind=²&page=x&province=99").status_code == 200

        form = {"request": str(uuid4()), "amount": "۲۰۰ هزار"}
        assert client.post(f"/give/need/{code}/", form | {"amount": "۱"}).status_code == 422
        assert client.post(f"/give/need/{code}/", form | {"amount": "۲ میلیون"}).status_code == 422  # more than lacks
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
    assert "به دست خانوار رسید" in words_of(got[-1])
    assert "خیریهٔ مهر" in words_of(got[-1])

    assets = ("kashi/kashi.css", "kashi/mark.svg", "kashi/vazirmatn-fa.woff2", "kashi/vazirmatn-latin.woff2")
    static = sum(sent_bytes(built_assets, name) for name in assets)
    for page in got:
        assert page.status_code == 200
        assert len(gzip.compress(page.content)) + static < MOST_BYTES
        assert "<script" not in html_of(page)
    assert client.get(own[:-2] + "/").status_code == 404
    assert client.get("/give/need/FFFFFFFF/").status_code == 410


def test_money_for_the_pool_keeps_what_its_giver_asked_for(built_assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del built_assets
    with sandbox() as gateway:
        open_gateway(monkeypatch, gateway)
        form = {"request": str(uuid4()), "amount": "۵۰ هزار", "kind": "4", "province": "11"}
        assert Client().post("/give/pool/", form).status_code == 200

    assert rows("SELECT amount_rial, kinds, province FROM giving_gift") == [(500_000, [4], "11")]

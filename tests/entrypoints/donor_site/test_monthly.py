"""A giver promises for every month, pays a month by its link, rests and ends; strangers see and change nothing."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx
import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from sakha.access.queries import key_ring
from sakha.access.rules.sealing import open_sealed
from sakha.entrypoints.operations.transactions import has_own_transactions
from sakha.giving.actions import ask_months
from tests.entrypoints.donor_site.test_accounts import newest_code
from tests.entrypoints.donor_site.test_pages import open_gateway
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.giving_cast import KIND, given_listed, rows, sandbox
from tests.ledger_cast import given_charity

pytestmark = pytest.mark.django_db


def test_a_giver_promises_pays_a_month_by_its_link_rests_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    client, stranger = Client(), Client()
    _, code = given_listed(given_charity("خیریهٔ مهر"))
    assert client.get("/give/monthly/").headers["Location"] == "/give/account/"
    client.post("/give/account/", {"mobile": "۰۹۹۹۰۰۰۰۰۱۷"})
    client.post("/give/account/code/", {"code": newest_code()})
    form = {"request": str(uuid4()), "amount": "۲۰۰ هزار", "choice": "POOL", "province": "30"}
    for unfit, words in (
        ({"choice": "ORPHAN", "kind": str(KIND.value)}, "تنها جا را می‌توان برگزید"),
        ({"choice": "ORPHAN"}, "نیازی نمایان نیست"),
        ({"amount": "۱"}, "مبلغ باید میان"),
    ):
        refused = client.post("/give/monthly/", form | unfit)
        assert (refused.status_code, words in words_of(refused)) == (422, True), words
    assert "این نیاز ماهانه نیست" in words_of(client.post(f"/give/monthly/?need={code}", form))
    assert client.get("/give/monthly/?need=FFFFFFFF").status_code == 410
    assert [client.post("/give/monthly/", form).headers["Location"] for _ in range(2)] == ["/give/account/"] * 2

    page = client.get("/give/account/")
    assert "در انتظار پرداخت" in words_of(page)
    own = re.search(r'href="(/give/account/months/\d+/)"', html_of(page))[1]
    assert stranger.get(own).headers["Location"] == "/give/account/"
    ((number,),) = rows("SELECT sponsorship_id FROM giving_sponsored_month")
    with sandbox() as gateway:
        open_gateway(monkeypatch, gateway)
        pay = client.post(own)
        start = re.search(rf'href="({gateway.url}[^"]+)"', html_of(pay))[1]
        again = client.post(own)
        assert start in html_of(again)
        httpx.post(start, data={"do": "pay"}, follow_redirects=False)
        assert "رسیده است" in words_of(client.post(own))
    assert "پرداخت شد" in words_of(client.get("/give/account/"))

    steps = [reverse("donor_monthly_change", args=[number, step]) for step in ("rest", "go-on", "end", "go-on")]
    assert stranger.post(steps[2]).headers["Location"] == "/give/account/"
    assert [client.post(one).status_code for one in steps] == [302, 302, 302, 409]
    assert rows("SELECT state FROM giving_sponsorship") == [("ENDED",)]


def test_whoever_holds_the_link_of_a_month_sees_what_for_and_not_by_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    giver = Client()
    giver.post("/give/account/", {"mobile": "۰۹۹۹۰۰۰۰۰۱۷"})
    giver.post("/give/account/code/", {"code": newest_code()})
    giver.post("/give/monthly/", {"request": str(uuid4()), "amount": "۲۰۰ هزار", "choice": "POOL"})
    # as if the promise were older: this month is asked for by the job
    with monkeypatch.context() as patched:
        patched.setattr("sakha.giving.actions.sponsorships.jalali_month", lambda _: 150001)
        patched.setattr("sakha.giving.queries.sponsorships.jalali_month", lambda _: 150001)
        ask_months(at=timezone.now(), address="sakha.test")
        ((sealed,),) = rows("SELECT text_sealed FROM coordination_notice WHERE kind = 'GIVER_MONTH'")
        link = re.search(r"/give/month/[\w-]+/", open_sealed(key_ring(), bytes(sealed)))[0]
        with sandbox() as gateway:
            open_gateway(monkeypatch, gateway)
            page = Client().get(link)
            assert ("۲۰۰٬۰۰۰ تومان" in words_of(page), "0017" in html_of(page)) == (True, False)
            assert gateway.url in html_of(Client().post(link))
    assert Client().get("/give/month/wrong/").status_code == 404
    for name, place in (("donor_month", ["w"]), ("donor_own_month", [1])):
        assert has_own_transactions(RequestFactory().get(reverse(name, args=place))), name

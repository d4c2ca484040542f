"""A company in the browser: asked for by a phone, seen by two of an office, given for by two; its papers its own."""

from __future__ import annotations

import re
from unittest.mock import patch
from uuid import uuid4

import httpx
import pytest
from django.http import HttpResponse
from django.test import Client

from sakha.entrypoints.donor_site.receipt import Receipt, draw_receipt
from sakha.entrypoints.kashi.language import COOKIE
from sakha.giving.actions.legal_givers import check_legal_giver
from tests.entrypoints.donor_site.test_accounts import newest_code
from tests.entrypoints.donor_site.test_pages import open_gateway
from tests.entrypoints.kashi.speaking import unsaid_on
from tests.entrypoints.staff_site.cast import Cast, make_cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.giving_cast import CROWD_MIN, a_legal_id, given_listed, rows, sandbox
from tests.ledger_cast import AT, given_officer

pytestmark = pytest.mark.django_db
NAME, SEEN = "شرکت نمونهٔ سپید", "روزنامهٔ رسمی دیده شد"
LEGAL_ID = a_legal_id()
SHOWN = ("/give/account/", "/give/company/", "/give/company/people/")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(cast, "officer")


def entered(mobile: str) -> Client:
    client = Client()
    client.post("/give/account/", {"mobile": mobile})
    client.post("/give/account/code/", {"code": newest_code()})
    return client


def account_on(page: HttpResponse) -> str:
    """In whose name the form of a page gives."""
    return re.search(r'name="account" value="(\d*)"', html_of(page))[1]


def phones_on(page: HttpResponse) -> list[str]:
    """The phones of a page with their middle hidden, in whatever digits they stand."""
    return re.findall(r"\d+•••\d+", html_of(page))


def give_in_the_browser(client: Client, url: str) -> None:
    told = {"request": str(uuid4()), "amount": "۱۵۰ میلیون"}
    # A form that doesn't say in whose name it is gives nothing in a company's.
    assert "دگرگون شد" in words_of(client.post("/give/pool/", told))
    pay = client.post("/give/pool/", told | {"account": account_on(client.get("/give/pool/"))})
    assert NAME in words_of(pay)
    start = re.search(rf'href="({url}[^"]+)"', html_of(pay))[1]
    back = httpx.post(start, data={"do": "pay"}, follow_redirects=False).headers["Location"]
    client.get(back.removeprefix("http://testserver"))


def in_english(client: Client, address: str) -> HttpResponse:
    client.cookies[COOKIE] = "en"
    answer = client.get(address)
    del client.cookies[COOKIE]
    return answer


def papers_of(client: Client, addresses: list[str]) -> list[Receipt]:
    """What stands on these papers."""
    drawn: list[Receipt] = []

    def keep(receipt: Receipt) -> bytes:
        drawn.append(receipt)
        return draw_receipt(receipt)

    with patch("sakha.entrypoints.donor_site.views.accounts.draw_receipt", keep):
        for address in addresses:
            assert client.get(address).content[:5] == b"%PDF-"
    return drawn


def given_account(client: Client, officer: Client) -> int:
    """Asked for, seen by one officer and approved in the site by another."""
    assert client.post("/give/company/", {"name": NAME, "legal_id": "12", "contact": "مدیر"}).status_code == 422
    asked = {"name": NAME, "legal_id": LEGAL_ID, "contact": "مدیر مالی"}
    assert client.post("/give/company/", asked).headers["Location"] == "/give/company/"
    assert client.post("/give/company/", asked).status_code == 422
    assert "در انتظار دیدن مدرک‌ها" in words_of(client.get("/give/company/"))
    ((number,),) = rows("SELECT id FROM giving_legal_giver")
    assert client.post(f"/give/company/{number}/act/").status_code == 404  # not yet
    assert "شرکت‌های بخشنده: ۱" in words_of(officer.get("/desk/"))
    page = words_of(officer.get("/legal-givers/"))
    assert NAME in page
    assert "مدیر مالی" in page
    for step, word in (("approve", "کهنه"), ("check", "بنویسید"), ("burn", "چنین حساب")):
        assert word in words_of(officer.post(f"/legal-givers/{number}/{step}/", follow=True))
    check_legal_giver(actor=given_officer("one.legal"), at=AT, legal_giver_id=number, note=SEEN)
    assert "تصویب شد" in words_of(officer.post(f"/legal-givers/{number}/approve/", follow=True))
    for asked, word in ((LEGAL_ID, NAME), (a_legal_id(8), "شرکتی با این شناسهٔ ملی نیست"), ("12", "تعداد رقم‌ها")):
        assert word in words_of(officer.get("/legal-givers/", {"legal_id": asked}))
    assert NAME not in words_of(officer.get("/legal-givers/", {"page": "2"}))
    assert "مدیر مالی" not in words_of(officer.get("/legal-givers/"))  # whom to call is nobody's any more
    return int(number)


def test_a_company_asks_for_an_account_and_gives_by_two_people(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, colleague, stranger = (entered(f"۰۹۹۹۰۰۰۰۰{number}") for number in (41, 42, 43))
    number = given_account(client, officer)
    assert client.post(f"/give/company/{number}/act/").headers["Location"] == "/give/account/"
    assert NAME in words_of(client.get("/give/account/"))
    told = {"name": "حسابدار", "mobile": "۰۹۹۹۰۰۰۰۰۴۲"}
    assert client.post("/give/company/people/", told | {"mobile": "۱۲"}).status_code == 422
    assert client.post("/give/company/people/", told).headers["Location"] == "/give/company/people/"
    assert colleague.post(f"/give/company/{number}/act/").status_code == 404  # no yes yet
    people = client.get("/give/company/people/")
    assert "هنوز نپذیرفته است" in words_of(people)
    assert phones_on(people) == ["۰۹۹۹•••۰۰۴۱", "۰۹۹۹•••۰۰۴۲"]
    assert "از شما می‌خواهد" in words_of(colleague.get("/give/account/"))
    for one in (stranger, Client()):
        assert one.post(f"/give/company/{number}/answer/", {"do": "accept"}).status_code in {302, 404}
    assert colleague.post(f"/give/company/{number}/answer/", {"do": "accept"}).status_code == 302
    assert colleague.post(f"/give/company/{number}/act/").status_code == 302
    assert stranger.post(f"/give/company/{number}/act/").status_code == 404
    for address in ("/give/company/people/", "/give/goods/"):
        assert stranger.get(address).status_code in {302, 403}
    assert Client().get("/give/company/").headers["Location"] == "/give/account/"

    with sandbox() as gateway:
        open_gateway(monkeypatch, gateway)
        give_in_the_browser(colleague, gateway.url)  # more than a phone may
    page = client.get("/give/account/")
    assert "۱۵۰٬۰۰۰٬۰۰۰ تومان" in words_of(page)
    assert client.get("/give/goods/").status_code == 200
    own, year = (re.search(rf'href="(/give/account/{one})"', html_of(page))[1] for one in (r"gifts/\d+/", r"\d+.pdf"))
    papers = papers_of(client, [f"{own}receipt.pdf", year])
    named = [{row.title: row.value for row in paper.facts} for paper in papers]
    assert all(NAME in facts.values() for facts in named)
    assert all("شناسهٔ ملی" in facts for facts in named)
    for address in (own, f"{own}receipt.pdf"):
        assert stranger.get(address).status_code == 404

    unsaid = {one: unsaid_on(html_of(in_english(client, one)), ["سپید", "مدیر مالی", "حسابدار", NAME]) for one in SHOWN}
    assert {one: words for one, words in unsaid.items() if words} == {}
    # a colleague who left gives in the own name only, from that moment on
    ((member,),) = rows("SELECT max(id) FROM giving_legal_member")
    assert stranger.post(f"/give/company/people/{member}/remove/").status_code == 404
    client.post(f"/give/company/people/{member}/remove/")
    assert NAME not in words_of(colleague.get("/give/account/"))
    assert colleague.get(own).status_code == 404
    assert client.post("/give/company/0/act/").status_code == 302
    assert "هنوز هدیه‌ای" in words_of(client.get("/give/account/"))


def test_an_office_stops_a_companys_account(cast: Cast, officer: Client) -> None:
    client = entered("۰۹۹۹۰۰۰۰۰۴۱")
    number = given_account(client, officer)
    client.post(f"/give/company/{number}/act/")
    why = {"note": "شمارهٔ شرکت دیگر پاسخ نمی‌دهد"}
    assert signed_in(cast, "staff").post(f"/legal-givers/{number}/stop/", why).status_code == 403
    assert "بسته شد" in words_of(officer.post(f"/legal-givers/{number}/stop/", why, follow=True))
    assert client.post("/give/company/people/", {"name": "حسابدار", "mobile": "۰۹۹۹۰۰۰۰۰۴۲"}).status_code == 302
    assert rows("SELECT count(*) FROM giving_legal_member") == [(1,)]
    assert "شمارهٔ شرکت دیگر پاسخ نمی‌دهد" in words_of(client.get("/give/account/"))


def test_a_page_says_in_whose_name_and_gives_in_no_other(
    cast: Cast, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = entered("۰۹۹۹۰۰۰۰۰۴۱")
    number = given_account(client, officer)
    _, code = given_listed(cast.staff, count=CROWD_MIN)
    with sandbox() as gateway:
        open_gateway(monkeypatch, gateway)
        pages = ("/give/pool/", f"/give/need/{code}/", "/give/monthly/", "/give/basket/")
        assert phones_on(client.get("/give/pool/")) == ["۰۹۹۹•••۰۰۴۱"]
        client.post(pages[1], {"request": str(uuid4()), "amount": "۱۰۰ هزار", "do": "basket"})
        before = {one: account_on(client.get(one)) for one in pages}
        assert all("به نام خودتان" in words_of(client.get(one)) for one in pages)
        client.post(f"/give/company/{number}/act/")  # in a second tab
        told = {"request": str(uuid4()), "amount": "۱۰۰ هزار", "choice": "POOL"}
        for one in pages:
            late = client.post(one, told | {"account": before[one]})
            assert (late.status_code, "دگرگون شد" in words_of(late)) == (422, True), one
            assert f"به نام {NAME}" in words_of(late)
            assert account_on(late) not in {"", before[one]}
        assert rows("SELECT count(*) FROM giving_gift") == rows("SELECT count(*) FROM giving_sponsorship") == [(0,)]
        assert "خبر می‌دهیم" not in words_of(client.get("/give/pool/"))  # no SMS goes to a company
        told |= {"account": before[pages[0]]}
        client.post("/give/company/0/act/")
        assert "به نام خودتان" in words_of(client.post("/give/pool/", told))
        assert "خبر می‌دهیم" in words_of(client.get("/give/pool/"))
    assert rows("SELECT donor_id::text FROM giving_gift") == [(before[pages[0]],)]


def test_goods_are_offered_in_no_other_name(officer: Client) -> None:
    client = entered("۰۹۹۹۰۰۰۰۰۴۱")
    number = given_account(client, officer)
    ((own,),) = rows("SELECT id FROM giving_donor WHERE legal_giver_id IS NULL")
    client.post(f"/give/company/{number}/act/")
    told = {
        "request": str(uuid4()), "item": "FOOD_PARCEL", "quantity": "۱۰", "worth": "۵ میلیون", "province": "30",
        "contact": "انبار، تلفن ۰۲۱۱۲۳۴۵۶۷۸",
    }  # fmt: skip
    late = client.post("/give/goods/", told | {"account": own})
    assert (late.status_code, "دگرگون شد" in words_of(late)) == (422, True)
    assert rows("SELECT count(*) FROM giving_goods_offer") == [(0,)]
    assert client.post("/give/goods/", told | {"account": account_on(late)}).status_code == 302
    assert rows("SELECT count(*) FROM giving_goods_offer") == [(1,)]

"""Refunds in the site: one officer of the nation proposes, another approves, the gateway sends it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from sakha.access.rules import SYSTEM
from sakha.entrypoints.staff_site.views import gateway
from sakha.giving.actions.refunding import propose_refund
from sakha.vocabulary.jalali import TEHRAN, show_date_short
from tests.entrypoints.donor_site.test_pages import open_gateway
from tests.entrypoints.staff_site.cast import Cast, signed_in
from tests.entrypoints.staff_site.reading import words_of
from tests.giving_cast import begin_case, give, rows, sandbox
from tests.ledger_cast import AT


def test_a_refund_goes_from_a_proposal_to_the_giver(
    cast: Cast, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    nation = signed_in(cast, "nation")
    with sandbox() as bank:
        open_gateway(monkeypatch, bank)
        first, second = (give(bank, 2_000_000, expires_on=AT.date()).gift_id for _ in range(2))
        assert "۲۰۰٬۰۰۰ تومان" in words_of(nation.get("/refunds/"))
        assert "پولی در انتظار برگشت نیست" in words_of(officer.get("/refunds/"))
        assert "پیشنهاد شد" in words_of(nation.post(f"/refunds/{first}/propose/", follow=True))
        ((own,),) = rows("SELECT id FROM giving_refund")
        assert "کس دیگری" in words_of(nation.post(f"/refunds/{own}/approve/", follow=True))
        assert "رد شد" in words_of(nation.post(f"/refunds/{own}/reject/", follow=True))
        assert "پیش‌تر" in words_of(nation.post(f"/refunds/{own}/reject/", follow=True))
        assert "چنین پولی" in words_of(nation.post(f"/refunds/{own}/burn/", follow=True))
        # what somebody else proposed may be approved: one gateway sends it back, the other leaves it to the bank
        at = timezone.now()
        sent, by_hand = (propose_refund(actor=SYSTEM, at=at, gift_id=one, reason="") for one in (first, second))
        monkeypatch.setattr(settings.SAKHA, "zarinpal_refunds", True)
        assert "درگاه برگرداند" in words_of(nation.post(f"/refunds/{sent}/approve/", follow=True))
        monkeypatch.setattr(settings.SAKHA, "zarinpal_refunds", False)
        assert "درگاه برگشت ندارد" in words_of(nation.post(f"/refunds/{by_hand}/approve/", follow=True))
        told = {"reference": "۱۲۳۴۵۶"}
        assert "نوشته شد" in words_of(nation.post(f"/refunds/{by_hand}/sent/", told, follow=True))
    assert rows("SELECT state FROM giving_refund ORDER BY id") == [("REJECTED",), ("SENT",), ("SENT",)]


def test_what_differs_at_the_gateway_is_closed_with_a_word_by_the_nations_office(
    cast: Cast, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    nation = signed_in(cast, "nation")
    page = words_of(nation.get("/gateway/"))
    assert "هنوز روزی سنجیده نشده است" in page
    assert "هنوز چیزی سنجیده نشده است" in page
    assert "همه چیز می‌خواند" not in page
    begin_case(timezone.now())
    with monkeypatch.context() as fitting:
        fitting.setattr(gateway, "gateway_cases", lambda **_: ())
        assert "همه چیز می‌خواند" in words_of(nation.get("/gateway/"))
    page = words_of(nation.get("/gateway/"))
    assert "درگاه گرفته است و در دفتر ما پرداخت‌شده نیست" in page
    assert "۷۰۰٬۰۰۰ ریال (۱)" in page
    assert "ناهمخوانی با درگاه پرداخت: ۱" in words_of(nation.get("/desk/"))
    ((number,),) = rows("SELECT id FROM giving_gateway_case")
    assert "۷۰۰٬۰۰۰" not in words_of(officer.get("/gateway/"))
    told = {"note": "از پشتیبان برگشته بود و بازگردانده شد"}
    assert "چنین پرونده‌ای" in words_of(officer.post(f"/gateway/{number}/settle/", told, follow=True))
    assert "بنویسید چه روشن شد" in words_of(nation.post(f"/gateway/{number}/settle/", follow=True))
    assert "بسته شد" in words_of(nation.post(f"/gateway/{number}/settle/", told, follow=True))
    assert "ناهمخوانی" not in words_of(nation.get("/desk/"))


def test_days_whose_books_never_came_stand_on_the_desk_and_the_page(cast: Cast, officer: Client) -> None:
    nation, at = signed_in(cast, "nation"), timezone.now()
    begin_case(at - timedelta(days=40))
    page = words_of(nation.get("/gateway/"))
    assert "دفتر درگاه از" in page
    assert "دفتر درگاه پرداخت نرسیده است: ۱" in words_of(nation.get("/desk/"))
    assert "تا نرسد" not in words_of(officer.get("/gateway/")) + words_of(officer.get("/desk/"))
    begin_case(at)
    page = words_of(nation.get("/gateway/"))
    assert "دفتر درگاه از" not in page
    assert "دفتر درگاه برای این روزها نرسید" in page
    days = [at.astimezone(TEHRAN).date() - timedelta(days=one) for one in (40, 32)]
    assert " – ".join(show_date_short(one) for one in days) in page
    assert f"{days[0]}/" not in page

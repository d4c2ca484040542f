"""Goods in the site: an organisation offers them in its giver's account, a charity takes them for whom it knows."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client
from django.utils import timezone

from sakha.access.rules import SYSTEM
from sakha.giving.actions import settle_goods
from sakha.ledger.actions import deliver_aid
from sakha.scoring.actions import confirm_need, declare_need
from sakha.vocabulary.need_kinds import NeedKind
from tests.entrypoints.staff_site.cast import Cast
from tests.entrypoints.staff_site.reading import words_of
from tests.giving_cast import rows


def test_goods_are_offered_taken_and_followed(cast: Cast, staff: Client, officer: Client) -> None:
    at, home = timezone.now(), cast.household_id
    declare_need(actor=cast.staff, at=at, household_id=home, kind=NeedKind.HEALTH)
    confirm_need(actor=SYSTEM, at=at, household_id=home, kind=NeedKind.HEALTH)
    assert Client().get("/give/goods/").headers["Location"] == "/give/account/"
    assert officer.get("/give/goods/").headers["Location"] == "/give/account/"
    assert "کالا و خدمت" in words_of(staff.get("/give/account/"))
    form = {"request": str(uuid4()), "item": "MEDICINE", "quantity": "۵", "worth": "۴۰ هزار", "province": "30"}
    form |= {"contact": "انبار، ۰۲۶"}
    for unfit, words in (
        ({"quantity": "x"}, "شمار را درست بنویسید"),
        ({"county": "2301"}, "با هم جور نیستند"),
        ({"expires_on_year": "۱۴۹۹"}, "روز، ماه و سال را کامل بنویسید"),
    ):
        refused = staff.post("/give/goods/", form | unfit)
        assert (refused.status_code, words in words_of(refused)) == (422, True), words
    assert staff.post("/give/goods/", form).status_code == 302

    ((number,),) = rows("SELECT id FROM giving_goods_offer")
    assert "۵ قلم دارو و لوازم درمان" in words_of(staff.get("/goods/"))
    assert "برمی‌دارم" in words_of(staff.get(f"/goods/{number}/"))
    take = {"household": str(home), "quantity": "۲", "request": str(uuid4())}
    assert "نمانده" in words_of(staff.post(f"/goods/{number}/", take | {"quantity": "۶"}, follow=True))
    assert "چنین پیشنهادی" in words_of(staff.post(f"/goods/{number}/", take | {"request": "x"}, follow=True))
    assert "نگه داشته شد" in words_of(staff.post(f"/goods/{number}/", take, follow=True))
    ((hold,),) = rows("SELECT hold_id FROM giving_goods_taking")
    deliver_aid(actor=cast.staff, at=at, hold_id=hold)
    settle_goods(at=at)
    own = words_of(staff.get("/give/goods/"))
    assert ("۳ قلم مانده" in own, "تحویل شد" in own, "به گفتهٔ بخشنده" in own) == (True, True, True)
    assert staff.post("/give/goods/", {"withdraws": str(number)}).status_code == 302
    assert "چنین پیشنهادی باز نیست" in words_of(staff.get(f"/goods/{number}/", follow=True))
    assert officer.get("/goods/").status_code == 403

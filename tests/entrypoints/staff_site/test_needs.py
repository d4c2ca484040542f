"""Needs and the policy on the site: declared, shown a paper, listed; drafted, simulated, approved by other eyes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from sakha.access.actions import acting, create_users
from sakha.access.rules import SYSTEM, NewUser, Role
from sakha.scoring.actions import open_assessed_needs, score_households
from tests.entrypoints.staff_site.cast import PASSWORD, Cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of

REASON = "خانوارهای بی‌پوشش باید زودتر دیده شوند."
OTHER_EYES = "other.eyes"


@pytest.fixture
def assessed(cast: Cast) -> Cast:
    score_households(actor=SYSTEM, at=timezone.now())
    open_assessed_needs(actor=SYSTEM, at=timezone.now())
    return cast


@pytest.fixture
def other_officer(cast: Cast) -> Client:
    user = NewUser(
        username=OTHER_EYES, role=Role.PROVINCE_OFFICER, display_name="پروین نمونه", password=PASSWORD, province="30"
    )
    with acting(SYSTEM):
        create_users(actor=SYSTEM, at=timezone.now(), users=[user])
    client = Client()
    client.post("/sign-in/", {"username": OTHER_EYES, "password": PASSWORD})
    return client


def test_a_need_is_declared_and_a_paper_opens_it(assessed: Cast, staff: Client) -> None:
    page = f"/households/{assessed.household_id}/needs/"

    answer = staff.post(page + "declare/", {"kind": "10", "amount": "۸٬۰۰۰٬۰۰۰", "reason": "پدر در زندان است"})
    assert answer.status_code == 302
    assert "اعلام‌شده" in words_of(staff.get(page))
    answer = staff.post(page + "paper/", {"kind": "10", "proof": "COURT", "reference": "نامهٔ دادگاه کرج"})
    assert answer.status_code == 302
    words = words_of(staff.get(page))
    assert '<input type="checkbox" name="has_consent" value="yes">' in html_of(staff.get(page))  # asked, not presumed
    assert "با مدرک" in words
    assert "نامهٔ دادگاه کرج" in words
    assert "۸٬۰۰۰٬۰۰۰ تومان مانده" in words
    assert "بدهی" in words_of(staff.get("/needs/?kind=10"))


def test_what_is_wrong_is_said_where_it_is(assessed: Cast, staff: Client) -> None:
    page = f"/households/{assessed.household_id}/needs/"

    assert staff.post(page + "declare/", {"kind": ""}).status_code == 422
    staff.post(page + "declare/", {"kind": "10"})
    answer = staff.post(page + "declare/", {"kind": "10"})
    assert answer.status_code == 422
    assert "از پیش ثبت است" in words_of(answer)
    answer = staff.post(page + "paper/", {"kind": "10", "proof": "MARRIAGE", "reference": "۱"})
    assert "چیزی دربارهٔ این نیاز نمی‌گوید" in words_of(answer)


def test_the_list_names_nobody_and_leads_to_the_needs(assessed: Cast, staff: Client, officer: Client) -> None:
    staff.post(f"/households/{assessed.household_id}/needs/declare/", {"kind": "10"})
    staff.post(
        f"/households/{assessed.household_id}/needs/paper/", {"kind": "10", "proof": "COURT", "reference": "نامه"}
    )

    for client in (staff, officer):
        words = words_of(client.get("/needs/"))
        assert "امتیاز" in words
        assert "رضایی" not in words
    assert staff.get("/needs/?after=999999999999999999999999-1&kind=77").status_code == 200


def test_weights_are_drafted_simulated_and_approved_by_other_eyes(
    assessed: Cast, officer: Client, other_officer: Client
) -> None:
    form = officer.get("/policies/new/priority/").context["form"]
    numbers = {name: field.initial for name, field in form.fields.items() if field.initial is not None}

    answer = officer.post("/policies/new/priority/", numbers | {"gap_points": "۹", "title": "آزمون", "reason": REASON})
    assert answer.status_code == 302
    page = answer.url
    assert "هنوز شبیه‌سازی نشده" in words_of(officer.get(page))
    answer = officer.post(page + "simulate/", {"end": "HOUSEHOLDS", "amount": "۱۰"}, follow=True)
    words = words_of(answer)
    assert "چه کسانی جابه‌جا می‌شوند" in words
    assert "بهای برش" in words
    assert "در انتظار چشم دوم" in words
    assert officer.get(page + "figures/").content.decode("utf-8-sig").startswith("dimension,code,name")
    answer = officer.post(page + "approve/", {})
    assert answer.status_code == 422
    assert "تصویب با کس دیگری است" in words_of(answer)
    assert "مقام کشوری" in words_of(other_officer.post(page + "approve/", {}))
    answer = signed_in(assessed, "nation").post(page + "approve/", {}, follow=True)
    assert "تصویب‌شده" in words_of(answer)
    assert "آزمون" in words_of(officer.get("/policies/"))


def test_cut_offs_and_needs_are_drafted_and_nonsense_is_refused(assessed: Cast, officer: Client) -> None:
    shifts = {"title": "برش شهر", "reason": REASON, "urban_shift": "۵", "rural_shift": "-2"}

    assert officer.post("/policies/new/cut-offs/", shifts | {"urban_shift": "۵۰۰"}).status_code == 422
    page = officer.post("/policies/new/cut-offs/", shifts).url
    answer = officer.post(page + "simulate/", {"end": "BUDGET", "amount": "۱۰۰٬۰۰۰٬۰۰۰"}, follow=True)
    assert "بودجه" in words_of(answer)
    document = officer.get("/policies/new/needs/").context["form"].fields["document"].initial
    needs = {"title": "نیازها", "reason": REASON, "document": document.replace("cut_decile <= 4", "secret <= 4", 1)}
    answer = officer.post("/policies/new/needs/", needs)
    assert answer.status_code == 422
    assert "درست نیست" in words_of(answer)
    assert officer.post("/policies/new/needs/", needs | {"document": document}).status_code == 302
    assert officer.post(page + "withdraw/", follow=True).status_code == 200
    assert officer.post(page + "simulate/", {"end": "HOUSEHOLDS", "amount": "5"}).status_code == 409
    assert officer.get("/policies/new/gold/").status_code == 404


def test_a_price_is_proposed_with_its_source_and_counts_once_other_eyes_approved_it(
    assessed: Cast, officer: Client, other_officer: Client
) -> None:
    day = dict(zip(("valid_from_day", "valid_from_month", "valid_from_year"), ("۱", "1", "۱۴۱۰"), strict=True))
    told = {"name": "cash_cap", "province": "30", "amount": "۲۰٬۰۰۰٬۰۰۰", "source": "مصوبهٔ شمارهٔ ۷ استان"} | day

    assert officer.post("/prices/", told | {"source": "?", "amount": "بسیار"}).status_code == 422
    assert officer.post("/prices/", told | {"province": ""}).status_code == 422
    assert officer.post("/prices/", told).status_code == 302
    own = officer.get("/prices/")
    number = own.context["waiting"][0].id
    assert not own.context["waiting"][0].may_approve
    assert "مصوبهٔ شمارهٔ ۷ استان" in words_of(own)
    approved = other_officer.post(f"/prices/{number}/approve/", follow=True)
    assert approved.context["waiting"] == []
    assert "از آینده" in words_of(approved)
    again = other_officer.post(f"/prices/{number}/approve/", follow=True)
    assert "در انتظار نیست" in words_of(again)
    level = told | {"name": "level", "amount": "۱۱۰٪"}
    assert officer.post("/prices/", level).status_code == 302
    number = officer.get("/prices/").context["waiting"][0].id
    assert officer.post(f"/prices/{number}/withdraw/", follow=True).context["waiting"] == []

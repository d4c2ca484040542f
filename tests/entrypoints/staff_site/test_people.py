"""The pages of explanations, confirmations and appeals, as staff and offices use them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from sakha.access.actions import acting
from sakha.access.rules import SYSTEM
from sakha.registry.actions.bank_answers import banks_organisation
from sakha.scoring.actions import score_households
from sakha.scoring.actions.confirming import NewConfirmer, add_confirmer
from sakha.scoring.queries import find_scores
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.vocabulary.jalali import to_jalali
from tests.entrypoints.staff_site.cast import Cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of

CAR = {"kind": "DATUM", "fact": "has_car", "told_value": "دارد", "statement": "خودرو خریده‌ایم و باید ثبت شود."}
VISIT = {"kind": "VISIT", "statement": "خواهش می‌کنیم به دیدن ما بیایید."}
DECISION = {"kind": "DECISION", "statement": "بیماری سنگینی در خانه داریم."}
REASON = "کمیته خانه را دید و درست یافت."


@pytest.fixture
def scored(cast: Cast) -> Cast:
    with acting(SYSTEM):
        score_households(actor=SYSTEM, at=timezone.now())
    return cast


def bring(client: Client, cast: Cast, words: dict[str, str]) -> str:
    answer = client.post(f"/households/{cast.household_id}/appeal/", words)
    assert answer.status_code == 302, words_of(answer)
    return answer.url


def test_the_printed_page_gives_reasons_with_source_and_a_way_to_object(scored: Cast, staff: Client) -> None:
    words = words_of(staff.get(f"/households/{scored.household_id}/why/"))

    assert "خیریهٔ مهرگان" in words
    assert "نه دهک رسمی" in words
    assert "ثبت اعتراض" in words
    assert "همهٔ جزئیات" not in words


def test_the_page_says_what_one_more_fact_would_change_and_no_stranger_reads_it(scored: Cast, staff: Client) -> None:
    address = f"/households/{scored.household_id}/why/"

    words = words_of(staff.get(address))

    assert "دانستن کدام روشن‌تر می‌کند؟" in words
    assert words.count("از ۱۰۰") >= 3
    assert signed_in(scored, "stranger").get(address).status_code == 404


def test_no_figure_of_a_bank_is_on_the_file_that_a_charity_reads(scored: Cast, staff: Client, officer: Client) -> None:
    address, now = f"/households/{scored.household_id}/", timezone.now()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)"
            " SELECT %s, %s, name, value, %s, %s FROM"
            " (VALUES ('rooms', 61729), ('area_m2', 41837)) AS told(name, value)",
            [scored.household_id, banks_organisation(at=now), timezone.localdate(now), now],
        )

    own, office = words_of(staff.get(address)), words_of(officer.get(address))

    for figure in ("۶۱۷۲۹", "۴۱۸۳۷"):  # no clock and no date looks like these
        assert figure in office  # the control: whoever may see it does
        assert figure not in own
    assert "تازه‌ترین" in own
    with acting(SYSTEM):
        score_households(actor=SYSTEM, at=timezone.now())
    printed, of_office = words_of(staff.get(f"{address}why/")), words_of(officer.get(f"{address}why/"))
    assert "۴۱۸۳۷" in of_office
    assert "۴۱۸۳۷" not in printed
    assert "پاسخ یکی از بانک‌های داده" in printed
    assert signed_in(scored, "stranger").get(address).status_code == 404


def test_a_datum_is_objected_to_and_mended_by_who_told_it(scored: Cast, staff: Client) -> None:
    address = bring(staff, scored, CAR)
    assert "این داده نادرست است: خودرو" in words_of(staff.get("/appeals/"))

    staff.post(f"{address}concede/")

    assert "پذیرفته شد" in words_of(staff.get(address))
    assert "هیچ کمکی" in words_of(staff.get("/appeals/"))


def test_an_office_asks_for_a_visit_and_decides_with_a_reason(scored: Cast, staff: Client, officer: Client) -> None:
    address = bring(staff, scored, VISIT)

    assert officer.post(f"{address}visit/").status_code == 302
    assert staff.post(f"{address}visited/", {"note": "رفتیم و خانه را دیدیم."}).status_code == 302
    assert officer.post(f"{address}decide/", {"reason": "", "is_upheld": "no"}).status_code == 422
    assert officer.post(f"{address}decide/", {"reason": REASON, "is_upheld": "no"}).status_code == 302

    words = words_of(staff.get(address))
    assert REASON in words
    assert "پذیرفته نشد" in words
    assert staff.post(f"{address}carry_on/", {"note": "ما این را نمی‌پذیریم."}).status_code == 302


def test_a_committees_decision_is_shown_with_its_end(scored: Cast, staff: Client, officer: Client) -> None:
    address = bring(staff, scored, DECISION)
    decile = find_scores(actor=SYSTEM, household_ids=[scored.household_id])[scored.household_id].decile
    target = decile - 1 if decile > 1 else 2
    year, month, day = to_jalali(timezone.localtime().date() + timedelta(days=60))
    given = {"reason": REASON, "is_upheld": "yes", "decile": str(target)}

    unbounded = officer.post(f"{address}decide/", given)
    answer = officer.post(
        f"{address}decide/", given | {"until_day": str(day), "until_month": str(month), "until_year": str(year)}
    )

    assert unbounded.status_code == 422
    assert answer.status_code == 302, words_of(answer)
    assert "به تصمیم کمیته تا" in words_of(staff.get(f"/households/{scored.household_id}/why/"))


def test_who_brought_an_appeal_does_not_decide_it(scored: Cast, officer: Client) -> None:
    address = bring(officer, scored, VISIT)

    answer = officer.post(f"{address}decide/", {"reason": REASON, "is_upheld": "yes"})

    assert answer.status_code == 403
    assert "تصمیم نمی‌گیرد" in words_of(answer)


def test_another_charity_finds_neither_explanation_nor_appeal(scored: Cast, staff: Client, stranger: Client) -> None:
    address = bring(staff, scored, VISIT)

    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/households/{scored.household_id}/why/").status_code == 404
    assert stranger.post(f"/households/{scored.household_id}/appeal/", VISIT).status_code == 404
    assert "در راه نیست" in words_of(stranger.get("/appeals/"))


def test_the_auditor_sees_the_stored_score_come_out_again(scored: Cast, officer: Client, staff: Client) -> None:
    words = words_of(officer.get(f"/households/{scored.household_id}/why/all/"))

    assert "بی هیچ تفاوتی دوباره به دست آمد" in words
    assert staff.get(f"/households/{scored.household_id}/why/all/").status_code == 403


def test_an_office_adds_a_confirmer_whose_name_stays_closed(scored: Cast, officer: Client) -> None:
    person = {"kind": "TRUSTEE", "name": "حاج رسول", "mobile": "09900001111", "national_id": "", "county": "3001"}

    assert officer.post("/confirmers/", person).status_code == 302
    assert officer.post("/confirmers/", person | {"mobile": "12"}).status_code == 422

    html = html_of(officer.get("/confirmers/"))
    assert "معتمد محله، شمارهٔ" in html
    assert "حاج رسول" not in html
    number = html.split('action="/confirmers/')[2].split("/")[0]
    assert "حاج رسول" in words_of(officer.post(f"/confirmers/{number}/"))
    assert officer.post(f"/confirmers/{number}/stop/").status_code == 302
    assert "شمرده نمی‌شود" in words_of(officer.get("/confirmers/"))


def test_a_colleague_is_asked_and_answers_on_his_own_page(scored: Cast, staff: Client, stranger: Client) -> None:
    colleague = NewConfirmer(
        kind=ConfirmerKind.CHARITY,
        name="نادر",
        mobile="09900002222",
        county="3001",
        organisation_id=scored.stranger.organisation_id,
        user_id=scored.stranger.user_id,
    )
    add_confirmer(actor=scored.officer, at=timezone.now(), confirmer=colleague)

    assert staff.post(f"/households/{scored.household_id}/ask/").status_code == 302
    page = stranger.get("/asked/")
    assert "خانوادهٔ م. رضایی" in words_of(page)
    number = html_of(page).split('name="request" value="')[1].split('"')[0]
    assert stranger.post("/asked/", {"request": number, "LIVES_HERE": "1"}).status_code == 302
    assert "اکنون پرسشی نیست" in words_of(stranger.get("/asked/"))
    assert stranger.post("/asked/", {"request": number, "LIVES_HERE": "1"}).status_code == 409


def test_an_address_that_makes_no_sense_shows_the_first_page(scored: Cast, staff: Client) -> None:
    assert signed_in(scored, "officer").get("/appeals/?after=nonsense").status_code == 200
    for words in (CAR, VISIT, DECISION):
        bring(staff, scored, words)
    assert staff.get("/appeals/?after=1e400_2").status_code == 200

"""What the data banks know of a household: who sees which figure, what is contested, how the banks are doing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.databanks.actions import record_evidence_many
from sakha.databanks.rules import EvidenceStatus, EvidenceToRecord, subject_indexes
from tests.entrypoints.staff_site.cast import Cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of


def keep(cast: Cast, fact: str, source: str, value: int | None, *, days_ago: int = 10, believed: int = 90) -> None:
    at = timezone.now()
    observed_on = timezone.localtime(at).date() - timedelta(days=days_ago)
    record_evidence_many(
        actor=SYSTEM,
        at=at,
        purpose="AID_ASSESSMENT",
        evidence=[
            EvidenceToRecord(
                subject_index=subject_indexes(key_ring(), [cast.head_national_id])[0],
                fact=fact,
                value=value,
                unit="",
                source=source,
                observed_on=observed_on,
                expires_on=observed_on + timedelta(days=believed),
                status=EvidenceStatus.UNKNOWN if value is None else EvidenceStatus.KNOWN,
            )
        ],
    )


@pytest.fixture
def known(cast: Cast) -> Cast:
    keep(cast, "CAR_COUNT", "VEHICLES", 7)
    keep(cast, "OFFICIAL_DECILE", "WELFARE_DECILE", 2)
    keep(cast, "PENSION_ANNUAL", "WAGE_PENSION", None)
    keep(cast, "HEALTH_INSURED", "INSURANCE", 1, days_ago=400)
    return cast


def page_of(cast: Cast, client: Client) -> str:
    return words_of(client.get(f"/households/{cast.household_id}/evidence/"))


def case_id() -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM databanks_case")
        return cursor.fetchone()[0]


def correct(cast: Cast, client: Client, **changes: str):
    html = html_of(client.get(f"/households/{cast.household_id}/evidence/"))
    about = next(part.split('"')[0] for part in html.split('value="')[1:] if ":CAR_COUNT:" in part.split('"')[0])
    told = {"about": about, "kind": "WRONG", "words": "این خودرو سال‌ها پیش فروخته شده است.", **changes}
    return client.post(f"/households/{cast.household_id}/evidence/correct/", told)


def test_an_office_sees_each_answer_with_source_age_and_state(known: Cast, officer: Client) -> None:
    words = page_of(known, officer)

    assert "تعداد خودرو ۷ ندارد" in words  # found beside declared
    assert "خودرو (راهور)، ۱ هفته پیش" in words
    assert "نامعلوم" in words
    assert "کهنه" in words


def test_a_charity_sees_no_figure_of_a_bank_but_its_freshness_and_a_band(known: Cast, staff: Client) -> None:
    words = page_of(known, staff)

    assert "تعداد خودرو خودرو (راهور)، ۱ هفته پیش دانسته" in words
    assert "سه دهک نخست" in words
    assert "۷" not in words.split("آنچه بانک‌های داده می‌دانند")[1].split("خانوار هم این فهرست")[0].replace("۱۳۶۷", "")


def test_another_charity_sees_nothing_and_asks_for_nothing(known: Cast, stranger: Client) -> None:
    assert stranger.get(f"/households/{known.household_id}/evidence/").status_code == 404
    assert stranger.post(f"/households/{known.household_id}/evidence/correct/", {}).status_code == 404
    assert stranger.post(f"/households/{known.household_id}/evidence/1/proof/", {}).status_code == 404


def test_a_correction_has_its_proof_its_deadline_and_an_end(known: Cast, staff: Client, officer: Client) -> None:
    assert correct(known, staff).status_code == 302
    words = page_of(known, staff)
    assert "نادرست است: تعداد خودرو" in words
    assert "چشم‌به‌راه مدرک" in words

    paper = SimpleUploadedFile("سند.pdf", b"%PDF-1.4", content_type="application/pdf")
    address = f"/households/{known.household_id}/evidence/{case_id()}"
    assert staff.post(f"{address}/proof/", {"proof": paper}).status_code == 302
    assert "در بازبینی" in page_of(known, officer)
    assert staff.post(f"{address}/decide/", {"decision": "UPHELD", "words": "سند"}).status_code == 403

    opened = html_of(officer.get(f"/households/{known.household_id}/evidence/")).split("/evidence/papers/")[1]
    paper_page = f"/households/{known.household_id}/evidence/papers/{opened.split('/')[0]}/"
    brought = officer.get(paper_page)
    assert (brought.content, brought.headers["Content-Type"]) == (b"%PDF-1.4", "application/pdf")
    assert "attachment" in brought.headers["Content-Disposition"]
    assert staff.get(paper_page).status_code == 403
    assert officer.get(paper_page.replace(str(known.household_id), str(known.protected_id), 1)).status_code == 404

    told = {"decision": "UPHELD", "words": "سند فروش دیده شد.", "value": "۰"}
    assert officer.post(f"{address}/decide/", told).status_code == 302
    assert "پذیرفته شد" in page_of(known, staff)


def test_a_correction_without_words_is_sent_back(known: Cast, staff: Client) -> None:
    answer = correct(known, staff, words=" ")

    assert answer.status_code == 422
    assert "این را خالی نگذارید" in words_of(answer)


def test_a_case_is_reached_through_its_own_household_only(known: Cast, staff: Client) -> None:
    correct(known, staff)
    paper = SimpleUploadedFile("a.pdf", b"%PDF", content_type="application/pdf")

    answer = staff.post(f"/households/{known.protected_id}/evidence/{case_id()}/proof/", {"proof": paper})

    assert answer.status_code == 404
    assert "چشم‌به‌راه مدرک" in page_of(known, staff)


@pytest.mark.parametrize("name", ["operator", "officer"])
def test_operators_and_officers_see_how_the_banks_are_doing(cast: Cast, name: str) -> None:
    answer = signed_in(cast, name).get("/banks/")

    assert answer.status_code == 200
    assert "هنوز به هیچ بانکی وصل نیستیم" in words_of(answer)
    assert "پاسخ‌های یک روز گذشته" not in words_of(answer)

    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("INSERT INTO databanks_bank_state (bank, last_answer_at) VALUES ('vehicles', now())")
    words = words_of(signed_in(cast, name).get("/banks/"))
    assert "اکنون به هیچ بانکی وصل نیستیم" in words
    assert "اکنون وصل نیست" in words
    assert "پاسخ‌های یک روز گذشته" in words


def test_one_look_at_what_is_known_is_noted_once(known: Cast, staff: Client) -> None:
    before = looks(known)

    page_of(known, staff)

    assert looks(known) == before + 1


def looks(cast: Cast) -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM access_entry WHERE action = 'READ' AND household_id = %s", [cast.household_id]
        )
        return cursor.fetchone()[0]


def test_a_charity_has_no_business_with_the_banks_state(staff: Client) -> None:
    assert staff.get("/banks/").status_code == 403

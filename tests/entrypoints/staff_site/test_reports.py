"""Reports: of one's own area, as PDF and Excel, and of a past day always the same bytes."""

from __future__ import annotations

import hashlib
import io
from argparse import Namespace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from openpyxl import load_workbook

from sakha.access.rules import SYSTEM, Scope
from sakha.entrypoints.commands import report as command
from sakha.entrypoints.reports.paper import draw_report
from sakha.entrypoints.reports.workbook import write_workbook
from sakha.entrypoints.staff_site import jobs
from sakha.entrypoints.staff_site.jobs import keep_reports
from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.observatory.actions import reckon_days
from sakha.observatory.actions.openings import open_province
from sakha.observatory.queries import get_figures
from sakha.observatory.queries.kept_reports import kept_reports
from sakha.observatory.queries.reports import get_report
from sakha.observatory.rules.daily import Place, PlaceUnknown
from sakha.observatory.rules.reports import NothingCounted, Report, ReportKind
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
from tests.entrypoints.staff_site.cast import make_cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.ledger_cast import AT, a_request, an_officer, given_charity, given_household

DAY = AT.astimezone(TEHRAN).date()
NIGHT = AT + timedelta(days=2)
HERE = Place("30")


def given_parcels(count: int, *, days: int = 0) -> None:
    charity, at = given_charity(f"خیریهٔ {days}"), AT + timedelta(days=days)
    for _ in range(count):
        household = given_household(charity)
        held = hold_aid(actor=charity, at=at, household_id=household.id, kind=NeedKind.FOOD, quantity=1,
                        request_id=a_request())  # fmt: skip
        deliver_aid(actor=charity, at=at, hold_id=held.require_held())


@pytest.mark.django_db
def test_a_past_days_report_stays_the_same_to_the_byte(tmp_path: Path) -> None:
    given_parcels(3)
    reckon_days(actor=SYSTEM, at=NIGHT, first=DAY, last=DAY, provinces=["30"])
    first = get_report(actor=SYSTEM, kind=ReportKind.MONTHLY, place=HERE, on=DAY)
    drawn, written = draw_report(first), write_workbook(first)
    # all three got the same
    assert "نیمهٔ کم‌دریافت خانوارها نزدیک ۵۰٪ کمک‌ها را گرفته است." in first.findings
    given_parcels(2, days=1)
    reckon_days(actor=SYSTEM, at=NIGHT, first=DAY, last=DAY + timedelta(days=1), provinces=["30"])
    again = get_report(actor=SYSTEM, kind=ReportKind.MONTHLY, place=HERE, on=DAY)

    assert drawn.startswith(b"%PDF-")
    assert (draw_report(again), write_workbook(again)) == (drawn, written)
    later = get_report(actor=SYSTEM, kind=ReportKind.COUNCIL, place=Place(), on=DAY + timedelta(days=1))
    assert ("شورا" in later.title, later.place) == (True, "ایران")
    far = DAY + timedelta(days=80)  # of Bahman, two months after the first that was counted
    beside = [get_report(actor=SYSTEM, kind=kind, place=HERE, on=far).tables[0].note for kind in ReportKind]
    assert [note.split("کنار ")[1] for note in beside] == ["پایان ۳۰ دی ۱۴۰۵.", "پایان ۳۰ آبان ۱۴۰۵."]

    # the book opens from the right, with the numbers of the day as numbers
    book = load_workbook(io.BytesIO(written))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    assert {"گزارش", "در یک نگاه", "نیازها به نوع", "شهرستان‌ها", "تعریف‌ها"} <= set(book.sheetnames)
    cells = {row[0].value: row[2] for row in book["در یک نگاه"].iter_rows(min_row=5)}
    figures = get_figures(actor=SYSTEM, place=HERE, on=DAY)
    worth = figures["DELIVERED_WORTH"]
    assert (cells["کمک رسیده"].value, cells["کمک رسیده"].data_type) == (3, "n")
    assert (cells[worth.title].value, "تومان" in cells[worth.title].number_format) == (worth.value // 10, True)
    assert book["در یک نگاه"]["C4"].value == "اکنون"
    divided = [[cell.value for cell in book[name][5]] for name in ("نیازها به نوع", "شهرستان‌ها", "به دهک")]
    assert divided == [["بستهٔ غذایی", 3, 0, 3], ["کرج", 3, 0, 0, 3, 3_000_000], ["دهک نامعلوم", 3, 0, 0]]

    asked = Namespace(province="30", on=DAY.isoformat(), council=False, out=tmp_path)
    assert command.run(asked) == 0
    pdf, xlsx = sorted(tmp_path.iterdir())
    assert (pdf.read_bytes(), xlsx.read_bytes()) == (drawn, written)


@pytest.mark.django_db
def test_a_report_is_of_ones_own_area_and_of_a_day_that_was_counted() -> None:
    given_parcels(1)
    reckon_days(actor=SYSTEM, at=NIGHT, first=DAY, last=DAY, provinces=["30"])
    ask = {"kind": ReportKind.MONTHLY, "on": DAY}

    for place in (Place("23"), Place()):
        with pytest.raises(PlaceUnknown):
            get_report(actor=an_officer(), place=place, **ask)
    with pytest.raises(PlaceUnknown):
        get_report(actor=an_officer(Scope.COUNTY), place=HERE, **ask)
    assert get_report(actor=an_officer(Scope.COUNTY), place=Place("30", "3001"), **ask).place == "شهرستان کرج"
    with pytest.raises(NothingCounted):
        get_report(actor=an_officer(), kind=ReportKind.MONTHLY, place=HERE, on=DAY - timedelta(days=1))


@pytest.mark.django_db
def test_the_page_hands_reports_to_whoever_oversees_the_place() -> None:
    cast = make_cast()
    given_parcels(1)
    reckon_days(actor=SYSTEM, at=NIGHT, first=DAY, last=DAY, provinces=["30"])
    officer, address = signed_in(cast, "officer"), f"/reports/monthly/30/{DAY.isoformat()}"

    pdf, xlsx = officer.get(f"{address}.pdf"), officer.get(f"{address}.xlsx")
    assert (pdf.content[:5], xlsx.content[:2]) == (b"%PDF-", b"PK")
    assert pdf.headers["Content-Disposition"].endswith(f'sakha-monthly-30-{DAY.isoformat()}.pdf"')
    assert "no-store" in pdf.headers["Cache-Control"]
    page = officer.get("/reports/")
    assert "گزارش‌های استان البرز" in words_of(page)
    assert "/reports/monthly/30/" in html_of(page)
    nowhere = ("/reports/monthly/30/2026-11-11.doc", "/reports/weekly/30/2026-11-11.pdf", "/reports/monthly/30/x.pdf",
               "/reports/monthly/30/2999-01-01.pdf")  # fmt: skip
    assert [officer.get(one).status_code for one in nowhere] == [404] * 4
    elsewhere = (
        f"/reports/monthly/23/{DAY}.pdf",
        f"/reports/council/iran/{DAY}.pdf",
        "/reports/monthly/30/2000-01-01.pdf",
    )
    assert [officer.get(one).status_code for one in elsewhere] == [404] * 3
    assert signed_in(cast, "staff").get(f"{address}.pdf").status_code == 403
    assert Client().get(f"{address}.pdf").url.startswith("/sign-in/")


def test_a_day_is_read_in_any_way_and_a_month_by_its_end() -> None:
    today = date(2026, 11, 23)  # 2 Azar 1405

    assert command.read_day("", today=today) == date(2026, 11, 21)
    assert command.read_day("1405-08", today=today) == command.read_day("۱۴۰۵/۸", today=today) == date(2026, 11, 21)
    assert command.read_day("1405/08/12", today=today) == command.read_day("2026-11-03", today=today)


def test_a_day_that_is_not_over_has_no_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command.timezone, "now", lambda: AT)

    for day in (DAY, DAY + timedelta(days=1)):
        with pytest.raises(command.DayNotOver):
            command.run(Namespace(province="30", on=day.isoformat(), council=False, out=tmp_path))


@pytest.mark.django_db
def test_the_nights_job_keeps_the_last_months_reports_and_a_second_night_draws_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = make_cast()
    month_end = date(2026, 11, 21)
    at = AT + timedelta(days=12)
    given_parcels(2)
    reckon_days(actor=SYSTEM, at=at, first=month_end, last=month_end, provinces=["30"])

    def broken(report: Report) -> bytes:
        if report.place == "ایران":
            raise ValueError("a drawing failed")
        return draw_report(report)

    # one that can't be drawn keeps no other from being kept, and is still due a month later
    monkeypatch.setattr(jobs, "draw_report", broken)
    with pytest.raises(jobs.ReportsNotKeptError, match=f"COUNCIL iran {month_end}"):
        keep_reports(at=at)
    kept = [len(kept_reports(actor=an_officer(Scope.NATION), province=one)[0]) for one in ("30", "")]
    assert kept == [2, 0]
    monkeypatch.undo()
    later = at + timedelta(days=40)
    assert (keep_reports(at=later), keep_reports(at=later)) == (2, 0), "the nation's council's, two files"

    officer = signed_in(cast, "officer")
    page = html_of(officer.get("/reports/"))
    monthly = get_report(actor=SYSTEM, kind=ReportKind.MONTHLY, place=HERE, on=month_end)
    drawn = draw_report(monthly)
    assert hashlib.sha256(drawn).hexdigest() in page
    kept = {one.form: one.id for one in kept_reports(actor=an_officer(), province="30")[0]}
    answer = officer.get(f"/reports/kept/{kept['pdf']}/")
    assert (answer.content, answer["Content-Type"]) == (drawn, "application/pdf")
    assert f"sakha-monthly-30-{month_end}.pdf" in answer["Content-Disposition"]
    nation, _ = kept_reports(actor=an_officer(Scope.NATION), province="")
    assert [one.kind for one in nation] == [ReportKind.COUNCIL, ReportKind.COUNCIL]
    closed = officer.get(f"/reports/kept/{nation[0].id}/")
    assert (closed.status_code, "این گزارش پیدا نشد" in html_of(closed)) == (404, True)
    address = f"/reports/kept/{kept['pdf']}/"
    asked = (("", True), (month_end, False), (month_end + timedelta(days=1), True), ("x", True))
    for after, is_listed in asked:
        assert (address in html_of(officer.get(f"/reports/?after={after}"))) is is_listed


@pytest.mark.django_db
def test_a_page_leads_to_its_own_places_comparison_alone() -> None:
    cast = make_cast()
    given_parcels(1)
    on = DAY + timedelta(days=1)
    open_province(actor=SYSTEM, at=AT + timedelta(days=1), province="30")
    reckon_days(actor=SYSTEM, at=NIGHT, first=on, last=on, provinces=["30"])
    officer = signed_in(cast, "officer")

    pages = [html_of(officer.get(f"/province/{one}/")) for one in ("30", "30/3001")]
    assert ["پیش و پس از گشایش" in page for page in pages] == [True, False]

"""What offices and operators see: the province, and the outbox."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from sakha.access.rules import SYSTEM
from sakha.coordination.queries import InvitationCount
from sakha.coordination.rules.states import InvitationState
from sakha.entrypoints.staff_site.place_screens import say_finding, show_cards, show_charts, show_funnel
from sakha.entrypoints.staff_site.table_files import write_cell
from sakha.entrypoints.staff_site.views.outbox import _show_counts
from sakha.entrypoints.staff_site.views.province import step_bounds
from sakha.observatory.actions import reckon_province
from sakha.observatory.queries import DAILY_FIGURES, PlacePicture
from sakha.observatory.rules import Breakdown, DayFigure, Lorenz, Part, PartFigures, Place, Reckoned
from sakha.vocabulary.jalali import TEHRAN
from tests.door_cast import given_invited, newest_text
from tests.entrypoints.staff_site.cast import Cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of


def counted(*provinces: str) -> None:
    """Count the day up to now."""
    at = timezone.now()
    for province in provinces:
        reckon_province(actor=SYSTEM, at=at, province=province, day=at.astimezone(TEHRAN).date())


def test_a_place_shows_its_figures_with_tables_definitions_and_files(officer: Client) -> None:
    assert "هنوز روزی شمرده نشده است" in words_of(officer.get("/province/"))
    counted("30")
    answer = officer.get("/province/")
    words, html = words_of(answer), html_of(answer)

    assert "استان البرز" in words
    assert "کمک تکراری پیشگیری‌شده" in words
    assert "همین داده در جدول" in words
    assert "صاحب آمار" in words
    address = re.search(r'href="(/figures.csv[^"]+code=COVERAGE_GAP[^"]+)"', html)
    assert address
    lines = officer.get(unescape(address[1])).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "figure,by,part,name,unit,value,on"
    assert lines[1].startswith("COVERAGE_GAP,COUNTY,3001,کرج,درصد,0,")
    whole = officer.get("/figures.csv?province=30").content.decode("utf-8-sig")
    assert "IDENTIFIED_HOUSEHOLDS,خانوار شناسایی‌شده,خانوار,2," in whole
    today = timezone.now().astimezone(TEHRAN).date()
    # a day without a count of its own is told as the counted day before it, and one before the first not at all
    counted_on = date.fromisoformat(lines[1].split(",")[-1])
    assert timedelta(0) <= today - counted_on <= timedelta(days=1)
    assert officer.get("/figures.csv?province=30&on=2020-01-01").status_code == 404
    county = words_of(officer.get("/province/30/3001/"))
    assert "شهرستان کرج" in county
    past = officer.get("/province/?on=2020-01-01")
    assert "هنوز روزی شمرده نشده است" in words_of(past)


def test_a_nations_officer_goes_from_the_nation_to_a_province_and_its_counties(cast: Cast) -> None:
    counted("30")
    nation = signed_in(cast, "nation")
    words, html = words_of(nation.get("/province/")), html_of(nation.get("/province/"))

    assert "ایران" in words
    assert 'class="grid-map"' in html
    assert 'href="/province/21/"' in html
    assert 'href="/province/30/3001/"' in html_of(nation.get("/province/30/"))
    assert "استان یزد" in words_of(nation.get("/province/21/"))
    assert nation.get("/province/99/").status_code == 404
    assert nation.get("/province/21/3001/").status_code == 404
    assert nation.get("/figures.csv?province=30&code=GINI&by=KIND").status_code == 404


@pytest.mark.parametrize("address", ["/province/23/", "/province/23/2301/", "/figures.csv", "/figures.csv?province=23"])
def test_of_another_place_an_officer_reads_neither_page_nor_file(officer: Client, address: str) -> None:
    counted("23", "30")

    assert officer.get(address).status_code == 404


def a_picture(**values: int) -> PlacePicture:
    figures = {
        code: DayFigure(code=code, title=one.title, unit=one.unit, value=values.get(code, 0))
        for code, one in DAILY_FIGURES.items()
    }
    return PlacePicture(
        place=Place("30"),
        reckoned=Reckoned(date(2026, 11, 21), timezone.now(), 1),
        figures=figures,
        parts={("FILL", Breakdown.KIND): (Part("1", "بستهٔ غذایی", 40), Part("2", "کمک نقدی ماهانه", 10))},
        within=(
            PartFigures(key="3001", name="کرج", values={"COVERAGE_GAP": 30}),
            PartFigures(key="3005", name="اشتهارد", values={"COVERAGE_GAP": 70}),
        ),
        lorenz=Lorenz((), 0.0),
        before=Lorenz((), 0.0),
        course_days=(date(2026, 11, 21),),
        course={"IDENTIFIED_HOUSEHOLDS": (90, 100), "COVERAGE_GAP": (None, 50)},
    )


def test_the_finding_is_a_sentence_of_the_figures() -> None:
    picture = a_picture(
        COVERAGE_GAP=50, UNCOVERED=50, FILL=25, IDENTIFIED_PEOPLE=3200, FOUND=200, INTRODUCED_AND_HELPED=50
    )

    assert say_finding(picture) == (
        "از هر صد خانوار نیازمند، ۵۰ خانوار را هیچ نهادی نمی‌پوشاند؛ ۲۵٪ ارزش نیازهای یک سال برآورده شده است؛"
        " بیش از همه اشتهارد جا مانده است (۷۰٪)."
    )
    # a few of very many are not nobody
    assert say_finding(a_picture(UNCOVERED=3)).startswith("از هر صد خانوار نیازمند، کمتر از یک خانوار را هیچ نهادی")
    assert say_finding(a_picture()).startswith("هیچ خانوار بی‌پوششی چشم‌به‌راه نیست")
    cards = show_cards(picture)
    assert cards[0].sentence == "۳٬۲۰۰ نفر؛ ۱۰ خانوار بیش از پایان ماه گذشته"
    assert (cards[1].value, cards[1].unit, cards[1].trend) == ("۵۰٪", "", (50,))
    assert show_funnel(picture).finding == "از هر صد خانوار یافته‌شده، ۲۵ خانوار به کمک رسید"
    (chart,) = show_charts(picture)
    assert chart.finding == "بیش از همه: بستهٔ غذایی، ۴۰٪"
    assert [bar.share for bar in chart.bars] == [0.4, 0.1]


def test_no_cell_of_a_file_is_a_formula() -> None:
    told = ["=1+1", "+98", "-5", "@SUM(A1)", "\t=1", "\r=1", -5, 0, "خیریهٔ مهر", ""]

    assert [write_cell(one) for one in told] == [
        "'=1+1", "'+98", "'-5", "'@SUM(A1)", "'\t=1", "'\r=1", -5, 0, "خیریهٔ مهر", "",
    ]  # fmt: skip


def test_steps_are_whole_percents_that_rise() -> None:
    for shares in ([], [0.0], [0.3, 0.3], [0.05, 0.9]):
        bounds = step_bounds(shares)

        assert list(bounds) == sorted(set(bounds))
        assert all(
            round(bound * 100) == bound * 100 or abs(bound * 100 - round(bound * 100)) < 1e-9 for bound in bounds
        )


def test_the_outbox_groups_states_and_hides_numbers(operator: Client) -> None:
    counts = tuple(
        InvitationCount(state=state, invitation_count=number, part_count=1, cost_rial=0)
        for number, state in enumerate(InvitationState, start=1)
    )

    shown = {figure.title: figure.value for figure in _show_counts(counts)}

    assert shown["در صف"] == "۳"  # queued 1 and sending 2
    assert shown["رسیده"] == "۴"
    assert "هنوز پیامکی در صندوق نیست" in words_of(operator.get("/outbox/"))


def test_the_outbox_shows_a_message_letter_by_letter(operator: Client, tmp_path: Path) -> None:
    given_invited(tmp_path)

    text = newest_text()

    assert re.search("[0-9]", text)
    assert text in html_of(operator.get("/outbox/"))  # a link whose digits were made Persian opens nothing

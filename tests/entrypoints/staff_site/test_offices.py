"""What offices and operators see: the province, and the outbox."""

from __future__ import annotations

import re
from pathlib import Path

from django.test import Client
from django.utils import timezone

from sakha.coordination.queries import InvitationCount
from sakha.coordination.rules.states import InvitationState
from sakha.entrypoints.staff_site.views.outbox import _show_counts
from sakha.entrypoints.staff_site.views.province import show_picture, step_bounds
from sakha.observatory.rules import CountyShare, Figure, FigureUnit, ProvincePicture, WaitingDecision
from tests.door_cast import given_invited, newest_text
from tests.entrypoints.staff_site.cast import Cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of


def test_the_province_shows_its_figures_with_their_tables(officer: Client) -> None:
    words = words_of(officer.get("/province/"))

    assert "استان البرز" in words
    assert "کمک تکراری پیشگیری‌شده" in words
    assert "همین داده در جدول" in words


def test_a_nations_officer_may_choose_the_province(cast: Cast) -> None:
    nation = signed_in(cast, "nation")

    assert "استان البرز" in words_of(nation.get("/province/"))
    assert 'href="/province/21/"' in html_of(nation.get("/province/"))
    assert "استان یزد" in words_of(nation.get("/province/21/"))
    assert nation.get("/province/99/").status_code == 404


def a_picture() -> ProvincePicture:
    return ProvincePicture(
        province="30",
        province_name="البرز",
        figures=(Figure("UNCOVERED", "بی‌پوشش", 3202, FigureUnit.HOUSEHOLD, "۲۸٪ خانوارها", (3, 2, 1)),),
        counties=(CountyShare("3001", "کرج", 70, 30), CountyShare("3005", "اشتهارد", 30, 70)),
        lorenz=((0.0, 0.0), (0.5, 0.27), (1.0, 1.0)),
        gini=0.34,
        waiting=(WaitingDecision("دعوتی که نرسید", "شماره نادرست است", 12, "province"),),
    )


def test_who_is_left_behind_most_stands_first() -> None:
    screen = show_picture(a_picture(), at=timezone.now())

    assert [row.name for row in screen.left_behind] == ["اشتهارد", "کرج"]
    assert [row.step for row in screen.left_behind] == [5, 1]
    assert screen.waiting[0].title == "۱۲ دعوتی که نرسید"
    assert screen.figures[0].value == "۳٬۲۰۲"


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

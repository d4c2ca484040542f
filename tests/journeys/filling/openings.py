"""A province opened, of whom the house is, and a report handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from types import SimpleNamespace

    from django.conf import settings
    from django.test import override_settings

    from sakha.access.actions.houses import say_house
    from sakha.access.rules import SYSTEM
    from sakha.access.rules.sealing import People, say_people
    from sakha.observatory.actions.kept_reports import keep_report
    from sakha.observatory.actions.openings import open_province
    from sakha.observatory.queries.kept_reports import DueReport
    from sakha.observatory.rules import Place
    from sakha.observatory.rules.reports import ReportKind
    from sakha.vocabulary.jalali import TEHRAN
    from tests.journeys.conftest import AT

    del walked
    keys = say_people(settings.SAKHA.keys_text(), People.SIMULATED)
    with override_settings(SAKHA=SimpleNamespace(keys_text=lambda: keys)):
        say_house(actor=SYSTEM, at=AT, people=People.SIMULATED)
    open_province(actor=SYSTEM, at=AT, province="23")
    due = DueReport(ReportKind.MONTHLY, Place("23"))
    keep_report(actor=SYSTEM, at=AT, due=due, on=AT.astimezone(TEHRAN).date(), files={"pdf": b"%PDF-"})

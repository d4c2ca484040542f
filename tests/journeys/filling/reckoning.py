"""A day counted, so that the observatory has something to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.rules import SYSTEM
    from sakha.observatory.actions import reckon_province
    from sakha.vocabulary.jalali import TEHRAN
    from tests.journeys.conftest import AT

    reckon_province(actor=SYSTEM, at=AT, province="23", day=AT.astimezone(TEHRAN).date())

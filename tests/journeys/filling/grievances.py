"""Somebody of another province, whose figures nobody compares, reports misuse at the public door."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.coordination.actions.grievances import NewGrievance, bring_public_grievance
    from sakha.coordination.rules.grievances import GrievanceKind
    from tests.journeys.conftest import AT

    del walked
    told = NewGrievance(kind=GrievanceKind.MISUSE, text="کسی برای ثبت نام پول می‌خواهد.", province="23", county="2301")
    bring_public_grievance(at=AT, address="192.0.2.1", grievance=told)

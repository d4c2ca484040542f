"""One delivery of the walk told and confirmed, and a round of calls drawn."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.rules.roles import Scope
    from sakha.ledger.actions import CallsToDraw, draw_calls, tell_receipts
    from tests.journeys.conftest import AT
    from tests.ledger_cast import an_officer

    del walked
    since, until = AT - timedelta(days=400), AT + timedelta(days=1)
    assert tell_receipts(at=AT, since=since, limit=5)
    calls = CallsToDraw(province="30", county="", from_at=since, until_at=until, size=5, seed=1)
    draw_calls(actor=an_officer(Scope.PROVINCE), at=AT, calls=calls)

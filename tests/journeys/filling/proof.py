"""The events so far, closed into blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.actions.closing_blocks import close_blocks
    from sakha.access.queries.chain import chained_logs
    from sakha.access.rules import SYSTEM
    from tests.journeys.conftest import AT

    del walked
    for log in chained_logs():
        assert not close_blocks(actor=SYSTEM, at=AT, stream=log).is_busy

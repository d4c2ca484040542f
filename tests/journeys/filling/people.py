"""A link that somebody guessed: confirmers, answers and appeals come from the walk itself."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.scoring.actions.confirming_links import check_link
    from sakha.scoring.rules.confirming_voices import LinkClosed
    from tests.journeys.conftest import AT

    del walked
    with suppress(LinkClosed):
        check_link(at=AT, token="nothing", address="192.0.2.1")

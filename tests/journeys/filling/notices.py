"""A notice that waits in the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.rules import SYSTEM
    from sakha.coordination.actions import NoticeToQueue, queue_notice
    from sakha.coordination.rules.notices import NoticeKind
    from tests.journeys.conftest import AT

    notice = NoticeToQueue(kind=NoticeKind.RECEIPT, reference="filling:1", mobile="+989908765431", text="سخا")
    queue_notice(actor=SYSTEM, at=AT, notice=notice)

"""What waits for an office's decision, across all rooms: how many of each and since when.

The policies of each room choose the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPile:
    """Things of one sort that wait, and the page that shows them."""

    title: str
    detail: str
    count: int
    oldest_at: datetime
    url_name: str


_PILES: Final = (
    (
        "اعتراض‌های باز",
        "مهلت پاسخ دارند",
        "appeals",
        Permission.READ_PROVINCE,
        "SELECT count(*), min(opened_at) FROM scoring_appeal WHERE decided_at IS NULL AND state <> 'CLOSED'",
    ),
    (
        "هویت‌های نامعلوم",
        "آیا این دو یک نفرند؟",
        "identity_queue",
        Permission.DECIDE_IDENTITY,
        "SELECT count(*), min(asked_at) FROM registry_identity_question WHERE state = 'OPEN'",
    ),
    (
        "معرفی‌هایی که خانوار نپذیرفته",
        "داوری شما پایانش می‌دهد",
        "introductions",
        Permission.INVITE,
        "SELECT count(*), min(disputed_at) FROM coordination_introduction WHERE disputed_at IS NOT NULL",
    ),
    (
        "معرفی‌هایی که کسی نپذیرفته",
        "تا نهادهای کشوری بالا رفته‌اند",
        "introductions",
        Permission.INVITE,
        "SELECT count(*), min(opened_at) FROM coordination_introduction WHERE state = 'OFFERED' AND level = 'NATION'",
    ),
    (
        "خدمت‌های تازهٔ نهادها",
        "پس از تأیید در راهنما دیده می‌شوند",
        "directory",
        Permission.INVITE,
        "SELECT count(*), min(told_at) FROM coordination_service WHERE state = 'WAITING'",
    ),
    (
        "پیش‌نویس سیاست‌ها",
        "آزموده شود یا تصویب",
        "policies",
        Permission.DECIDE_POLICY,
        "SELECT count(*), min(drafted_at) FROM scoring_policy WHERE state IN ('DRAFT', 'SIMULATED')",
    ),
)


def decisions_that_wait(*, actor: Actor) -> tuple[WaitingPile, ...]:
    """The piles that are not empty, the one with the oldest on top.

    Raises: PermissionMissing.
    """
    actor.require(Permission.READ_PROVINCE)
    piles: list[WaitingPile] = []
    with acting(actor), connection.cursor() as cursor:
        for title, detail, url_name, permission, statement in _PILES:
            if not actor.can(permission):
                continue
            cursor.execute(statement)
            count, oldest_at = cursor.fetchone()
            if count:
                piles.append(
                    WaitingPile(title=title, detail=detail, count=count, oldest_at=oldest_at, url_name=url_name)
                )
    return tuple(sorted(piles, key=lambda pile: pile.oldest_at))

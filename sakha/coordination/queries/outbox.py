"""What the outbox keeps, for operators: the text in full, the number masked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import Actor, Permission
from sakha.access.rules.sealing import open_sealed
from sakha.vocabulary.identifiers import mask_mobile

_LINES: Final = """
    SELECT id, invitation_id, number_sealed, text_sealed, part_count, kept_at FROM coordination_message
     WHERE id < %s ORDER BY id DESC LIMIT %s
"""
_NEWEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLine:
    """One kept message; without an invitation it is a one-time code or a notice."""

    id: int
    invitation_id: int | None
    number_masked: str
    text: str
    part_count: int
    kept_at: datetime


def outbox(*, actor: Actor, limit: int, after: int | None = None) -> tuple[OutboxLine, ...]:
    """The newest messages, or those that come after the id `after` on the way to the oldest."""
    actor.require(Permission.READ_OUTBOX)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_LINES, [_NEWEST if after is None else after, limit])
        rows = cursor.fetchall()
    ring = key_ring()
    return tuple(
        OutboxLine(
            id=row[0],
            invitation_id=row[1],
            number_masked=mask_mobile(open_sealed(ring, bytes(row[2]))),
            text=open_sealed(ring, bytes(row[3])),
            part_count=row[4],
            kept_at=row[5],
        )
        for row in rows
    )

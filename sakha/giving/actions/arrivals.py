"""Tells givers who left a phone that their gift arrived: once a gift and delivery, never whom it reached."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.coordination.actions import queue_notices
from sakha.coordination.rules.notices import NoticeKind
from sakha.giving.actions.notices import write_notice
from sakha.vocabulary.money import show_toman

# What could not be told within this time is no news any more.
_NEWS_FOR: Final = timedelta(days=3)
# For what it was is not said: a shared phone must not tell what is given.
_TEXT: Final = "هدیهٔ شما رسید: {amount}. جای هر ریال را در «هدیه‌های من» ببینید. سخا"
_ARRIVED: Final = """
    SELECT transfer.id, transfer.amount_rial, donor.mobile_sealed
      FROM giving_draw AS draw
      JOIN giving_transfer AS transfer ON transfer.draw_id = draw.id AND transfer.to_account = 5
      JOIN giving_gift AS gift ON gift.id = transfer.gift_id
      JOIN giving_donor AS donor ON donor.id = gift.donor_id AND donor.mobile_sealed IS NOT NULL
     WHERE draw.state = 'DELIVERED' AND draw.settled_at > %(since)s AND transfer.id > %(after)s
       AND NOT EXISTS (SELECT 1 FROM coordination_notice AS told
                        WHERE told.kind = %(kind)s AND told.reference = 'gift-arrived:' || transfer.id)
     ORDER BY transfer.id LIMIT %(limit)s
"""


def tell_arrivals(*, at: datetime, limit: int = 1000) -> int:
    """Queue an SMS for each part of a gift that arrived lately, some at a time; tell how many are new."""
    ring, queued_count, after = key_ring(), 0, 0
    while True:
        asked: dict[str, Any] = {"since": at - _NEWS_FOR, "kind": NoticeKind.GIFT_ARRIVED.value}
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_ARRIVED, asked | {"after": after, "limit": limit})
            found = cursor.fetchall()
        notices = [
            write_notice(
                ring,
                kind=NoticeKind.GIFT_ARRIVED,
                reference=f"gift-arrived:{transfer_id}",
                phone=phone,
                text=_TEXT.format(amount=show_toman(rial)),
            )
            for transfer_id, rial, phone in found
        ]
        going = [one for one in notices if one is not None]
        queued_count += queue_notices(actor=SYSTEM, at=at, notices=going).queued_count
        if len(found) < limit:
            return queued_count
        after = found[-1][0]

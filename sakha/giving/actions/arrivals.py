"""Tells givers who left a phone that their gift arrived: once a gift and delivery, never whom it reached."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import open_many
from sakha.coordination.actions import NoticeToQueue, queue_notices
from sakha.coordination.rules.notices import NoticeKind
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
     WHERE draw.state = 'DELIVERED' AND draw.settled_at > %s ORDER BY transfer.id LIMIT %s
"""


def tell_arrivals(*, at: datetime, limit: int = 1000) -> int:
    """Queue an SMS for each part of a gift that arrived lately; tell how many are new."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ARRIVED, [at - _NEWS_FOR, limit])
        found = cursor.fetchall()
    numbers = open_many(key_ring(), (bytes(row[2]) for row in found))
    notices = [
        NoticeToQueue(
            kind=NoticeKind.GIFT_ARRIVED,
            reference=f"gift-arrived:{transfer_id}",
            mobile=number,
            text=_TEXT.format(amount=show_toman(rial)),
        )
        for (transfer_id, rial, _), number in zip(found, numbers, strict=True)
    ]
    return queue_notices(actor=SYSTEM, at=at, notices=notices).queued_count

"""Money in the pool that no need can draw any more: its last day has passed, or its giver was refunded. It waits."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM

_WAITING: Final = """
    SELECT count(*) FILTER (WHERE gift.state = 'PAID'), count(*) FILTER (WHERE gift.state = 'REFUNDED'),
           coalesce(sum(balance.rial), 0)::bigint
      FROM giving_balance AS balance JOIN giving_gift AS gift ON gift.id = balance.gift_id
     WHERE balance.account = 3 AND balance.rial > 0
       AND (gift.state = 'REFUNDED' OR (gift.state = 'PAID' AND gift.expires_on < %s))
"""


@dataclass(frozen=True, slots=True)
class MoneyWaiting:
    """How many gifts lie there after their last day, how many after a refund, and the rials of both."""

    expired_count: int
    refunded_count: int
    rial: int


def money_waiting(*, on: date) -> MoneyWaiting:
    """What waits to go back to its givers on a day."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_WAITING, [on])
        return MoneyWaiting(*cursor.fetchone())

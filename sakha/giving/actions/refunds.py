"""What no need has drawn yet is booked as gone back; and the nightly comparison of the books with themselves.

Who sends it back, and how the money itself goes, is decided in `refunding`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.giving.rules.states import Account
from sakha.giving.rules.terms import GiftUnknown, NothingToRefund

# What was held at the first refund may come back to the pool later, and then goes back too.
_LOCK: Final = """
    SELECT listing_id, counted_rial FROM giving_gift WHERE id = %s AND state IN ('PAID', 'REFUNDED') FOR NO KEY UPDATE
"""
_LEFT: Final = "SELECT rial FROM giving_balance WHERE gift_id = %s AND account = %s"
_BOOK: Final = """
    INSERT INTO giving_transfer (gift_id, key, from_account, to_account, amount_rial, reason, at)
    SELECT %(gift)s, 'refund:' || count(*), %(pool)s, %(refunded)s, %(rial)s, %(reason)s, %(at)s
      FROM giving_transfer WHERE gift_id = %(gift)s AND from_account = %(pool)s AND to_account = %(refunded)s
"""


@dataclass(frozen=True, slots=True)
class BooksVerified:
    """How many balances differ from their transfers, and what all accounts sum to. Both are zero."""

    differing_count: int
    sum_rial: int


def book_refund(cursor: Any, *, at: datetime, gift_id: int, reason: str) -> int:
    """Book it within the caller's transaction; nobody draws it from then on. Raises: GiftUnknown, NothingToRefund."""
    cursor.execute(_LOCK, [gift_id])
    row = cursor.fetchone()
    if row is None:
        raise GiftUnknown
    cursor.execute(_LEFT, [gift_id, Account.POOL.value])
    left = cursor.fetchone()
    if left is None or left[0] == 0:
        raise NothingToRefund
    rial = int(left[0])
    booked: dict[str, Any] = {"gift": gift_id, "rial": rial, "reason": reason[:200], "at": at}
    cursor.execute(_BOOK, booked | {"pool": Account.POOL.value, "refunded": Account.REFUNDED.value})
    released_rial = min(rial, row[1])
    if released_rial:
        cursor.execute("SELECT giving_release(%s, %s)", [row[0], released_rial])
    cursor.execute(
        "UPDATE giving_gift SET state = 'REFUNDED', counted_rial = %s WHERE id = %s",
        [row[1] - released_rial, gift_id],
    )
    return rial


def verify_books() -> BooksVerified:
    """Compare every balance with its transfers, and the sum of all with zero."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT differing_count, sum_rial FROM giving_verify()")
        differing_count, sum_rial = cursor.fetchone()
    return BooksVerified(differing_count, int(sum_rial))

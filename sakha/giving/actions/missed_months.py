"""Ends promises for every month that nobody pays any more, so that their households are chosen by others again.

Counts asked months since the giver last said something about the promise; while a payment is open nothing ends, nor
before the giver was told that it would.
"""

from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.coordination.actions import queue_notices
from sakha.coordination.rules.notices import NoticeKind
from sakha.giving.actions.notices import write_notice
from sakha.giving.rules.sponsorships import MISSED_MOST, WARNED_BEFORE
from sakha.vocabulary.jalali import TEHRAN, jalali_month

_ENDED: Final = "هدیهٔ ماهانهٔ شما سه ماه نرسید و پایان یافت. هر زمان بخواهید از نو آغاز کنید. سپاس. سخا"


def missed_in_a_row(count: int) -> str:
    """SQL: whether the last so many months of `promise` that are over, or paid, were all missed; needs %(month)s."""
    return f"""(
        SELECT count(*) = {count:d} AND NOT bool_or(latest.is_paid) FROM (
            SELECT paid.count > 0 AS is_paid FROM giving_sponsored_month AS one
             CROSS JOIN LATERAL (
                   SELECT count(*) FROM giving_gift AS gift
                    WHERE gift.sponsored_month_id = one.id AND gift.state IN ('PAID', 'REFUNDED')) AS paid
             WHERE one.sponsorship_id = promise.id AND one.asked_at >= promise.state_at
               AND (one.month < %(month)s OR paid.count > 0)
             ORDER BY one.month DESC LIMIT {count:d}) AS latest)"""  # noqa: S608 -- a number of ours


# The newest month that was asked for is over, and said beforehand what comes: to a phone by a message that a provider
# took, to an organisation, which has none, in its account. Needs %(month)s, %(warned)s and `donor` beside `promise`.
WARNED: Final = """(EXISTS (
        SELECT 1 FROM giving_sponsored_month AS newest
         WHERE newest.sponsorship_id = promise.id AND newest.month < %(month)s AND newest.warned_at <= %(warned)s
           AND newest.month = (SELECT max(one.month) FROM giving_sponsored_month AS one
                                WHERE one.sponsorship_id = promise.id)
           AND (donor.mobile_sealed IS NULL OR EXISTS (
                SELECT 1 FROM coordination_notice AS told
                 WHERE told.kind = 'GIVER_MONTH' AND told.reference = 'giver-month:' || newest.id
                   AND told.state IN ('SENT', 'DELIVERED', 'UNKNOWN') AND told.sent_at <= %(warned)s))))"""
_MISSED: Final = f"""
    SELECT promise.id, donor.mobile_sealed
      FROM giving_sponsorship AS promise JOIN giving_donor AS donor ON donor.id = promise.donor_id
     WHERE promise.state = 'ACTIVE' AND promise.id > %(after)s AND {missed_in_a_row(MISSED_MOST)} AND {WARNED}
       AND NOT EXISTS (SELECT 1 FROM giving_sponsored_month AS asked
                         JOIN giving_gift AS gift ON gift.sponsored_month_id = asked.id
                         LEFT JOIN giving_payment AS payment ON payment.gift_id = gift.id AND payment.state = 'ASKED'
                        WHERE asked.sponsorship_id = promise.id
                          AND (payment.id IS NOT NULL OR (gift.state = 'PLEDGED' AND gift.lapses_at > %(at)s)))
     ORDER BY promise.id LIMIT %(limit)s FOR NO KEY UPDATE OF promise
"""  # noqa: S608 -- as above
_END: Final = """
    UPDATE giving_sponsorship SET state = 'ENDED', state_at = %s, ended_by = 'MISSED' WHERE id = ANY(%s)
"""


def end_missed_promises(*, at: datetime, limit: int = 500) -> int:
    """End what was asked for three months in a row and never paid, and whose giver was warned; they are told once.

    Tells how many ended.
    """
    ended_count = after = 0
    on = at.astimezone(TEHRAN).date()
    asked: dict[str, Any] = {"month": jalali_month(on), "at": at, "warned": at - WARNED_BEFORE}
    while True:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_MISSED, asked | {"after": after, "limit": limit})
            missed = cursor.fetchall()
            cursor.execute(_END, [at, [row[0] for row in missed]])
            ring = key_ring()
            notices = [
                write_notice(
                    ring, kind=NoticeKind.GIVER_ENDED, reference=f"giver-ended:{promise_id}", phone=phone, text=_ENDED
                )
                for promise_id, phone in missed
            ]
            queue_notices(actor=SYSTEM, at=at, notices=[one for one in notices if one is not None])
        ended_count += len(missed)
        if len(missed) < limit:
            return ended_count
        after = missed[-1][0]

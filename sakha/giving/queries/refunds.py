"""Money that waits to go back, and refunds on their way: for offices of the nation, without any giver."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.rules.refunds import GONE_FOR, RefundState, WaitsFor, may_refund
from sakha.vocabulary.jalali import TEHRAN

# Money that lies in the pool and can reach nobody. Whatever could still pay a need is no refund: money for a need that
# left is looked after by kind and place.
_REACHES_NOBODY: Final = """
      FROM giving_balance AS balance JOIN giving_gift AS gift ON gift.id = balance.gift_id
      LEFT JOIN giving_listing AS listing ON listing.id = gift.listing_id
     CROSS JOIN LATERAL (
           SELECT CASE WHEN gift.state = 'REFUNDED' THEN 'CAME_BACK' WHEN gift.expires_on < %(day)s THEN 'EXPIRED'
                       ELSE 'GONE' END AS why) AS waits
     WHERE balance.account = 3 AND balance.rial > 0
       AND (gift.state = 'REFUNDED' OR (gift.state = 'PAID' AND (
            gift.expires_on < %(day)s
            OR (listing.left_at < %(gone)s AND NOT EXISTS (
                SELECT 1 FROM scoring_need AS verified
                  JOIN registry_household AS home ON home.id = verified.household_id AND home.merged_into_id IS NULL
                  JOIN ledger_need AS need ON need.household_id = verified.household_id AND need.kind = verified.kind
                                          AND need.period = verified.period
                 WHERE verified.kind = ANY(gift.kinds) AND verified.state IN (2, 3, 4)
                   AND verified.expires_on >= %(day)s AND need.target > need.held + need.delivered
                   AND CASE WHEN gift.county <> '' THEN home.county = gift.county
                            ELSE gift.province IN ('', home.province) END)))))
"""
_WAITING: Final = f"""
    SELECT gift.id, balance.rial, gift.paid_at, gift.expires_on, waits.why {_REACHES_NOBODY}
       AND (%(gift)s::bigint IS NULL OR gift.id = %(gift)s)
       AND NOT EXISTS (SELECT 1 FROM giving_refund AS refund
                        WHERE refund.gift_id = gift.id AND refund.state IN ('PROPOSED', 'APPROVED', 'BY_HAND')
                          AND refund.id IS DISTINCT FROM %(besides)s::bigint)
     ORDER BY gift.paid_at, gift.id LIMIT 100
"""  # noqa: S608 -- the condition is ours
_SUMS: Final = f"SELECT waits.why, count(*), sum(balance.rial)::bigint {_REACHES_NOBODY} GROUP BY waits.why"
_REFUNDS: Final = """
    SELECT refund.id, refund.gift_id, refund.state,
           CASE WHEN refund.amount_rial > 0 THEN refund.amount_rial ELSE coalesce(balance.rial, 0) END,
           refund.reason, refund.reference, refund.proposed_by_id, refund.proposed_at, refund.sent_at
      FROM giving_refund AS refund
      LEFT JOIN giving_balance AS balance ON balance.gift_id = refund.gift_id AND balance.account = 3
     ORDER BY refund.state = 'SENT', refund.id DESC LIMIT 100
"""
_UNEVEN: Final = """
    SELECT count(*) FROM (
        SELECT gift_id, sum(amount_rial) AS rial FROM giving_refund
         WHERE state IN ('APPROVED', 'BY_HAND', 'SENT') GROUP BY 1) AS told
      LEFT JOIN giving_balance AS balance ON balance.gift_id = told.gift_id AND balance.account = 6
     WHERE coalesce(balance.rial, 0) < told.rial
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingGift:
    """Money of one gift that can reach nobody any more, and why."""

    gift_id: int
    rial: int
    paid_at: datetime
    expires_on: date | None
    why: WaitsFor


@dataclass(frozen=True, slots=True)
class MoneyWaiting:
    """How many gifts wait to go back, by why, and the rials of all."""

    counts: dict[WaitsFor, int]
    rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCard:
    """A refund and where it stands."""

    id: int
    gift_id: int
    state: RefundState
    rial: int
    reason: str
    reference: str
    proposed_by_id: int | None
    proposed_at: datetime
    sent_at: datetime | None


def waiting_gifts(
    *, actor: Actor, at: datetime, gift_id: int | None = None, besides_refund_id: int | None = None
) -> tuple[WaitingGift, ...]:
    """Gifts whose money waits to go back; nothing for offices below the nation's. Raises: PermissionMissing.

    What has an open refund waits no more, except for one that is just being decided.
    """
    actor.require(Permission.DECIDE_POLICY)
    if not may_refund(actor):
        return ()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_WAITING, _days(at) | {"gift": gift_id, "besides": besides_refund_id})
        return tuple(
            WaitingGift(gift_id=row[0], rial=row[1], paid_at=row[2], expires_on=row[3], why=WaitsFor(row[4]))
            for row in cursor.fetchall()
        )


def money_waiting(*, at: datetime) -> MoneyWaiting:
    """All that waits to go back, whether or not somebody proposed it."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SUMS, _days(at))
        found = cursor.fetchall()
    return MoneyWaiting({WaitsFor(why): count for why, count, _ in found}, sum(rial for _, _, rial in found))


def refunds(*, actor: Actor) -> tuple[RefundCard, ...]:
    """Refunds, those on their way first; nothing for offices below the nation's. Raises: PermissionMissing."""
    actor.require(Permission.DECIDE_POLICY)
    if not may_refund(actor):
        return ()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_REFUNDS)
        return tuple(
            RefundCard(
                id=row[0],
                gift_id=row[1],
                state=RefundState(row[2]),
                rial=row[3],
                reason=row[4],
                reference=row[5],
                proposed_by_id=row[6],
                proposed_at=row[7],
                sent_at=row[8],
            )
            for row in cursor.fetchall()
        )


def uneven_refunds() -> int:
    """Gifts whose refunds come to more than their books say went back. None is right."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_UNEVEN)
        return int(cursor.fetchone()[0])


def _days(at: datetime) -> dict[str, Any]:
    return {"day": at.astimezone(TEHRAN).date(), "gone": at - GONE_FOR}

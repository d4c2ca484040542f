"""Promises for every month as their giver sees them, with their months; one month by its link or in the own account."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.rules.conditions import HouseholdType
from sakha.giving.rules.sponsorships import (
    EndedBy,
    MonthState,
    SponsorshipAim,
    SponsorshipState,
    SponsorshipUnknown,
    month_state,
)
from sakha.giving.rules.terms import follow_digest
from sakha.vocabulary.jalali import TEHRAN, jalali_month
from sakha.vocabulary.need_kinds import NeedKind

_MONTHS_SHOWN: Final = 12
_TOLD_FOR: Final = timedelta(days=60)
_PROMISE: Final = """
    SELECT promise.id, promise.aim, promise.amount_rial, promise.state, promise.kinds, promise.household_types,
           promise.condition_set, promise.province, promise.county, promise.household_most_rial, promise.sign,
           promise.begun_at, promise.donor_id, promise.ended_by
      FROM giving_sponsorship AS promise
"""
# The gift of a month is the first that was paid, else the last attempt; each other that was paid is one beside it.
_MONTH: Final = """
    SELECT asked.id, asked.sponsorship_id, asked.month, coalesce(listing.code, ''), coalesce(listing.province, ''),
           coalesce(listing.county, ''), asked.is_replaced,
           tried.paid_count > 0, tried.gift_id, greatest(tried.paid_count - 1, 0),
           asked.warned_at IS NOT NULL
      FROM giving_sponsored_month AS asked
      LEFT JOIN giving_listing AS listing ON listing.id = asked.listing_id
     CROSS JOIN LATERAL (
           SELECT count(*) FILTER (WHERE gift.state IN ('PAID', 'REFUNDED')) AS paid_count,
                  coalesce((array_agg(gift.id ORDER BY gift.paid_at, gift.id)
                            FILTER (WHERE gift.state IN ('PAID', 'REFUNDED')))[1], max(gift.id)) AS gift_id
             FROM giving_gift AS gift WHERE gift.sponsored_month_id = asked.id) AS tried
"""
_OWN: Final = f"{_PROMISE} WHERE promise.donor_id = %s ORDER BY promise.state = 'ENDED', promise.id DESC LIMIT 50"
_OWN_MONTHS: Final = f"{_MONTH} WHERE asked.sponsorship_id = ANY(%s) ORDER BY asked.month DESC LIMIT 600"
_BY_LINK: Final = f"{_MONTH} WHERE asked.link_digest = %(digest)s OR asked.reminder_digest = %(digest)s"
# Told to each body that has a record of the household: it may look for another way to help.
_ENDED: Final = """
    SELECT DISTINCT promise.id, home.code, promise.kinds[1], promise.state_at
      FROM giving_sponsorship AS promise
      JOIN registry_household AS home ON home.id = promise.household_id AND home.merged_into_id IS NULL
      JOIN registry_record AS record ON record.household_id = home.id AND record.organisation_id = %(body)s
     WHERE promise.state = 'ENDED' AND promise.state_at >= %(since)s
     ORDER BY promise.state_at DESC, promise.id LIMIT 50
"""
_BY_ID: Final = f"{_MONTH} WHERE asked.id = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsoredMonthCard:
    """One month: where it stands, its gift where one was begun, and how many more were paid for it besides."""

    id: int
    month: int
    state: MonthState
    is_replaced: bool
    gift_id: int | None
    extra_count: int = 0
    # Should it be missed too, the promise ends.
    is_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorshipCard:
    """A promise for every month, without the household that it reaches: of that only the sign is known."""

    id: int
    donor_id: int
    aim: SponsorshipAim
    amount_rial: int
    state: SponsorshipState
    kinds: tuple[NeedKind, ...]
    types: tuple[HouseholdType, ...]
    condition_set: str
    province: str
    county: str
    household_most_rial: int | None
    sign: str
    begun_at: datetime
    ended_by: EndedBy | None = None
    months: tuple[SponsoredMonthCard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthToPay:
    """One month and its promise, for whoever pays it."""

    id: int
    month: int
    state: MonthState
    listing_code: str
    province: str
    county: str
    is_replaced: bool
    gift_id: int | None
    extra_count: int
    is_last: bool
    sponsorship: SponsorshipCard


@dataclass(frozen=True, slots=True)
class EndedPromise:
    """A household of a body for which somebody gave every month and does no more; no giver stands here."""

    household_code: str
    kind: NeedKind
    ended_at: datetime


def ended_promises(*, actor: Actor, at: datetime) -> tuple[EndedPromise, ...]:
    """Promises for households of the actor's body that ended lately, the newest first. Raises: PermissionMissing."""
    actor.require(Permission.HOLD_AID)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ENDED, {"body": actor.organisation_id, "since": at - _TOLD_FOR})
        return tuple(EndedPromise(row[1], NeedKind(row[2]), row[3]) for row in cursor.fetchall())


def own_sponsorships(*, donor_id: int, on: date) -> tuple[SponsorshipCard, ...]:
    """The giver's promises with their last months; those that ended come last."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OWN, [donor_id])
        cards = [_card(row) for row in cursor.fetchall()]
        cursor.execute(_OWN_MONTHS, [[card.id for card in cards]])
        months: dict[int, list[SponsoredMonthCard]] = {}
        for row in cursor.fetchall():
            months.setdefault(row[1], []).append(_month(row, jalali_month(on)))
    return tuple(replace(card, months=tuple(months.get(card.id, ())[:_MONTHS_SHOWN])) for card in cards)


def get_month(*, at: datetime, word: str = "", donor_id: int | None = None, month_id: int = 0) -> MonthToPay:
    """A month by the word of its link, or one of the giver's own by its number. Raises: SponsorshipUnknown."""
    with acting(SYSTEM), connection.cursor() as cursor:
        if word:
            cursor.execute(_BY_LINK, {"digest": follow_digest(word)})
        else:
            cursor.execute(_BY_ID, [month_id])
        row = cursor.fetchone()
        if row is None:
            raise SponsorshipUnknown
        cursor.execute(f"{_PROMISE} WHERE promise.id = %s", [row[1]])
        card = _card(cursor.fetchone())
    if not word and card.donor_id != donor_id:
        raise SponsorshipUnknown
    told = _month(row, jalali_month(at.astimezone(TEHRAN).date()))
    return MonthToPay(
        id=told.id,
        month=told.month,
        state=told.state,
        listing_code=row[3],
        province=row[4],
        county=row[5],
        is_replaced=told.is_replaced,
        gift_id=told.gift_id,
        extra_count=told.extra_count,
        is_last=told.is_last,
        sponsorship=card,
    )


def _card(row: tuple[Any, ...]) -> SponsorshipCard:
    return SponsorshipCard(
        id=row[0],
        aim=SponsorshipAim(row[1]),
        amount_rial=row[2],
        state=SponsorshipState(row[3]),
        kinds=tuple(NeedKind(kind) for kind in row[4]),
        types=tuple(HouseholdType(one) for one in row[5]),
        condition_set=row[6],
        province=row[7],
        county=row[8],
        household_most_rial=row[9],
        sign=row[10],
        begun_at=row[11],
        donor_id=row[12],
        ended_by=EndedBy(row[13]) if row[13] else None,
    )


def _month(row: tuple[Any, ...], now: int) -> SponsoredMonthCard:
    return SponsoredMonthCard(
        id=row[0],
        month=row[2],
        state=month_state(is_paid=row[7], is_over=row[2] < now),
        is_replaced=row[6],
        gift_id=row[8],
        extra_count=row[9],
        is_last=row[10],
    )

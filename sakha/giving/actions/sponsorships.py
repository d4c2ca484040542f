"""Promises for every month: begun, rested and ended by their giver at once; each month asked for once, reminded once.

Nothing is promised twice: of a household's need no more is promised for every month than it lacks in one.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import KeyRing
from sakha.coordination.actions import NoticeToQueue, queue_notices
from sakha.coordination.rules.notices import NoticeKind
from sakha.giving.actions.legal_givers import keep_standing
from sakha.giving.actions.missed_months import WARNED, end_missed_promises, missed_in_a_row
from sakha.giving.actions.notices import write_notice
from sakha.giving.queries.donors import DonorCard, amount_limits
from sakha.giving.queries.needs import LISTED
from sakha.giving.rules.donors import require_known
from sakha.giving.rules.identity import holds
from sakha.giving.rules.sponsorships import (
    MISSED_MOST,
    OPEN_MOST,
    REMINDED_AFTER,
    SPONSORED_KINDS,
    WARNED_BEFORE,
    EndedBy,
    KindNotSponsored,
    MonthPlan,
    NobodyToSponsor,
    PromisesMany,
    SponsorshipAim,
    SponsorshipState,
    SponsorshipStopped,
    SponsorshipUnknown,
    may_become,
    plan_month,
)
from sakha.giving.rules.terms import (
    GiftTerms,
    ListingUnknown,
    RequestReused,
    follow_digest,
    require_gift,
    require_terms,
)
from sakha.vocabulary.jalali import TEHRAN, jalali_month, month_bounds, to_jalali
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NeedKind

_LINK_BYTES: Final = 12
# Nothing of what it is for: a shared phone must not tell what is given.
_MONTH: Final = "هدیهٔ این ماه شما: {amount}\n{address}/give/month/{word}/\nسخا"
_LAST: Final = (
    "هدیهٔ این ماه شما: {amount}\n{address}/give/month/{word}/\n"
    "دو ماه گذشته نرسید؛ اگر این ماه هم نرسد هدیهٔ ماهانه خودبه‌خود پایان می‌یابد. سخا"
)
_AGAIN: Final = "یادآوری هدیهٔ این ماه: {amount}\n{address}/give/month/{word}/\nدیگر یادآوری نمی‌کنیم. سخا"
_ANOTHER: Final = "آن که ماهانه همراهش بودید دیگر در فهرست نیست. هدیهٔ این ماه به نیازی همانند می‌رسد. سخا"
# Promises for one household are counted one after the other.
_ONE_BY_ONE: Final = "SELECT pg_advisory_xact_lock(hashtext('giving_sponsorships'))"
_SENT: Final = "SELECT id, donor_id, amount_rial FROM giving_sponsorship WHERE request_id = %s"
_OPEN_COUNT: Final = "SELECT count(*) FROM giving_sponsorship WHERE donor_id = %s AND state <> 'ENDED'"
_BEGIN: Final = """
    INSERT INTO giving_sponsorship (request_id, donor_id, aim, amount_rial, province, county, kinds, household_types,
                                    condition_set, household_most_rial, household_id, sign, state, begun_at, state_at)
    VALUES (%(request)s, %(donor)s, %(aim)s, %(amount)s, %(province)s, %(county)s, %(kinds)s::smallint[],
            %(types)s::text[], %(set)s, %(household_most)s, %(household)s, %(sign)s, 'ACTIVE', %(at)s, %(at)s)
    RETURNING id
"""
# A shown need of the month with room for the amount, also beside what is promised for every month already. Who promised
# and paid neither this month nor the last keeps nobody else away.
_ROOM: Final = f"""
    SELECT id, code, household_id, kind, province, county FROM giving_listing
     WHERE {LISTED} AND kind = ANY(%(kinds)s::smallint[]) AND period = %(month)s
       AND (%(code)s = '' OR code = %(code)s)
       AND (%(province)s = '' OR province = %(province)s) AND (%(county)s = '' OR county = %(county)s)
       AND given_rial + elsewhere_rial + %(amount)s <= target_rial
       AND %(amount)s + (SELECT coalesce(sum(promised.amount_rial), 0) FROM giving_sponsorship AS promised
                          WHERE promised.household_id = giving_listing.household_id AND promised.state <> 'ENDED'
                            AND giving_listing.kind = ANY(promised.kinds)
                            AND (promised.begun_at >= %(since)s OR EXISTS (
                                SELECT 1 FROM giving_sponsored_month AS asked
                                  JOIN giving_gift AS gift ON gift.sponsored_month_id = asked.id
                                                          AND gift.state IN ('PAID', 'REFUNDED')
                                 WHERE asked.sponsorship_id = promised.id AND asked.month >= %(last)s))) <= target_rial
     ORDER BY (given_rial + elsewhere_rial)::numeric / target_rial, seen_count, code LIMIT 1
"""  # noqa: S608 -- the condition is ours
_KIND: Final = f"SELECT kind FROM giving_listing WHERE code = %s AND {LISTED}"  # noqa: S608 -- as above
_STATE: Final = "SELECT state FROM giving_sponsorship WHERE id = %s AND donor_id = %s FOR NO KEY UPDATE"
_CHANGE: Final = "UPDATE giving_sponsorship SET state = %s, state_at = %s, ended_by = %s WHERE id = %s"
# Whoever proved to be another household is that one, and whoever stays with it stays with that one.
_FOLLOW: Final = """
    UPDATE giving_sponsorship AS promise SET household_id = home.merged_into_id
      FROM registry_household AS home WHERE home.id = promise.household_id AND home.merged_into_id IS NOT NULL
"""
# What this month still has to ask for; not of a promise that only waits for an open payment before it ends. A need that
# left for good is one of a household that may be shown no more.
_DUE: Final = f"""
    SELECT promise.id, promise.aim, promise.amount_rial, promise.kinds, promise.province, promise.county,
           donor.mobile_sealed, home.id IS NOT NULL, listing.id,
           home.id IS NOT NULL AND (home.is_protected OR NOT EXISTS (
               SELECT 1 FROM giving_publishing_leave AS allowed
                WHERE allowed.household_id = home.id AND allowed.withdrawn_at IS NULL)),
           {missed_in_a_row(MISSED_MOST - 1)}
      FROM giving_sponsorship AS promise JOIN giving_donor AS donor ON donor.id = promise.donor_id
      LEFT JOIN registry_household AS home ON home.id = promise.household_id
      LEFT JOIN LATERAL (
           SELECT id FROM giving_listing
            WHERE {LISTED} AND household_id = promise.household_id AND kind = ANY(promise.kinds)
              AND period = %(month)s LIMIT 1) AS listing ON true
     WHERE promise.state = 'ACTIVE' AND promise.id > %(after)s
       AND NOT EXISTS (SELECT 1 FROM giving_sponsored_month AS asked
                        WHERE asked.sponsorship_id = promise.id AND asked.month = %(month)s)
       AND NOT ({missed_in_a_row(MISSED_MOST)} AND {WARNED})
     ORDER BY promise.id LIMIT %(limit)s
"""  # noqa: S608 -- as above
_ASK: Final = """
    INSERT INTO giving_sponsored_month (sponsorship_id, month, listing_id, is_replaced, link_digest, asked_at,
                                        warned_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (sponsorship_id, month) DO NOTHING RETURNING id
"""
_MOVE: Final = "UPDATE giving_sponsorship SET household_id = %s, sign = %s WHERE id = %s"
_UNPAID: Final = """
    SELECT asked.id, promise.amount_rial, donor.mobile_sealed
      FROM giving_sponsored_month AS asked
      JOIN giving_sponsorship AS promise ON promise.id = asked.sponsorship_id AND promise.state = 'ACTIVE'
      JOIN giving_donor AS donor ON donor.id = promise.donor_id AND donor.mobile_sealed IS NOT NULL
     WHERE asked.month = %(month)s AND asked.reminded_at IS NULL AND asked.asked_at <= %(before)s
       AND NOT EXISTS (SELECT 1 FROM giving_gift AS gift
                        WHERE gift.sponsored_month_id = asked.id AND gift.state IN ('PAID', 'REFUNDED'))
     ORDER BY asked.id LIMIT %(limit)s FOR NO KEY UPDATE OF asked
"""
_REMINDED: Final = "UPDATE giving_sponsored_month SET reminded_at = %s, reminder_digest = %s WHERE id = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSponsorship:
    """What somebody promises for every month; the request id is the form's. The terms name a need by its code."""

    request_id: UUID
    amount_rial: int
    aim: SponsorshipAim
    terms: GiftTerms = field(default_factory=GiftTerms)


@dataclass(frozen=True, slots=True)
class MonthsAsked:
    """How many months were asked for, how many of them for another need than before, how many were reminded of.

    And how many promises ended before it by themselves.
    """

    asked_count: int
    another_count: int
    reminded_count: int
    ended_count: int = 0


def begin_sponsorship(*, giver: DonorCard, at: datetime, promise: NewSponsorship) -> int:
    """Promise so much for every month, from this one on; tells its number. The first month is asked for at once.

    Raises: GiftInvalid, GiverUnknown, KindNotSponsored, LegalGiverUnknown, ListingUnknown, NobodyToSponsor,
        PromisesMany, RequestReused.
    """
    amount_rial, on = require_gift(promise.amount_rial), at.astimezone(TEHRAN).date()
    require_terms(promise.terms, on=on)
    is_organisation = giver.is_organisation and giver.is_in_good_standing
    known = {"is_organisation": is_organisation, "is_verified": holds(giver.verified_at, at=at)}
    require_known(amount_limits(on=on), amount_rial, has_phone=bool(giver.mobile), **known)
    month, values = jalali_month(on), _values(giver, at, promise)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ONE_BY_ONE)
        keep_standing(cursor, giver)
        cursor.execute(_SENT, [promise.request_id])
        if row := cursor.fetchone():
            if (row[1], row[2]) != (giver.donor_id, amount_rial):
                raise RequestReused
            return int(row[0])
        cursor.execute(_OPEN_COUNT, [giver.donor_id])
        if cursor.fetchone()[0] >= OPEN_MOST:
            raise PromisesMany(most=OPEN_MOST)
        listing_id = None
        if promise.aim is not SponsorshipAim.POOL:
            found = _choose_first(cursor, promise, values, month)
            listing_id = found.pop("listing")
            values |= found
        cursor.execute(_BEGIN, values)
        promise_id = int(cursor.fetchone()[0])
        cursor.execute(_ASK, [promise_id, month, listing_id, False, None, at, None])
    return promise_id


def change_sponsorship(*, giver: DonorCard, at: datetime, sponsorship_id: int, state: SponsorshipState) -> None:
    """Let the own promise rest, go on or end, from this moment on. Raises: SponsorshipUnknown, SponsorshipStopped."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_STATE, [sponsorship_id, giver.donor_id])
        row = cursor.fetchone()
        if row is None:
            raise SponsorshipUnknown
        before = SponsorshipState(row[0])
        if before is state:
            return
        if not may_become(before, state):
            raise SponsorshipStopped
        ended_by = EndedBy.GIVER if state is SponsorshipState.ENDED else ""
        cursor.execute(_CHANGE, [state, at, ended_by, sponsorship_id])


def ask_months(*, at: datetime, address: str, limit: int = 500) -> MonthsAsked:
    """Ask for what this month's promises still have to pay, a link by SMS each; remind once of what stays open.

    However often it runs, a month is asked for once and reminded of once. What nobody paid for too long ends first.
    """
    on = at.astimezone(TEHRAN).date()
    ended_count = end_missed_promises(at=at, limit=limit)
    asked_count = another_count = after = 0
    asked: dict[str, Any] = {"month": jalali_month(on), "warned": at - WARNED_BEFORE}
    while True:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_ONE_BY_ONE)
            cursor.execute(_FOLLOW)
            cursor.execute(_DUE, asked | {"after": after, "limit": limit})
            due = cursor.fetchall()
            ring = key_ring()
            told = [_ask_one(cursor, ring, at, address, row) for row in due]
            queue_notices(actor=SYSTEM, at=at, notices=[notice for _, notices in told for notice in notices])
        asked_count += sum(plan is not MonthPlan.LATER for plan, _ in told)
        another_count += sum(plan is MonthPlan.ANOTHER for plan, _ in told)
        if len(due) < limit:
            break
        after = due[-1][0]
    return MonthsAsked(asked_count, another_count, _remind(at, address, limit), ended_count)


def _values(giver: DonorCard, at: datetime, promise: NewSponsorship) -> dict[str, Any]:
    terms = promise.terms
    return {
        "request": promise.request_id,
        "donor": giver.donor_id,
        "aim": promise.aim,
        "amount": promise.amount_rial,
        "province": terms.province if not terms.county else "",
        "county": terms.county,
        "kinds": [kind.value for kind in terms.kinds],
        "types": [one.value for one in terms.types],
        "set": terms.condition_set,
        "household_most": terms.household_most_rial,
        "household": None,
        "sign": "",
        "at": at,
    }


def _choose_first(cursor: Any, promise: NewSponsorship, values: dict[str, Any], month: int) -> dict[str, Any]:
    """The household that the promise stays with, of those that are shown. What was named is what is promised for."""
    code = promise.terms.listing_code
    kinds = [NeedKind.ORPHAN.value]
    if promise.aim is SponsorshipAim.NEED:
        cursor.execute(_KIND, [code])
        row = cursor.fetchone()
        if row is None:
            raise ListingUnknown
        if NeedKind(row[0]) not in SPONSORED_KINDS:
            raise KindNotSponsored
        kinds = [row[0]]
    asked = {"kinds": kinds, "code": code, "amount": promise.amount_rial} | _months(month)
    cursor.execute(_ROOM, asked | {"province": values["province"], "county": values["county"]})
    row = cursor.fetchone()
    if row is None:
        raise NobodyToSponsor(field="amount")
    found = {"listing": row[0], "sign": row[1], "household": row[2], "kinds": kinds}
    if promise.aim is SponsorshipAim.NEED:  # should it end, another at the same place comes in its stead
        found |= {"province": "" if row[5] else row[4], "county": row[5]}
    return found


def _months(month: int) -> dict[str, Any]:
    first = datetime.combine(month_bounds(month)[0], time(), TEHRAN)
    return {"month": month, "since": first, "last": jalali_month(first.date() - timedelta(days=1))}


def _ask_one(
    cursor: Any, ring: KeyRing, at: datetime, address: str, row: tuple[Any, ...]
) -> tuple[MonthPlan, list[NoticeToQueue]]:
    promise_id, aim, amount_rial, kinds, province, county, phone, has_need, listing_id, has_left, is_last = row
    on = at.astimezone(TEHRAN).date()
    month = jalali_month(on)
    plan = plan_month(
        SponsorshipAim(aim),
        has_need=has_need,
        is_shown=listing_id is not None,
        has_left=has_left,
        day_of_month=to_jalali(on)[2],
    )
    if plan is MonthPlan.LATER:
        return plan, []
    if plan is MonthPlan.ANOTHER:
        asked = {"kinds": kinds, "code": "", "amount": amount_rial} | _months(month)
        cursor.execute(_ROOM, asked | {"province": province, "county": county})
        found = cursor.fetchone() or (None, "", None)
        listing_id = found[0]
        cursor.execute(_MOVE, [found[2], found[1], promise_id])
    word = secrets.token_urlsafe(_LINK_BYTES)
    digest = follow_digest(word) if phone is not None else None
    is_replaced, warned_at = plan is MonthPlan.ANOTHER and has_need, at if is_last else None
    cursor.execute(_ASK, [promise_id, month, listing_id, is_replaced, digest, at, warned_at])
    month_id = int(cursor.fetchone()[0])
    text = (_LAST if is_last else _MONTH).format(amount=show_toman(amount_rial), address=address, word=word)
    texts = [(NoticeKind.GIVER_MONTH, text)]
    if is_replaced:
        texts.insert(0, (NoticeKind.GIVER_ANOTHER, _ANOTHER))
    return plan, [one for kind, text in texts if (one := _write(ring, phone, kind, month_id, text)) is not None]


def _remind(at: datetime, address: str, limit: int) -> int:
    month, count = jalali_month(at.astimezone(TEHRAN).date()), 0
    while True:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_UNPAID, {"month": month, "before": at - REMINDED_AFTER, "limit": limit})
            unpaid = cursor.fetchall()
            ring, notices = key_ring(), []
            for month_id, amount_rial, phone in unpaid:
                word = secrets.token_urlsafe(_LINK_BYTES)
                cursor.execute(_REMINDED, [at, follow_digest(word), month_id])
                text = _AGAIN.format(amount=show_toman(amount_rial), address=address, word=word)
                notices.append(_write(ring, phone, NoticeKind.GIVER_REMINDER, month_id, text))
            going = [one for one in notices if one is not None]
            count += queue_notices(actor=SYSTEM, at=at, notices=going).queued_count
        if len(unpaid) < limit:
            return count


def _write(ring: KeyRing, phone: bytes | None, kind: NoticeKind, month_id: int, text: str) -> NoticeToQueue | None:
    """The notice; whoever gets none finds the month in the account."""
    return write_notice(ring, kind=kind, reference=f"giver-month:{month_id}", phone=phone, text=text)

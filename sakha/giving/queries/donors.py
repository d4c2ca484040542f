"""What a giver sees of the own gifts: list, years, one account; and how much may be given by whom."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.conf import settings
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import open_sealed
from sakha.giving.queries.gifts import GiftAccount, account_of
from sakha.giving.rules.donors import AmountLimits
from sakha.giving.rules.states import GiftState
from sakha.giving.rules.terms import GiftUnknown
from sakha.vocabulary.identifiers import mask_mobile
from sakha.vocabulary.jalali import TEHRAN, from_jalali, jalali_year, to_jalali

_DONOR: Final = """
    SELECT donor.id, donor.mobile_sealed, coalesce(body.name, legal.name),
           (SELECT CASE newest.outcome WHEN 'VERIFIED' THEN newest.asked_at END
              FROM giving_identity_check AS newest
             WHERE newest.donor_id = donor.id AND newest.outcome IN ('VERIFIED', 'MISMATCH')
             ORDER BY newest.asked_at DESC, newest.id DESC LIMIT 1),
           coalesce(body.legal_id, legal.legal_id, ''), legal.id, legal.id IS NULL OR legal.state = 'APPROVED'
      FROM giving_donor AS donor
      LEFT JOIN access_organisation AS body ON body.id = donor.organisation_id
      LEFT JOIN giving_legal_giver AS legal ON legal.id = donor.legal_giver_id WHERE donor.id = %s
"""
PAGE_SIZE: Final = 50
_GIFTS: Final = """
    SELECT first.id, first.state, first.pledged_at, first.paid_at, sum(part.amount_rial)::bigint, count(*),
           coalesce(sum(lies.delivered), 0)::bigint, coalesce(sum(lies.refunded), 0)::bigint
      FROM giving_gift AS first
      JOIN giving_gift AS part ON part.id = first.id OR part.led_by_id = first.id
      LEFT JOIN LATERAL (
           SELECT sum(rial) FILTER (WHERE account = 5) AS delivered, sum(rial) FILTER (WHERE account = 6) AS refunded
             FROM giving_balance WHERE gift_id = part.id) AS lies ON true
     WHERE first.donor_id = %(donor)s AND first.led_by_id IS NULL AND {which}
     GROUP BY first.id ORDER BY first.id DESC LIMIT %(most)s OFFSET %(offset)s
"""
_ALL: Final = _GIFTS.format(which="true")
_OF_YEAR: Final = _GIFTS.format(which="first.paid_at >= %(since)s AND first.paid_at < %(until)s")
_PAID_ON: Final = """
    SELECT DISTINCT (paid_at AT TIME ZONE 'Asia/Tehran')::date FROM giving_gift
     WHERE donor_id = %s AND led_by_id IS NULL AND paid_at IS NOT NULL
"""
_LIMITS: Final = """
    SELECT unknown_rial, phone_rial FROM giving_amount_limit WHERE from_on <= %s ORDER BY from_on DESC LIMIT 1
"""
_FIRST: Final = AmountLimits(unknown_rial=0, phone_rial=0)


@dataclass(frozen=True, slots=True)
class DonorCard:
    """Who is signed in: the organisation's name, or the last digits of a phone."""

    donor_id: int
    name: str
    mobile: str
    # Whether the organisation, where it is one, is in good standing: without, it may give no more than anybody.
    is_in_good_standing: bool = True
    # When banks last said who the person is (rules/identity.py says how long it counts).
    verified_at: datetime | None = None
    # Of a legal person; empty where the register has none of it.
    legal_id: str = ""
    # Set where it is a legal giver that is no body of the register.
    legal_giver_id: int | None = None

    @property
    def shown(self) -> str:
        """The phone with its middle hidden, as in 0912•••6789."""
        return mask_mobile(self.mobile) if self.mobile else ""

    @property
    def is_organisation(self) -> bool:
        """Whether a legal person gives."""
        return not self.mobile


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGift:
    """One payment of a giver, as the list shows it."""

    gift_id: int
    state: GiftState
    pledged_at: datetime
    paid_at: datetime | None
    amount_rial: int
    part_count: int
    delivered_rial: int
    refunded_rial: int

    @property
    def year(self) -> int:
        """The Jalali year in which it was paid, in Tehran; 0 where it was not."""
        return to_jalali(self.paid_at.astimezone(TEHRAN).date())[0] if self.paid_at else 0


def find_donor(*, donor_id: int) -> DonorCard | None:
    """Who is signed in."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_DONOR, [donor_id])
        row = cursor.fetchone()
    if row is None:
        return None
    mobile = open_sealed(key_ring(), bytes(row[1])) if row[1] else ""
    return DonorCard(
        row[0],
        row[2] or "",
        mobile,
        is_in_good_standing=row[6],
        verified_at=row[3],
        legal_id=row[4],
        legal_giver_id=row[5],
    )


def own_gifts(*, donor_id: int, page: int = 1) -> tuple[OwnGift, ...]:
    """A page of a giver's payments, the newest first."""
    return _read(_ALL, {"donor": donor_id, "most": PAGE_SIZE, "offset": (max(page, 1) - 1) * PAGE_SIZE})


def gifts_of_year(*, donor_id: int, year: int) -> tuple[OwnGift, ...]:
    """All that a giver paid in a Jalali year, in Tehran, however much it is; the newest first."""
    since, until = (datetime.combine(from_jalali(one, 1, 1), time(), TEHRAN) for one in (year, year + 1))
    return _read(_OF_YEAR, {"donor": donor_id, "since": since, "until": until, "most": None, "offset": 0})


def gift_years(*, donor_id: int) -> tuple[int, ...]:
    """The Jalali years in which something was paid, the newest first."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PAID_ON, [donor_id])
        return tuple(sorted({jalali_year(row[0]) for row in cursor.fetchall()}, reverse=True))


def _read(statement: str, values: dict[str, Any]) -> tuple[OwnGift, ...]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return tuple(
            OwnGift(
                gift_id=row[0],
                state=GiftState(row[1]),
                pledged_at=row[2],
                paid_at=row[3],
                amount_rial=row[4],
                part_count=row[5],
                delivered_rial=row[6],
                refunded_rial=row[7],
            )
            for row in cursor.fetchall()
        )


def get_own_gift(*, donor_id: int, gift_id: int) -> GiftAccount:
    """The account of one of the giver's own payments. Raises: GiftUnknown."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT follow_digest FROM giving_gift WHERE id = %s AND donor_id = %s", [gift_id, donor_id])
        row = cursor.fetchone()
    if row is None:
        raise GiftUnknown
    return account_of(bytes(row[0]))


def amount_limits(*, on: date) -> AmountLimits:
    """How much nobody known, a known phone and a verified person may give at once; nothing where no row says so."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LIMITS, [on])
        row = cursor.fetchone()
    if row is None:
        return _FIRST
    unknown_rial, phone_rial = row
    return AmountLimits(unknown_rial, phone_rial, settings.SAKHA.giver_verified_rial)

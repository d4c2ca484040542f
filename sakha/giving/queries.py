"""Reads of giving: the needs shown to givers, the account of one gift, what a charity may hold with gifts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.rules.states import Account, DrawState, GiftState
from sakha.giving.rules.terms import GiftUnknown, ListingUnknown, follow_digest
from sakha.vocabulary.need_kinds import NeedKind

PAGE_SIZE: Final = 12

_COLUMNS: Final = """code, kind, province, county, size_band, severity, is_confirmed, verified_on, target_rial,
           given_rial + elsewhere_rial, seen_count"""
_SHOWN: Final = f"""
    SELECT {_COLUMNS}, count(*) OVER () FROM giving_listing
     WHERE left_at IS NULL AND given_rial + elsewhere_rial < target_rial
       AND (%(kind)s::smallint IS NULL OR kind = %(kind)s) AND (%(province)s = '' OR province = %(province)s)
       AND (%(code)s = '' OR code = %(code)s)
     ORDER BY seen_count, severity DESC, target_rial - given_rial - elsewhere_rial DESC, code
     LIMIT {PAGE_SIZE} OFFSET %(offset)s
"""  # noqa: S608 -- columns and page size are ours
_KINDS: Final = """
    SELECT kind, count(*) FROM giving_listing WHERE left_at IS NULL AND given_rial + elsewhere_rial < target_rial
       AND (%s = '' OR province = %s) GROUP BY 1 ORDER BY 2 DESC, 1
"""
_ONE: Final = f"SELECT {_COLUMNS} FROM giving_listing WHERE code = %s AND left_at IS NULL"  # noqa: S608 -- as above
_GIFT: Final = """
    SELECT gift.id, gift.amount_rial, gift.state, gift.pledged_at, gift.paid_at, gift.kinds, gift.province, gift.county,
           listing.code, payment.state, payment.reference
      FROM giving_gift AS gift LEFT JOIN giving_payment AS payment ON payment.gift_id = gift.id
      LEFT JOIN giving_listing AS listing ON listing.id = gift.listing_id
     WHERE gift.follow_digest = %s
"""
_BALANCES: Final = "SELECT account, rial FROM giving_balance WHERE gift_id = %s"
# Who carries it is told; to whom is not, and where no closer than the need was shown.
_SHARES: Final = """
    SELECT draw.kind, transfer.amount_rial, draw.state, draw.drawn_at, draw.settled_at, body.name
      FROM giving_transfer AS transfer JOIN giving_draw AS draw ON draw.id = transfer.draw_id
      JOIN access_organisation AS body ON body.id = draw.organisation_id
     WHERE transfer.gift_id = %s AND transfer.to_account = 4 ORDER BY transfer.id
"""
# Needs of households that the actor sees, for which givers' money lies ready by name.
_FUNDED: Final = """
    SELECT listing.household_id, household.code, listing.kind, listing.code, ready.rial,
           need.target - need.held - need.delivered
      FROM giving_listing AS listing
      JOIN registry_household AS household ON household.id = listing.household_id
      JOIN ledger_need AS need ON need.household_id = listing.household_id AND need.kind = listing.kind
                              AND need.period = listing.period
      JOIN unnest(%s::bigint[], %s::bigint[]) AS ready(listing_id, rial) ON ready.listing_id = listing.id
     WHERE need.target > need.held + need.delivered ORDER BY ready.rial DESC, listing.id LIMIT 100
"""
_READY: Final = """
    SELECT gift.listing_id, sum(balance.rial) FROM giving_gift AS gift
      JOIN giving_balance AS balance ON balance.gift_id = gift.id AND balance.account = 3 AND balance.rial > 0
     WHERE gift.counted_rial > 0 AND gift.state = 'PAID' AND gift.listing_id = ANY(%s) GROUP BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNeed:
    """A need as anybody may see it: no household stands in it."""

    code: str
    kind: NeedKind
    province: str
    county: str
    size_band: int
    severity: int
    is_confirmed: bool
    verified_on: date | None
    target_rial: int
    covered_rial: int
    seen_count: int

    @property
    def left_rial(self) -> int:
        """What is still missing."""
        return max(0, self.target_rial - self.covered_rial)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsAsked:
    """What a giver looks for; a code finds one need."""

    kind: NeedKind | None = None
    province: str = ""
    code: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class NeedsShown:
    """One page of needs, and how many there are in all, by kind too."""

    needs: tuple[ShownNeed, ...]
    count: int
    kinds: tuple[tuple[NeedKind, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftShare:
    """A part of a gift that went to one need."""

    kind: NeedKind
    amount_rial: int
    state: DrawState
    organisation: str
    drawn_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftAccount:
    """The account given back: where each rial of a gift is."""

    gift_id: int
    amount_rial: int
    state: GiftState
    pledged_at: datetime
    paid_at: datetime | None
    reference: str
    listing_code: str
    balances: dict[Account, int]
    shares: tuple[GiftShare, ...]


@dataclass(frozen=True, slots=True)
class FundedNeed:
    """A need of a household that the charity sees, and the givers' money that lies ready for it."""

    household_id: int
    household_code: str
    kind: NeedKind
    listing_code: str
    ready_rial: int
    open_quantity: int

    @property
    def offer_rial(self) -> int:
        """What can be held at once."""
        return min(self.ready_rial, self.open_quantity)


def shown_needs(*, asked: NeedsAsked) -> NeedsShown:
    """Needs that anybody may see: what was seen least first, then the gravest, then what lacks most."""
    values: dict[str, Any] = {
        "kind": None if asked.kind is None else asked.kind.value,
        "province": asked.province,
        "code": asked.code.strip().upper(),
        "offset": (max(asked.page, 1) - 1) * PAGE_SIZE,
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SHOWN, values)
        rows = cursor.fetchall()
        cursor.execute(_KINDS, [asked.province, asked.province])
        kinds = tuple((NeedKind(kind), count) for kind, count in cursor.fetchall())
    return NeedsShown(tuple(_shown(row) for row in rows), rows[0][-1] if rows else 0, kinds)


def get_shown_need(*, code: str) -> ShownNeed:
    """One need by its code. Raises: ListingUnknown."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ONE, [code.upper()])
        row = cursor.fetchone()
    if row is None:
        raise ListingUnknown
    return _shown(row)


def get_gift(*, follow_code: str) -> GiftAccount:
    """The account of a gift, for whoever holds its code. Raises: GiftUnknown."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_GIFT, [follow_digest(follow_code)])
        row = cursor.fetchone()
        if row is None:
            raise GiftUnknown
        cursor.execute(_BALANCES, [row[0]])
        balances = {Account(account): rial for account, rial in cursor.fetchall()}
        cursor.execute(_SHARES, [row[0]])
        shares = tuple(
            GiftShare(
                kind=NeedKind(share[0]),
                amount_rial=share[1],
                state=DrawState(share[2]),
                drawn_at=share[3],
                settled_at=share[4],
                organisation=share[5],
            )
            for share in cursor.fetchall()
        )
    return GiftAccount(
        gift_id=row[0],
        amount_rial=row[1],
        state=GiftState(row[2]),
        pledged_at=row[3],
        paid_at=row[4],
        reference=row[10] or "",
        listing_code=row[8] or "",
        balances=balances,
        shares=shares,
    )


def funded_needs(*, actor: Actor) -> tuple[FundedNeed, ...]:
    """Needs of households that the actor sees, for which money of givers lies ready by name."""
    actor.require(Permission.HOLD_AID)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM giving_listing WHERE given_rial > 0")
        listings = [row[0] for row in cursor.fetchall()]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_READY, [listings])
        ready = cursor.fetchall()
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_FUNDED, [[row[0] for row in ready], [int(row[1]) for row in ready]])
        return tuple(FundedNeed(row[0], row[1], NeedKind(row[2]), row[3], row[4], row[5]) for row in cursor.fetchall())


def _shown(row: tuple[Any, ...]) -> ShownNeed:
    return ShownNeed(
        code=row[0],
        kind=NeedKind(row[1]),
        province=row[2],
        county=row[3],
        size_band=row[4],
        severity=row[5],
        is_confirmed=row[6],
        verified_on=row[7],
        target_rial=row[8],
        covered_rial=row[9],
        seen_count=row[10],
    )

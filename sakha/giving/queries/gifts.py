"""The account given back: where each rial of a gift is, of a whole basket or of one part of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.giving.rules.states import Account, DrawState, GiftState
from sakha.giving.rules.terms import GiftUnknown, follow_digest
from sakha.vocabulary.need_kinds import NeedKind

# The first of a basket tells of all its parts; another part of itself alone.
_GIFT: Final = """
    SELECT gift.id, gift.amount_rial, gift.state, gift.pledged_at, gift.paid_at, gift.kinds, gift.province, gift.county,
           listing.code, gift.condition_set, gift.household_types, gift.expires_on, payment.reference, gift.led_by_id,
           gift.counted_rial > 0, coalesce(body.name, legal.name, ''), coalesce(body.legal_id, legal.legal_id, '')
      FROM giving_gift AS asked
      JOIN giving_gift AS gift ON gift.id = asked.id OR gift.led_by_id = asked.id
      LEFT JOIN giving_payment AS payment ON payment.gift_id = coalesce(gift.led_by_id, gift.id)
      LEFT JOIN giving_listing AS listing ON listing.id = gift.listing_id
      LEFT JOIN giving_donor AS donor ON donor.id = gift.donor_id
      LEFT JOIN access_organisation AS body ON body.id = donor.organisation_id
      LEFT JOIN giving_legal_giver AS legal ON legal.id = donor.legal_giver_id
     WHERE asked.follow_digest = %s ORDER BY gift.id
"""
_BALANCES: Final = """
    SELECT account, sum(rial)::bigint FROM giving_balance WHERE gift_id = ANY(%s) GROUP BY account ORDER BY account
"""
# Who carries it is told; to whom is not, and where no closer than the need was shown.
_SHARES: Final = """
    SELECT draw.kind, transfer.amount_rial, draw.state, draw.drawn_at, draw.settled_at, body.name
      FROM giving_transfer AS transfer JOIN giving_draw AS draw ON draw.id = transfer.draw_id
      JOIN access_organisation AS body ON body.id = draw.organisation_id
     WHERE transfer.gift_id = ANY(%s) AND transfer.to_account = 4 AND transfer.from_account = 3 ORDER BY transfer.id
"""


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
class GiftPart:
    """One gift of a payment, with what its giver asked for."""

    gift_id: int
    amount_rial: int
    listing_code: str
    kinds: tuple[NeedKind, ...]
    province: str
    county: str
    condition_set: str
    types: tuple[str, ...]
    expires_on: date | None
    is_placed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftAccount:
    """The account given back: where each rial of a gift is, over all parts of a basket."""

    gift_id: int
    amount_rial: int
    state: GiftState
    pledged_at: datetime
    paid_at: datetime | None
    reference: str
    parts: tuple[GiftPart, ...]
    balances: dict[Account, int]
    shares: tuple[GiftShare, ...]
    # Of a legal giver alone: no receipt names a natural one.
    giver_name: str = ""
    giver_legal_id: str = ""

    @property
    def listing_code(self) -> str:
        """The need that a gift of one part was named for."""
        return self.parts[0].listing_code if len(self.parts) == 1 else ""


def get_gift(*, follow_code: str) -> GiftAccount:
    """The account of a gift, for whoever holds its code. Raises: GiftUnknown."""
    return account_of(follow_digest(follow_code))


def account_of(digest: bytes) -> GiftAccount:
    """The account of a gift by the digest of its code; who may ask is the caller's question. Raises: GiftUnknown."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_GIFT, [digest])
        rows = cursor.fetchall()
        if not rows:
            raise GiftUnknown
        ids = [row[0] for row in rows]
        cursor.execute(_BALANCES, [ids])
        balances = {Account(account): rial for account, rial in cursor.fetchall()}
        cursor.execute(_SHARES, [ids])
        shares = tuple(_share(row) for row in cursor.fetchall())
    first = rows[0]
    return GiftAccount(
        gift_id=first[0],
        amount_rial=sum(row[1] for row in rows),
        state=GiftState(first[2]),
        pledged_at=first[3],
        paid_at=first[4],
        reference=first[12] or "",
        parts=tuple(_part(row) for row in rows),
        balances=balances,
        shares=shares,
        giver_name=first[15],
        giver_legal_id=first[16],
    )


def _part(row: tuple[Any, ...]) -> GiftPart:
    return GiftPart(
        gift_id=row[0],
        amount_rial=row[1],
        listing_code=row[8] or "",
        kinds=tuple(NeedKind(kind) for kind in row[5]),
        province=row[6],
        county=row[7],
        condition_set=row[9],
        types=tuple(row[10]),
        expires_on=row[11],
        is_placed=row[14],
    )


def _share(row: tuple[Any, ...]) -> GiftShare:
    return GiftShare(
        kind=NeedKind(row[0]),
        amount_rial=row[1],
        state=DrawState(row[2]),
        drawn_at=row[3],
        settled_at=row[4],
        organisation=row[5],
    )

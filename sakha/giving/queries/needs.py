"""The needs shown to givers, found by what they look for; and what a charity may hold with gifts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.rules.searching import NeedOrder, read_words
from sakha.giving.rules.terms import ListingUnknown
from sakha.vocabulary.need_kinds import NeedKind

PAGE_SIZE: Final = 12

_COLUMNS: Final = """code, kind, province, county, size_band, severity, is_confirmed, verified_on, target_rial,
           given_rial + elsewhere_rial, seen_count"""
# A leave that was taken back, or a household that is protected since, counts at once and not at the next refresh.
LISTED: Final = """left_at IS NULL AND EXISTS (
       SELECT 1 FROM giving_publishing_leave AS allowed
         JOIN registry_household AS home ON home.id = allowed.household_id
        WHERE allowed.household_id = giving_listing.household_id AND allowed.withdrawn_at IS NULL
          AND NOT home.is_protected AND home.merged_into_id IS NULL)"""
# What is shown and may be given to; the placeholders follow `_fitting`.
_OPEN: Final = f"{LISTED} AND given_rial + elsewhere_rial < target_rial"
_SHOWN: Final = """
    SELECT {columns}, count(*) OVER () FROM giving_listing
     WHERE {open} AND {fitting} AND (%(kind)s::smallint IS NULL OR kind = %(kind)s)
     ORDER BY {order} LIMIT {size} OFFSET %(offset)s
"""
_ORDERS: Final = {
    NeedOrder.SEEN_LEAST: "seen_count, severity DESC, target_rial - given_rial - elsewhere_rial DESC, code",
    NeedOrder.NEARLY_FULL: "target_rial - given_rial - elsewhere_rial, seen_count, code",
}
_FITTING: Final = """(%(province)s = '' OR province = %(province)s) AND (%(county)s = '' OR county = %(county)s)
       AND (%(left_most)s::bigint IS NULL OR target_rial - given_rial - elsewhere_rial <= %(left_most)s)"""
_WORD: Final = """(kind = ANY(%(kinds_{0})s::smallint[]) OR province = ANY(%(provinces_{0})s::text[])
       OR county = ANY(%(counties_{0})s::text[]) OR code = %(code_{0})s)"""
_KINDS: Final = "SELECT kind, count(*) FROM giving_listing WHERE {open} AND {fitting} GROUP BY 1 ORDER BY 2 DESC, 1"
# Counties that are shown: of the others the crowd is too small, and nobody can tell that there is a need.
_COUNTIES: Final = f"""
    SELECT DISTINCT county FROM giving_listing WHERE {_OPEN} AND province = %s AND county <> '' ORDER BY county
"""  # noqa: S608 -- the condition is ours
_MANY: Final = f"SELECT {_COLUMNS} FROM giving_listing WHERE code = ANY(%s) AND {LISTED} ORDER BY code"  # noqa: S608 -- as above
_ONE: Final = f"SELECT {_COLUMNS} FROM giving_listing WHERE code = %s AND {LISTED}"  # noqa: S608 -- as above
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
     WHERE gift.listing_id IS NOT NULL AND gift.counted_rial > 0 AND gift.state = 'PAID' GROUP BY 1
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
    """What a giver looks for; a code finds one need, words find kinds and places (rules/searching.py)."""

    kind: NeedKind | None = None
    province: str = ""
    county: str = ""
    code: str = ""
    words: str = ""
    left_most_rial: int | None = None
    order: NeedOrder = NeedOrder.SEEN_LEAST
    page: int = 1


@dataclass(frozen=True, slots=True)
class NeedsShown:
    """One page of needs, how many there are in all and by kind, and the counties of the province that are shown."""

    needs: tuple[ShownNeed, ...]
    count: int
    kinds: tuple[tuple[NeedKind, int], ...]
    counties: tuple[str, ...] = ()


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
    fitting, values = _fitting(asked)
    parts = {"columns": _COLUMNS, "open": _OPEN, "fitting": fitting, "size": PAGE_SIZE, "order": _ORDERS[asked.order]}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(**parts), values)
        rows = cursor.fetchall()
        cursor.execute(_KINDS.format(**parts), values)
        kinds = tuple((NeedKind(kind), count) for kind, count in cursor.fetchall())
        counties: tuple[str, ...] = ()
        if asked.province:
            cursor.execute(_COUNTIES, [asked.province])
            counties = tuple(row[0] for row in cursor.fetchall())
    return NeedsShown(tuple(_shown(row) for row in rows), rows[0][-1] if rows else 0, kinds, counties)


def shown_by_code(*, codes: Sequence[str]) -> dict[str, ShownNeed]:
    """Of these needs the ones that are still shown, by their codes."""
    if not codes:
        return {}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_MANY, [list(codes)])
        return {row[0]: _shown(row) for row in cursor.fetchall()}


def _fitting(asked: NeedsAsked) -> tuple[str, dict[str, Any]]:
    """The conditions of a search beside the kind, and all values."""
    words = f"{asked.code} {asked.words}"
    values: dict[str, Any] = {
        "kind": None if asked.kind is None else asked.kind.value,
        "province": asked.province,
        "county": asked.county,
        "left_most": asked.left_most_rial,
        "offset": (max(asked.page, 1) - 1) * PAGE_SIZE,
    }
    conditions = [_FITTING]
    for number, meant in enumerate(read_words(words)):
        conditions.append(_WORD.format(number))
        values |= {
            f"kinds_{number}": list(meant.kinds),
            f"provinces_{number}": list(meant.provinces),
            f"counties_{number}": list(meant.counties),
            f"code_{number}": meant.code,
        }
    return " AND ".join(conditions), values


def get_shown_need(*, code: str) -> ShownNeed:
    """One need by its code. Raises: ListingUnknown."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ONE, [code.upper()])
        row = cursor.fetchone()
    if row is None:
        raise ListingUnknown
    return _shown(row)


def funded_needs(*, actor: Actor) -> tuple[FundedNeed, ...]:
    """Needs of households that the actor sees, for which money of givers lies ready by name."""
    actor.require(Permission.HOLD_AID)
    # From the money that lies ready: that is little beside all needs that ever were given to.
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_READY)
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

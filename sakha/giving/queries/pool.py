"""The pool as a problem of fair shares: verified open needs, and gifts that lie ready with their givers' conditions.

The batch (`actions/proposals`) and the word to a giver beforehand (`preview_gift`) read the same columns and agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.allocation.rules.problem import NO_RANK, Conditions, Flags, Fund, NeedColumns, Place
from sakha.allocation.rules.set_aside import ReservedSharing, mark_needs, share_with_reserves
from sakha.giving.queries.pool_policy import find_pool_terms
from sakha.giving.rules.crowds import CROWD_MIN
from sakha.giving.rules.pool_policy import POOR_BODY, PoolTerms, find_poor_bodies, reserves_of
from sakha.giving.rules.terms import GIVEN_KINDS, GiftTerms
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind

# The gravest of scoring's three degrees is the first tier.
_TIERS: Final = 4
# Protected households are left to the bodies that know them; a need without such a body has nobody who could hold.
# What waits in proposals and what was given for this very need by name are as good as there.
_NEEDS: Final = """
    WITH coming AS (
        SELECT coming.household_id, coming.kind, coming.period, sum(coming.rial)::bigint AS rial FROM (
            SELECT coalesce(h.merged_into_id, h.id) AS household_id, s.kind, s.period, s.amount_rial AS rial
              FROM giving_share s JOIN registry_household h ON h.id = s.household_id
              JOIN giving_proposal p ON p.id = s.proposal_id AND p.state IN ('PROPOSED', 'APPROVED')
             WHERE s.state = 'WAITING' AND s.amount_rial > 0
            UNION ALL
            SELECT coalesce(h.merged_into_id, h.id), l.kind, l.period, least(b.rial, g.counted_rial)
              FROM giving_gift g JOIN giving_balance b ON b.gift_id = g.id AND b.account = 3 AND b.rial > 0
              JOIN giving_listing l ON l.id = g.listing_id JOIN registry_household h ON h.id = l.household_id
             WHERE g.state = 'PAID' AND g.counted_rial > 0) AS coming
         GROUP BY 1, 2, 3)
    SELECT s.household_id, s.kind, s.period, %(tiers)s - s.severity, h.province, h.county,
           array_to_string(CASE WHEN %(with_types)s THEN giving_household_types(h.id, %(day)s) ELSE '{}' END, '|'),
           n.target, n.held + n.delivered + coalesce(coming.rial, 0), who.organisation_id, who.is_charity
      FROM scoring_need s
      JOIN registry_household h ON h.id = s.household_id AND h.merged_into_id IS NULL AND NOT h.is_protected
      JOIN ledger_need n ON n.household_id = s.household_id AND n.kind = s.kind AND n.period = s.period
      LEFT JOIN coming ON coming.household_id = s.household_id AND coming.kind = s.kind AND coming.period = s.period
      CROSS JOIN LATERAL (
        SELECT r.organisation_id, o.kind = 'CHARITY' AS is_charity FROM registry_record r
          JOIN access_organisation o ON o.id = r.organisation_id AND o.suspended_at IS NULL
                                    AND o.approved_at IS NOT NULL
                                    AND (o.licence_valid_until IS NULL OR o.licence_valid_until >= %(day)s)
         WHERE r.household_id = h.id ORDER BY o.kind <> 'CHARITY', r.submitted_at DESC, r.id DESC LIMIT 1) AS who
     WHERE s.state IN (2, 3, 4) AND s.kind = ANY (%(kinds)s) AND s.expires_on >= %(day)s
       AND n.target > n.held + n.delivered + coalesce(coming.rial, 0)
       AND (%(province)s = '' OR h.province = %(province)s)
     ORDER BY s.household_id, s.kind, s.period
"""
# Money for a named need goes to nothing else while it is counted there, nor does what a proposal promised and nobody
# held yet. In a province's proposal only money that was given for it or without a place is shared; under a policy that
# sets something aside the latter is left to the nation's.
_GIFTS: Final = """
    WITH promised AS (
        SELECT piece.gift_id, sum(piece.amount_rial)::bigint AS rial FROM giving_share s
          JOIN giving_proposal p ON p.id = s.proposal_id AND p.state IN ('PROPOSED', 'APPROVED')
          JOIN giving_share_piece piece ON piece.share_id = s.id
         WHERE s.state = 'WAITING' AND s.amount_rial > 0 GROUP BY 1)
    SELECT g.id, b.rial - coalesce(promised.rial, 0), g.province, g.county, g.kinds, g.household_types,
           g.household_most_rial, g.expires_on
      FROM giving_gift g JOIN giving_balance b ON b.gift_id = g.id AND b.account = 3 AND b.rial > 0
      LEFT JOIN promised ON promised.gift_id = g.id
     WHERE g.state = 'PAID' AND g.counted_rial = 0 AND b.rial > coalesce(promised.rial, 0)
       AND (g.expires_on IS NULL OR g.expires_on >= %(day)s)
       AND (%(province)s = '' OR coalesce(nullif(g.province, ''), left(g.county, 2)) = %(province)s
            OR (%(with_free)s AND g.province = '' AND g.county = ''))
     ORDER BY g.expires_on NULLS LAST, g.paid_at, g.id
"""
_NOBODY: Final = np.zeros(0, dtype=np.bool_)
# As in `refresh.sql`.
_ALLOWED: Final = """
    SELECT p.household_id FROM giving_publishing_leave p
     WHERE p.household_id = ANY(%s) AND p.withdrawn_at IS NULL
       AND NOT EXISTS (
           SELECT 1 FROM giving_publishing_leave other JOIN registry_household m ON m.id = other.household_id
            WHERE m.merged_into_id = p.household_id AND other.withdrawn_at >= p.given_at)
"""


@dataclass(frozen=True, slots=True)
class Pool:
    """Needs and gifts of one moment, by place in `rows` and `gift_ids`; which needs are of poor charities."""

    rows: tuple[tuple[Any, ...], ...]
    needs: NeedColumns
    gift_ids: tuple[int, ...]
    funds: tuple[Fund, ...]
    terms: PoolTerms | None
    is_of_poor_body: Flags

    @property
    def body_count(self) -> int:
        """How many charities are poor by the policy."""
        return len({row[9] for row, is_poor in zip(self.rows, self.is_of_poor_body.tolist(), strict=True) if is_poor})


@dataclass(frozen=True, slots=True)
class GiftPreview:
    """Where a gift would go today: how many needs, of which kinds, how much finds none, lowest fill then.

    Anybody may be told the last three: what it reaches of households that allow it, where a crowd of the kind and
    province has an open need; how many only where they are a crowd themselves, else 0.
    """

    need_count: int
    kinds: tuple[tuple[NeedKind, int], ...]
    unspent_rial: int
    lowest_before: float
    lowest_after: float
    crowd_kinds: tuple[NeedKind, ...] = ()
    crowd_provinces: tuple[str, ...] = ()
    crowd_count: int = 0


def read_pool(*, at: datetime, province: str, terms: PoolTerms | None = None) -> Pool:
    """Read verified open needs of a province (empty: of the nation) and what lies ready for them, under a policy."""
    day = at.astimezone(TEHRAN).date()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_GIFTS, {"day": day, "province": province, "with_free": terms is None or not terms.sets_aside})
        gifts = cursor.fetchall()
        with_types = any(gift[5] for gift in gifts)
        rows = _read_needs(cursor, day, province, with_types=with_types)
    expires = sorted({gift[7] or date.max for gift in gifts})
    funds = tuple(
        Fund(
            rial,
            conditions_of(gift_province, county, kinds, types),
            most,
            expires.index(expires_on or date.max),
        )
        for _, rial, gift_province, county, kinds, types, most, expires_on in gifts
    )
    return under_terms(
        Pool(tuple(rows), need_columns(rows), tuple(gift[0] for gift in gifts), funds, None, _NOBODY), terms
    )


def under_terms(pool: Pool, terms: PoolTerms | None) -> Pool:
    """The same needs and money under another policy, or under none."""
    poor = find_poor_bodies(((row[9], row[10], row[7], row[8]) for row in pool.rows), terms)
    flags = np.array([row[9] in poor for row in pool.rows], dtype=np.bool_)
    return replace(pool, terms=terms, is_of_poor_body=flags)


def share_pool(pool: Pool) -> ReservedSharing:
    """Share the pool by the rule of fair shares, with what its policy sets aside."""
    return share_with_reserves(needs_of(pool), pool.funds, reserves_of(pool.terms))


def needs_of(pool: Pool) -> NeedColumns:
    """The needs, those of poor charities' households under the mark that the policy's parts ask for."""
    return mark_needs(pool.needs, pool.is_of_poor_body, POOR_BODY) if pool.is_of_poor_body.any() else pool.needs


def conditions_of(province: str, county: str, kinds: list[int], types: list[str]) -> Conditions:
    """A giver's conditions as the rule of fair shares reads them; a county is asked for instead of its province."""
    return Conditions(
        provinces=frozenset({province} if province and not county else ()),
        counties=frozenset({county} if county else ()),
        categories=frozenset(str(kind) for kind in kinds),
        types_any=frozenset(types),
    )


def need_columns(rows: list[tuple[Any, ...]]) -> NeedColumns:
    """Rows of household, kind, period, tier, province, county, types, target and covered rials as columns."""
    places = sorted({(row[4], row[5]) for row in rows})
    kinds = sorted({str(row[1]) for row in rows})
    types = sorted({row[6] for row in rows})
    place_of = {place: number for number, place in enumerate(places)}

    def codes(values: list[int]) -> Any:
        return np.array(values, dtype=np.int32)

    return NeedColumns(
        place=codes([place_of[row[4], row[5]] for row in rows]),
        category=codes([kinds.index(str(row[1])) for row in rows]),
        types=codes([types.index(row[6]) for row in rows]),
        tier=codes([row[3] for row in rows]),
        amount=np.array([row[7] for row in rows], dtype=np.int64),
        already=np.array([row[8] for row in rows], dtype=np.int64),
        rank=np.full(len(rows), NO_RANK, dtype=np.int64),
        household=np.unique(np.array([row[0] for row in rows], dtype=np.int64), return_inverse=True)[1].astype(
            np.int32
        ),
        places=tuple(Place(*place) for place in places),
        categories=tuple(kinds),
        type_sets=tuple(frozenset(one.split("|")) if one else frozenset() for one in types),
    )


def preview_gift(*, at: datetime, amount_rial: int, terms: GiftTerms) -> GiftPreview:
    """Say where a gift to the pool would go if it were shared now, after all that lies there already."""
    pool = read_pool(at=at, province="", terms=find_pool_terms(on=at.astimezone(TEHRAN).date()))
    asked = conditions_of(
        terms.province, terms.county, [kind.value for kind in terms.kinds], [one.value for one in terms.types]
    )
    needs = needs_of(pool)
    needs = replace(needs, already=needs.already + share_pool(pool).sharing.given)
    gift = Fund(amount_rial, asked, terms.household_most_rial)
    given = share_with_reserves(needs, [gift], reserves_of(pool.terms)).sharing.given
    reached = np.flatnonzero(given)
    counts = [
        (NeedKind(int(name)), int(np.count_nonzero(needs.category[reached] == number)))
        for number, name in enumerate(needs.categories)
    ]
    told = _crowded(pool, reached)
    before, after = (needs.already / np.maximum(needs.amount, 1), (needs.already + given) / np.maximum(needs.amount, 1))
    return GiftPreview(
        need_count=len(reached),
        kinds=tuple(one for one in counts if one[1]),
        unspent_rial=amount_rial - int(given.sum()),
        lowest_before=float(before[reached].min(initial=1.0)),
        lowest_after=float(after[reached].min(initial=1.0)),
        crowd_kinds=tuple(sorted({NeedKind(pool.rows[number][1]) for number in told})),
        crowd_provinces=tuple(sorted({pool.rows[number][4] for number in told})),
        crowd_count=len(told) if len({pool.rows[number][0] for number in told}) >= CROWD_MIN else 0,
    )


def _crowded(pool: Pool, reached: Any) -> list[int]:
    """Of what is reached, the needs that may be told: as on the list of needs, of a crowd and by leave."""
    crowds: dict[tuple[int, str], set[int]] = {}
    for row in pool.rows:
        crowds.setdefault((row[1], row[4]), set()).add(row[0])
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ALLOWED, [[pool.rows[number][0] for number in reached.tolist()]])
        allowed = {row[0] for row in cursor.fetchall()}
    return [
        number
        for number in reached.tolist()
        if pool.rows[number][0] in allowed and len(crowds[pool.rows[number][1], pool.rows[number][4]]) >= CROWD_MIN
    ]


def _read_needs(cursor: Any, day: date, province: str, *, with_types: bool) -> list[tuple[Any, ...]]:
    values = {
        "tiers": _TIERS,
        "with_types": with_types,
        "day": day,
        "province": province,
        "kinds": [kind.value for kind in GIVEN_KINDS],
    }
    cursor.execute(_NEEDS, values)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows

"""Cells: needs that no fund can tell apart, by place, category, types and class of tier; each named need on its own.

Leaves the network between them to `network`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.problem import Codes, Conditions, Flags, Fund, Ints, NeedColumns


@dataclass(frozen=True, slots=True)
class Cells:
    """Groups of needs: by place, by profile (category, types, class of tier), and each named need on its own."""

    of_need: Codes
    place: Codes
    profile: Codes
    named: Codes
    profile_category: Codes
    profile_types: Codes
    profile_tier: Codes


def make_cells(needs: NeedColumns, funds: Sequence[Fund]) -> Cells:
    """Group the needs as the funds' conditions tell them apart."""
    limits = sorted({fund.conditions.max_tier for fund in funds if fund.conditions.max_tier is not None})
    tier_class = np.searchsorted(np.array(limits, dtype=np.int64), needs.tier, side="left").astype(np.int64)
    named = np.zeros(needs.count, dtype=np.int64)
    rows = sorted({row for fund in funds for row in fund.conditions.needs or ()})
    named[rows] = np.arange(1, len(rows) + 1)
    types = len(needs.type_sets)
    profile_key = (needs.category.astype(np.int64) * types + needs.types) * (len(limits) + 1) + tier_class
    profiles, profile_of_need = np.unique(profile_key, return_inverse=True)
    cell_key = (named * len(needs.places) + needs.place) * max(len(profiles), 1) + profile_of_need
    keys, of_need = np.unique(cell_key, return_inverse=True)
    rest, profile = np.divmod(keys, max(len(profiles), 1))
    name, place = np.divmod(rest, max(len(needs.places), 1))
    category, rest = np.divmod(profiles, types * (len(limits) + 1))
    type_set, level = np.divmod(rest, len(limits) + 1)
    # the class stands for any tier in it: the largest limit that still covers it, or one above all
    highest = np.array([*limits, (limits[-1] + 1) if limits else 1], dtype=np.int64)[level]
    return Cells(
        of_need=of_need.astype(np.int32),
        place=place.astype(np.int32),
        profile=profile.astype(np.int32),
        named=name.astype(np.int32),
        profile_category=category.astype(np.int32),
        profile_types=type_set.astype(np.int32),
        profile_tier=highest.astype(np.int32),
    )


def rows_by_code(codes: Ints, count: int) -> list[Ints]:
    """Rows of each code from 0 to count, each list in order."""
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(count + 1))
    return [order[bounds[code] : bounds[code + 1]] for code in range(count)]


def profiles_allowed(needs: NeedColumns, cells: Cells, conditions: Conditions) -> Flags:
    """Which profiles (category, types, class of tier) a fund under these conditions may pay."""
    categories = np.array(
        [not conditions.categories or one in conditions.categories for one in needs.categories], dtype=bool
    )
    types = np.array([conditions.holds_for_types(one) for one in needs.type_sets], dtype=bool)
    allowed: Flags = categories[cells.profile_category] & types[cells.profile_types]
    if conditions.max_tier is not None:
        allowed &= cells.profile_tier <= conditions.max_tier
    return allowed

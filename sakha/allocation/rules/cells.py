"""Cells: needs that no fund can tell apart, by place, category, types and class of tier; each named need on its own.

Leaves the network between them to `network`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.problem import Codes, Conditions, Flags, Fund, Ints, NeedColumns, allowed_kinds

_DENSE = 32_000_000  # keys that a table may have for numbering without sorting


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
    """Group the needs as the funds' conditions tell them apart.

    Cells come in order of place and profile, then the named needs; profiles in order of category, tier and types.
    """
    conditions = [fund.conditions for fund in funds]
    limits = sorted({one.max_tier for one in conditions if one.max_tier is not None})
    place, category, types = _tell_apart(needs, conditions)
    tier_class = np.searchsorted(np.array(limits, dtype=np.int64), np.arange(int(needs.tier.max(initial=0)) + 1))
    type_count, tier_count = len(needs.type_sets), len(limits) + 1
    key = category[needs.category].astype(np.int64)
    key *= tier_count
    key += tier_class[needs.tier]
    key *= type_count
    key += types[needs.types]
    profiles, profile_of_need = number_keys(key, len(needs.categories) * tier_count * type_count)
    named = np.array(sorted({row for one in conditions for row in one.needs or ()}), dtype=np.int64)
    key = place[needs.place].astype(np.int64)
    key *= max(len(profiles), 1)
    key += profile_of_need
    others = np.ones(needs.count, dtype=bool)
    others[named] = False
    keys, of_others = number_keys(key[others], len(needs.places) * max(len(profiles), 1))
    of_need = np.empty(needs.count, dtype=np.int32)
    of_need[others], of_need[named] = of_others, len(keys) + np.arange(len(named))
    cell_place, cell_profile = np.divmod(np.r_[keys, key[named]], max(len(profiles), 1))
    rest, type_set = np.divmod(profiles, type_count)
    kind, level = np.divmod(rest, tier_count)
    # the class stands for any tier in it: the largest limit that still covers it, or one above all
    highest = np.array([*limits, (limits[-1] + 1) if limits else 1], dtype=np.int64)[level]
    return Cells(
        of_need=of_need,
        place=cell_place.astype(np.int32),
        profile=cell_profile.astype(np.int32),
        named=np.r_[np.zeros(len(keys), np.int32), np.arange(1, len(named) + 1, dtype=np.int32)],
        profile_category=kind.astype(np.int32),
        profile_types=type_set.astype(np.int32),
        profile_tier=highest.astype(np.int32),
    )


def _tell_apart(needs: NeedColumns, conditions: Sequence[Conditions]) -> tuple[Codes, Codes, Codes]:
    """For each place, category and set of types the first one that no fund can tell from it."""
    provinces = {name for one in conditions for name in one.provinces}
    counties = {name for one in conditions for name in one.counties}
    categories = {name for one in conditions for name in one.categories}
    kinds = dict.fromkeys((one.types_any, one.types_all, one.types_none) for one in conditions)
    rules = [Conditions(types_any=kind[0], types_all=kind[1], types_none=kind[2]) for kind in kinds]
    return (
        _firsts(
            [
                (place.province if place.province in provinces else None, place.county in counties and place.county)
                for place in needs.places
            ]
        ),
        _firsts([name in categories and name for name in needs.categories]),
        _firsts([bytes(rule.holds_for_types(types) for rule in rules) for types in needs.type_sets]),
    )


def _firsts(keys: Sequence[Hashable]) -> Codes:
    """For each key the place of the first equal one."""
    found: dict[Hashable, int] = {}
    return np.array([found.setdefault(key, place) for place, key in enumerate(keys)], dtype=np.int32)


def number_keys(keys: Ints, space: int) -> tuple[Ints, Ints]:
    """The distinct keys in order, and the number of each key among them. All keys are below `space`."""
    if space > max(_DENSE, 4 * len(keys)):
        distinct, number = np.unique(keys, return_inverse=True)
        return distinct, number.astype(np.int32)
    present = np.zeros(space, dtype=bool)
    present[keys] = True
    return np.flatnonzero(present), (np.cumsum(present, dtype=np.int32) - np.int32(1))[keys]


def profiles_allowed(needs: NeedColumns, cells: Cells, conditions: Conditions) -> Flags:
    """Which profiles (category, types, class of tier) a fund under these conditions may pay."""
    categories, types = allowed_kinds(needs, conditions)
    allowed: Flags = categories[cells.profile_category] & types[cells.profile_types]
    if conditions.max_tier is not None:
        allowed &= cells.profile_tier <= conditions.max_tier
    return allowed

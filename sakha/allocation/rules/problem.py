"""What is shared and among whom: needs as columns, funds with their givers' conditions.

Says what a fund may pay; leaves how money is shared to `fair_shares`, and reading files to `queries`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int32] | NDArray[np.int64]

NO_RANK = -1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a need is; empty texts where it is not known."""

    province: str
    county: str


@dataclass(frozen=True, slots=True)
class NeedColumns:
    """All needs of one run, one element a need. Amounts are whole rials.

    `place`, `category` and `types` are places in the lists of the same name; `rank` orders the all-or-nothing needs
    (0 is served first) and is NO_RANK for a divisible need; `household` numbers households from 0.
    """

    place: Codes
    category: Codes
    types: Codes
    tier: Codes
    amount: Ints
    already: Ints
    rank: Ints
    household: Codes
    places: tuple[Place, ...]
    categories: tuple[str, ...]
    type_sets: tuple[frozenset[str], ...]

    @property
    def count(self) -> int:
        """How many needs there are."""
        return len(self.amount)

    @property
    def room(self) -> Ints:
        """Rials that each need can still take."""
        room: Ints = np.maximum(self.amount - self.already, 0)
        return room


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a giver asked for; an empty set restricts nothing.

    `needs` are rows of the needs that the giver named, None where none was named.
    """

    provinces: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    types_any: frozenset[str] = frozenset()
    types_all: frozenset[str] = frozenset()
    types_none: frozenset[str] = frozenset()
    max_tier: int | None = None
    needs: tuple[int, ...] | None = None

    def holds_for_place(self, place: Place) -> bool:
        """Neither provinces nor counties are asked for, or one of them is the need's."""
        if not self.provinces and not self.counties:
            return True
        return place.province in self.provinces or place.county in self.counties

    def holds_for_category(self, category: str) -> bool:
        """No categories are asked for, or this is one of them."""
        return not self.categories or category in self.categories

    def holds_for_types(self, types: frozenset[str]) -> bool:
        """One of `types_any`, all of `types_all`, none of `types_none`."""
        return (
            (not self.types_any or bool(self.types_any & types))
            and self.types_all <= types
            and not self.types_none & types
        )


@dataclass(frozen=True, slots=True)
class Fund:
    """Money of one giver under one set of conditions. `expires_rank` is 0 for what expires first."""

    amount: int
    conditions: Conditions = field(default_factory=Conditions)
    max_per_household: int | None = None
    expires_rank: int = 0


def allowed_places(needs: NeedColumns, conditions: Conditions) -> Flags:
    """Whether money under these conditions may go to each of `places`."""
    return np.array([conditions.holds_for_place(place) for place in needs.places], dtype=bool)


def allowed_kinds(needs: NeedColumns, conditions: Conditions) -> tuple[Flags, Flags]:
    """Whether money under these conditions may go to each of `categories` and of `type_sets`."""
    by_category = np.array([conditions.holds_for_category(category) for category in needs.categories], dtype=bool)
    return by_category, np.array([conditions.holds_for_types(types) for types in needs.type_sets], dtype=bool)


def payable_needs(needs: NeedColumns, conditions: Conditions) -> Flags:
    """Which needs a fund under these conditions may pay, one flag a need."""
    by_place = allowed_places(needs, conditions)
    by_category, by_types = allowed_kinds(needs, conditions)
    flags: Flags = by_place[needs.place] & by_category[needs.category] & by_types[needs.types]
    if conditions.max_tier is not None:
        flags &= needs.tier <= conditions.max_tier
    if conditions.needs is not None:
        named = np.zeros(needs.count, dtype=bool)
        named[list(conditions.needs)] = True
        flags &= named
    return flags

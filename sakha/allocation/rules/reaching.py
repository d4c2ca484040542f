"""What funds without household limits reach: arcs to groups of needs, through leaves where several funds share them.

A leaf is one set of types in one category and class of tier of one region; a fund reaches the leaves of its conditions,
so arcs grow with funds plus needs and not with their product. Any of several types is the union of single types. Which
nodes a region has is said by `network`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.cells import Cells
from sakha.allocation.rules.problem import Codes, Conditions, Flags, Ints, NeedColumns, Numbers
from sakha.allocation.rules.runs import begin_of_runs, places_in_runs


@dataclass(frozen=True, slots=True)
class Reached:
    """Arcs of funds and leaves, and how many leaves were made."""

    tail: Codes
    head: Codes
    leaf_count: int


class Level:
    """The nodes of all regions of one size (the nation, provinces or places), in runs of one category and tier."""

    def __init__(self, cells: Cells, *, node: Ints, region: Numbers, profile: Numbers, region_count: int) -> None:
        """`node` are node numbers, `region` and `profile` say what each of them stands for."""
        order = np.lexsort((profile, region))
        self.node, profile, region = node[order].astype(np.int32), profile[order], region[order]
        self.types = cells.profile_types[profile]
        category, tier = cells.profile_category[profile], cells.profile_tier[profile]
        self.first = begin_of_runs(region, category, tier)
        self.length = np.diff(np.r_[self.first, len(node)])
        self.category, self.tier = category[self.first], tier[self.first]
        self.bounds = np.searchsorted(region[self.first], np.arange(region_count + 1))
        self.asking: list[tuple[int, int, Ints]] = []  # group, mask, runs

    def runs(self, region: int, categories: Flags, max_tier: int | None) -> Ints:
        """Runs of a region in some categories up to a tier."""
        begin, end = self.bounds[region], self.bounds[region + 1]
        fits = categories[self.category[begin:end]]
        if max_tier is not None:
            fits &= self.tier[begin:end] <= max_tier
        runs: Ints = begin + np.flatnonzero(fits)
        return runs


class Reaching:
    """Collects what each group of funds asks for, then makes the arcs."""

    def __init__(self, needs: NeedColumns) -> None:
        self.needs = needs
        self.masks: list[Flags] = []
        self._mask_numbers: dict[Hashable, int] = {}
        self._categories: dict[frozenset[str], Flags] = {}

    def ask(self, level: Level, region: int, group: int, conditions: Conditions) -> None:
        """Let a group of funds reach what its conditions allow in one region."""
        runs = level.runs(region, self._category_flags(conditions.categories), conditions.max_tier)
        for mask in self._masks_of(conditions):
            level.asking.append((group, mask, runs))

    def _category_flags(self, names: frozenset[str]) -> Flags:
        if names not in self._categories:
            self._categories[names] = np.array([not names or one in names for one in self.needs.categories], dtype=bool)
        return self._categories[names]

    def _masks_of(self, conditions: Conditions) -> list[int]:
        if conditions.types_any and not conditions.types_all and not conditions.types_none:
            return sorted({self._mask(Conditions(types_any=frozenset({one}))) for one in conditions.types_any})
        return [
            self._mask(
                Conditions(
                    types_any=conditions.types_any, types_all=conditions.types_all, types_none=conditions.types_none
                )
            )
        ]

    def _mask(self, rule: Conditions) -> int:
        if rule not in self._mask_numbers:
            flags = np.array([rule.holds_for_types(types) for types in self.needs.type_sets], dtype=bool)
            number = self._mask_numbers.setdefault(flags.tobytes(), len(self.masks))
            if number == len(self.masks):
                self.masks.append(flags)
            self._mask_numbers[rule] = number
        return self._mask_numbers[rule]

    def connect(self, level: Level, first_leaf: int) -> Reached:
        """Make the arcs of all that was asked of a level; leaves are numbered from `first_leaf`."""
        empty = np.zeros(0, dtype=np.int64)
        lengths = [len(runs) for _, _, runs in level.asking]
        group = np.repeat(np.array([one[0] for one in level.asking], dtype=np.int64), lengths)
        key = np.repeat(np.array([one[1] for one in level.asking], dtype=np.int64) * len(level.first), lengths)
        key += np.concatenate([empty, *(runs for _, _, runs in level.asking)])
        level.asking.clear()
        keys, number, asked = np.unique(key, return_inverse=True, return_counts=True)
        bounds, nodes = self._nodes_of(level, keys)
        held = np.diff(bounds)
        is_leaf = asked * held > asked + held
        leaf = (first_leaf + np.cumsum(is_leaf) - 1).astype(np.int32)
        by_leaf = is_leaf[number]
        direct = number[~by_leaf]
        return Reached(
            np.concatenate([leaf.repeat(held * is_leaf), group[by_leaf], group[~by_leaf].repeat(held[direct])]).astype(
                np.int32
            ),
            np.concatenate([nodes[is_leaf.repeat(held)], leaf[number[by_leaf]], nodes[places_in_runs(bounds, direct)]]),
            int(np.count_nonzero(is_leaf)),
        )

    def _nodes_of(self, level: Level, keys: Ints) -> tuple[Ints, Codes]:
        """Nodes of each run under its mask, one after the other, and where each run's begin."""
        mask, run = np.divmod(keys, max(len(level.first), 1))
        ends = np.r_[level.first, len(level.node)]
        places = places_in_runs(ends, run)
        key = np.arange(len(keys), dtype=np.int32).repeat(level.length[run])
        allowed = np.concatenate([np.zeros(0, dtype=bool), *self.masks]).reshape(
            len(self.masks), len(self.needs.type_sets)
        )
        fits = allowed[mask[key], level.types[places]]
        held = np.bincount(key[fits], minlength=len(keys))
        return np.r_[0, np.cumsum(held)], level.node[places[fits]]

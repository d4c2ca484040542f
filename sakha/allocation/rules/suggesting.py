"""Where a new gift would go now, after all that was given: the lowest levels that its conditions reach, exactly.

One gift on its own is a water level, so no flow is asked. All-or-nothing needs and limits per household are left to the
next run of all funds together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from sakha.allocation.rules.explaining import find_refusals
from sakha.allocation.rules.problem import (
    NO_RANK,
    Conditions,
    Flags,
    Fund,
    Ints,
    NeedColumns,
    allowed_kinds,
    allowed_places,
)
from sakha.allocation.rules.runs import begin_of_runs, places_between, places_in_runs
from sakha.allocation.rules.units import share_in_parts

_MARGIN: Final = 1e-8  # of a level: more than a number of a cell and a level together can be wrong by


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Rows of the needs that would get something, tier by tier and lowest level first; their rials; what is left."""

    needs: Ints
    rials: Ints
    left: int


class Suggestions:
    """Open needs in cells of what conditions can see, in order of level: a further gift looks at few of them."""

    def __init__(self, needs: NeedColumns, given: Ints) -> None:
        """`given` are whole rials of one run, one element a need, beside what each need had `already`."""
        self.needs, self.have = needs, needs.already + given
        self.room: Ints = np.where(needs.rank == NO_RANK, np.maximum(needs.amount - self.have, 0), 0)
        rows = np.flatnonzero(self.room)
        cell, level = _number_cells(needs, rows), self.have[rows] / needs.amount[rows]
        order = np.lexsort((level, cell))
        self.rows, cell = rows[order], cell[order]
        first = begin_of_runs(cell)
        self.bounds: Ints = np.r_[first, len(cell)].astype(np.int64)
        # one ascending column for all cells: a level is below 1, so the next cell begins above it
        self.column = level[order] + np.repeat(np.arange(len(first)), np.diff(self.bounds))
        self.amounts: Ints = np.r_[0, np.cumsum(needs.amount[self.rows])]
        self.haves: Ints = np.r_[0, np.cumsum(self.have[self.rows])]
        heads = self.rows[first]
        self.place, self.category, self.types = needs.place[heads], needs.category[heads], needs.types[heads]
        tiers = needs.tier[heads]
        begins = begin_of_runs(tiers).tolist()
        self.tiers = list(zip(tiers[begins].tolist(), begins, [*begins[1:], len(heads)], strict=False))

    def suggest(self, fund: Fund) -> Suggestion:
        """Give the fund's money out as if it came after all other; its limit per household is not looked at."""
        rows, rials, left = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], fund.amount
        for some in self._tiers(fund.conditions, fund.amount):
            given = self._share(some, left)
            served = np.flatnonzero(given)
            served = served[np.argsort(self.have[some[served]] / self.needs.amount[some[served]], kind="stable")]
            rows.append(some[served])
            rials.append(given[served])
            left -= int(given.sum())
        return Suggestion(np.concatenate(rows), np.concatenate(rials), left)

    def _tiers(self, conditions: Conditions, money: int) -> Iterator[Ints]:
        """Rows that the money may reach, tier by tier, as long as something is left."""
        if conditions.needs is not None:
            named = [row for row in sorted(conditions.needs) if not find_refusals(self.needs, conditions, row)]
            rows = np.array(named, dtype=np.int64)
            for tier in np.unique(self.needs.tier[rows]):
                yield rows[self.needs.tier[rows] == tier]
            return
        for tier, begin, end in self.tiers:
            if money <= 0 or (conditions.max_tier is not None and tier > conditions.max_tier):
                return
            cells = begin + np.flatnonzero(self._are_reached(conditions, slice(begin, end)))
            room = self._sum(self.amounts, cells, self.bounds[cells + 1])
            room -= self._sum(self.haves, cells, self.bounds[cells + 1])
            yield self._below(cells, money) if room > money else self.rows[places_in_runs(self.bounds, cells)]
            money -= room

    def _are_reached(self, conditions: Conditions, some: slice) -> Flags:
        """Of each of some cells whether money under these conditions may go there, whatever the tier."""
        place = allowed_places(self.needs, conditions)
        category, types = allowed_kinds(self.needs, conditions)
        reached: Flags = place[self.place[some]] & category[self.category[some]] & types[self.types[some]]
        return reached

    def _below(self, cells: Ints, money: int) -> Ints:
        """Rows of cells of one tier below the level to which the money lifts them (Newton from above, a convex sum)."""
        ends = self.bounds[cells + 1]
        while True:
            level = (money + self._sum(self.haves, cells, ends)) / self._sum(self.amounts, cells, ends)
            # not beyond the cell: rounding must not lead into the next one
            lower = np.minimum(np.searchsorted(self.column, cells + (level + _MARGIN)), ends)
            if (lower == ends).all():
                break
            ends = lower
        return self.rows[places_between(self.bounds[cells], ends)]

    def _sum(self, sums: Ints, cells: Ints, ends: Ints) -> int:
        return int((sums[ends] - sums[self.bounds[cells]]).sum())

    def _share(self, rows: Ints, money: int) -> Ints:
        return share_in_parts(
            amount=self.needs.amount[rows],
            start=self.have[rows],
            room=self.room[rows],
            order=rows,
            part=np.zeros(len(rows), dtype=np.int64),
            supply=np.array([money], dtype=np.int64),
        )


def _number_cells(needs: NeedColumns, rows: Ints) -> Ints:
    """A number for each tier, place, category and set of types, tier by tier."""
    cell = needs.tier[rows].astype(np.int64) * len(needs.places) + needs.place[rows]
    cell = cell * len(needs.categories) + needs.category[rows]
    return cell * len(needs.type_sets) + needs.types[rows]

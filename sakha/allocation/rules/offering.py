"""Which needs a fund may pay, row by row: what a fund with a limit per household is offered.

All of them, while the network fits memory: then the result is exact. Beyond that `widening` says which; whatever is
left out, a fund stays under its limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.cells import Cells, profiles_allowed
from sakha.allocation.rules.problem import Codes, Flags, Fund, Ints, NeedColumns, allowed_places
from sakha.allocation.rules.runs import places_in_runs

MOST_PAIRS = 6_000_000
_COUNTED_ROWS = 500_000  # above this many needs some household surely goes over a limit


@dataclass(frozen=True, slots=True)
class Offered:
    """Rows that each limited fund is offered, by the fund's number; `is_whole` if none was left out."""

    rows: dict[int, Ints]
    is_whole: bool


NOTHING_LIMITED = Offered({}, is_whole=False)  # as if no fund had a limit: more than any lawful result


class Finder:
    """Open needs in order of cell and tier, so that a fund's needs are a few slices."""

    def __init__(self, needs: NeedColumns, funds: Sequence[Fund], cells: Cells, open_needs: Flags) -> None:
        self.needs, self.funds, self.cells = needs, funds, cells
        self.limited = [number for number, fund in enumerate(funds) if _may_bind(fund)]
        rows = np.flatnonzero(open_needs) if self.limited else np.zeros(0, dtype=np.int64)
        tiers, count = int(needs.tier.max(initial=0)) + 1, max(needs.count, 1)
        key = (cells.of_need[rows].astype(np.int64) * tiers + needs.tier[rows]) * count + rows
        key.sort()
        self.open_rows = (key % count).astype(np.int32)
        self.bounds = np.searchsorted(cells.of_need[self.open_rows], np.arange(len(cells.place) + 1))
        self._cells_by_place = np.argsort(cells.place, kind="stable")
        self._place_bounds = np.searchsorted(cells.place[self._cells_by_place], np.arange(len(needs.places) + 1))

    def everything(self, most_pairs: int) -> Offered | None:
        """All rows of every fund whose limit can bind; None where these are too many."""
        found, pairs = {}, 0
        for number in self.limited:
            pairs += self.count(self.cells_of(self.funds[number]))
            if pairs > most_pairs:
                return None
        for number in self.limited:
            rows = self.rows(self.cells_of(self.funds[number]))
            if self.binds(number, rows):
                found[number] = rows
        return Offered(found, is_whole=True)

    def cells_of(self, fund: Fund) -> Ints:
        """Cells that a fund may pay; none where its limit is nothing."""
        conditions = fund.conditions
        if fund.max_per_household == 0:
            return np.zeros(0, dtype=np.int64)
        allowed = profiles_allowed(self.needs, self.cells, conditions)
        if conditions.needs is not None:
            cells = np.unique(self.cells.of_need[list(conditions.needs)]).astype(np.int64)
            cells = cells[allowed_places(self.needs, conditions)[self.cells.place[cells]]]
        elif not conditions.provinces and not conditions.counties:
            return np.flatnonzero(allowed[self.cells.profile])
        else:
            places = np.flatnonzero(allowed_places(self.needs, conditions))
            cells = self._cells_by_place[places_in_runs(self._place_bounds, places)]
        return cells[allowed[self.cells.profile[cells]]]

    def count(self, cells: Ints) -> int:
        """How many open needs some cells have."""
        return int((self.bounds[cells + 1] - self.bounds[cells]).sum())

    def rows(self, cells: Ints) -> Ints:
        """All open needs of some cells, in order."""
        return np.sort(self.open_rows[places_in_runs(self.bounds, cells)]).astype(np.int64)

    def binds(self, number: int, rows: Ints) -> bool:
        """Whether some household could take more from a fund than its limit allows."""
        if len(rows) > _COUNTED_ROWS:
            return True
        most = sum_by_household(self.needs.household[rows], self.needs.room[rows])
        limit = self.funds[number].max_per_household or 0
        return not limit or (bool(len(rows)) and int(most.max()) > limit)


def sum_by_household(household: Codes, rials: Ints) -> Ints:
    """Rials of each household that occurs, in order of their numbers."""
    homes, code = np.unique(household, return_inverse=True)
    sums = np.zeros(len(homes), dtype=np.int64)
    np.add.at(sums, code, rials)
    return sums


def _may_bind(fund: Fund) -> bool:
    return fund.max_per_household is not None and fund.max_per_household < fund.amount

"""Which needs a fund with a limit per household is offered.

All that it may pay, while the network fits memory: then the result is exact. Beyond that each fund is offered the most
urgent ones, several times as many as its money can serve, spread by a mark of fund and need so that funds don't all ask
for the same; the result is then lawful and near the optimum, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.cells import Cells, profiles_allowed
from sakha.allocation.rules.problem import Flags, Fund, Ints, NeedColumns
from sakha.allocation.rules.runs import begin_of_runs, places_in_runs

MOST_PAIRS = 6_000_000
_TIMES = 4  # households offered for each that the fund's money could serve at its limit
_LEAST = 200
_COUNTED_ROWS = 500_000  # above this many needs some household surely goes over a limit


@dataclass(frozen=True, slots=True)
class Offered:
    """Rows that each limited fund is offered, by the fund's number; `is_whole` if none was left out."""

    rows: dict[int, Ints]
    is_whole: bool


def offer_needs(
    needs: NeedColumns, funds: Sequence[Fund], cells: Cells, *, open_needs: Flags, most_pairs: int = MOST_PAIRS
) -> Offered:
    """Find the rows of every fund whose limit can bind."""
    if not any(_may_bind(fund) for fund in funds):
        return Offered({}, is_whole=True)
    finder = _Finder(needs, cells, open_needs)
    counts = {number: finder.count(fund) for number, fund in enumerate(funds) if _may_bind(fund)}
    whole = sum(counts.values()) <= most_pairs
    offered = {}
    for number, count in counts.items():
        fund = funds[number]
        if whole or count <= _LEAST:
            rows = finder.rows(fund)
            if _binds(needs, fund, rows):
                offered[number] = rows
        else:  # what is left out could go over the limit: it stays limited
            offered[number] = finder.most_urgent(fund, number)
    return Offered(offered, whole)


def _may_bind(fund: Fund) -> bool:
    return fund.max_per_household is not None and fund.max_per_household < fund.amount


def _binds(needs: NeedColumns, fund: Fund, rows: Ints) -> bool:
    """Whether some household could take more from this fund than its limit allows."""
    if len(rows) > _COUNTED_ROWS:
        return True
    _, code = np.unique(needs.household[rows], return_inverse=True)
    return bool(len(rows)) and bool(np.bincount(code, weights=needs.room[rows]).max() > (fund.max_per_household or 0))


class _Finder:
    """Open needs in order of cell and tier, so that a fund's needs are a few slices."""

    def __init__(self, needs: NeedColumns, cells: Cells, open_needs: Flags) -> None:
        self.needs, self.cells = needs, cells
        rows = np.flatnonzero(open_needs)
        tiers = int(needs.tier.max(initial=0)) + 1
        key = cells.of_need[rows].astype(np.int64) * tiers + needs.tier[rows]
        order = np.argsort(key, kind="stable")
        self.open_rows, key = rows[order], key[order]
        first = begin_of_runs(key)
        self.bounds = np.r_[first, len(key)].astype(np.int64)
        self.cell, self.tier = np.divmod(key[first], tiers)

    def groups(self, fund: Fund) -> Ints:
        """Groups (cell and tier) that a fund may pay."""
        conditions = fund.conditions
        allowed = profiles_allowed(self.needs, self.cells, conditions)
        places = np.array([conditions.holds_for_place(place) for place in self.needs.places], dtype=bool)
        cells: Flags = allowed[self.cells.profile] & places[self.cells.place]
        if conditions.needs is not None:
            named = np.zeros(len(cells), dtype=bool)
            named[self.cells.of_need[list(conditions.needs)]] = True
            cells &= named
        return np.flatnonzero(cells[self.cell])

    def count(self, fund: Fund) -> int:
        """How many open needs a fund may pay."""
        groups = self.groups(fund)
        return int((self.bounds[groups + 1] - self.bounds[groups]).sum())

    def rows(self, fund: Fund) -> Ints:
        """All open needs that a fund may pay, in order."""
        return np.sort(self._rows(self.groups(fund)))

    def most_urgent(self, fund: Fund, number: int) -> Ints:
        """The most urgent ones, several times as many as the fund's money can serve, spread by a mark."""
        wanted = max(_TIMES * (fund.amount // max(fund.max_per_household or 1, 1)), _LEAST)
        groups = self.groups(fund)
        found: list[Ints] = []
        for tier in np.unique(self.tier[groups]).tolist():
            rows = self._rows(groups[self.tier[groups] == tier])
            if len(rows) > wanted:
                salt = np.uint64((number + 1) * 0xD1B54A32D192ED03 & 0xFFFFFFFFFFFFFFFF)
                mark = (rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ salt
                mark *= np.uint64(0xBF58476D1CE4E5B9)
                rows = rows[np.argpartition(mark, wanted)[:wanted]]
            found.append(rows)
            wanted -= len(rows)
            if wanted <= 0:
                break
        return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *found]))

    def _rows(self, groups: Ints) -> Ints:
        return self.open_rows[places_in_runs(self.bounds, groups)]

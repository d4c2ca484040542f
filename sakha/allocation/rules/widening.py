"""Limited funds where all pairs of fund and household would not fit memory: shares in rounds.

Shares without limits say how far each fund's money would go; each limited fund is offered several times as many
households there as its money can serve. Then, round by round, it is offered those that its money would go on to if it
were allowed: to a need with room below the level where a rial of it lies now, or anywhere while it lies unspent. Column
generation, with the chains of exchanges as prices. It ends when no fund asks for more, or with the budget; the result
is lawful in each round, and `bound` proves how far from the best it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.exchanges import Exchanges, Levels
from sakha.allocation.rules.fair_shares import FairShares, share_fairly
from sakha.allocation.rules.network import Network, build_network
from sakha.allocation.rules.offering import MOST_PAIRS, NOTHING_LIMITED, Finder, Offered
from sakha.allocation.rules.problem import Codes, Ints, NeedColumns
from sakha.allocation.rules.runs import places_in_runs

MOST_ARCS = 45_000_000  # of all rounds together: the budget is work and not time, so that the same files give the same
_TIMES = 3  # households offered for each that the fund's money could serve at its limit
_LEAST = 200
_LOOKED_AT = 16  # times as many rows as wanted are looked at, where more would serve
_STEPS_OF_LEVEL = 64  # within such a step it is chance who is offered first, so that funds do not all ask for the same
_EQUAL = 1e-12
_CLASSES = 32
_WAYS = 20  # offers in a row through which a chain is followed


@dataclass(frozen=True, slots=True)
class Rounds:
    """The last round's network and shares, and the flows of all rounds."""

    network: Network
    shares: FairShares
    exchanges: Exchanges
    flow_count: int


def share_in_rounds(finder: Finder, *, most_arcs: int, tell: Callable[[str], None]) -> Rounds:
    """Share all needs as divisible, with the funds' limits."""
    needs, funds, cells = finder.needs, finder.funds, finder.cells
    room, nothing = needs.room, np.zeros(needs.count, dtype=np.int64)
    network = build_network(needs, funds, cells, NOTHING_LIMITED)
    shares = share_fairly(network, needs, base=nothing, room=room)
    offers = _Offers(finder)
    offered = offers.first(_level_of_funds(network, shares, needs))
    flow_count, arcs, number = shares.flow_count, len(network.tail), 0
    while True:
        number += 1
        tell(f"shares, round {number}")
        network = build_network(needs, funds, cells, offered)
        shares = share_fairly(network, needs, base=nothing, room=room)
        flow_count, arcs = flow_count + shares.flow_count, arcs + len(network.tail)
        exchanges = Exchanges(network, shares, needs)
        wider = offers.widen(offered, exchanges, network.group_of_fund)
        if wider is None or arcs + len(network.tail) > most_arcs:
            return Rounds(network, shares, exchanges, flow_count)
        offered = wider


def _level_of_funds(network: Network, shares: FairShares, needs: NeedColumns) -> Levels:
    """The highest level that money of each fund's block reached, without end where some is left."""
    block = shares.block_of_node
    top = np.full(int(block.max(initial=-1)) + 1, -np.inf)
    level = needs.tier + (needs.already + shares.given - 1) / np.maximum(needs.amount, 1)
    np.maximum.at(top, block[network.sink_of_need], np.where(shares.given > 0, level, -np.inf))
    top[block[network.supply > shares.spent]] = np.inf
    return top[block[network.group_of_fund]]


class _Offers:
    """Chooses rows for each limited fund."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.needs = finder, finder.needs
        homes = finder.needs.household[finder.open_rows]
        self.by_household = finder.open_rows[np.argsort(homes, kind="stable")]
        self.home_bounds = np.searchsorted(
            finder.needs.household[self.by_household], np.arange(int(homes.max(initial=-1)) + 2)
        )
        self.complete: set[int] = set()  # limited funds that are offered all they may pay
        limited = [finder.funds[number] for number in finder.limited]
        served = [_TIMES * (fund.amount // max(fund.max_per_household or 0, 1)) for fund in limited]
        all_of_them = sum(min(count, finder.needs.count) for count in served)
        # very small limits would ask for every need: then each fund is offered less at once
        scale = min(1.0, MOST_PAIRS / max(all_of_them, 1))
        self.wanted = {
            number: max(int(min(count, finder.needs.count) * scale), _LEAST)
            for number, count in zip(finder.limited, served, strict=True)
        }

    def first(self, level: Levels) -> Offered:
        """Rows up to the tier where each fund's money would end, spread evenly."""
        finder, found = self.finder, {}
        tiers = np.unique(self.needs.tier[finder.open_rows])
        tiers = tiers[np.unique(np.linspace(len(tiers) - 1, 0, _CLASSES).astype(np.int64))]
        up_to = [self._count_up_to(tier) for tier in tiers.tolist()]
        for number in finder.limited:
            cells, wanted = finder.cells_of(finder.funds[number]), self.wanted[number]
            if finder.count(cells) <= 2 * wanted:
                self.complete.add(number)
                rows = finder.rows(cells)
                if finder.binds(number, rows):
                    found[number] = rows
                continue
            last = max(int(np.searchsorted(tiers, min(level[number], float(tiers[-1])), side="right")), 1)
            while last < len(tiers) and int(up_to[last - 1][cells].sum()) < 2 * wanted:
                last += 1
            lengths = up_to[last - 1][cells]
            found[number] = self._with_household(cells, self._spread(cells, lengths, wanted, number))
        return Offered(found, is_whole=False)

    def _count_up_to(self, tier: int) -> Codes:
        finder = self.finder
        rows = finder.open_rows[self.needs.tier[finder.open_rows] <= tier]
        counts = np.bincount(finder.cells.of_need[rows], minlength=len(finder.cells.place))
        return counts.astype(np.int32)

    def _spread(self, cells: Ints, lengths: Codes, wanted: int, number: int) -> Ints:
        """Rows at even distances among the first ones of each cell, each moved by chance."""
        ends = np.cumsum(lengths, dtype=np.int64)
        steps = np.arange(wanted)
        places = ((steps + _chance(steps, number)) * (int(ends[-1]) / wanted)).astype(np.int64)
        places = np.minimum(places, int(ends[-1]) - 1)
        cell = np.searchsorted(ends, places, side="right")
        rows = self.finder.open_rows[self.finder.bounds[cells[cell]] + places - (ends[cell] - lengths[cell])]
        return np.unique(rows).astype(np.int64)

    def _with_household(self, cells: Ints, rows: Ints) -> Ints:
        """Rows and all others that the fund may pay in the same households."""
        homes = np.unique(self.needs.household[rows]).astype(np.int64)
        together = self.by_household[places_in_runs(self.home_bounds, homes)]
        payable = np.zeros(len(self.finder.cells.place), dtype=bool)
        payable[cells] = True
        return np.sort(together[payable[self.finder.cells.of_need[together]]]).astype(np.int64)

    def widen(self, offered: Offered, exchanges: Exchanges, nodes: Codes) -> Offered | None:
        """More rows for funds whose money would go on, at once or by way of another offer; None where none would."""
        wider = self._widen_once(offered, exchanges, nodes)
        for _ in range(_WAYS if wider is None else 0):
            if not exchanges.lower(*self._find_further(offered, exchanges, nodes)):
                return None
            wider = self._widen_once(offered, exchanges, nodes)
            if wider is not None:
                break
        return wider

    def _widen_once(self, offered: Offered, exchanges: Exchanges, nodes: Codes) -> Offered | None:
        more = {}
        for number, asked, lowest in self._find_asked(offered, exchanges, exchanges.highest[nodes]):
            rows = _lowest_first(asked, lowest[asked], self.wanted[number], number)
            cells = self.finder.cells_of(self.finder.funds[number])
            more[number] = np.union1d(offered.rows[number], self._with_household(cells, rows))
        return Offered(offered.rows | more, is_whole=False) if more else None

    def _find_further(self, offered: Offered, exchanges: Exchanges, nodes: Codes) -> tuple[Codes, Levels]:
        """Nodes of funds that would reach lower levels by rows they are not offered, and the levels."""
        found = [
            (int(nodes[number]), float(lowest[rows].min()))
            for number, rows, lowest in self._find_asked(offered, exchanges, exchanges.lowest[nodes])
        ]
        return np.array([node for node, _ in found], dtype=np.int32), np.array([level for _, level in found])

    def _find_asked(self, offered: Offered, exchanges: Exchanges, levels: Levels) -> Iterator[tuple[int, Ints, Levels]]:
        """Of each fund the rows that it is not offered from which a rial could go on to below a level."""
        finder, lowest = self.finder, exchanges.lowest_of_need
        lowest_of_cell = np.full(len(finder.cells.place), np.inf)
        np.minimum.at(lowest_of_cell, finder.cells.of_need[finder.open_rows], lowest[finder.open_rows])
        for number in finder.limited:
            level = float(levels[number]) - _EQUAL
            if number in self.complete or level == -np.inf:
                continue
            cells = finder.cells_of(finder.funds[number])
            rows = self._look(cells[lowest_of_cell[cells] < level], lowest_of_cell, number)
            rows = rows[lowest[rows] < level]
            rows = rows[~np.isin(rows, offered.rows[number], assume_unique=True)]
            if len(rows):
                yield number, rows, lowest

    def _look(self, cells: Ints, lowest: Levels, number: int) -> Ints:
        """Rows of some cells; where these are very many, of the cells with the lowest levels."""
        finder, most = self.finder, _LOOKED_AT * self.wanted[number]
        if finder.count(cells) > most:
            cells = _lowest_first(cells, lowest[cells], len(cells), number)
            ends = np.cumsum(finder.bounds[cells + 1] - finder.bounds[cells])
            cells = cells[: int(np.searchsorted(ends, most)) + 1]
        return finder.rows(cells)


def _lowest_first(keys: Ints, level: Levels, count: int, number: int) -> Ints:
    """Keys in steps of their level, within a step by chance."""
    place = np.floor(level * _STEPS_OF_LEVEL) + _chance(keys, number)
    return keys[np.argsort(place, kind="stable")[:count]]


def _chance(keys: Ints, number: int) -> Levels:
    """A number from 0 to 1 for each key of a fund: the same each time."""
    mark = (keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ np.uint64(
        (number + 1) * 0xD1B54A32D192ED03 & 0xFFFFFFFFFFFFFFFF
    )
    mark ^= mark >> np.uint64(31)
    mark *= np.uint64(0xBF58476D1CE4E5B9)
    return (mark >> np.uint64(11)).astype(np.float64) / 2.0**53

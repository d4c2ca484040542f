"""Where a rial at a node could go, and where one could come from, through any chain of exchanges.

`lowest` is the lowest level of a need with room that a rial which arrives at a node could be brought to; `highest` the
highest level that a rial could be taken from to arrive there, without end where money lies unspent. In a best result
no node's highest is above its lowest. Which arcs are missing is left to `widening`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sakha.allocation.rules.fair_shares import FairShares
from sakha.allocation.rules.network import LAYERS, Network
from sakha.allocation.rules.problem import Codes, NeedColumns

Levels = NDArray[np.float64]


class Exchanges:
    """Levels by node: spread over the network along arcs that are not full and back along arcs that carry rials."""

    def __init__(self, network: Network, shares: FairShares, needs: NeedColumns) -> None:
        given, self._sinks = shares.given, network.sink_of_need
        size = np.maximum(needs.amount, 1)
        level = needs.tier + (needs.already + given) / size
        self._is_paid, self._open_at = given > 0, np.where(given < needs.room, level, np.inf)
        self.lowest = np.full(network.node_count, np.inf)
        np.minimum.at(self.lowest, self._sinks, self._open_at)
        self.highest = np.full(network.node_count, -np.inf)
        before = np.where(self._is_paid, needs.tier + (needs.already + given - 1) / size, -np.inf)
        np.maximum.at(self.highest, self._sinks, before)
        self.highest[network.supply > shares.spent] = np.inf
        self._arcs = _Arcs(network, shares)
        self._arcs.spread_lowest(self.lowest)
        self._arcs.spread_highest(self.highest)

    @property
    def lowest_of_need(self) -> Levels:
        """Of each need the lowest level that a rial which arrives at it could be brought to."""
        return np.where(self._is_paid, self.lowest[self._sinks], self._open_at)

    def lower(self, nodes: Codes, levels: Levels) -> bool:
        """Let some nodes reach lower levels too, and spread that. Whether any level fell."""
        if not (levels < self.lowest[nodes]).any():
            return False
        np.minimum.at(self.lowest, nodes, levels)
        self._arcs.spread_lowest(self.lowest)
        return True


class _Arcs:
    """Arcs that a rial could take, layer by layer."""

    def __init__(self, network: Network, shares: FairShares) -> None:
        bounds = [*network.layer_starts.tolist(), len(network.tail)]
        is_open = (network.capacity < 0) | (shares.on_arc < network.capacity)
        is_used = shares.on_arc > 0
        self.open, self.used = [], []
        for layer in range(LAYERS):
            here = slice(bounds[layer], bounds[layer + 1])
            tail, head = network.tail[here], network.head[here]
            self.open.append((tail[is_open[here]], head[is_open[here]]))
            self.used.append((tail[is_used[here]], head[is_used[here]]))

    def spread_lowest(self, value: Levels) -> None:
        while True:
            before = value.copy()
            for tail, head in reversed(self.open):
                np.minimum.at(value, tail, value[head])
            for tail, head in self.used:
                np.minimum.at(value, head, value[tail])
            if (before == value).all():
                return

    def spread_highest(self, value: Levels) -> None:
        while True:
            before = value.copy()
            for tail, head in self.open:
                np.maximum.at(value, head, value[tail])
            for tail, head in reversed(self.used):
                np.maximum.at(value, tail, value[head])
            if (before == value).all():
                return

"""Where a rial at a node could go, and where one could come from, through any chain of exchanges.

`lowest` is the lowest level of a need with room that a rial which arrives at a node could be brought to; `highest` the
highest level that a rial could be taken from to arrive there, without end where money lies unspent. In a best result
no node's highest is above its lowest. What to do with an arc that would join two of them is left to `widening`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sakha.allocation.rules.fair_shares import FairShares
from sakha.allocation.rules.network import LAYERS, Network
from sakha.allocation.rules.problem import NeedColumns

Levels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Levels by node, and of each need the lowest level that a rial which arrives at it could be brought to."""

    lowest: Levels
    highest: Levels
    lowest_of_need: Levels


def find_exchanges(network: Network, shares: FairShares, needs: NeedColumns) -> Exchanges:
    """Spread levels over the network along arcs that are not full and back along arcs that carry rials."""
    given, room, sinks = shares.given, needs.room, network.sink_of_need
    size = np.maximum(needs.amount, 1)
    level = needs.tier + (needs.already + given) / size
    open_at = np.where(given < room, level, np.inf)
    lowest = np.full(network.node_count, np.inf)
    np.minimum.at(lowest, sinks, open_at)
    highest = np.full(network.node_count, -np.inf)
    np.maximum.at(highest, sinks, np.where(given > 0, needs.tier + (needs.already + given - 1) / size, -np.inf))
    highest[network.supply > shares.spent] = np.inf
    arcs = _Arcs(network, shares)
    arcs.spread_lowest(lowest)
    arcs.spread_highest(highest)
    return Exchanges(lowest, highest, np.where(given > 0, lowest[sinks], open_at))


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

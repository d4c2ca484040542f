"""Exact lexicographic max-min of levels over all funds and needs, in whole rials.

Decomposition of a lexicographically optimal base by maximum flows (Fujishige 1980; Gallo, Grigoriadis, Tarjan 1989):
hand the supply of a block out by level as if any rial could go anywhere; where the flow agrees, the block is done;
otherwise its minimum cut parts it in two that never meet again. Which fund pays where it is free is left to `expiry`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.flows import Flow, Part, find_maximum_flow
from sakha.allocation.rules.network import NO_LIMIT, Network
from sakha.allocation.rules.problem import Codes, Ints, NeedColumns
from sakha.allocation.rules.units import share_by_level


@dataclass(frozen=True, slots=True)
class FairShares:
    """What each need gets, what flows on each arc, what each fund group spends, and each node's block.

    Blocks number the independent parts in the order they were finished; `flow_count` is the work done.
    """

    given: Ints
    on_arc: Ints
    spent: Ints
    block_of_node: Codes
    flow_count: int


@dataclass(frozen=True, slots=True)
class _Block:
    nodes: Codes
    arcs: Ints
    groups: Ints


class _Columns:
    """Needs ordered by sink and tier, so that a block asks only the needs of the one tier that is in question."""

    def __init__(self, needs: NeedColumns, network: Network, base: Ints, room: Ints) -> None:
        tiers = int(needs.tier.max(initial=0)) + 1
        key = network.sink_of_need.astype(np.int64) * tiers + needs.tier
        self.order = np.argsort(key, kind="stable")
        ordered = key[self.order]
        first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, np.int64)
        self.bounds = np.r_[first, len(ordered)].astype(np.int64)
        self.sink, self.tier = (part.astype(np.int64) for part in np.divmod(ordered[first], tiers))
        self.amount = needs.amount[self.order]
        self.start = (needs.already + base)[self.order]
        self.room = room[self.order]
        self.room_of_group = np.add.reduceat(self.room, first) if len(first) else np.zeros(0, np.int64)
        self.tiers = tiers
        self.base_of_sink = np.zeros(network.node_count, dtype=np.int64)
        np.add.at(self.base_of_sink, network.sink_of_need, base)

    def rows(self, groups: Ints) -> Ints:
        """Rows (in this order) of the needs of some groups."""
        lengths = self.bounds[groups + 1] - self.bounds[groups]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        return np.repeat(self.bounds[groups] - (ends - lengths), lengths) + np.arange(total)


def share_fairly(network: Network, needs: NeedColumns, *, base: Ints, room: Ints) -> FairShares:
    """Find the shares. `base` are rials promised to each need beforehand (payable together), `room` what may be added.

    Returns arrays of one element a need, arc and node. Time: one maximum flow for each block and each cut.
    """
    columns = _Columns(needs, network, base, room)
    solution = _Solution(network, columns)
    stack = [
        _Block(
            np.arange(network.node_count, dtype=np.int32),
            np.arange(len(network.tail)),
            np.arange(len(columns.sink)),
        )
    ]
    while stack:
        stack.extend(solution.solve(stack.pop()))
    given = base.copy()
    given[columns.order] += solution.given
    return FairShares(given, solution.on_arc, solution.spent, solution.block_of_node, solution.flow_count)


class _Solution:
    def __init__(self, network: Network, columns: _Columns) -> None:
        self.network, self.columns = network, columns
        self.supply = network.supply.copy()
        self.given = np.zeros(len(columns.order), dtype=np.int64)
        self.on_arc = np.zeros(len(network.tail), dtype=np.int64)
        self.spent = np.zeros(network.node_count, dtype=np.int64)
        self.block_of_node = np.full(network.node_count, -1, dtype=np.int32)
        self.local = np.zeros(network.node_count, dtype=np.int32)
        self.side = np.zeros(network.node_count, dtype=bool)
        self.flow_count = self.block_count = 0

    def solve(self, block: _Block) -> list[_Block]:
        """Finish a block, or part it in two."""
        network, columns = self.network, self.columns
        self.local[block.nodes] = np.arange(len(block.nodes), dtype=np.int32)
        supply = self.supply[block.nodes]
        if not supply.any():  # then nothing was promised either
            self.block_of_node[block.nodes] = self.block_count
            self.block_count += 1
            return []
        tier, rows, shares = self._hand_out(block, int(supply.sum()))
        demand = columns.base_of_sink[block.nodes]
        below = block.groups[columns.tier[block.groups] < tier]
        np.add.at(demand, self.local[columns.sink[below]], columns.room_of_group[below])
        sinks = network.sink_of_need[columns.order[rows]]
        np.add.at(demand, self.local[sinks], shares)
        flow = find_maximum_flow(
            Part(
                self.local[network.tail[block.arcs]],
                self.local[network.head[block.arcs]],
                network.capacity[block.arcs],
                supply,
                demand,
            )
        )
        self.flow_count += 1
        if flow.total == int(demand.sum()):
            self._finish(block, flow, columns.rows(below), rows, shares)
            return []
        return self._part(block, flow)

    def _hand_out(self, block: _Block, supply: int) -> tuple[int, Ints, Ints]:
        """Tier that the supply ends in, the rows of its needs, and what each of them gets."""
        columns = self.columns
        rest = supply - int(columns.base_of_sink[block.nodes].sum())
        by_tier = np.zeros(columns.tiers + 1, dtype=np.int64)
        np.add.at(by_tier, columns.tier[block.groups], columns.room_of_group[block.groups])
        before = np.cumsum(by_tier) - by_tier
        tier = max(int(np.searchsorted(before, max(rest, 0), side="left")) - 1, 0)
        rows = columns.rows(block.groups[columns.tier[block.groups] == tier])
        shares = share_by_level(
            amount=columns.amount[rows],
            start=columns.start[rows],
            room=columns.room[rows],
            order=columns.order[rows],
            supply=rest - int(before[tier]),
        )
        return tier, rows, shares

    def _finish(self, block: _Block, flow: Flow, full: Ints, rows: Ints, shares: Ints) -> None:
        self.given[full] = self.columns.room[full]
        self.given[rows] = shares
        self.on_arc[block.arcs] = flow.on_arc
        self.spent[block.nodes] += flow.spent
        self.block_of_node[block.nodes] = self.block_count
        self.block_count += 1

    def _part(self, block: _Block, flow: Flow) -> list[_Block]:
        """Below the cut: needs whose money does not suffice for this level; above it: all others."""
        network = self.network
        low = flow.can_reach
        self.side[block.nodes] = low
        tail, head = self.side[network.tail[block.arcs]], self.side[network.head[block.arcs]]
        # a household limit that is used up brings a fixed sum over the cut
        crossing = block.arcs[~tail & head]
        capacity = network.capacity[crossing]
        if (capacity == NO_LIMIT).any():
            message = "an arc without a limit crosses the cut"
            raise AssertionError(message)
        self.on_arc[crossing] = capacity
        np.subtract.at(self.supply, network.tail[crossing], capacity)
        np.add.at(self.spent, network.tail[crossing], capacity)
        np.add.at(self.supply, network.head[crossing], capacity)
        group_side = self.side[self.columns.sink[block.groups]]
        return [
            _Block(block.nodes[~low], block.arcs[~tail & ~head], block.groups[~group_side]),
            _Block(block.nodes[low], block.arcs[tail & head], block.groups[group_side]),
        ]

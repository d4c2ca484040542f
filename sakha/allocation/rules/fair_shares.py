"""Exact lexicographic max-min of levels over all funds and needs, in whole rials.

Decomposition of a lexicographically optimal base by maximum flows (Fujishige 1980; Gallo, Grigoriadis, Tarjan 1989):
hand the supply of a part out by level as if any rial could go anywhere; where the flow agrees, the part is done;
otherwise its minimum cut divides it in two that never meet again, and each of these into what arcs still join. All
parts of one depth share one flow, for nothing joins them. Which fund pays where it is free is left to `expiry`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sakha.allocation.rules.flows import Flow, Part, find_maximum_flow
from sakha.allocation.rules.network import NO_LIMIT, Network
from sakha.allocation.rules.problem import Codes, Flags, Ints, NeedColumns, Numbers
from sakha.allocation.rules.runs import begin_of_runs, places_in_runs
from sakha.allocation.rules.units import share_in_parts


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
class _Front:
    """Parts that are not done yet: their nodes, arcs, and groups of needs in order of part and tier."""

    count: int
    nodes: Codes
    arcs: Codes
    groups: Ints


@dataclass(frozen=True, slots=True)
class _Handed:
    """Groups whose needs are filled, groups of the tier where a part's money ends, and what their needs get."""

    full: Ints
    partial: Ints
    rows: Codes
    shares: Ints


class _Columns:
    """Needs ordered by sink and tier, so that a part asks only the needs of the one tier that is in question."""

    def __init__(self, needs: NeedColumns, network: Network, base: Ints, room: Ints) -> None:
        tiers, count = int(needs.tier.max(initial=0)) + 1, max(needs.count, 1)
        key = (network.sink_of_need.astype(np.int64) * tiers + needs.tier) * count + np.arange(needs.count)
        key.sort()
        self.order = (key % count).astype(np.int32)
        key //= count
        first = begin_of_runs(key)
        self.bounds = np.r_[first, len(key)].astype(np.int64)
        self.sink, self.tier = np.divmod(key[first], tiers)
        self.amount, self.already, self.base, self.room = needs.amount, needs.already, base, room
        self.room_of_group = np.add.reduceat(room[self.order], first) if len(first) else np.zeros(0, np.int64)
        self.base_of_sink = np.zeros(network.node_count, dtype=np.int64)
        if base.any():
            np.add.at(self.base_of_sink, network.sink_of_need, base)

    def lengths(self, groups: Ints) -> Ints:
        """How many needs some groups have."""
        lengths: Ints = self.bounds[groups + 1] - self.bounds[groups]
        return lengths

    def rows(self, groups: Ints) -> Codes:
        """Rows of the needs of some groups, group by group."""
        return self.order[places_in_runs(self.bounds, groups)]

    def share(self, rows: Codes, part: Ints, supply: Ints) -> Ints:
        """Share each part's rest among the needs of its tier."""
        return share_in_parts(
            amount=self.amount[rows],
            start=self.already[rows] + self.base[rows],
            room=self.room[rows],
            order=rows,
            part=part,
            supply=supply,
        )


def share_fairly(network: Network, needs: NeedColumns, *, base: Ints, room: Ints) -> FairShares:
    """Find the shares. `base` are rials promised to each need beforehand (payable together), `room` what may be added.

    Returns arrays of one element a need, arc and node. Time: one maximum flow for each depth of cuts.
    """
    columns = _Columns(needs, network, base, room)
    solution = _Solution(network, columns)
    front = _Front(
        min(network.node_count, 1),
        np.arange(network.node_count, dtype=np.int32),
        np.arange(len(network.tail), dtype=np.int32),
        _in_order(columns.tier),
    )
    while front.count:
        front = solution.advance(front)
    return FairShares(
        base + solution.given, solution.on_arc, solution.spent, solution.block_of_node, solution.flow_count
    )


class _Solution:
    def __init__(self, network: Network, columns: _Columns) -> None:
        self.network, self.columns = network, columns
        self.supply = network.supply.copy()
        self.given = np.zeros(len(columns.order), dtype=np.int64)
        self.on_arc = np.zeros(len(network.tail), dtype=np.int64)
        self.spent = np.zeros(network.node_count, dtype=np.int64)
        self.block_of_node = np.full(network.node_count, -1, dtype=np.int32)
        self.part = np.zeros(network.node_count, dtype=np.int32)  # -1 where it is done
        self.local = np.zeros(network.node_count, dtype=np.int32)
        self.is_low = np.zeros(network.node_count, dtype=bool)
        self.flow_count = self.block_count = 0

    def advance(self, front: _Front) -> _Front:
        """Finish the parts for which the flow agrees, and divide the others."""
        network, nodes = self.network, front.nodes
        self.local[nodes] = np.arange(len(nodes), dtype=np.int32)
        supply, demand = self.supply[nodes], self.columns.base_of_sink[nodes]
        free = np.zeros(front.count, dtype=np.int64)
        np.add.at(free, self.part[nodes], supply - demand)
        handed = self._hand_out(front, free)
        self._demand_shares(demand, handed)
        flow = find_maximum_flow(
            Part(
                self.local[network.tail[front.arcs]],
                self.local[network.head[front.arcs]],
                network.capacity[front.arcs],
                supply,
                demand,
                np.searchsorted(front.arcs, network.layer_starts),
            )
        )
        self.flow_count += 1
        is_done = np.ones(front.count, dtype=bool)
        is_done[self.part[nodes[flow.can_reach]]] = False
        self._finish(front, is_done, flow, handed)
        return self._divide(front, is_done, flow)

    def _hand_out(self, front: _Front, free: Ints) -> _Handed:
        """Lay each part's free money beside its tiers, and share what is left in the tier where it ends."""
        columns, groups = self.columns, front.groups
        part, tier = self.part[columns.sink[groups]].astype(np.int64), columns.tier[groups]
        if not len(groups):
            return _Handed(groups, groups, np.zeros(0, np.int32), groups)
        first = begin_of_runs(part, tier)
        lengths = np.diff(np.r_[first, len(groups)])
        asked = np.add.reduceat(columns.room_of_group[groups], first)
        part_of_tier = part[first]
        before = np.cumsum(asked) - asked
        begins = np.r_[True, part_of_tier[1:] != part_of_tier[:-1]]
        before -= np.maximum.accumulate(np.where(begins, before, 0))
        rest = free[part_of_tier] - before
        is_full = rest >= asked
        is_partial = (rest > 0) & ~is_full
        partial = groups[np.repeat(is_partial, lengths)]
        supply = np.zeros(front.count, dtype=np.int64)
        supply[part_of_tier[is_partial]] = rest[is_partial]
        rows = columns.rows(partial)
        parts = np.repeat(self.part[columns.sink[partial]].astype(np.int64), columns.lengths(partial))
        shares = columns.share(rows, parts, supply)
        return _Handed(groups[np.repeat(is_full, lengths)], partial, rows, shares)

    def _demand_shares(self, demand: Ints, handed: _Handed) -> None:
        columns = self.columns
        np.add.at(demand, self.local[columns.sink[handed.full]], columns.room_of_group[handed.full])
        if len(handed.partial):
            ends = np.cumsum(columns.lengths(handed.partial))
            shares = np.add.reduceat(handed.shares, np.r_[0, ends[:-1]])
            np.add.at(demand, self.local[columns.sink[handed.partial]], shares)

    def _finish(self, front: _Front, is_done: Flags, flow: Flow, handed: _Handed) -> None:
        columns, done_node = self.columns, is_done[self.part[front.nodes]]
        full = columns.rows(handed.full[is_done[self.part[columns.sink[handed.full]]]])
        self.given[full] = columns.room[full]
        settled = np.repeat(is_done[self.part[columns.sink[handed.partial]]], columns.lengths(handed.partial))
        self.given[handed.rows[settled]] = handed.shares[settled]
        settled = is_done[self.part[self.network.tail[front.arcs]]]
        self.on_arc[front.arcs[settled]] = flow.on_arc[settled]
        nodes = front.nodes[done_node]
        self.spent[nodes] += flow.spent[done_node]
        number = np.cumsum(is_done, dtype=np.int32) + np.int32(self.block_count - 1)
        self.block_of_node[nodes] = number[self.part[nodes]]
        self.block_count += int(np.count_nonzero(is_done))

    def _divide(self, front: _Front, is_done: Flags, flow: Flow) -> _Front:
        """Below the cut: needs whose money does not suffice for this level; above it: all others."""
        network, part = self.network, self.part[front.nodes]
        stays = ~is_done[part]
        nodes, low = front.nodes[stays], flow.can_reach[stays]
        side = part[stays] * 2 + low
        present = np.zeros(2 * front.count, dtype=bool)
        present[side] = True
        self.part[front.nodes] = -1
        self.part[nodes] = (np.cumsum(present, dtype=np.int32) - 1)[side]
        self.is_low[nodes] = low
        tail, head = self.part[network.tail[front.arcs]], self.part[network.head[front.arcs]]
        within = (tail == head) & (tail >= 0)
        self._fix(front.arcs[(tail != head)])
        return self._separate(nodes, front.arcs[within], front.groups)

    def _separate(self, nodes: Codes, arcs: Codes, groups: Ints) -> _Front:
        """Nodes that no money reaches are done; the others belong together as far as arcs join them."""
        network = self.network
        fed = self.supply > 0
        for layer in np.split(arcs, np.searchsorted(arcs, network.layer_starts[1:])):
            fed[network.head[layer[fed[network.tail[layer]]]]] = True
        self.part[nodes] = -1
        starved = nodes[~fed[nodes]]
        self.block_of_node[starved] = self.block_count
        self.block_count += int(len(starved) > 0)
        nodes, arcs = nodes[fed[nodes]], arcs[fed[network.tail[arcs]]]
        self.local[nodes] = np.arange(len(nodes), dtype=np.int32)
        tail, head = self.local[network.tail[arcs]], self.local[network.head[arcs]]
        joined = csr_array((np.ones(len(arcs)), (tail, head)), shape=(len(nodes), len(nodes)))
        count, self.part[nodes] = connected_components(joined, directed=False)
        groups = groups[self.part[self.columns.sink[groups]] >= 0]
        groups = groups[_in_order(self.part[self.columns.sink[groups]])]
        return _Front(count if len(nodes) else 0, nodes, arcs, groups)

    def _fix(self, apart: Codes) -> None:
        """A household limit that is used up brings a fixed sum over the cut."""
        network = self.network
        tails, heads = network.tail[apart], network.head[apart]
        enters = ~self.is_low[tails] & self.is_low[heads]
        crossing, tails, heads = apart[enters], tails[enters], heads[enters]
        capacity = network.capacity[crossing]
        if (capacity == NO_LIMIT).any():
            message = "an arc without a limit crosses the cut"
            raise AssertionError(message)
        self.on_arc[crossing] = capacity
        np.subtract.at(self.supply, tails, capacity)
        np.add.at(self.spent, tails, capacity)
        np.add.at(self.supply, heads, capacity)


def _in_order(numbers: Numbers) -> Ints:
    """Stable order of numbers; small ones are sorted by their digits."""
    if int(numbers.max(initial=0)) <= np.iinfo(np.int16).max:
        return np.argsort(numbers.astype(np.int16), kind="stable")
    return np.argsort(numbers, kind="stable")

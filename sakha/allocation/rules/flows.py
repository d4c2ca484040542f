"""Maximum flows in whole rials through OR-tools, on a part of the network.

Says how much arrives where and which nodes can still reach a sink; leaves what that means to `fair_shares`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow

from sakha.allocation.rules.problem import Codes, Flags, Ints


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the network with nodes numbered from 0: arcs, supply of each node, most that each node may keep.

    `layer_starts`, where it is known: arcs stand in layers that begin there, and no arc leads to an earlier layer.
    """

    tail: Codes
    head: Codes
    capacity: Ints
    supply: Ints
    demand: Ints
    layer_starts: Ints | None = None

    @property
    def layers(self) -> list[slice]:
        """The arcs of each layer, first to last."""
        bounds = [] if self.layer_starts is None else [*self.layer_starts.tolist(), len(self.tail)]
        return [slice(*pair) for pair in pairwise(bounds)]


@dataclass(frozen=True, slots=True)
class Flow:
    """A maximum flow: rials on each arc, rials that left each node's supply, and who can still reach an open sink."""

    total: int
    on_arc: Ints
    spent: Ints
    can_reach: Flags


class FlowNotSolvedError(RuntimeError):
    """OR-tools gave up, which it does only on sums beyond 64 bits."""


def find_maximum_flow(part: Part) -> Flow:
    """Push as much supply to the demands as the arcs carry; capacity below 0 means no limit."""
    if part.layer_starts is None:
        return _solve(part)
    fed, asked = part.supply > 0, part.demand > 0
    for layer in part.layers:
        fed[part.head[layer][fed[part.tail[layer]]]] = True
    for layer in reversed(part.layers):
        asked[part.tail[layer][asked[part.head[layer]]]] = True
    # where no money comes, or nothing is asked, no flow is needed to know what cannot be served
    stays = fed & asked
    number = np.cumsum(stays, dtype=np.int32) - np.int32(1)
    arcs = stays[part.tail] & stays[part.head]
    tail, head = number[part.tail[arcs]], number[part.head[arcs]]
    inner = _solve(Part(tail, head, part.capacity[arcs], part.supply[stays], part.demand[stays]))
    on_arc, spent = np.zeros(len(part.tail), dtype=np.int64), np.zeros(len(stays), dtype=np.int64)
    on_arc[arcs], spent[stays] = inner.on_arc, inner.spent
    can_reach = (part.demand > 0) & ~fed
    can_reach[stays] = inner.can_reach
    for layer in reversed(part.layers):
        tails = part.tail[layer]
        can_reach[tails[~fed[tails] & can_reach[part.head[layer]]]] = True
    return Flow(inner.total, on_arc, spent, can_reach)


def _solve(part: Part) -> Flow:
    count = len(part.supply)
    source, target = count, count + 1
    most = int(part.supply.sum())
    givers, takers = np.flatnonzero(part.supply), np.flatnonzero(part.demand)
    can_reach = np.zeros(count + 2, dtype=bool)
    if not len(givers) or not len(takers):
        can_reach[takers] = True
        _spread_back(can_reach, part)
        return Flow(0, np.zeros(len(part.tail), dtype=np.int64), np.zeros(count, dtype=np.int64), can_reach[:count])
    solver = max_flow.SimpleMaxFlow()
    arcs = solver.add_arcs_with_capacity(
        # more than everything, so that an arc without a limit is never full and never in a cut
        part.tail,
        part.head,
        np.where(part.capacity < 0, most + 1, part.capacity),
    )
    out = solver.add_arcs_with_capacity(
        np.full(len(givers), source, dtype=np.int32), givers.astype(np.int32), part.supply[givers]
    )
    solver.add_arcs_with_capacity(
        takers.astype(np.int32), np.full(len(takers), target, dtype=np.int32), part.demand[takers]
    )
    if solver.solve(source, target) != solver.OPTIMAL:
        raise FlowNotSolvedError
    can_reach[np.asarray(solver.get_sink_side_min_cut(), dtype=np.int64)] = True
    spent = np.zeros(count, dtype=np.int64)
    spent[givers] = solver.flows(out)
    return Flow(solver.optimal_flow(), solver.flows(arcs), spent, can_reach[:count])


def _spread_back(can_reach: Flags, part: Part) -> None:
    """Without any flow every arc is open: who leads to a reached node reaches it too."""
    while True:
        new = can_reach[part.head] & ~can_reach[part.tail]
        if not new.any():
            return
        can_reach[part.tail[new]] = True


def spend_cheapest(part: Part, *, giver: Codes, amount: Ints, cost: Ints, total: int) -> tuple[Ints, Ints]:
    """Pay `total` into all demands at least cost of the givers' rials (cost 0 is spent first).

    Several givers may stand at one node: `giver` says at which. Returns rials on each arc and rials of each giver.
    """
    count = len(part.supply)
    source, target = count, count + 1
    takers = np.flatnonzero(part.demand)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        part.tail, part.head, np.where(part.capacity < 0, total, np.minimum(part.capacity, total)),
        np.zeros(len(part.tail), dtype=np.int64),
    )  # fmt: skip
    out = solver.add_arcs_with_capacity_and_unit_cost(
        np.full(len(giver), source, dtype=np.int32), giver.astype(np.int32), np.minimum(amount, total), cost
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        takers.astype(np.int32), np.full(len(takers), target, dtype=np.int32), part.demand[takers],
        np.zeros(len(takers), dtype=np.int64),
    )  # fmt: skip
    solver.set_node_supply(source, total)
    solver.set_node_supply(target, -total)
    if solver.solve() != solver.OPTIMAL:
        raise FlowNotSolvedError
    return solver.flows(arcs), solver.flows(out)

"""All-or-nothing needs: which of them are paid in full, in the published order of rank.

Every divisible need keeps what it gets when all needs are treated as divisible; a whole need is accepted if and only if
the money can be routed with all accepted before it and all that is kept. Sharing the rest is left to `fair_shares`.

A flow that asks for all cases at once leaves a minimum cut: outside of it every case is served whatever is decided
inside, and no money of the inside is used there, so only the inside is looked at again, case by halves of the ranks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.flows import Part, find_maximum_flow
from sakha.allocation.rules.network import Network
from sakha.allocation.rules.problem import Codes, Flags, Ints, NeedColumns

# Where household limits meet whole needs each case can bring a cut of its own; beyond this many flows the later half of
# the ranks of a broken cut is refused unseen, and the result says that it is not proved.
_FLOW_BUDGET = 50_000


@dataclass(frozen=True, slots=True)
class WholeNeeds:
    """Accepted whole needs, whether the order of rank is proved to be kept exactly, and the flows it took."""

    accepted: Flags
    is_exact: bool
    flow_count: int


@dataclass(frozen=True, slots=True)
class _Inside:
    """A part that no money enters: its arcs, and what its nodes have and are promised; cases in order of rank."""

    nodes: Codes
    tail: Codes
    head: Codes
    capacity: Ints
    layer: Codes
    supply: Ints
    cases: Ints
    case_node: Codes


def choose_whole_needs(network: Network, needs: NeedColumns, *, kept: Ints) -> WholeNeeds:
    """Choose which whole needs are paid. `kept` are rials that divisible needs are promised (n), 0 for whole ones."""
    rows = np.flatnonzero((needs.rank >= 0) & (needs.room > 0))
    rows = rows[np.argsort(needs.rank[rows], kind="stable")]
    search = _Search(needs.room, network.node_count)
    np.add.at(search.promised, network.sink_of_need, kept)
    everything = _Inside(
        np.arange(network.node_count, dtype=np.int32), network.tail, network.head, network.capacity,
        network.layer_of_node, network.supply, rows, network.sink_of_need[rows],
    )  # fmt: skip
    search.decide(_without_idle(everything, search.promised))
    accepted = np.zeros(needs.count, dtype=bool)
    accepted[search.accepted] = True
    return WholeNeeds(accepted, not search.is_cut_short, search.flow_count)


def _without_idle(part: _Inside, promised: Ints) -> _Inside:
    """Leave out nodes that lead to nothing that is asked for."""
    asked = promised[part.nodes] > 0
    asked[part.case_node] = True
    for layer in range(int(part.layer.max(initial=0)), -1, -1):
        into = asked[part.head] & (part.layer[part.tail] == layer)
        asked[part.tail[into]] = True
    return _restrict(part, asked)


def _restrict(part: _Inside, stay: Flags) -> _Inside:
    """The part within some nodes; limited arcs that enter it bring their whole capacity as supply."""
    number = np.cumsum(stay).astype(np.int32) - 1
    within = stay[part.tail] & stay[part.head]
    supply = part.supply.copy()
    entering = ~stay[part.tail] & stay[part.head] & (part.capacity >= 0)
    np.add.at(supply, part.head[entering], part.capacity[entering])
    cases = stay[part.case_node]
    return _Inside(
        part.nodes[stay], number[part.tail[within]], number[part.head[within]], part.capacity[within],
        part.layer[stay], supply[stay], part.cases[cases], number[part.case_node[cases]],
    )  # fmt: skip


class _Search:
    def __init__(self, room: Ints, node_count: int) -> None:
        self.room = room
        self.promised = np.zeros(node_count, dtype=np.int64)
        self.accepted: list[int] = []
        self.flow_count = 0
        self.is_cut_short = False

    def decide(self, part: _Inside) -> None:
        """Accept, of the cases of a part in their order, each that can be paid with all accepted before it."""
        stack = [part]
        while stack:
            stack.extend(reversed(self._step(stack.pop())))

    def _step(self, part: _Inside) -> list[_Inside]:
        promised = self.promised[part.nodes]
        free = int(part.supply.sum()) - int(promised.sum())
        part = _with_cases(part, self.room[part.cases] <= free)
        if not len(part.cases):
            return []
        demand = promised.copy()
        np.add.at(demand, part.case_node, self.room[part.cases])
        flow = find_maximum_flow(Part(part.tail, part.head, part.capacity, part.supply, demand))
        self.flow_count += 1
        inside = flow.can_reach
        if flow.total == int(demand.sum()):
            inside = np.zeros(len(part.nodes), dtype=bool)
        self._accept(part, ~inside[part.case_node])
        if not inside.any():
            return []
        rest = _restrict(part, inside)
        if len(rest.cases) < len(part.cases):
            return _hang_together(rest)
        return self._halve(rest)

    def _accept(self, part: _Inside, served: Flags) -> None:
        cases = part.cases[served]
        self.accepted.extend(cases.tolist())
        np.add.at(self.promised, part.nodes[part.case_node[served]], self.room[cases])

    def _halve(self, part: _Inside) -> list[_Inside]:
        """All cases lack money together: the first half of the ranks decides before the second."""
        count = len(part.cases)
        if count == 1:
            return []
        first = np.arange(count) < (count + 1) // 2
        if self.flow_count > _FLOW_BUDGET:
            self.is_cut_short = True
            return [_with_cases(part, first)]
        return [_with_cases(part, first), _with_cases(part, ~first)]


def _with_cases(part: _Inside, chosen: Flags) -> _Inside:
    if chosen.all():
        return part
    return _Inside(
        part.nodes, part.tail, part.head, part.capacity, part.layer, part.supply, part.cases[chosen],
        part.case_node[chosen],
    )  # fmt: skip


def _hang_together(part: _Inside) -> list[_Inside]:
    """Parts that no money joins are decided apart."""
    fed = part.supply > 0
    for layer in range(int(part.layer.max(initial=0))):
        out = fed[part.tail] & (part.layer[part.tail] == layer)
        fed[part.head[out]] = True
    live = fed[part.tail]
    component = _find_components(len(part.nodes), part.tail[live], part.head[live])
    return [_restrict(part, component == number) for number in np.unique(component[part.case_node]).tolist()]


def _find_components(count: int, tail: Codes, head: Codes) -> Ints:
    """The lowest node that each node hangs together with: roots take the lowest neighbour's root, then all look up."""
    root = np.arange(count)
    while True:
        low = np.minimum(root[tail], root[head])
        new = root.copy()
        np.minimum.at(new, root[tail], low)
        np.minimum.at(new, root[head], low)
        while (new[new] != new).any():
            new = new[new]
        if (new == root).all():
            return root
        root = new

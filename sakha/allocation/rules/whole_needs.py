"""All-or-nothing needs: which of them are paid in full, in the published order of rank.

Every divisible need keeps what it gets when all needs are treated as divisible; a whole need is accepted if and only if
the money can be routed with all accepted before it and all that is kept. Sharing the rest is left to `fair_shares`.

All is asked of what is left of the network when what is promised is paid. A flow that asks for all cases at once leaves
a minimum cut: outside of it every case is served whatever is decided inside, and no money of the inside is used there,
so only the inside is looked at again, case by halves of the ranks. What is promised only grows: nodes that nothing left
comes to are out for good, and a case that could not be paid even alone is refused whatever its rank.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sakha.allocation.rules.leftovers import Leftover
from sakha.allocation.rules.network import Network
from sakha.allocation.rules.problem import Codes, Flags, Ints, NeedColumns

# Where household limits meet whole needs each case can bring a cut of its own; beyond this many arcs of all flows
# together the later half of the ranks of a broken cut is refused unseen, and the result says that it is not proved.
_ARC_BUDGET = 2_000_000_000


@dataclass(frozen=True, slots=True)
class WholeNeeds:
    """Accepted whole needs, whether the order of rank is proved to be kept exactly, and the flows it took."""

    accepted: Flags
    is_exact: bool
    flow_count: int


@dataclass(frozen=True, slots=True)
class _Inside:
    """A part that no money enters: what is left in it, and its cases in order of rank, each at a node."""

    leftover: Leftover
    cases: Ints
    case_node: Codes

    def with_cases(self, chosen: Flags) -> _Inside:
        return _Inside(self.leftover, self.cases[chosen], self.case_node[chosen])

    def restrict(self, stay: Flags) -> _Inside:
        number = np.cumsum(stay, dtype=np.int32) - np.int32(1)
        chosen = stay[self.case_node]
        return _Inside(self.leftover.restrict(stay), self.cases[chosen], number[self.case_node[chosen]])


@dataclass(frozen=True, slots=True)
class _Later:
    """The cases of a part from a place on, to be decided when those before it are: `mark` counts who was accepted."""

    part: _Inside
    place: int
    mark: int


def choose_whole_needs(network: Network, needs: NeedColumns, *, kept: Ints) -> WholeNeeds:
    """Choose which whole needs are paid. `kept` are rials that divisible needs are promised (n), 0 for whole ones."""
    rows = np.flatnonzero((needs.rank >= 0) & (needs.room > 0))
    rows = rows[np.argsort(needs.rank[rows], kind="stable")]
    promised = np.zeros(network.node_count, dtype=np.int64)
    np.add.at(promised, network.sink_of_need, kept)
    order = np.argsort(network.tail, kind="stable")
    arcs = Leftover(network.tail[order], network.head[order], network.capacity[order], network.supply)
    everything = arcs.without(promised)
    search = _Search(needs.room)
    search.count_flow(arcs)
    search.decide(_Inside(everything, rows, network.sink_of_need[rows]))
    accepted = np.zeros(needs.count, dtype=bool)
    accepted[search.accepted] = True
    return WholeNeeds(accepted, not search.is_cut_short, search.flow_count)


class _Search:
    def __init__(self, room: Ints) -> None:
        self.room = room
        self.accepted: list[int] = []
        self.flow_count, self.arc_count = 0, 0
        self.is_cut_short = False

    def count_flow(self, arcs: Leftover) -> None:
        """A maximum flow was looked for over these arcs."""
        self.flow_count, self.arc_count = self.flow_count + 1, self.arc_count + len(arcs.tail)

    def decide(self, part: _Inside) -> None:
        """Accept, of the cases of a part in their order, each that can be paid with all accepted before it."""
        stack: list[_Inside | _Later] = [part]
        while stack:
            one = stack.pop()
            stack.extend(reversed(self._step(self._take_up(one) if isinstance(one, _Later) else one)))

    def _step(self, part: _Inside) -> list[_Inside | _Later]:
        part = self._weed(part)
        if not len(part.cases):
            return []
        flow = part.leftover.pay(self._demand(part))
        self.count_flow(part.leftover)
        if flow.total == int(self.room[part.cases].sum()):
            self.accepted.extend(part.cases.tolist())
            return []
        inside = flow.can_reach
        served = part.cases[~inside[part.case_node]]
        self.accepted.extend(served.tolist())
        rest = _Inside(part.leftover.fed_from_outside(inside), part.cases, part.case_node).restrict(inside)
        # no case gets more than all of them got together; where most are refused, the others may not lack money
        rest = rest.with_cases(self.room[rest.cases] <= flow.total - int(self.room[served].sum()))
        if not len(rest.cases):
            return []
        if len(served):
            return _hang_together(rest)
        return [rest] if 2 * len(rest.cases) <= len(part.cases) else self._halve(rest)

    def _demand(self, part: _Inside) -> Ints:
        demand = np.zeros(len(part.leftover.left), dtype=np.int64)
        np.add.at(demand, part.case_node, self.room[part.cases])
        return demand

    def _weed(self, part: _Inside) -> _Inside:
        """Leave out cases that could not be paid even alone, and nodes between no money and no case."""
        while len(part.cases):
            part = part.restrict(part.leftover.find_between(part.case_node))
            can = self.room[part.cases] <= part.leftover.find_most_that_arrives()[part.case_node]
            if can.all():
                break
            part = part.with_cases(can)
        return part

    def _halve(self, part: _Inside) -> list[_Inside | _Later]:
        """The first half of the ranks decides before the second."""
        count = len(part.cases)
        if count == 1:
            return []
        middle = (count + 1) // 2
        first = part.with_cases(np.arange(count) < middle)
        if self.arc_count > _ARC_BUDGET:
            self.is_cut_short = True
            return [first]
        return [first, _Later(part, middle, len(self.accepted))]

    def _take_up(self, later: _Later) -> _Inside:
        """What the first half has left."""
        part, taken = later.part, self.accepted[later.mark :]
        rest = part.with_cases(np.arange(len(part.cases)) >= later.place)
        if not taken:
            return rest
        self.count_flow(part.leftover)
        demand = self._demand(part.with_cases(np.isin(part.cases, taken)))
        return replace(rest, leftover=part.leftover.without(demand))


def _hang_together(part: _Inside) -> list[_Inside | _Later]:
    """Parts that no arc joins are decided apart."""
    arcs, count = part.leftover, len(part.leftover.left)
    joined = csr_array((np.ones(len(arcs.tail), dtype=np.int8), (arcs.tail, arcs.head)), shape=(count, count))
    _, component = connected_components(joined, directed=False)
    return [part.restrict(component == number) for number in np.unique(component[part.case_node]).tolist()]

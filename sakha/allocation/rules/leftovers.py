"""What is left of a network when something is promised: where further rials can go, and at most how many.

Rials go along arcs that are not full, or take the place of rials that can go elsewhere (back along an arc that carries
some). How many could arrive is bounded for all nodes at once: a node gets no more than its arcs bring, and an arc
brings no more than can come to where it begins. What is asked for, in which order, is left to `whole_needs`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from sakha.allocation.rules.flows import Flow, Part, find_maximum_flow
from sakha.allocation.rules.network import LAYERS, NO_LIMIT
from sakha.allocation.rules.problem import Codes, Flags, Ints, Numbers

_STEPS = LAYERS - 1  # arcs of the longest way from a fund to a need


@dataclass(frozen=True, slots=True)
class Leftover:
    """Arcs that a further rial could take, with the most they carry (NO_LIMIT: any), and what is left at each node.

    Arcs stand in order of their tails.
    """

    tail: Codes
    head: Codes
    capacity: Ints
    left: Ints

    def restrict(self, stay: Flags) -> Leftover:
        """What is within some nodes that no money enters from elsewhere."""
        number = np.cumsum(stay, dtype=np.int32) - np.int32(1)
        within = stay[self.tail] & stay[self.head]
        return Leftover(number[self.tail[within]], number[self.head[within]], self.capacity[within], self.left[stay])

    def fed_from_outside(self, inside: Flags) -> Leftover:
        """The same, with all that arcs from outside of some nodes can carry laid down where they enter."""
        entering = inside[self.head] & ~inside[self.tail]
        left = self.left.copy()
        np.add.at(left, self.head[entering], self.capacity[entering])
        return Leftover(self.tail, self.head, self.capacity, left)

    def find_between(self, asking: Codes) -> Flags:
        """Nodes that what is left can come to, and go on to a node that asks."""
        count, ones = len(self.left), np.ones(len(self.tail), dtype=np.int8)
        bounds = np.r_[0, np.cumsum(np.bincount(self.tail, minlength=count))]
        back = csr_array((ones, self.head, bounds), shape=(count, count)).T.tocsr()
        return _find_reached(self.head, bounds, np.flatnonzero(self.left)) & _find_reached(
            back.indices, back.indptr, np.unique(asking)
        )

    def find_most_that_arrives(self) -> NDArray[np.float64]:
        """Upper bound of what each node alone could get. Exact below 2^53, as rials of one need are."""
        left = self.left.astype(np.float64)
        carries = np.where(self.capacity < 0, np.inf, self.capacity)
        most = np.full(len(left), left.sum())
        for _ in range(_STEPS):
            brought = np.bincount(self.head, np.minimum(carries, most[self.tail]), minlength=len(left))
            most = np.minimum(most, left + brought)
        return most

    def pay(self, demand: Ints) -> Flow:
        """A maximum flow of what is left."""
        return find_maximum_flow(Part(self.tail, self.head, self.capacity, self.left, demand))

    def without(self, demand: Ints) -> Leftover:
        """What is left when these demands are paid too. They must be payable together."""
        flow = self.pay(demand)
        if flow.total != int(demand.sum()):
            message = "what was promised cannot be paid"
            raise AssertionError(message)
        is_open, is_used = (self.capacity < 0) | (flow.on_arc < self.capacity), flow.on_arc > 0
        rest = np.where(self.capacity < 0, NO_LIMIT, self.capacity - flow.on_arc)
        tail, head = np.r_[self.tail[is_open], self.head[is_used]], np.r_[self.head[is_open], self.tail[is_used]]
        order = np.argsort(tail, kind="stable")
        carries = np.r_[rest[is_open], flow.on_arc[is_used]]
        return Leftover(tail[order], head[order], carries[order], self.left - flow.spent)


def _find_reached(heads: Codes, bounds: Ints, start: Numbers) -> Flags:
    """Nodes that arcs lead to from some nodes; the arcs of node `n` lie between `bounds[n]` and `bounds[n + 1]`."""
    count = len(bounds) - 1
    heads, bounds = np.r_[heads, start].astype(np.int32), np.r_[bounds, bounds[-1] + len(start)].astype(np.int32)
    arcs = csr_array((np.ones(len(heads)), heads, bounds), shape=(count + 1, count + 1))
    reached = np.zeros(count + 1, dtype=bool)
    reached[breadth_first_order(arcs, count, return_predecessors=False)] = True
    return reached[:count]

"""Which fund pays where money remains: what expires first is spent first.

Only blocks whose needs are all full leave a choice; there a flow of least cost, with the order of expiry as cost, is
best for every weighting of the dates (greedy on a matroid). What each need gets is decided before, by `fair_shares`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sakha.allocation.rules.fair_shares import FairShares
from sakha.allocation.rules.flows import Part, spend_cheapest
from sakha.allocation.rules.network import Network
from sakha.allocation.rules.problem import Codes, Fund, Ints


def spend_expiring_first(network: Network, funds: Sequence[Fund], shares: FairShares) -> tuple[Ints, Ints]:
    """Re-route what is free. Returns rials on each arc and rials that each fund spends."""
    amount = np.array([fund.amount for fund in funds], dtype=np.int64)
    rank = np.array([fund.expires_rank for fund in funds], dtype=np.int64)
    on_arc, spent = shares.on_arc.copy(), amount.copy()
    left = network.supply - shares.spent
    rich_groups = np.flatnonzero(left > 0)
    group = network.group_of_fund
    for block in np.unique(shares.block_of_node[rich_groups]).tolist():
        funds_here = np.flatnonzero(shares.block_of_node[group] == block)
        if len(np.unique(rank[funds_here])) > 1:
            arcs, paid = _respend(network, shares, block, funds_here, amount, rank)
            within = _arcs_within(network, shares, block)
            on_arc[within], spent[funds_here] = arcs, paid
        else:
            spent[funds_here] = _spend_in_order(group[funds_here], amount[funds_here], shares.spent)
    return on_arc, spent


def _arcs_within(network: Network, shares: FairShares, block: int) -> Ints:
    nodes = shares.block_of_node
    return np.flatnonzero((nodes[network.tail] == block) & (nodes[network.head] == block))


def _respend(
    network: Network, shares: FairShares, block: int, funds_here: Ints, amount: Ints, rank: Ints
) -> tuple[Ints, Ints]:
    nodes = np.flatnonzero(shares.block_of_node == block)
    local = np.zeros(network.node_count, dtype=np.int32)
    local[nodes] = np.arange(len(nodes), dtype=np.int32)
    within = _arcs_within(network, shares, block)
    inflow, outflow = np.zeros(len(nodes), dtype=np.int64), np.zeros(len(nodes), dtype=np.int64)
    np.add.at(inflow, local[network.head[within]], shares.on_arc[within])
    np.add.at(outflow, local[network.tail[within]], shares.on_arc[within])
    group = network.group_of_fund[funds_here]
    # what a limited fund pays over the block's edge is fixed
    crossing = (shares.block_of_node[network.tail] == block) & (shares.block_of_node[network.head] != block)
    fixed = np.zeros(network.node_count, dtype=np.int64)
    np.add.at(fixed, network.tail[crossing], shares.on_arc[crossing])
    is_giver = np.zeros(len(nodes), dtype=bool)
    is_giver[local[group]] = True
    demand = np.where(is_giver, 0, inflow - outflow)
    part = Part(
        local[network.tail[within]], local[network.head[within]], network.capacity[within],
        np.zeros(len(nodes), dtype=np.int64), demand,
    )  # fmt: skip
    free = amount[funds_here] - fixed[group]
    arcs, paid = spend_cheapest(part, giver=local[group], amount=free, cost=rank[funds_here], total=int(demand.sum()))
    return arcs, paid + fixed[group]


def _spend_in_order(group: Codes, amount: Ints, spent_of_group: Ints) -> Ints:
    """Funds under the same conditions spend one after the other."""
    order = np.argsort(group, kind="stable")
    before = np.cumsum(amount[order]) - amount[order]
    first = np.r_[True, group[order][1:] != group[order][:-1]]
    before -= np.maximum.accumulate(np.where(first, before, 0))
    paid = np.empty_like(amount)
    paid[order] = np.clip(spent_of_group[group[order]] - before, 0, amount[order])
    return paid

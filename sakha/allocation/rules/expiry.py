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
from sakha.allocation.rules.problem import Codes, Flags, Fund, Ints


def spend_expiring_first(network: Network, funds: Sequence[Fund], shares: FairShares) -> tuple[Ints, Ints]:
    """Re-route what is free. Returns rials on each arc and rials that each fund spends."""
    amount = np.array([fund.amount for fund in funds], dtype=np.int64)
    rank = np.array([fund.expires_rank for fund in funds], dtype=np.int64)
    on_arc, spent = shares.on_arc.copy(), amount.copy()
    blocks = int(shares.block_of_node.max(initial=-1)) + 1
    is_rich = np.zeros(blocks, dtype=bool)
    is_rich[shares.block_of_node[network.supply > shares.spent]] = True
    group = network.group_of_fund
    block_of_fund = shares.block_of_node[group]
    first, last = np.full(blocks, rank.max(initial=0)), np.full(blocks, -1)
    np.minimum.at(first, block_of_fund, rank)
    np.maximum.at(last, block_of_fund, rank)
    is_free = is_rich & (first < last)
    in_order = np.flatnonzero((is_rich & ~is_free)[block_of_fund])
    if len(in_order):
        spent[in_order] = _spend_in_order(group[in_order], amount[in_order], shares.spent)
    free = np.flatnonzero(is_free[block_of_fund])
    if len(free):
        within, arcs, spent[free] = _respend(network, shares, is_free, group[free], amount[free], rank[free])
        on_arc[within] = arcs
    return on_arc, spent


def _respend(
    network: Network, shares: FairShares, is_free: Flags, group: Codes, amount: Ints, rank: Ints
) -> tuple[Ints, Ints, Ints]:
    """Pay all free blocks anew by one flow. Returns their arcs, what flows on them, and each fund's rials."""
    block = shares.block_of_node
    stays = is_free[block]
    nodes = np.flatnonzero(stays)
    local = np.cumsum(stays, dtype=np.int32) - np.int32(1)
    leaving = np.flatnonzero(stays[network.tail])
    inside = block[network.tail[leaving]] == block[network.head[leaving]]
    within, crossing = leaving[inside], leaving[~inside]
    demand = np.zeros(len(nodes), dtype=np.int64)
    np.add.at(demand, local[network.head[within]], shares.on_arc[within])
    np.subtract.at(demand, local[network.tail[within]], shares.on_arc[within])
    demand[local[group]] = 0
    # what a limited fund pays over the block's edge is fixed
    fixed = np.zeros(network.node_count, dtype=np.int64)
    np.add.at(fixed, network.tail[crossing], shares.on_arc[crossing])
    part = Part(
        local[network.tail[within]], local[network.head[within]], network.capacity[within],
        np.zeros(len(nodes), dtype=np.int64), demand,
    )  # fmt: skip
    giver, free = local[group], amount - fixed[group]
    arcs, paid = spend_cheapest(part, giver=giver, amount=free, cost=rank, total=int(demand.sum()))
    return within, arcs, paid + fixed[group]


def _spend_in_order(group: Codes, amount: Ints, spent_of_group: Ints) -> Ints:
    """Funds under the same conditions spend one after the other."""
    order = np.argsort(group, kind="stable")
    before = np.cumsum(amount[order]) - amount[order]
    first = np.r_[True, group[order][1:] != group[order][:-1]]
    before -= np.maximum.accumulate(np.where(first, before, 0))
    paid = np.empty_like(amount)
    paid[order] = np.clip(spent_of_group[group[order]] - before, 0, amount[order])
    return paid

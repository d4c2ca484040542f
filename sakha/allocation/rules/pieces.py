"""From flows on the lattice to the single payments: this fund pays this need so much.

Goes down the layers and lays the money that comes into a node beside the payments that leave it, so that few payments
are split: at most one more than needs and arcs. Which need gets how much is decided before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.network import LAYERS, Network
from sakha.allocation.rules.problem import Fund, Ints
from sakha.allocation.rules.runs import begin_of_runs


@dataclass(frozen=True, slots=True)
class Payments:
    """Rows of fund, need and rials, ordered by fund and need; one row for each pair that is paid."""

    fund: Ints
    need: Ints
    amount: Ints


def split_payments(network: Network, funds: Sequence[Fund], *, given: Ints, on_arc: Ints, spent: Ints) -> Payments:
    """Split flows into payments. `given` by need, `on_arc` by arc, `spent` by fund; all whole rials."""
    order = np.argsort([fund.expires_rank for fund in funds], kind="stable")
    order = order[spent[order] > 0]
    node, fund, amount = network.group_of_fund[order].astype(np.int64), order.astype(np.int64), spent[order]
    flowing = np.flatnonzero(on_arc)
    flowing = flowing[np.argsort(network.tail[flowing], kind="stable")]
    arc_layer = network.layer_of_node[network.tail[flowing]]
    paid = np.flatnonzero(given)
    paid = paid[np.argsort(network.sink_of_need[paid], kind="stable")]
    need_layer = network.layer_of_node[network.sink_of_need[paid]]
    rows: list[tuple[Ints, Ints, Ints]] = []
    for layer in range(LAYERS):
        here = network.layer_of_node[node] == layer
        arcs, needs = flowing[arc_layer == layer], paid[need_layer == layer]
        out_node = np.r_[network.tail[arcs], network.sink_of_need[needs]].astype(np.int64)
        out_place = np.r_[network.head[arcs].astype(np.int64), -1 - needs]
        out_amount = np.r_[on_arc[arcs], given[needs]]
        piece_fund, piece_place, piece_amount = _lay_beside(
            (node[here], fund[here], amount[here]), (out_node, out_place, out_amount)
        )
        is_need = piece_place < 0
        rows.append((piece_fund[is_need], -1 - piece_place[is_need], piece_amount[is_need]))
        node = np.r_[node[~here], piece_place[~is_need]]
        fund = np.r_[fund[~here], piece_fund[~is_need]]
        amount = np.r_[amount[~here], piece_amount[~is_need]]
    return _join([np.concatenate(column) for column in zip(*rows, strict=True)])


def _lay_beside(come: tuple[Ints, Ints, Ints], leave: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints, Ints]:
    """Cut two lists with equal totals in each node at all their bounds together."""
    in_order = np.argsort(come[0], kind="stable")
    out_order = np.argsort(leave[0], kind="stable")
    in_end, out_end = np.cumsum(come[2][in_order]), np.cumsum(leave[2][out_order])
    ends = np.sort(np.concatenate([in_end, out_end]), kind="stable")  # two ordered runs are merged
    ends = ends[np.diff(ends, prepend=0) > 0]
    amount = np.diff(ends, prepend=0)
    source = in_order[np.searchsorted(in_end, ends)] if len(ends) else in_order
    target = out_order[np.searchsorted(out_end, ends)] if len(ends) else out_order
    if len(ends) and (come[0][source] != leave[0][target]).any():
        message = "money that comes into a node differs from what leaves it"
        raise AssertionError(message)
    return come[1][source], leave[1][target], amount


def _join(columns: list[Ints]) -> Payments:
    """One row a pair, though its money came by several ways."""
    fund, need, amount = columns
    order = np.lexsort((need, fund))
    fund, need, amount = fund[order], need[order], amount[order]
    if not len(fund):
        return Payments(fund, need, amount)
    first = begin_of_runs(fund, need)
    return Payments(fund[first], need[first], np.add.reduceat(amount, first))

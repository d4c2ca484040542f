"""One whole run: network, relaxed shares, whole needs, shares on top, expiry, payments.

Joins the steps; each step's own rule is in its own module. A certificate is left to `certificate`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sakha.allocation.rules.expiry import spend_expiring_first
from sakha.allocation.rules.fair_shares import FairShares, share_fairly
from sakha.allocation.rules.flows import Part, find_maximum_flow
from sakha.allocation.rules.network import Network, build_network
from sakha.allocation.rules.pieces import Payments, split_payments
from sakha.allocation.rules.problem import Fund, Ints, NeedColumns
from sakha.allocation.rules.whole_needs import choose_whole_needs


@dataclass(frozen=True, slots=True)
class Sharing:
    """What came of a run: payments, rials of each need and fund, the promise to each need, and how it was found.

    `bound` is more than could be paid by any lawful result (equal to what is paid where the result is exact).
    """

    payments: Payments
    given: Ints
    spent: Ints
    kept: Ints
    shares: FairShares
    network: Network
    is_exact: bool
    bound: int
    flow_count: int


def share_funds(needs: NeedColumns, funds: Sequence[Fund], *, tell: Callable[[str], None] = lambda _: None) -> Sharing:
    """Share all funds among all needs; `tell` hears which step begins. Deterministic."""
    room = needs.room
    tell("network")
    network = build_network(needs, funds, open_needs=room > 0)
    tell("shares")
    nothing = np.zeros(needs.count, dtype=np.int64)
    shares = share_fairly(network, needs, base=nothing, room=room)
    kept, is_exact, flow_count = nothing, True, shares.flow_count
    whole = needs.rank >= 0
    if whole.any():
        tell("whole needs")
        kept = np.where(whole, 0, shares.given)
        chosen = choose_whole_needs(network, needs, kept=kept)
        promised = np.where(chosen.accepted, room, kept)
        shares = share_fairly(network, needs, base=promised, room=np.where(whole, 0, room - kept))
        is_exact, flow_count = chosen.is_exact, flow_count + chosen.flow_count + shares.flow_count
    tell("payments")
    on_arc, spent = spend_expiring_first(network, funds, shares)
    payments = split_payments(network, funds, given=shares.given, on_arc=on_arc, spent=spent)
    paid = int(shares.given.sum())
    bound = paid if network.is_whole else find_bound(needs, funds)
    is_exact = is_exact and network.is_whole
    return Sharing(payments, shares.given, spent, kept, shares, network, is_exact, bound, flow_count)


def find_bound(needs: NeedColumns, funds: Sequence[Fund]) -> int:
    """Most that could be paid if no fund had a limit per household."""
    room = needs.room
    free = [replace(fund, max_per_household=None) for fund in funds]
    network = build_network(needs, free, open_needs=room > 0)
    demand = np.zeros(network.node_count, dtype=np.int64)
    np.add.at(demand, network.sink_of_need, room)
    return find_maximum_flow(Part(network.tail, network.head, network.capacity, network.supply, demand)).total

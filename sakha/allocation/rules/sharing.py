"""One whole run: network, relaxed shares, whole needs, shares on top, expiry, payments.

Joins the steps; each step's own rule is in its own module. A certificate is left to `certificate`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.bound import find_bound
from sakha.allocation.rules.cells import make_cells
from sakha.allocation.rules.expiry import spend_expiring_first
from sakha.allocation.rules.fair_shares import FairShares, share_fairly
from sakha.allocation.rules.network import Network, build_network
from sakha.allocation.rules.offering import MOST_PAIRS, Finder
from sakha.allocation.rules.pieces import Payments, split_payments
from sakha.allocation.rules.problem import Flags, Fund, Ints, NeedColumns
from sakha.allocation.rules.whole_needs import choose_whole_needs
from sakha.allocation.rules.widening import MOST_ARCS, share_in_rounds


@dataclass(frozen=True, slots=True)
class Sharing:
    """What came of a run: payments, rials of each need and fund, the promise to each need, and how it was found.

    No lawful result could pay more than `bound`, not even if every whole need could be paid in part; the needs set
    `apart` prove it where the result is not exact (`certificate.find_most_payable`).
    """

    payments: Payments
    given: Ints
    spent: Ints
    kept: Ints
    shares: FairShares
    network: Network
    is_exact: bool
    bound: int
    apart: Flags
    flow_count: int

    @property
    def gap(self) -> float:
        """The part of the bound that is not paid."""
        return (self.bound - int(self.given.sum())) / max(self.bound, 1)


def share_funds(
    needs: NeedColumns,
    funds: Sequence[Fund],
    *,
    tell: Callable[[str], None] = lambda _: None,
    most_pairs: int = MOST_PAIRS,
    most_arcs: int = MOST_ARCS,
) -> Sharing:
    """Share all funds among all needs; `tell` hears which step begins. Deterministic.

    Up to `most_pairs` pairs of a limited fund and a need the network has them all; beyond that rounds with up to
    `most_arcs` arcs together choose among them.
    """
    room, nothing = needs.room, np.zeros(needs.count, dtype=np.int64)
    tell("network")
    finder = Finder(needs, funds, make_cells(needs, funds), room > 0)
    offered = finder.everything(most_pairs)
    apart = np.zeros(0, dtype=bool)
    if offered is not None:
        network = build_network(needs, funds, finder.cells, offered)
        tell("shares")
        shares = share_fairly(network, needs, base=nothing, room=room)
        flow_count, bound = shares.flow_count, int(shares.given.sum())
    else:
        rounds = share_in_rounds(finder, most_arcs=most_arcs, tell=tell)
        network, shares, flow_count = rounds.network, rounds.shares, rounds.flow_count
        tell("bound")
        bound, apart = find_bound(finder, network, rounds.exchanges, paid=int(shares.given.sum()))
    kept, is_exact, whole = nothing, network.is_whole, needs.rank >= 0
    if whole.any():
        tell("whole needs")
        kept = np.where(whole, 0, shares.given)
        chosen = choose_whole_needs(network, needs, kept=kept)
        promised = np.where(chosen.accepted, room, kept)
        shares = share_fairly(network, needs, base=promised, room=np.where(whole, 0, room - kept))
        is_exact, flow_count = is_exact and chosen.is_exact, flow_count + chosen.flow_count + shares.flow_count
    tell("payments")
    on_arc, spent = spend_expiring_first(network, funds, shares)
    payments = split_payments(network, funds, given=shares.given, on_arc=on_arc, spent=spent)
    return Sharing(payments, shares.given, spent, kept, shares, network, is_exact, bound, apart, flow_count)

"""What could still arrive at a need is never said too low, and spares flows for cases that cannot be paid alone."""

from __future__ import annotations

import numpy as np
import pytest

from sakha.allocation.rules import whole_needs
from sakha.allocation.rules.cells import make_cells
from sakha.allocation.rules.certificate import certify
from sakha.allocation.rules.leftovers import Leftover
from sakha.allocation.rules.network import Network, build_network
from sakha.allocation.rules.offering import Finder
from sakha.allocation.rules.problem import Conditions, Fund, Ints, NeedColumns, Place
from sakha.allocation.rules.sharing import share_funds
from tests.rules.allocation.instances import can_be_paid, make_instance


def whole_network(needs: NeedColumns, funds: list[Fund]) -> Network:
    finder = Finder(needs, funds, make_cells(needs, funds), needs.room > 0)
    offered = finder.everything(10**6)
    assert offered is not None
    return build_network(needs, funds, finder.cells, offered)


def left_beside(network: Network, promised: list[int]) -> tuple[Leftover, Ints]:
    order = np.argsort(network.tail, kind="stable")
    arcs = Leftover(network.tail[order], network.head[order], network.capacity[order], network.supply)
    at_node = np.zeros(network.node_count, dtype=np.int64)
    np.add.at(at_node, network.sink_of_need, promised)
    return arcs.without(at_node), at_node


def test_what_could_arrive_is_never_said_too_low() -> None:
    tight = total = 0
    for seed in range(300):
        needs, funds = make_instance(seed)
        network = whole_network(needs, funds)
        promised = (share_funds(needs, funds).given // 2).tolist()
        left, _ = left_beside(network, promised)

        most = left.find_most_that_arrives()

        for row in np.flatnonzero(needs.room).tolist():
            more = list(promised)
            while can_be_paid(needs, funds, more):
                more[row] += 1
            could = more[row] - 1 - promised[row]
            assert most[network.sink_of_need[row]] >= could, (seed, row)
            tight, total = tight + (most[network.sink_of_need[row]] == could), total + 1
    assert tight > total / 2


def test_what_is_left_pays_exactly_what_could_be_paid_beside_the_promises() -> None:
    """Also within the nodes between money and those who ask alone, and when promises are made one after the other."""
    for seed in range(300):
        needs, funds = make_instance(seed)
        network = whole_network(needs, funds)
        given = share_funds(needs, funds).given
        left, _ = left_beside(network, (given // 3).tolist())
        second = np.zeros(network.node_count, dtype=np.int64)
        np.add.at(second, network.sink_of_need, given // 3)
        left = left.without(second)
        promised = 2 * (given // 3)
        asked = np.minimum(needs.room - promised, 1 + seed % 3)
        demand = np.zeros(network.node_count, dtype=np.int64)
        np.add.at(demand, network.sink_of_need, asked)

        between = left.find_between(np.flatnonzero(demand).astype(np.int32))
        arrives = left.restrict(between).pay(demand[between]).total

        assert arrives == left.pay(demand).total
        assert (arrives == asked.sum()) == can_be_paid(needs, funds, (promised + asked).tolist()), seed


def cases_above_their_limits(count: int) -> tuple[NeedColumns, list[Fund]]:
    """Each case costs more than both limited funds may pay it, but a tenth of them; a little free money joins them."""
    zero = np.zeros(count, np.int32)
    amount = np.where(np.arange(count) % 10 == 0, 90, 110 + np.arange(count)).astype(np.int64)
    needs = NeedColumns(
        place=zero, category=zero, types=zero, tier=zero + np.int32(1), amount=amount,
        already=np.zeros(count, np.int64), rank=np.arange(count), household=np.arange(count, dtype=np.int32),
        places=(Place("p1", "c1"),), categories=("a",), type_sets=(frozenset(),),
    )  # fmt: skip
    return needs, [
        Fund(100_000, Conditions(), 50),
        Fund(100_000, Conditions(types_none=frozenset({"x"})), 55),
        Fund(35),
    ]


def test_cases_that_cannot_be_paid_alone_are_refused_together(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, funds = cases_above_their_limits(200)

    together = share_funds(needs, funds)

    assert int(np.count_nonzero(together.given)) > 20
    # control: without it most cases take flows of their own, and the answer is the same
    monkeypatch.setattr(whole_needs._Search, "_weed", lambda _, part: part)
    alone = share_funds(needs, funds)
    assert alone.flow_count > 2 * together.flow_count
    assert (alone.given == together.given).all()


def test_refusing_together_keeps_the_order_of_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [share_funds(*make_instance(seed, whole=True)).given for seed in range(400)]
    monkeypatch.setattr(whole_needs._Search, "_weed", lambda _, part: part)

    for seed, given in enumerate(found):
        assert (share_funds(*make_instance(seed, whole=True)).given == given).all(), seed


def test_beyond_the_budget_the_rest_is_refused_and_the_result_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, funds = cases_above_their_limits(200)
    exact = share_funds(needs, funds)
    monkeypatch.setattr(whole_needs, "_ARC_BUDGET", 0)

    hasty = share_funds(needs, funds)

    assert exact.is_exact
    assert not hasty.is_exact
    assert hasty.flow_count < exact.flow_count
    assert certify(needs, funds, hasty.payments, kept=hasty.kept).broken_rules == ()
    assert hasty.given.sum() <= exact.given.sum() <= hasty.bound


def test_control_promises_that_cannot_be_paid_are_noticed() -> None:
    needs, funds = cases_above_their_limits(3)

    with pytest.raises(AssertionError, match="promised"):
        left_beside(whole_network(needs, funds), [1000, 1000, 1000])

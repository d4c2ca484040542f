"""Where all pairs would not fit memory, limited funds are offered part of the needs: lawful, near the best, proved."""

from __future__ import annotations

import dataclasses
import random
from fractions import Fraction

import numpy as np
import pytest

from sakha.allocation.rules import widening
from sakha.allocation.rules.bound import most_payable
from sakha.allocation.rules.cells import make_cells
from sakha.allocation.rules.certificate import certify, find_most_payable
from sakha.allocation.rules.offering import Finder
from sakha.allocation.rules.problem import Conditions, Fund, NeedColumns, Place
from sakha.allocation.rules.sharing import share_funds
from tests.rules.allocation.instances import (
    level,
    make_funds,
    make_instance,
    make_needs,
    most_that_arrives,
    solve_slowly,
)


def a_province() -> tuple[NeedColumns, list[Fund]]:
    chance = np.random.default_rng(5)
    count = 3_000
    needs = NeedColumns(
        place=chance.integers(0, 4, count).astype(np.int32), category=chance.integers(0, 3, count).astype(np.int32),
        types=np.zeros(count, np.int32), tier=chance.integers(1, 4, count).astype(np.int32),
        amount=chance.integers(1_000, 9_000, count), already=np.zeros(count, np.int64), rank=np.full(count, -1),
        household=chance.integers(0, 1_500, count).astype(np.int32),
        places=tuple(Place("p1", f"c{number}") for number in range(4)), categories=("a", "b", "c"),
        type_sets=(frozenset(),),
    )  # fmt: skip
    funds = [Fund(300_000, Conditions(categories=frozenset({name})), 2_000 + 500 * k) for k, name in enumerate("abc")]
    return needs, [*funds, Fund(200_000, Conditions(), 3_000), Fund(500_000)]


def test_part_of_the_needs_is_lawful_near_the_best_and_says_so() -> None:
    needs, funds = a_province()
    exact = share_funds(needs, funds)

    thinned = share_funds(needs, funds, most_pairs=0)

    assert exact.is_exact
    assert exact.bound == exact.given.sum()
    assert not thinned.is_exact
    assert len(thinned.network.tail) < len(exact.network.tail)
    assert certify(needs, funds, thinned.payments, kept=thinned.kept).broken_rules == ()
    assert 0.995 * exact.given.sum() <= thinned.given.sum() <= exact.given.sum() <= thinned.bound


def test_rounds_end_at_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """Funds that are offered one row at a time still end where nobody can complain."""
    monkeypatch.setattr(widening, "_LEAST", 1)
    monkeypatch.setattr(widening, "_TIMES", 0)
    needs, funds = a_province()
    first = share_funds(needs, funds, most_pairs=0, most_arcs=0)

    last = share_funds(needs, funds, most_pairs=0)

    assert first.given.sum() < last.given.sum() == last.bound
    assert certify(needs, funds, last.payments, kept=last.kept).holds


def levels_of_rials(needs: NeedColumns, given: list[int]) -> list[Fraction]:
    """The level that each rial found; who gets the last rial among equals is left open, and rounds do not ask."""
    return sorted(level(needs, row, rial) for row in range(needs.count) for rial in range(given[row]))


def test_rounds_equal_the_slow_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widening, "_LEAST", 1)
    monkeypatch.setattr(widening, "_TIMES", 0)
    for seed in range(0, 600, 2):  # every second instance has limits
        needs, funds = make_instance(seed)

        sharing = share_funds(needs, funds, most_pairs=0)

        assert certify(needs, funds, sharing.payments, kept=sharing.kept).holds, seed
        assert levels_of_rials(needs, sharing.given.tolist()) == levels_of_rials(needs, solve_slowly(needs, funds)), (
            seed
        )
        assert sharing.bound == sharing.given.sum(), seed


def test_any_needs_set_apart_give_a_bound_and_some_give_the_truth() -> None:
    reached = 0
    for seed in range(0, 300, 2):
        needs, funds = make_instance(seed)
        finder = Finder(needs, funds, make_cells(needs, funds), needs.room > 0)
        most = most_that_arrives(needs, funds, needs.room.tolist())

        chance = random.Random(seed)
        for _ in range(8):
            apart = np.array([chance.random() < 0.5 for _ in range(needs.count)])
            some = np.array([chance.random() < 0.8 for _ in funds])
            everybody = np.ones(len(funds), dtype=bool)
            bound = most_payable(finder, apart, looked_at=everybody)
            assert most_payable(finder, apart, looked_at=some) >= bound, seed
            assert bound == find_most_payable(needs, funds, apart) >= most, seed

        best = share_funds(needs, funds, most_pairs=0)
        assert best.network.is_whole or find_most_payable(needs, funds, best.apart) == best.bound
        reached += best.bound == most
    assert reached > 140


def test_control_a_fund_whose_offered_needs_are_small_stays_limited() -> None:
    """The limit binds only on a need that is not offered; taken for unlimited, the fund would break it."""
    needs, _ = a_province()
    needs.amount[needs.tier == 3] = 1_000_000
    funds = [Fund(3_000_000, Conditions(), 10_000)]

    thinned = share_funds(needs, funds, most_pairs=0, most_arcs=0)

    assert certify(needs, funds, thinned.payments, kept=thinned.kept).broken_rules == ()


def test_a_chain_through_two_offers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of two funds would gain from one more row alone, but both together."""
    monkeypatch.setattr(widening, "_LEAST", 1)
    monkeypatch.setattr(widening, "_TIMES", 0)
    chance = random.Random(1_010_928)
    needs = make_needs(chance, whole=False)
    funds = make_funds(chance, needs.count, limits=True)
    funds = [dataclasses.replace(one, max_per_household=0) if chance.random() < 0.1 else one for one in funds]

    sharing = share_funds(needs, funds, most_pairs=0)

    assert certify(needs, funds, sharing.payments, kept=sharing.kept).holds
    assert sharing.given.sum() == sharing.bound
    # control: offers are looked at one by one, and the gap is told
    monkeypatch.setattr(widening, "_WAYS", 0)
    without = share_funds(needs, funds, most_pairs=0)
    assert without.given.sum() < without.bound == sharing.bound


@pytest.mark.parametrize("most_pairs", [0, 10**6])
def test_limits_of_nothing_and_of_one_rial_are_kept(monkeypatch: pytest.MonkeyPatch, most_pairs: int) -> None:
    """A fund with a tiny limit asks for every need: it is offered part of them at once, and all in the end."""
    monkeypatch.setattr(widening, "MOST_PAIRS", 500)
    monkeypatch.setattr(widening, "_LEAST", 10)
    needs, _ = a_province()
    funds = [Fund(1_000, Conditions(), 0), Fund(1_000, Conditions(), 1), Fund(40_000, Conditions(), 1_500)]

    sharing = share_funds(needs, funds, most_pairs=most_pairs)

    assert sharing.spent.tolist() == [0, 1_000, 40_000]
    assert certify(needs, funds, sharing.payments, kept=sharing.kept).holds
    assert sharing.bound == sharing.given.sum()

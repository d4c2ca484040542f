"""Where all pairs would not fit memory, limited funds are offered part of the needs: lawful, and near the best."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from sakha.allocation.rules import network
from sakha.allocation.rules.certificate import certify
from sakha.allocation.rules.offering import offer_needs
from sakha.allocation.rules.problem import Conditions, Fund, NeedColumns, Place
from sakha.allocation.rules.sharing import share_funds


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


def test_part_of_the_needs_is_lawful_near_the_best_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, funds = a_province()
    exact = share_funds(needs, funds)
    monkeypatch.setattr(network, "offer_needs", partial(offer_needs, most_pairs=0))

    thinned = share_funds(needs, funds)

    assert exact.is_exact
    assert exact.bound == exact.given.sum()
    assert not thinned.is_exact
    assert len(thinned.network.tail) < len(exact.network.tail)
    assert certify(needs, funds, thinned.payments, kept=thinned.kept).broken_rules == ()
    assert 0.99 * exact.given.sum() <= thinned.given.sum() <= exact.given.sum() <= thinned.bound


def test_control_a_fund_whose_offered_needs_are_small_stays_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit binds only on a need that is not offered; taken for unlimited, the fund would break it."""
    needs, _ = a_province()
    needs.amount[needs.tier == 3] = 1_000_000
    funds = [Fund(3_000_000, Conditions(), 10_000)]
    monkeypatch.setattr(network, "offer_needs", partial(offer_needs, most_pairs=0))

    thinned = share_funds(needs, funds)

    assert certify(needs, funds, thinned.payments, kept=thinned.kept).broken_rules == ()

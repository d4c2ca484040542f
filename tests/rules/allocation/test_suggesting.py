"""A new gift goes where a run of it alone would bring it, on top of everything that was given."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sakha.allocation.rules.problem import NO_RANK, Conditions, Fund, NeedColumns, Place
from sakha.allocation.rules.sharing import share_funds
from sakha.allocation.rules.suggesting import Suggestion, Suggestions
from tests.rules.allocation.instances import make_instance


def as_columns(needs: NeedColumns, suggestion: Suggestion) -> list[int]:
    given = np.zeros(needs.count, dtype=np.int64)
    given[suggestion.needs] = suggestion.rials
    return given.tolist()


def shared_alone(needs: NeedColumns, given: np.ndarray, fund: Fund) -> list[int]:
    """What the run of all funds gives from this one fund alone to the divisible needs."""
    closed = np.where(needs.rank == NO_RANK, needs.already + given, needs.amount)
    later = dataclasses.replace(needs, already=closed, rank=np.full(needs.count, NO_RANK))
    return share_funds(later, [dataclasses.replace(fund, max_per_household=None)]).given.tolist()


def test_a_gift_goes_where_a_run_of_it_alone_brings_it() -> None:
    spent = 0
    for seed in range(600):
        needs, funds = make_instance(seed, whole=seed % 3 == 0)
        given = share_funds(needs, funds[1:]).given
        fund = funds[0]

        suggestion = Suggestions(needs, given).suggest(fund)

        assert as_columns(needs, suggestion) == shared_alone(needs, given, fund), seed
        assert suggestion.left == fund.amount - suggestion.rials.sum()
        spent += int(suggestion.rials.sum())
    assert spent > 600


def many_needs(count: int) -> NeedColumns:
    chance = np.random.default_rng(7)
    amount = chance.integers(1, 50_000_000, count) * 10
    return NeedColumns(
        place=chance.integers(0, 3, count, dtype=np.int32), category=chance.integers(0, 2, count, dtype=np.int32),
        types=chance.integers(0, 2, count, dtype=np.int32), tier=chance.integers(1, 4, count, dtype=np.int32),
        amount=amount, already=(amount * chance.random(count) * (chance.random(count) < 0.6)).astype(np.int64),
        rank=np.full(count, NO_RANK), household=np.arange(count, dtype=np.int32),
        places=(Place("p1", "c1"), Place("p1", "c2"), Place("p2", "c3")), categories=("a", "b"),
        type_sets=(frozenset(), frozenset({"x"})),
    )  # fmt: skip


@pytest.mark.parametrize("money", [1, 7_000_000, 40_000_000_000, 9_000_000_000_000, 10**15])
def test_among_many_needs_too_to_the_rial(money: int) -> None:
    needs = many_needs(20_000)
    nothing = np.zeros(needs.count, dtype=np.int64)
    for conditions in (Conditions(), Conditions(counties=frozenset({"c2"}), types_any=frozenset({"x"}), max_tier=2)):
        fund = Fund(money, conditions)

        suggestion = Suggestions(needs, nothing).suggest(fund)

        assert as_columns(needs, suggestion) == shared_alone(needs, nothing, fund)
        tiers = needs.tier[suggestion.needs]
        assert (np.diff(tiers) >= 0).all()


def test_control_a_level_too_low_leaves_needs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, fund = many_needs(20_000), Fund(40_000_000_000)
    nothing = np.zeros(needs.count, dtype=np.int64)
    below = Suggestions._below
    monkeypatch.setattr(Suggestions, "_below", lambda self, cells, money: below(self, cells, money // 2))

    suggestion = Suggestions(needs, nothing).suggest(fund)

    assert as_columns(needs, suggestion) != shared_alone(needs, nothing, fund)


def test_a_gift_for_nobody_is_left_whole() -> None:
    needs = many_needs(50)

    suggestion = Suggestions(needs, np.zeros(50, dtype=np.int64)).suggest(
        Fund(9, Conditions(categories=frozenset("z")))
    )

    assert (len(suggestion.needs), suggestion.left) == (0, 9)

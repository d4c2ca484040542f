"""Shares are the exact lexicographic optimum, in whole rials, under every kind of condition."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest

from sakha.allocation.rules.problem import Conditions, Fund, payable_needs
from sakha.allocation.rules.sharing import Sharing, share_funds
from tests.rules.allocation.instances import (
    make_instance,
    most_that_arrives,
    solve_slowly,
    sorted_levels,
)

SEEDS = range(400)


def given_by_payments(needs, sharing: Sharing) -> list[int]:
    given = Counter()
    for need, amount in zip(sharing.payments.need.tolist(), sharing.payments.amount.tolist(), strict=True):
        given[need] += amount
    return [given[row] for row in range(needs.count)]


def test_divisible_shares_equal_the_slow_answer() -> None:
    for seed in SEEDS:
        needs, funds = make_instance(seed)

        sharing = share_funds(needs, funds)

        assert sorted_levels(needs, given_by_payments(needs, sharing)) == sorted_levels(
            needs, solve_slowly(needs, funds)
        ), seed


def test_whole_needs_are_chosen_by_rank_and_the_rest_is_shared_on_top() -> None:
    served = 0
    for seed in SEEDS:
        needs, funds = make_instance(seed, whole=True)

        given = given_by_payments(needs, share_funds(needs, funds))

        expected = solve_slowly(needs, funds)
        whole = [row for row in range(needs.count) if needs.rank[row] >= 0]
        assert [given[row] for row in whole] == [expected[row] for row in whole], seed
        assert sorted_levels(needs, given) == sorted_levels(needs, expected), seed
        served += sum(given[row] > 0 for row in whole)
    assert served > 100


def test_conditions_amounts_and_household_limits_hold() -> None:
    for seed in SEEDS:
        needs, funds = make_instance(seed, whole=True)
        payments = share_funds(needs, funds).payments
        per_fund, per_home = Counter(), Counter()
        for fund, need, amount in zip(payments.fund, payments.need, payments.amount, strict=True):
            assert amount > 0
            assert payable_needs(needs, funds[fund].conditions)[need]
            per_fund[fund] += amount
            per_home[fund, needs.household[need]] += amount

        assert all(amount <= funds[fund].amount for fund, amount in per_fund.items())
        assert all(
            funds[fund].max_per_household is None or amount <= funds[fund].max_per_household
            for (fund, _), amount in per_home.items()
        )


def test_what_expires_first_is_spent_first() -> None:
    """For every date: no way of paying the same needs spends more of what expires up to then."""
    for seed in SEEDS:
        needs, funds = make_instance(seed)
        sharing = share_funds(needs, funds)

        for date in (0, 1):
            early = [fund if fund.expires_rank <= date else dataclasses.replace(fund, amount=0) for fund in funds]
            best = most_that_arrives(needs, early, sharing.given.tolist())
            spent = sum(
                int(rials) for fund, rials in zip(funds, sharing.spent, strict=True) if fund.expires_rank <= date
            )
            assert spent == best, seed


def test_the_same_needs_and_funds_give_the_same_payments() -> None:
    needs, funds = make_instance(8, whole=True)

    first, second = share_funds(needs, funds).payments, share_funds(needs, funds).payments

    assert [column.tolist() for column in (first.fund, first.need, first.amount)] == [
        column.tolist() for column in (second.fund, second.need, second.amount)
    ]


@pytest.mark.parametrize("seed", range(40))
def test_another_fund_takes_nothing_from_the_worst_off(seed: int) -> None:
    needs, funds = make_instance(seed)
    more = [*funds, Fund(5, Conditions())]

    before, after = share_funds(needs, funds).given, share_funds(needs, more).given

    assert sorted_levels(needs, after.tolist()) >= sorted_levels(needs, before.tolist())
    assert int(after.sum()) >= int(before.sum())


def test_nothing_to_share_or_nobody_to_share_with_is_an_answer() -> None:
    needs, funds = make_instance(3)
    poor = [dataclasses.replace(fund, amount=0) for fund in funds]

    assert share_funds(needs, poor).given.sum() == 0
    assert share_funds(needs, []).given.sum() == 0
    nobody = dataclasses.replace(
        needs, place=needs.place[:0], category=needs.category[:0], types=needs.types[:0], tier=needs.tier[:0],
        amount=needs.amount[:0], already=needs.already[:0], rank=needs.rank[:0], household=needs.household[:0],
    )  # fmt: skip
    assert len(share_funds(nobody, [Fund(5)]).payments.amount) == 0


def test_large_rials_are_shared_to_the_last_one() -> None:
    needs, _ = make_instance(4)
    needs = dataclasses.replace(
        needs, amount=needs.amount * 7_777_777_777, already=np.zeros_like(needs.already), tier=np.ones_like(needs.tier)
    )

    sharing = share_funds(needs, [Fund(1_234_567_891)])

    assert int(sharing.given.sum()) == 1_234_567_891
    fills = sharing.given / needs.amount
    assert fills.max() - fills.min() < 2 / needs.amount.min()

"""The second program accepts every exact result and rejects every changed one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from sakha.allocation.rules.certificate import certify
from sakha.allocation.rules.pieces import Payments
from sakha.allocation.rules.problem import Conditions, Fund, NeedColumns, Place
from sakha.allocation.rules.sharing import Sharing, share_funds
from tests.rules.allocation.instances import make_instance


def changed(payments: Payments, place: int, by: int) -> Payments:
    amount = payments.amount.copy()
    amount[place] += by
    keep = amount > 0
    return Payments(payments.fund[keep], payments.need[keep], amount[keep])


def test_exact_results_are_certified() -> None:
    for seed in range(600):
        needs, funds = make_instance(seed, whole=True)
        sharing = share_funds(needs, funds)

        assert certify(needs, funds, sharing.payments, kept=sharing.kept).holds, seed


def test_a_rial_held_back_is_a_complaint() -> None:
    chance, tried = random.Random(1), 0
    for seed in range(600):
        needs, funds = make_instance(seed)
        sharing = share_funds(needs, funds)
        if len(sharing.payments.fund):
            place = chance.randrange(len(sharing.payments.fund))
            found = certify(needs, funds, changed(sharing.payments, place, -1), kept=sharing.kept)
            assert found.complaint > 0, seed
            tried += 1
    assert tried > 300


def two_needs() -> tuple[NeedColumns, list[Fund], Sharing]:
    needs = NeedColumns(
        place=np.array([0, 1], np.int32), category=np.zeros(2, np.int32), types=np.zeros(2, np.int32),
        tier=np.ones(2, np.int32), amount=np.array([10, 10]), already=np.zeros(2, np.int64), rank=np.array([-1, -1]),
        household=np.array([0, 1], np.int32), places=(Place("p1", "c1"), Place("p2", "c2")), categories=("a",),
        type_sets=(frozenset(),),
    )  # fmt: skip
    funds = [Fund(6, Conditions()), Fund(4, Conditions(provinces=frozenset({"p1"})))]
    return needs, funds, share_funds(needs, funds)


def payments(*rows: tuple[int, int, int]) -> Payments:
    columns = np.array(rows, dtype=np.int64).T
    return Payments(*columns)


def test_two_places_are_made_equal_by_the_free_fund() -> None:
    _, _, sharing = two_needs()

    assert sharing.given.tolist() == [5, 5]


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        (((0, 0, 7), (1, 0, 1)), "FUND_OVERSPENT"),
        (((0, 0, 5), (1, 1, 4)), "CONDITION_BROKEN"),
        (((0, 0, 6), (0, 1, 0)), "AMOUNT_NOT_POSITIVE"),
    ],
)
def test_broken_rules_are_named(rows: tuple[tuple[int, int, int], ...], broken: str) -> None:
    needs, funds, sharing = two_needs()

    assert broken in certify(needs, funds, payments(*rows), kept=sharing.kept).broken_rules


def test_an_unfair_but_lawful_result_is_a_complaint() -> None:
    needs, funds, sharing = two_needs()
    unfair = payments((0, 0, 3), (0, 1, 3), (1, 0, 4))

    found = certify(needs, funds, unfair, kept=sharing.kept)

    assert found.broken_rules == ()
    assert found.complaint == pytest.approx(0.3)


def test_a_need_above_its_amount_and_a_household_above_its_limit_are_named() -> None:
    needs, _, sharing = two_needs()
    rich = [Fund(100, Conditions(), max_per_household=3)]

    assert "NEED_OVERPAID" in certify(needs, [Fund(100)], payments((0, 0, 11)), kept=sharing.kept).broken_rules
    assert "HOUSEHOLD_LIMIT_BROKEN" in certify(needs, rich, payments((0, 0, 4)), kept=sharing.kept).broken_rules

"""How fair a result is, in figures: fill by tier and province, Gini and Lorenz before and after, money unspent and why.

Counts only; leaves writing to `actions` and what is published to the observatory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sakha.allocation.rules.problem import Flags, Fund, Ints, NeedColumns

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FillOf:
    """Needs of one tier or province: how many, rials needed, held before and given, fill of the sum, lowest fill.

    `lowest` is over divisible needs only: a whole need is full or waits.
    """

    name: str
    need_count: int
    amount: int
    already: int
    given: int
    fill: float
    lowest: float


@dataclass(frozen=True, slots=True)
class Fairness:
    """All figures of one run. Gini is of fill over needs, 0 = equal."""

    tiers: tuple[FillOf, ...]
    provinces: tuple[FillOf, ...]
    gini_before: float
    gini_after: float
    money: int
    paid: int
    unspent: int
    unspent_expiring: int
    served_count: int
    full_count: int
    payment_count: int


def measure_fairness(
    needs: NeedColumns, funds: Sequence[Fund], *, given: Ints, spent: Ints, payment_count: int
) -> Fairness:
    """Measure a result: `given` by need, `spent` by fund."""
    provinces = np.array([place.province for place in needs.places], dtype=object)
    amount = np.array([fund.amount for fund in funds], dtype=np.int64)
    last = max((fund.expires_rank for fund in funds), default=0)
    expiring = np.array([fund.expires_rank < last for fund in funds], dtype=bool)
    left = amount - spent
    tier_names = np.flatnonzero(np.bincount(needs.tier)).tolist()
    by_province = sorted({str(name) for name in provinces.tolist()})
    number = {name: index for index, name in enumerate(by_province)}
    of_place = np.array([number[str(name)] for name in provinces.tolist()], dtype=np.int64)
    return Fairness(
        tiers=_fills(needs, given, np.searchsorted(tier_names, needs.tier), [str(tier) for tier in tier_names]),
        provinces=_fills(needs, given, of_place[needs.place], by_province),
        gini_before=gini(fill_of(needs, np.zeros_like(given))),
        gini_after=gini(fill_of(needs, given)),
        money=int(amount.sum()),
        paid=int(given.sum()),
        unspent=int(left.sum()),
        unspent_expiring=int(left[expiring].sum()),
        served_count=int(np.count_nonzero(given)),
        full_count=int(np.count_nonzero(is_full(needs, given))),
        payment_count=payment_count,
    )


def fill_of(needs: NeedColumns, given: Ints) -> Shares:
    """Fill of each need, 0 to 1; a need without an amount is full."""
    return np.where(needs.amount > 0, np.minimum((needs.already + given) / np.maximum(needs.amount, 1), 1.0), 1.0)


def is_full(needs: NeedColumns, given: Ints) -> Flags:
    """Needs that have all of their amount."""
    flags: Flags = needs.already + given >= needs.amount
    return flags


def reached_levels(needs: NeedColumns, given: Ints) -> Shares:
    """Level of each need: tier + fill."""
    levels: Shares = needs.tier + fill_of(needs, given)
    return levels


def gini(values: Shares) -> float:
    """Gini coefficient of values that are not negative; 0 where there is nothing."""
    total = float(values.sum())
    if total <= 0:
        return 0.0
    ordered = np.sort(values)
    count = len(ordered)
    return float(2 * (np.arange(1, count + 1) * ordered).sum() / (count * total) - (count + 1) / count)


def lorenz(values: Shares, points: int = 100) -> list[tuple[float, float]]:
    """Share of needs and share of the whole that they hold, lowest first, at equal steps."""
    ordered = np.concatenate([[0.0], np.cumsum(np.sort(values))])
    places = np.linspace(0, len(values), points + 1).astype(np.int64)
    total = float(ordered[-1]) or 1.0
    count = max(len(values), 1)
    return [(float(place) / count, float(ordered[place]) / total) for place in places]


def _fills(needs: NeedColumns, given: Ints, code: NDArray[np.int64], names: Sequence[str]) -> tuple[FillOf, ...]:
    count = len(names)
    sums = [np.zeros(count, dtype=np.int64) for _ in range(4)]
    for total, column in zip(sums, (np.ones_like(given), needs.amount, needs.already, given), strict=True):
        np.add.at(total, code, column)
    lowest = np.full(count, np.inf)
    divisible = needs.rank < 0
    np.minimum.at(lowest, code[divisible], fill_of(needs, given)[divisible])
    return tuple(
        FillOf(
            name, int(sums[0][place]), int(sums[1][place]), int(sums[2][place]), int(sums[3][place]),
            float((sums[2][place] + sums[3][place]) / max(int(sums[1][place]), 1)),
            float(lowest[place]) if np.isfinite(lowest[place]) else 1.0,
        )
        for place, name in enumerate(names)
    )  # fmt: skip

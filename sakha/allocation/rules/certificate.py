"""Proof of a result by code apart from the solver: hard rules are kept, and nobody can complain.

A need may complain if a rial, moved along any chain of funds, could reach it from a need that is better off, or from
money that lies unspent. Hard rules: whole rials, each fund's conditions, amount and limit per household, no need above
its amount, whole needs wholly or not at all. Which whole needs come first is proved in `whole_needs`, not here. Where a
result is not the best, it proves how much more could be paid at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sakha.allocation.rules.pieces import Payments
from sakha.allocation.rules.problem import Conditions, Flags, Fund, Ints, NeedColumns, payable_needs

Levels = NDArray[np.float64]

_ROUNDS = 1000
_KEPT_PAIRS = 2_000_000_000  # pairs of fund and need whose rows are worth their memory
_EQUAL = 1e-12  # levels nearer than this are one level: rounding of one division


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the check found. `complaint` is the largest difference of levels that a chain of rials could lessen."""

    broken_rules: tuple[str, ...]
    complaint: float

    @property
    def holds(self) -> bool:
        """No rule is broken and nobody can complain."""
        return not self.broken_rules and self.complaint == 0.0


def certify(needs: NeedColumns, funds: Sequence[Fund], payments: Payments, *, kept: Ints) -> Certificate:
    """Check payments. `kept` are rials that each need is promised before whole needs are served."""
    broken = _broken_rules(needs, funds, payments)
    if broken:
        return Certificate(tuple(broken), float("inf"))
    return Certificate((), _Chains(needs, funds, payments, kept).largest_complaint())


def find_most_payable(needs: NeedColumns, funds: Sequence[Fund], apart: Flags) -> int:
    """More than this no lawful result pays: the room of the needs set apart, and what each fund may pay to the others.

    The proof of a bound, whichever needs are set apart.
    """
    others = np.where(apart, 0, needs.room)
    most = int(needs.room[apart].sum())
    free: dict[Conditions, int] = defaultdict(int)  # money that no limit holds back, by conditions
    limited: dict[Conditions, list[Fund]] = defaultdict(list)
    for fund in funds:
        if fund.max_per_household is None or fund.max_per_household >= fund.amount:
            free[fund.conditions] += fund.amount
        else:
            limited[fund.conditions].append(fund)
    for conditions in {**free, **limited}:
        rows = np.flatnonzero(payable_needs(needs, conditions) & (others > 0))
        most += min(free.get(conditions, 0), int(others[rows].sum()))
        homes, code = np.unique(needs.household[rows] if conditions in limited else rows[:0], return_inverse=True)
        for fund in limited.get(conditions, ()):
            sums = np.minimum(_sum_by(code, others[rows], len(homes)), fund.max_per_household or 0)
            most += min(fund.amount, int(sums.sum()))
    return most


def _sum_by(codes: Ints, amounts: Ints, count: int) -> Ints:
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, codes, amounts)
    return sums


def _broken_rules(needs: NeedColumns, funds: Sequence[Fund], payments: Payments) -> list[str]:
    broken = []
    if (payments.amount <= 0).any():
        broken.append("AMOUNT_NOT_POSITIVE")
    amounts = np.array([fund.amount for fund in funds], dtype=np.int64)
    if (_sum_by(payments.fund, payments.amount, len(funds)) > amounts).any():
        broken.append("FUND_OVERSPENT")
    given = _sum_by(payments.need, payments.amount, needs.count)
    if (given > needs.room).any():
        broken.append("NEED_OVERPAID")
    whole = needs.rank >= 0
    if ((given != 0) & (given != needs.room) & whole).any():
        broken.append("WHOLE_NEED_IN_PART")
    bounds = np.searchsorted(payments.fund, np.arange(len(funds) + 1))
    for number, fund in enumerate(funds):
        rows = slice(int(bounds[number]), int(bounds[number + 1]))
        if not _may_pay(needs, fund, payments.need[rows]):
            broken.append("CONDITION_BROKEN")
        if fund.max_per_household is not None and rows.start != rows.stop:
            _, code = np.unique(needs.household[payments.need[rows]], return_inverse=True)
            if (_sum_by(code, payments.amount[rows], int(code.max()) + 1) > fund.max_per_household).any():
                broken.append("HOUSEHOLD_LIMIT_BROKEN")
    return sorted(set(broken))


def _may_pay(needs: NeedColumns, fund: Fund, rows: Ints) -> bool:
    conditions = fund.conditions
    named = None if conditions.needs is None else set(conditions.needs)
    seen = {
        (int(place), int(category), int(types))
        for place, category, types in zip(needs.place[rows], needs.category[rows], needs.types[rows], strict=True)
    }
    return (
        all(
            conditions.holds_for_place(needs.places[place])
            and (not conditions.categories or needs.categories[category] in conditions.categories)
            and conditions.holds_for_types(needs.type_sets[types])
            for place, category, types in seen
        )
        and (conditions.max_tier is None or not (needs.tier[rows] > conditions.max_tier).any())
        and (named is None or all(row in named for row in rows.tolist()))
    )


class _Chains:
    """The lowest level that a rial of each fund could be brought to, through any chain of exchanges."""

    def __init__(self, needs: NeedColumns, funds: Sequence[Fund], payments: Payments, kept: Ints) -> None:
        self.needs, self.funds, self.payments = needs, funds, payments
        given = _sum_by(payments.need, payments.amount, needs.count)
        size = np.maximum(needs.amount, 1)
        has_room = (given < needs.room) & (needs.rank < 0)
        self.lowest = np.where(has_room, needs.tier + (needs.already + given) / size, np.inf)
        may_give = (given > kept) & (needs.rank < 0)
        self.before = np.where(may_give, needs.tier + (needs.already + given - 1) / size, -np.inf)
        spent = _sum_by(payments.fund, payments.amount, len(funds))
        self.left = np.array([fund.amount for fund in funds], dtype=np.int64) - spent
        self.reach, self.value = np.full(len(funds), np.inf), self.lowest
        self.limited = [number for number, fund in enumerate(funds) if fund.max_per_household is not None]
        self.groups = self._group_rows()

    def _group_rows(self) -> list[tuple[list[int], Ints | None]]:
        """Funds with equal conditions, with the rows they may pay (None: found anew each time, to spare memory)."""
        groups: dict[object, list[int]] = {}
        for number, fund in enumerate(self.funds):
            groups.setdefault(number if fund.max_per_household is not None else fund.conditions, []).append(number)
        keep = self.needs.count * len(groups) <= _KEPT_PAIRS
        return [
            (members, np.flatnonzero(payable_needs(self.needs, self.funds[members[0]].conditions)) if keep else None)
            for members in groups.values()
        ]

    def largest_complaint(self) -> float:
        """Spread the lowest levels back along payments until nothing changes, then compare with who gave."""
        for _ in range(_ROUNDS):
            value = self.lowest.copy()
            np.minimum.at(value, self.payments.need, self._value_of_payments())
            reach = np.array(self.reach)
            for members, rows in self.groups:
                reach[members] = self._reach(members[0], rows, value)
            if (reach == self.reach).all() and (value == self.value).all():
                return self._compare()
            self.reach, self.value = reach, value
        return float("inf")

    def _value_of_payments(self) -> Levels:
        """Where a rial goes that a payment sets free: wherever its fund reaches, or within its household."""
        value: Levels = self.reach[self.payments.fund]
        for number in self.limited:
            rows = self._rows_of_fund(number)
            if rows.start != rows.stop:
                value[rows] = np.minimum(value[rows], self._within_household(number, rows))
        return value

    def _within_household(self, number: int, rows: slice) -> Levels:
        payable = payable_needs(self.needs, self.funds[number].conditions)
        paid = self.needs.household[self.payments.need[rows]]
        found = np.flatnonzero(payable)
        best = np.full(int(self.needs.household.max(initial=0)) + 1, np.inf)
        np.minimum.at(best, self.needs.household[found], self.value[found])
        inside: Levels = best[paid]
        return inside

    def _rows_of_fund(self, number: int) -> slice:
        bounds = np.searchsorted(self.payments.fund, [number, number + 1])
        return slice(int(bounds[0]), int(bounds[1]))

    def _reach(self, number: int, rows: Ints | None, value: Levels) -> float:
        """The lowest level among needs that a fund may pay now."""
        fund = self.funds[number]
        if rows is None:
            rows = np.flatnonzero(payable_needs(self.needs, fund.conditions))
        if fund.max_per_household is None:
            return float(value[rows].min(initial=np.inf))
        paid_rows = self._rows_of_fund(number)
        households = self.needs.household
        paid = np.zeros(int(households.max(initial=0)) + 1, dtype=np.int64)
        np.add.at(paid, households[self.payments.need[paid_rows]], self.payments.amount[paid_rows])
        free = rows[paid[households[rows]] < fund.max_per_household]
        return float(value[free].min(initial=np.inf))

    def _compare(self) -> float:
        worst = 0.0
        target = self._value_of_payments()
        gap = self.before[self.payments.need] - target
        gap = gap[np.isfinite(gap)]
        if len(gap):
            worst = max(worst, float(gap.max()))
        unspent = self.left > 0
        if np.isfinite(self.reach[unspent]).any():
            worst = max(worst, 1.0)
        return worst if worst > _EQUAL else 0.0

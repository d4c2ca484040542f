"""Why this need got so much, and why not that one: answers from the stored result, without solving again.

For an unfilled need: every fund that may pay it is spent, and only on needs that were no better served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.fairness import reached_levels
from sakha.allocation.rules.pieces import Payments
from sakha.allocation.rules.problem import Conditions, Flags, Fund, NeedColumns


@dataclass(frozen=True, slots=True)
class FundAndNeed:
    """One fund that may pay a need: what is left of it, and the best-off level that it paid anybody at (0 if none)."""

    fund: int
    left: int
    best_level: float
    is_household_limit_reached: bool


@dataclass(frozen=True, slots=True)
class NeedExplained:
    """Level before and after, what it got and from whom, and every fund that may pay it."""

    level_before: float
    level_after: float
    given: int
    paid_by: tuple[tuple[int, int], ...]
    payable_by: tuple[FundAndNeed, ...]


def find_refusals(needs: NeedColumns, conditions: Conditions, row: int) -> list[str]:
    """Names of the conditions that keep a fund from a need; none where it may pay."""
    refusals = []
    if not conditions.holds_for_place(needs.places[int(needs.place[row])]):
        refusals.append("place")
    if not conditions.holds_for_category(needs.categories[int(needs.category[row])]):
        refusals.append("category")
    if not conditions.holds_for_types(needs.type_sets[int(needs.types[row])]):
        refusals.append("types")
    if conditions.max_tier is not None and int(needs.tier[row]) > conditions.max_tier:
        refusals.append("max_tier")
    if conditions.needs is not None and row not in conditions.needs:
        refusals.append("need_ids")
    return refusals


class Answers:
    """Answers about one result, with indexes over its payments: each further answer takes a few milliseconds."""

    def __init__(self, needs: NeedColumns, funds: Sequence[Fund], payments: Payments) -> None:
        self.needs, self.funds, self.payments = needs, funds, payments
        self.given = np.zeros(needs.count, dtype=np.int64)
        np.add.at(self.given, payments.need, payments.amount)
        self.levels = reached_levels(needs, self.given)
        self.left = np.array([fund.amount for fund in funds], dtype=np.int64)
        np.subtract.at(self.left, payments.fund, payments.amount)
        self.best = np.zeros(len(funds))
        np.maximum.at(self.best, payments.fund, self.levels[payments.need])
        # where no fund has a limit nobody reads the households
        self.home_of_need = needs.household if len(needs.household) else np.arange(needs.count)
        home = self.home_of_need[payments.need]
        self.by_home = np.argsort(home, kind="stable")
        self.home = home[self.by_home]
        self.reach = _Reach(needs, funds)

    def explain(self, row: int) -> NeedExplained:
        """Level before and after, what a need got and from whom, and every fund that may pay it."""
        needs, paid = self.needs, self.payments
        begin, end = np.searchsorted(self.home, self.home_of_need[row] + np.arange(2))
        to_home = np.sort(self.by_home[begin:end])
        got = np.zeros(len(self.funds), dtype=np.int64)
        np.add.at(got, paid.fund[to_home], paid.amount[to_home])
        here = to_home[paid.need[to_home] == row]
        amount = int(needs.amount[row])
        before = min(int(needs.already[row]) / amount, 1.0) if amount else 1.0
        return NeedExplained(
            level_before=int(needs.tier[row]) + before,
            level_after=float(self.levels[row]),
            given=int(self.given[row]),
            paid_by=tuple((int(paid.fund[place]), int(paid.amount[place])) for place in here),
            payable_by=tuple(self._look_at(number, int(got[number])) for number in self.reach.funds_of(row)),
        )

    def _look_at(self, number: int, to_household: int) -> FundAndNeed:
        limit = self.funds[number].max_per_household
        return FundAndNeed(
            fund=number,
            left=int(self.left[number]),
            best_level=float(self.best[number]),
            is_household_limit_reached=limit is not None and to_household >= limit,
        )


class _Reach:
    """Which funds may pay a need, condition by condition for all funds at once."""

    def __init__(self, needs: NeedColumns, funds: Sequence[Fund]) -> None:
        self.needs = needs
        asked = [fund.conditions for fund in funds]
        self.place = _Table(Conditions(provinces=one.provinces, counties=one.counties) for one in asked)
        self.category = _Table(Conditions(categories=one.categories) for one in asked)
        self.types = _Table(
            Conditions(types_any=one.types_any, types_all=one.types_all, types_none=one.types_none) for one in asked
        )
        self.max_tier = np.array([np.inf if one.max_tier is None else one.max_tier for one in asked])
        self.is_open = np.array([one.needs is None for one in asked], dtype=bool)
        self.naming: dict[int, list[int]] = {}
        for number, one in enumerate(asked):
            for row in one.needs or ():
                self.naming.setdefault(row, []).append(number)

    def funds_of(self, row: int) -> list[int]:
        """Numbers of the funds that may pay a need."""
        needs = self.needs
        place, types = needs.places[int(needs.place[row])], needs.type_sets[int(needs.types[row])]
        category = needs.categories[int(needs.category[row])]
        fits = self.is_open.copy()
        fits[self.naming.get(row, [])] = True
        fits &= self.max_tier >= needs.tier[row]
        fits &= self.place.holds(lambda one: one.holds_for_place(place))
        fits &= self.category.holds(lambda one: one.holds_for_category(category))
        fits &= self.types.holds(lambda one: one.holds_for_types(types))
        return np.flatnonzero(fits).tolist()


class _Table:
    """One condition of all funds, each different one asked once."""

    def __init__(self, keys: Iterable[Conditions]) -> None:
        numbers: dict[Conditions, int] = {}
        self.of_fund = np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
        self.keys = list(numbers)

    def holds(self, rule: Callable[[Conditions], bool]) -> Flags:
        """Of each fund whether the rule holds for its condition."""
        flags = np.array([rule(key) for key in self.keys], dtype=bool)
        return flags[self.of_fund] if len(flags) else np.zeros(0, dtype=bool)


def compare_needs(
    needs: NeedColumns, funds: Sequence[Fund], payments: Payments, *, served: int, asking: int
) -> list[tuple[int, list[str]]]:
    """Why that need and not this one: of each fund that paid `served`, the conditions that keep it from `asking`.

    An empty list of conditions means that the fund may pay both; then `served` was no better off when it was paid.
    """
    paid = payments.fund[payments.need == served]
    return [(int(number), find_refusals(needs, funds[int(number)].conditions, asking)) for number in paid]

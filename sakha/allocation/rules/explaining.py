"""Why this need got so much, and why not that one: answers from the stored result, without solving again.

For an unfilled need: every fund that may pay it is spent, and only on needs that were no better served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.fairness import reached_levels
from sakha.allocation.rules.pieces import Payments
from sakha.allocation.rules.problem import Conditions, Fund, Ints, NeedColumns


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
    types = needs.type_sets[int(needs.types[row])]
    category = needs.categories[int(needs.category[row])]
    refusals = []
    if not conditions.holds_for_place(needs.places[int(needs.place[row])]):
        refusals.append("place")
    if conditions.categories and category not in conditions.categories:
        refusals.append("category")
    if not conditions.holds_for_types(types):
        refusals.append("types")
    if conditions.max_tier is not None and int(needs.tier[row]) > conditions.max_tier:
        refusals.append("max_tier")
    if conditions.needs is not None and row not in conditions.needs:
        refusals.append("need_ids")
    return refusals


def explain_need(needs: NeedColumns, funds: Sequence[Fund], payments: Payments, row: int) -> NeedExplained:
    """Answer for one need."""
    given = np.zeros(needs.count, dtype=np.int64)
    np.add.at(given, payments.need, payments.amount)
    levels = reached_levels(needs, given)
    here = np.flatnonzero(payments.need == row)
    payable = [number for number, fund in enumerate(funds) if not find_refusals(needs, fund.conditions, row)]
    return NeedExplained(
        level_before=float(reached_levels(needs, np.zeros_like(given))[row]),
        level_after=float(levels[row]),
        given=int(given[row]),
        paid_by=tuple((int(payments.fund[place]), int(payments.amount[place])) for place in here),
        payable_by=tuple(_look_at_fund(needs, funds, payments, levels, number, row) for number in payable),
    )


def _look_at_fund(
    needs: NeedColumns,
    funds: Sequence[Fund],
    payments: Payments,
    levels: np.ndarray[tuple[int], np.dtype[np.float64]],
    number: int,
    row: int,
) -> FundAndNeed:
    rows: Ints = np.flatnonzero(payments.fund == number)
    limit = funds[number].max_per_household
    to_household = (
        0
        if limit is None
        else int(payments.amount[rows][needs.household[payments.need[rows]] == needs.household[row]].sum())
    )
    return FundAndNeed(
        fund=number,
        left=funds[number].amount - int(payments.amount[rows].sum()),
        best_level=float(levels[payments.need[rows]].max(initial=0.0)),
        is_household_limit_reached=limit is not None and to_household >= limit,
    )


def compare_needs(
    needs: NeedColumns, funds: Sequence[Fund], payments: Payments, *, served: int, asking: int
) -> list[tuple[int, list[str]]]:
    """Why that need and not this one: of each fund that paid `served`, the conditions that keep it from `asking`.

    An empty list of conditions means that the fund may pay both; then `served` was no better off when it was paid.
    """
    paid = payments.fund[payments.need == served]
    return [(int(number), find_refusals(needs, funds[int(number)].conditions, asking)) for number in paid]

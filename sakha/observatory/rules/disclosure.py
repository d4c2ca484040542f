"""What of a table may be told to anybody, so that no sum and no difference of what is told shows few households.

Cells below a crowd are hidden, and so many others that whoever solves all told sums for a hidden one is left in doubt
by at least a crowd (cell suppression audited by linear programming: Fischetti and Salazar 2000; Hundepool et al. 2012,
Statistical Disclosure Control, ch. 4). What stands over time is told in steps instead, so that no month less another is
exact.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from sakha.giving.rules.crowds import CROWD_MIN

Key: TypeAlias = Hashable
# Cells that hold nothing are told, so whoever sees a hidden one knows that it holds something.
_HIDDEN_LEAST: Final = 1
_UNBOUNDED: Final = 3  # linprog's word for it
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Cell:
    """A counted number and the households behind it."""

    value: int
    crowd: int

    @property
    def is_small(self) -> bool:
        """Whether it would tell of fewer households than a crowd."""
        return 0 < self.crowd < CROWD_MIN


@dataclass(frozen=True, slots=True)
class Total:
    """That one cell is the sum of others, as anybody knows who reads the table."""

    whole: Key
    parts: tuple[Key, ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        """All its cells."""
        return (self.whole, *self.parts)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Between what a hidden cell may lie for whoever knows all that is told."""

    least: float
    most: float

    @property
    def is_enough(self) -> bool:
        """Whether it leaves at least a crowd of possible numbers."""
        return self.most - self.least >= CROWD_MIN - _ROUNDING


def in_steps(value: int) -> int:
    """What is told of a number that stands from day to day: whole crowds, rounded down.

    Told totals are sums of told parts, so each number is known within a step and each change within two, whatever is
    compared with what.
    """
    return value - value % CROWD_MIN


def choose_hidden(cells: Mapping[Key, Cell], totals: Sequence[Total]) -> frozenset[Key]:
    """The cells that are not told: the small ones, and the cheapest others without which those could be solved.

    Hiding more never narrows a doubt, so each small cell is looked at once. What turns out to be needless is told
    again at the end, the largest first.
    """
    small = {key for key, cell in cells.items() if cell.is_small}
    hidden = set(small)
    order = sorted(small, key=lambda key: (cells[key].value, repr(key)))
    for key in order:
        while not find_doubt(key, cells, hidden, totals).is_enough:
            hidden.add(_next_hidden(key, cells, hidden, totals))
    for key in sorted(hidden - small, key=lambda key: (-cells[key].value, repr(key))):
        fewer = hidden - {key}
        # whoever shares no sum with it is not narrowed by its being told
        if all(find_doubt(one, cells, fewer, totals).is_enough for one in order if one in _near(key, hidden, totals)):
            hidden = fewer
    return frozenset(hidden)


def find_doubt(key: Key, cells: Mapping[Key, Cell], hidden: Iterable[Key], totals: Sequence[Total]) -> Doubt:
    """Solve for one hidden cell from all told ones: the attack itself, by two linear programs."""
    near = _near(key, set(hidden), totals)
    place = {one: number for number, one in enumerate(near)}
    known = [total for total in totals if any(one in place for one in total.keys)]
    if not known:
        return Doubt(_HIDDEN_LEAST, inf)
    factors, sums = np.zeros((len(known), len(near))), np.zeros(len(known))
    for row, total in enumerate(known):
        for one, sign in ((total.whole, 1), *((part, -1) for part in total.parts)):
            if one in place:
                factors[row, place[one]] += sign
            else:
                sums[row] -= sign * cells[one].value
    aim = np.zeros(len(near))
    aim[place[key]] = 1
    least, most = (_solve(sign * aim, factors, sums) for sign in (1, -1))
    return Doubt(least, -most)


def _solve(aim: NDArray[np.float64], factors: NDArray[np.float64], sums: NDArray[np.float64]) -> float:
    found = linprog(aim, A_eq=factors, b_eq=sums, bounds=(_HIDDEN_LEAST, None), method="highs")
    if found.status == _UNBOUNDED:
        return -inf
    if not found.success:
        raise ValueError(f"the told sums contradict each other: {found.message}")
    return float(found.fun)


def _near(key: Key, hidden: set[Key], totals: Sequence[Total]) -> list[Key]:
    """The hidden cells that share a sum with it, or with one that does: the others can tell nothing of it."""
    found, waiting = {key: None}, [key]
    while waiting:
        one = waiting.pop()
        for total in totals:
            if one in total.keys:
                fresh = [other for other in total.keys if other in hidden and other not in found]
                found |= dict.fromkeys(fresh)
                waiting += fresh
    return list(found)


def _next_hidden(key: Key, cells: Mapping[Key, Cell], hidden: set[Key], totals: Sequence[Total]) -> Key:
    """The cheapest told cell of the sum that leaves least doubt; parts before totals, small before large."""
    wholes = {total.whole for total in totals}

    def price(one: Key) -> tuple[bool, int, str]:
        return one in wholes, cells[one].value, repr(one)

    def choices(total: Total) -> list[Key]:
        return [one for one in total.keys if one not in hidden and cells[one].value > 0]

    near = set(_near(key, hidden, totals))
    own = [total for total in totals if key in total.keys and choices(total)]
    wider = own or [total for total in totals if near & set(total.keys) and choices(total)]
    if not wider:
        raise ValueError("nothing is left to hide, and a cell can still be solved")

    def slack(total: Total) -> tuple[int, int]:
        others = [one for one in total.keys if one in hidden and one != key]
        return (sum(cells[one].value for one in others), len(total.parts))

    return min(choices(min(wider, key=slack)), key=price)

"""In what order rials land: the next rial goes to the need whose level is lowest before it.

Level of a need = tier + (already + given) / amount. This order makes the greedy solution the lexicographic max-min one
(Megiddo 1974; Frank and Murota 2018 for whole numbers). Equal levels: the smaller need first, since the same rial lifts
it higher, then the earlier row. Which rials can be paid at all is left to `fair_shares`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sakha.allocation.rules.problem import Flags, Ints, Numbers
from sakha.allocation.rules.runs import begin_of_runs

Levels = NDArray[np.float64]

_STEPS = 40  # that narrow the level before the last rials are put in order
_ROUNDING = 2e-15  # of a level: several times what one product and one difference of floats can be wrong by


def share_in_parts(*, amount: Ints, start: Ints, room: Ints, order: Numbers, part: Ints, supply: Ints) -> Ints:
    """Give whole rials to needs of one tier, lowest level first, as if any money of its part could go to a need.

    `amount`, `start` (already received), `room` (amount - start, or 0), `order` (who comes first among equals) and
    `part` (where a need belongs) are arrays of n, `supply` is what each part has; returns n rials.
    """
    asked = np.zeros(len(supply), dtype=np.int64)
    np.add.at(asked, part, room)
    given: Ints = np.where((supply >= asked)[part], room, 0)
    rows = np.flatnonzero((room > 0) & ((supply > 0) & (supply < asked))[part])
    if len(rows):
        rows = rows[np.argsort(part[rows], kind="stable")]
        present, local = np.unique(part[rows], return_inverse=True)
        parts = _Parts(amount[rows], start[rows], room[rows], local.astype(np.int64), supply[present])
        given[rows] = _give_rest(parts, order[rows], *parts.narrow())
    return given


class LevelNotFoundError(RuntimeError):
    """No level gives the supply, which happens only with amounts that floats cannot hold exactly (from 2^53 on)."""


class _Parts:
    """Needs with room in order of their parts; every part has some money, but not enough for all."""

    def __init__(self, size: Ints, begin: Ints, most: Ints, part: Ints, supply: Ints) -> None:
        self.size, self.begin, self.most, self.part, self.supply = size, begin, most, part, supply
        self.sizes, self.begins = size.astype(np.float64), begin.astype(np.float64)
        self.first = begin_of_runs(part)

    def narrow(self) -> tuple[Ints, Ints]:
        """Rials of each need below two levels between which the last rial of its part lies."""
        counts = np.diff(np.r_[self.first, len(self.part)])
        low = self._water_level(np.maximum(self.supply - counts, 0))
        high = self._water_level(self.supply)
        low, below = self._moved(low, -1)
        high, above = self._moved(high, 1)
        under, over = self._sum(below), self._sum(above)
        for step in range(_STEPS):
            if int((over - under).sum()) <= len(self.part) // 8 + 64:
                break
            # by turns where the straight line says and in the middle, so that both ends move
            share = (self.supply - under) / np.maximum(over - under, 1) if step % 3 else 0.5
            middle = low + (high - low) * share
            trial = self._count_below(middle)
            count = self._sum(trial)
            fits = count <= self.supply
            low, high = np.where(fits, middle, low), np.where(fits, high, middle)
            under, over = np.where(fits, count, under), np.where(fits, over, count)
        return self._moved(low, -1)[1], self._moved(high, 1)[1]

    def _moved(self, level: Levels, direction: int) -> tuple[Levels, Ints]:
        """The level, moved as far as floats may be wrong and further until it is on the right side of the supply."""
        by, moved = _ROUNDING, level * (1 + direction * _ROUNDING)
        while True:
            rials = self._count_below(moved)
            count = self._sum(rials)
            wrong = count > self.supply if direction < 0 else count < self.supply
            if not wrong.any():
                return moved, rials
            if not level[wrong].all() or (moved[wrong] == (0.0 if direction < 0 else 1.0)).any():
                raise LevelNotFoundError("the level can move no further")
            by *= 8
            moved = np.where(wrong, np.clip(level * (1 + direction * by), 0.0, 1.0), moved)

    def _sum(self, rials: Ints) -> Ints:
        sums: Ints = np.add.reduceat(rials, self.first)
        return sums

    def _count_below(self, level: Levels) -> Ints:
        """How many rials of each need come before its part's level."""
        rials = level[self.part]
        rials *= self.sizes
        rials -= self.begins
        np.ceil(rials, out=rials)
        counted: Ints = np.clip(rials, 0, self.most).astype(np.int64)
        return counted

    def _water_level(self, supply: Ints) -> Levels:
        """Level at which the needs below it take the supply together: Newton from above on a convex sum."""
        sizes, begins, part = self.sizes, self.begins, self.part
        level: Levels = np.ones(len(supply))  # a need with room is open up to its whole amount
        while len(part):
            weight = np.bincount(part, sizes, len(supply))
            held = np.bincount(part, begins, len(supply))
            lower = np.where(weight > 0, (supply + held) / np.maximum(weight, 1.0), level)
            level = np.minimum(level, lower)
            below: Flags = begins < level[part] * sizes
            if below.all():
                break
            sizes, begins, part = sizes[below], begins[below], part[below]
        return level


def _give_rest(parts: _Parts, order: Numbers, below: Ints, above: Ints) -> Ints:
    """Put the rials between the two levels in their exact order and give the first ones of each part."""
    between = np.maximum(above - below, 0)
    row = np.repeat(np.arange(len(between)), between)
    rial = np.arange(len(row)) - np.repeat(np.cumsum(between) - between, between) + below[row]
    size, part = parts.size[row], parts.part[row]
    ordered = np.lexsort((order[row], size, (parts.begin[row] + rial) / size, part))
    rest = parts.supply - np.add.reduceat(below, parts.first)
    counts = np.bincount(part, minlength=len(rest))
    place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    taken = row[ordered[place < rest[part[ordered]]]]
    given: Ints = below + np.bincount(taken, minlength=len(below))
    return given

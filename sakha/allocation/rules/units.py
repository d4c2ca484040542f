"""In what order rials land: the next rial goes to the need whose level is lowest before it.

Level of a need = tier + (already + given) / amount. This order makes the greedy solution the lexicographic max-min one
(Megiddo 1974; Frank and Murota 2018 for whole numbers). Equal levels: the smaller need first, since the same rial lifts
it higher, then the earlier row. Which rials can be paid at all is left to `fair_shares`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sakha.allocation.rules.problem import Ints

Levels = NDArray[np.float64]

# Steps that narrow the level before the last rials are given one by one; each cuts the rest by a large factor.
_STEPS = 40
_REST = 32


def share_by_level(*, amount: Ints, start: Ints, room: Ints, order: Ints, supply: int) -> Ints:
    """Give `supply` whole rials to needs of one tier, lowest level first, as if any money could go anywhere.

    `amount`, `start` (already received), `room` (amount - start, or 0) and `order` (who comes first among equals) are
    arrays of n; returns n rials.
    """
    given = np.zeros(len(amount), dtype=np.int64)
    if supply <= 0:
        return given
    if supply >= int(room.sum()):
        return room.copy()
    rows = np.flatnonzero(room)
    size, begin, most = amount[rows], start[rows], room[rows]
    given[rows] = _give_rest(size, begin, most, order[rows], _below_water(size, begin, most, supply), supply)
    return given


def _count_below(level: float, size: Ints, begin: Ints, most: Ints) -> Ints:
    """How many rials of each need come before a level."""
    rials: Ints = np.clip(np.ceil(level * size - begin), 0, most).astype(np.int64)
    return rials


def _below_water(size: Ints, begin: Ints, most: Ints, supply: int) -> Ints:
    """Rials before a level that is as high as whole rials allow, but never above the supply."""
    high = _water_level(size, begin, supply)
    low = _water_level(size, begin, max(supply - len(size), 0))
    given = _count_below(low, size, begin, most)
    total = int(given.sum())
    if total > supply:  # rounding of floats: below the first rial nothing is given
        low, given, total = 0.0, np.zeros_like(most), 0
    over = int(_count_below(high, size, begin, most).sum())
    for step in range(_STEPS):
        if supply - total <= _REST or over <= total:
            break
        share = (supply - total) / (over - total)
        # by turns where the straight line says and in the middle, so that both ends move
        middle = low + (high - low) * (share if step % 3 else 0.5)
        if not low < middle < high:
            break
        trial = _count_below(middle, size, begin, most)
        count = int(trial.sum())
        if count <= supply:
            low, given, total = middle, trial, count
        else:
            high, over = middle, count
    return given


def _water_level(size: Ints, begin: Ints, supply: int) -> float:
    """Level at which the needs below it take `supply` together: Newton from above on a convex, piecewise linear sum."""
    sizes, begins = size.astype(np.float64), begin.astype(np.float64)
    level = 1.0  # a need with room is open up to its whole amount
    while len(sizes):
        lower = (supply + float(begins.sum())) / float(sizes.sum())
        if lower >= level:
            break
        level = lower
        below = begins < level * sizes
        if below.all():
            break
        sizes, begins = sizes[below], begins[below]
    return level


def _give_rest(size: Ints, begin: Ints, most: Ints, order: Ints, given: Ints, supply: int) -> Ints:
    """Give the last rials one by one in the exact order; a need may take more than one of them."""
    rest = supply - int(given.sum())
    while rest > 0:
        candidates = np.flatnonzero(given < most)
        level = (begin[candidates] + given[candidates]) / size[candidates]
        if len(candidates) > rest:
            nearest = level <= np.partition(level, rest - 1)[rest - 1]
            candidates, level = candidates[nearest], level[nearest]
        first = np.lexsort((order[candidates], size[candidates], level))[:rest]
        # all that come before anybody's second rial can be given at once
        second = (begin[candidates[first]] + given[candidates[first]] + 1) / size[candidates[first]]
        first = first[: max(int(np.count_nonzero(level[first] < second.min())), 1)]
        given[candidates[first]] += 1
        rest -= len(first)
    return given

"""Rials of one tier go to the lowest level first, to the last rial."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakha.allocation.rules.problem import Ints
from sakha.allocation.rules.units import LevelNotFoundError, share_in_parts


def share(amount: Ints, start: Ints, room: Ints, supply: int) -> Ints:
    """One part that has everything; among equals the earlier row comes first."""
    order, together = np.arange(len(amount)), np.zeros(len(amount), dtype=np.int64)
    return share_in_parts(
        amount=amount, start=start, room=room, order=order, part=together, supply=np.array([supply], dtype=np.int64)
    )


def one_by_one(needs: list[tuple[int, int]], supply: int) -> list[int]:
    shares = [0] * len(needs)
    for _ in range(supply):
        open_ = [row for row, (amount, start) in enumerate(needs) if start + shares[row] < amount]
        if not open_:
            break
        row = min(open_, key=lambda one: (Fraction(needs[one][1] + shares[one], needs[one][0]), needs[one][0], one))
        shares[row] += 1
    return shares


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), min_size=1, max_size=8), st.integers(0, 150))
def test_many_rials_at_once_equal_one_by_one(needs: list[tuple[int, int]], supply: int) -> None:
    amount, start = (np.array(column, dtype=np.int64) for column in zip(*needs, strict=True))
    room = np.maximum(amount - start, 0)

    shares = share(amount, start, room, supply)

    assert shares.tolist() == one_by_one(needs, supply)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 400), st.integers(0, 2**40), st.randoms(use_true_random=False))
def test_the_whole_supply_is_given_at_any_size(count: int, supply: int, chance) -> None:
    amount = np.array([chance.randint(1, 2**36) for _ in range(count)], dtype=np.int64)
    start = np.array([chance.randint(0, int(one)) for one in amount], dtype=np.int64)
    room = amount - start

    shares = share(amount, start, room, supply)

    assert int(shares.sum()) == min(supply, int(room.sum()))
    assert (shares <= room).all()
    level, before = (start + shares) / amount, (start + shares - 1) / amount
    if (shares < room).any() and (shares > 0).any():
        assert before[shares > 0].max() <= level[shares < room].min() + 1e-12


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=14),
    st.lists(st.integers(0, 60), min_size=4, max_size=4),
)
def test_parts_shared_together_equal_each_shared_alone(needs: list[tuple[int, int, int]], supplies: list[int]) -> None:
    amount, start, part = (np.array(column, dtype=np.int64) for column in zip(*needs, strict=True))
    room, order, supply = np.maximum(amount - start, 0), np.arange(len(needs)), np.array(supplies, dtype=np.int64)

    shares = share_in_parts(amount=amount, start=start, room=room, order=order, part=part, supply=supply)

    for number, rials in enumerate(supplies):
        alone = [(size, begin) for size, begin, one in needs if one == number]
        assert shares[part == number].tolist() == one_by_one(alone, rials)


def test_the_largest_amounts_are_shared_and_larger_ones_are_refused_instead_of_searched_for_ever() -> None:
    def share_but_one_rial(size: int) -> list[int]:
        amount, start = np.full(3, size, dtype=np.int64), np.zeros(3, dtype=np.int64)
        shares = share(amount, start, amount, 3 * size - 1)
        return [int(one) for one in shares]

    largest = 2**53 - 1
    assert share_but_one_rial(largest) == [largest, largest, largest - 1]
    with pytest.raises(LevelNotFoundError):
        share_but_one_rial(2**53 + 1)

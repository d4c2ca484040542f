"""How evenly help is spread: the curve and the index, against hand-worked cases and each other."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.observatory.rules import gini_index, lorenz_curve
from sakha.observatory.rules.spread import lorenz_of_histogram, lower_half_share

AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


def test_equal_help_lies_on_the_diagonal() -> None:
    points = lorenz_curve([5] * 40)

    assert all(abs(households - help_) < 1e-9 for households, help_ in points)
    assert gini_index([5] * 40) == pytest.approx(0)


def test_one_who_gets_all_bends_the_curve_to_the_corner() -> None:
    amounts = [0, 0, 0, 100]

    assert lorenz_curve(amounts, 4) == ((0.0, 0.0), (0.25, 0.0), (0.5, 0.0), (0.75, 0.0), (1.0, 1.0))
    assert gini_index(amounts) == pytest.approx(0.75)


def test_the_lower_half_is_read_off_the_curve_between_the_ends_of_a_step() -> None:
    assert lower_half_share(((0.0, 0.0), (1.0, 1.0))) == lower_half_share(()) == 0.5
    assert lower_half_share(((0.0, 0.0), (0.4, 0.1), (0.6, 0.3), (1.0, 1.0))) == pytest.approx(0.2)
    # ten households without help and ninety with the same: forty of the ninety are in the lower half
    assert lower_half_share(lorenz_of_histogram([(10, 0), (90, 900)])) == pytest.approx(4 / 9)


def test_nothing_given_has_no_curve() -> None:
    assert lorenz_curve([0, 0]) == ()
    assert gini_index([0, 0]) == 0


@given(AMOUNTS)
def test_curve_rises_stays_below_the_diagonal_and_ignores_the_order(amounts: list[int]) -> None:
    points = lorenz_curve(amounts)

    assert points == lorenz_curve(amounts[::-1])
    assert all(left[0] <= right[0] and left[1] <= right[1] for left, right in pairwise(points))
    assert all(help_ <= households + 1e-9 for households, help_ in points)


@given(AMOUNTS.filter(lambda amounts: sum(amounts) > 0))
def test_index_is_twice_the_area_between_curve_and_diagonal(amounts: list[int]) -> None:
    points = lorenz_curve(amounts, len(amounts))
    area = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points))

    assert gini_index(amounts) == pytest.approx(1 - 2 * area, abs=1e-6)

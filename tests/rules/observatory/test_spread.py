"""How evenly help is spread: the curve and the index, against hand-worked cases and a definition without a curve."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.observatory.rules.spread import gini_of_curve, lorenz_of_histogram, lower_half_share

AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


def curve_of(amounts: list[int]) -> tuple[tuple[float, float], ...]:
    """Each household a step of its own."""
    return lorenz_of_histogram([(1, amount) for amount in sorted(amounts)])


def test_equal_help_lies_on_the_diagonal() -> None:
    points = curve_of([5] * 40)

    assert all(abs(households - help_) < 1e-9 for households, help_ in points)
    assert gini_of_curve(points) == pytest.approx(0)


def test_one_who_gets_all_bends_the_curve_to_the_corner() -> None:
    points = lorenz_of_histogram([(3, 0), (0, 0), (1, 100)])

    assert points == ((0.0, 0.0), (0.75, 0.0), (1.0, 1.0))
    assert gini_of_curve(points) == pytest.approx(0.75)


def test_the_lower_half_is_read_off_the_curve_between_the_ends_of_a_step() -> None:
    assert lower_half_share(((0.0, 0.0), (1.0, 1.0))) == lower_half_share(()) == 0.5
    assert lower_half_share(((0.0, 0.0), (0.4, 0.1), (0.6, 0.3), (1.0, 1.0))) == pytest.approx(0.2)
    # ten households without help and ninety with the same: forty of the ninety are in the lower half
    assert lower_half_share(lorenz_of_histogram([(10, 0), (90, 900)])) == pytest.approx(4 / 9)


def test_nothing_given_has_no_curve() -> None:
    assert lorenz_of_histogram([]) == lorenz_of_histogram([(2, 0)]) == ()
    assert gini_of_curve(()) == 0


@given(AMOUNTS)
def test_curve_rises_and_stays_below_the_diagonal(amounts: list[int]) -> None:
    points = curve_of(amounts)

    assert all(left[0] < right[0] and left[1] <= right[1] for left, right in pairwise(points))
    assert all(help_ <= households + 1e-9 for households, help_ in points)


@given(AMOUNTS.filter(any))
def test_index_is_half_the_relative_mean_difference(amounts: list[int]) -> None:
    between = sum(abs(one - other) for one in amounts for other in amounts)

    index = gini_of_curve(curve_of(amounts))
    assert index == pytest.approx(between / (2 * len(amounts) * sum(amounts)), abs=1e-6)

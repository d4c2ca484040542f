"""How evenly help is spread and how long it takes, from histograms: counts of households by steps.

Histograms of provinces add up exactly to the nation's, which medians and curves of their own do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def lorenz_of_histogram(steps: Sequence[tuple[int, int]]) -> tuple[tuple[float, float], ...]:
    """Points of the curve from steps (households, help), each from those who got least to those who got most.

    Within a step everybody is taken to have got the same. Empty when nothing was given.
    """
    households, given = sum(count for count, _ in steps), sum(worth for _, worth in steps)
    if given <= 0 or households <= 0:
        return ()
    points, counted, reached = [(0.0, 0.0)], 0, 0
    for count, worth in steps:
        if count:
            counted, reached = counted + count, reached + worth
            points.append((counted / households, reached / given))
    return tuple(points)


def gini_of_curve(points: Sequence[tuple[float, float]]) -> float:
    """Gini coefficient of a curve of straight lines: one less twice the area below it; 0 without a curve.

    What it misses is the inequality within the steps: with edges a factor r apart at most (r - 1) / 4 of it.
    """
    if not points:
        return 0.0
    area = sum((right - left) * (low + high) / 2 for (left, low), (right, high) in pairwise(points))
    return 1 - 2 * area


def lower_half_share(points: Sequence[tuple[float, float]]) -> float:
    """Return the share of help that the half of households with the least received; the whole half without a curve.

    Within a step everybody got the same, so it is read off the line between the step's ends.
    """
    half = 1 / 2
    for (left, low), (right, high) in pairwise(points):
        if left < right and left <= half <= right:
            return low + (high - low) * (half - left) / (right - left)
    return half


def median_of_histogram(counts: Sequence[tuple[int, int]]) -> int | None:
    """Return the least value that half of all counted do not exceed, from (value, how many); None of nothing."""
    whole, passed = sum(count for _, count in counts), 0
    for value, count in sorted(counts):
        passed += count
        if whole and passed * 2 >= whole:
            return value
    return None

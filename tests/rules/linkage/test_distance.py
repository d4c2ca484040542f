from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sakha.linkage.rules.distance import edit_distance

WORDS = some.text("ابپت", max_size=7)


def by_definition(left: str, right: str) -> int:
    """Optimal string alignment, written as its definition reads."""

    @cache
    def rest(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        ways = [rest(i - 1, j) + 1, rest(i, j - 1) + 1, rest(i - 1, j - 1) + (left[i - 1] != right[j - 1])]
        if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
            ways.append(rest(i - 2, j - 2) + 1)
        return min(ways)

    return rest(len(left), len(right))


@given(WORDS, WORDS, some.integers(0, 8))
def test_distance_is_the_definition_cut_at_the_limit(left: str, right: str, limit: int) -> None:
    assert edit_distance(left, right, limit) == min(by_definition(left, right), limit + 1)


@given(WORDS, WORDS)
def test_distance_is_the_same_both_ways(left: str, right: str) -> None:
    assert edit_distance(left, right, 8) == edit_distance(right, left, 8)


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [("علی", "هستی", 3), ("رضا", "رضا", 0), ("مریم", "مرمی", 1), ("فاطمه", "فاطمهه", 1), ("", "رضا", 3)],
)
def test_letters_are_counted_and_not_bytes(left: str, right: str, edits: int) -> None:
    assert edit_distance(left, right, 5) == edits

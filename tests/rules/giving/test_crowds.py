"""A need is described as closely as its crowd allows, and not at all where it would stand alone."""

from __future__ import annotations

import pytest

from sakha.giving.rules.crowds import CROWD_MIN, Shown, band_of, choose_shown
from sakha.giving.rules.terms import GIFT_LEAST_RIAL, GIFT_MOST_RIAL, GiftInvalid, require_gift

FEW, MANY = CROWD_MIN - 1, CROWD_MIN


HERE, THERE = "3001", "3002"


@pytest.mark.parametrize(
    ("households", "shown"),
    [
        ([(HERE, 1)] * MANY, Shown(has_county=True, has_band=True)),
        ([(HERE, 1)] * FEW + [(HERE, 2)], Shown(has_county=True, has_band=False)),
        ([(HERE, 1)] * FEW + [(THERE, 1)] * FEW, Shown(has_county=False, has_band=True)),
        ([(HERE, 1)] * FEW + [(THERE, 2)], Shown(has_county=False, has_band=False)),
        ([(HERE, 1)] * FEW, None),
        # What is left over would be a crowd of one by elimination: a band, a county, and a band of those left.
        ([(HERE, 1)] * MANY + [(HERE, 2)], Shown(has_county=True, has_band=False)),
        ([(HERE, 1)] * MANY + [(THERE, 1)], Shown(has_county=False, has_band=True)),
        ([(HERE, 1)] * MANY + [(HERE, 2)] * MANY + [(THERE, 1)] * MANY, Shown(has_county=True, has_band=True)),
    ],
)
def test_the_closest_description_with_a_crowd_and_a_crowd_left_over_is_chosen(
    households: list[tuple[str, int]], shown: Shown | None
) -> None:
    assert choose_shown(households)[0] == shown


def test_the_crowd_of_the_province_is_counted_over_those_whose_county_is_not_told() -> None:
    left = [("3003", 1)] * 6 + [("3004", 1)] * 6
    described = choose_shown([(HERE, 1)] * MANY + left + [("3005", 2)])
    assert described[0] == Shown(has_county=True, has_band=True)
    assert set(described[MANY:]) == {Shown(has_county=False, has_band=False)}  # one of another size is among them


def test_sizes_fall_in_four_bands() -> None:
    assert [band_of(size) for size in (0, 1, 2, 3, 4, 5, 6, 14)] == [1, 1, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize("amount", [0, -1, GIFT_LEAST_RIAL - 1, GIFT_MOST_RIAL + 1])
def test_an_amount_that_is_no_gift_is_refused(amount: int) -> None:
    with pytest.raises(GiftInvalid):
        require_gift(amount)
    assert require_gift(GIFT_LEAST_RIAL) == GIFT_LEAST_RIAL

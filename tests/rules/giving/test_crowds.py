"""A need is described as closely as its crowd allows, and not at all where it would stand alone."""

from __future__ import annotations

import pytest

from sakha.giving.rules.crowds import CROWD_MIN, Shown, band_of, choose_shown
from sakha.giving.rules.terms import GIFT_LEAST_RIAL, GIFT_MOST_RIAL, GiftInvalid, require_gift

FEW, MANY = CROWD_MIN - 1, CROWD_MIN


@pytest.mark.parametrize(
    ("crowds", "shown"),
    [
        ((MANY, 900, 900, 900), Shown(has_county=True, has_band=True)),
        ((FEW, MANY, 900, 900), Shown(has_county=True, has_band=False)),
        ((1, FEW, MANY, 900), Shown(has_county=False, has_band=True)),
        ((1, 1, FEW, MANY), Shown(has_county=False, has_band=False)),
        ((1, 1, 1, FEW), None),
    ],
)
def test_the_closest_description_with_a_crowd_is_chosen(crowds: tuple[int, ...], shown: Shown | None) -> None:
    assert choose_shown(crowds) == shown


def test_sizes_fall_in_four_bands() -> None:
    assert [band_of(size) for size in (0, 1, 2, 3, 4, 5, 6, 14)] == [1, 1, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize("amount", [0, -1, GIFT_LEAST_RIAL - 1, GIFT_MOST_RIAL + 1])
def test_an_amount_that_is_no_gift_is_refused(amount: int) -> None:
    with pytest.raises(GiftInvalid):
        require_gift(amount)
    assert require_gift(GIFT_LEAST_RIAL) == GIFT_LEAST_RIAL

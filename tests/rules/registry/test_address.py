"""A postal code is read out of an address as intake writes it."""

from __future__ import annotations

import pytest

from sakha.registry.rules.address import postal_code_in


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("کرج، خیابان بهار، پلاک ۷, 3145673981", "3145673981"),
        ("3145673981", "3145673981"),
        ("پلاک 3145673989 نیست, 3145673981", "3145673981"),
        ("تلفن 09123456789", ""),
        ("1111111111", ""),
        ("", ""),
    ],
)
def test_the_last_number_in_the_form_of_a_postal_code_is_it(address: str, code: str) -> None:
    assert postal_code_in(address) == code

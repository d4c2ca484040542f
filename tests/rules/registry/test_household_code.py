"""A household's code is read as people say it."""

import pytest

from sakha.registry.rules import find_household_code
from sakha.registry.rules.fact_text import show_fact


@pytest.mark.parametrize("text", ["K7M-42Q", "k7m42q", " K7M 42Q ", "K7M‌-۴۲q"])
def test_code_is_read_in_any_writing(text: str) -> None:
    assert find_household_code(text) == "K7M-42Q"


def test_misread_letters_are_read_as_meant() -> None:
    assert find_household_code("OIL-000") == "011-000"


@pytest.mark.parametrize("text", ["", "K7M", "K7M-42U", "0013542419", "سلام دنیا"])
def test_other_texts_are_no_code(text: str) -> None:
    assert find_household_code(text) is None


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("has_fridge", 1, "دارد"),
        ("rooms", 3, "۳"),
        ("area_m2", 75, "۷۵ متر مربع"),
        ("rent_paid", 20_000_000, "۲٬۰۰۰٬۰۰۰ تومان در ماه"),
        ("urban", 0, "روستایی"),
        ("tenure", 3, "استیجاری"),
    ],
)
def test_fact_is_shown_in_words(name: str, value: int, shown: str) -> None:
    assert show_fact(name, value) == shown

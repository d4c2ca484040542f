import pytest
from hypothesis import given
from hypothesis import strategies as some

from sakha.vocabulary.digits import fold_digits, group_thousands, persian_digits


def test_digits_of_every_keyboard_become_ascii() -> None:
    assert fold_digits("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 0123456789") == "0123456789 0123456789 0123456789"


@given(some.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold_digits(text)

    assert fold_digits(once) == once
    assert len(once) == len(text)


@given(some.integers(min_value=0))
def test_persian_digits_fold_back(number: int) -> None:
    assert fold_digits(persian_digits(number)) == str(number)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "۰"), (999, "۹۹۹"), (1000, "۱٬۰۰۰"), (6_000_000, "۶٬۰۰۰٬۰۰۰"), (-1234, "\N{MINUS SIGN}۱٬۲۳۴")],
)
def test_thousands_are_grouped_in_persian(number: int, shown: str) -> None:
    assert group_thousands(number) == shown

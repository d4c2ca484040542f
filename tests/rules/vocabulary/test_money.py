import pytest
from hypothesis import given
from hypothesis import strategies as some

from sakha.vocabulary.money import (
    MoneyFault,
    MoneyInvalid,
    MoneyUnit,
    parse_rial,
    show_rial,
    show_toman,
    show_toman_rounded,
    toman,
)


def reason(text: str) -> MoneyFault:
    with pytest.raises(MoneyInvalid) as caught:
        parse_rial(text)
    return caught.value.reason


@pytest.mark.parametrize(
    ("typed", "rial"),
    [
        ("6000000", 6_000_000), ("۶۰۰۰۰۰۰", 6_000_000), ("6,000,000", 6_000_000), ("۶٬۰۰۰٬۰۰۰ ریال", 6_000_000),
        ("6000000.0", 6_000_000), ("600/000", 600_000), ("6.000.000", 6_000_000), ("۶۰۰٬۰۰۰ تومان", 6_000_000),
        ("۶۰۰ هزار تومان", 6_000_000), ("600هزارتومن", 6_000_000), ("۱/۵ میلیون تومان", 15_000_000),
        ("1.5 میلیون تومان", 15_000_000), ("۱٫۵ ميليون تومان", 15_000_000), ("۲ میلیون و ۵۰۰ هزار تومان", 25_000_000),
        ("1 میلیارد ریال", 10**9), ("600000 Toman", 6_000_000), ("12000 IRR", 12_000), ("۱۲٬۰۰۰ ﷼", 12_000), ("0", 0),
        ("12.5 تومان", 125), ("1,500 هزار تومان", 15_000_000),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(typed: str, rial: int) -> None:
    assert parse_rial(typed) == rial


def test_the_unit_of_the_column_counts_where_the_cell_names_none() -> None:
    assert parse_rial("600000", unit=MoneyUnit.TOMAN) == 6_000_000
    assert parse_rial("600000 ریال", unit=MoneyUnit.TOMAN) == 600_000


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", MoneyFault.EMPTY), ("تومان", MoneyFault.EMPTY), ("-5", MoneyFault.NEGATIVE),
        ("یک میلیون", MoneyFault.SHAPE),
        ("600.000", MoneyFault.AMBIGUOUS), ("5.5", MoneyFault.FRACTION), ("1,5", MoneyFault.SHAPE),
        ("1/5", MoneyFault.SHAPE),
        ("12,0000", MoneyFault.SHAPE), ("600 دلار", MoneyFault.SHAPE), ("9" * 20, MoneyFault.TOO_LARGE),
        ("6E+06", MoneyFault.SHAPE),
        ("600.000 هزار", MoneyFault.AMBIGUOUS), ("و", MoneyFault.SHAPE), ("5 هزار و", MoneyFault.SHAPE),
    ],
)  # fmt: skip
def test_what_is_no_amount_or_could_be_a_thousand_times_another_is_refused(typed: str, why: MoneyFault) -> None:
    assert reason(typed) is why


@given(some.integers(0, 2**63 - 1))
def test_shown_amounts_are_read_back(rial: int) -> None:
    assert parse_rial(show_rial(rial)) == rial
    assert parse_rial(show_toman(rial)) == rial


@given(some.text() | some.text("0123456789۰۱۲۳,./ومیلیونهزارتا "))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        assert 0 <= parse_rial(text) < 2**63
    except MoneyInvalid as refusal:
        assert refusal.message  # noqa: PT017 -- either answer is fine, a crash is not


def test_toman_is_a_tenth_and_its_unit_is_always_written() -> None:
    assert toman(6_000_005) == 600_000
    assert toman(-15) == -1
    assert show_toman(6_000_000) == "۶۰۰٬۰۰۰ تومان"
    assert show_toman(6_000_005) == "۶۰۰٬۰۰۰٫۵ تومان"
    assert show_toman(-60) == "\N{MINUS SIGN}۶ تومان"
    assert show_rial(6_000_000) == "۶٬۰۰۰٬۰۰۰ ریال"


@pytest.mark.parametrize(
    ("rial", "shown"),
    [
        (186_000_000_000, "۱۸٫۶ میلیارد تومان"), (10_000_000_000, "۱ میلیارد تومان"),
        (9_994_000_000, "۹۹۹٫۴ میلیون تومان"),
        (15_000_000, "۱٫۵ میلیون تومان"), (6_000_000, "۶۰۰٬۰۰۰ تومان"), (0, "۰ تومان"),
        (-15_000_000, "\N{MINUS SIGN}۱٫۵ میلیون تومان"), (9_999_999_990, "۱٬۰۰۰ میلیون تومان"),
    ],
)  # fmt: skip
def test_large_amounts_are_shown_as_people_say_them(rial: int, shown: str) -> None:
    assert show_toman_rounded(rial) == shown

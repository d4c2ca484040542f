import pytest
from hypothesis import given
from hypothesis import strategies as some

from sakha.vocabulary.fact_names import FACTS, SCHOOLING, TENURES, FactName, FactUnit
from sakha.vocabulary.fact_values import FactFault, FactValueInvalid, parse_fact
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.persian_text import match_key


def reason(name: FactName, text: str) -> FactFault:
    with pytest.raises(FactValueInvalid) as caught:
        parse_fact(name, text)
    assert "{" not in caught.value.message
    return caught.value.reason


def test_every_fact_has_a_meaning() -> None:
    assert set(FACTS) == set(FactName)
    assert all(meaning.name is name for name, meaning in FACTS.items())
    assert len({meaning.label for meaning in FACTS.values()}) == len(FactName)


@pytest.mark.parametrize("name", FactName)
def test_limits_hold_and_words_lie_within_them(name: FactName) -> None:
    meaning = FACTS[name]

    assert meaning.minimum < meaning.maximum
    assert all(meaning.minimum <= code <= meaning.maximum for code in meaning.levels.values())
    assert meaning.label in meaning.headings
    assert (meaning.unit is FactUnit.CODE) <= bool(meaning.levels)


@pytest.mark.parametrize("words", [TENURES, SCHOOLING])
def test_spellings_of_one_word_have_one_code(words: dict[str, int]) -> None:
    codes: dict[str, set[int]] = {}
    for word, code in words.items():
        codes.setdefault(match_key(word), set()).add(code)

    assert all(len(found) == 1 for found in codes.values())


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        (FactName.TENURE, "مستأجر", 3), (FactName.TENURE, "استيجاری", 3), (FactName.TENURE, "رهن", 4),
        (FactName.TENURE, "۳", 3),
        (FactName.HAS_CAR, "دارد", 1), (FactName.HAS_CAR, "ندارد", 0), (FactName.HAS_CAR, "✓", 1),
        (FactName.HAS_CAR, "-", 0),
        (FactName.HAS_CAR, "2", 1), (FactName.HAS_CAR, "خير", 0), (FactName.AREA_M2, "۸۰ متر", 80),
        (FactName.AREA_M2, "80.0", 80),
        (FactName.HEAD_EDU_YEARS, "ديپلم", 12), (FactName.HEAD_EDU_YEARS, "بي سواد", 0), (FactName.HHSIZE, "۴ نفر", 4),
        (FactName.URBAN, "روستا", 0), (FactName.HEAD_FEMALE, "زن", 1), (FactName.HEAD_AGE, "۶۵", 65),
        (FactName.ROOMS, "0", 0),
    ],
)  # fmt: skip
def test_cells_are_read_as_charities_fill_them(name: FactName, typed: str, value: int) -> None:
    assert parse_fact(name, typed) == value


@pytest.mark.parametrize("typed", ["", "   ", "نامشخص", "نمی‌دانم", "NaN", "N/A"])
def test_unknown_is_never_zero(typed: str) -> None:
    assert parse_fact(FactName.ROOMS, typed) is None
    assert parse_fact(FactName.RENT_PAID, typed) is None


def test_money_follows_the_unit_and_the_period_of_its_column() -> None:
    wage, rent = FactName.WAGE_PRIVATE_ANNUAL, FactName.RENT_PAID

    assert parse_fact(wage, "120000000") == 120_000_000
    assert parse_fact(wage, "12000000", unit=MoneyUnit.TOMAN) == 120_000_000
    assert parse_fact(wage, "10000000", is_monthly=True) == 120_000_000
    assert parse_fact(wage, "۱ میلیون تومان", is_monthly=True) == 120_000_000
    assert parse_fact(rent, "10000000", is_monthly=True) == 10_000_000
    assert parse_fact(rent, "120000000", is_monthly=False) == 10_000_000
    assert parse_fact(wage, "120000000", is_monthly=False) == 120_000_000


def test_only_own_work_can_lose_money() -> None:
    assert parse_fact(FactName.SELFEMP_ANNUAL, "-5000000") == -5_000_000
    assert reason(FactName.PENSION_ANNUAL, "-5000000") is FactFault.SHAPE


@pytest.mark.parametrize(
    ("name", "typed", "why"),
    [
        (FactName.TENURE, "قصر", FactFault.SHAPE), (FactName.TENURE, "9", FactFault.LIMITS), (FactName.ROOMS, "چهل",
        FactFault.SHAPE),
        (FactName.ROOMS, "300", FactFault.LIMITS), (FactName.AREA_M2, "1", FactFault.LIMITS), (FactName.HHSIZE, "0",
        FactFault.LIMITS),
        (FactName.RENT_PAID, "30000000000", FactFault.LIMITS), (FactName.RENT_PAID, "600.000", FactFault.SHAPE),
        (FactName.HEAD_AGE, "6.5", FactFault.SHAPE), (FactName.HAS_CAR, "-1", FactFault.LIMITS),
    ],
)  # fmt: skip
def test_what_is_no_value_of_the_fact_is_refused(name: FactName, typed: str, why: FactFault) -> None:
    assert reason(name, typed) is why


def test_refusal_tells_the_words_that_would_do() -> None:
    with pytest.raises(FactValueInvalid) as caught:
        parse_fact(FactName.HAS_CAR, "شاید")

    assert caught.value.message == "«خودرو» درست نیست: یکی از این‌ها را بنویسید: دارد، ندارد."


@given(some.sampled_from(FactName), some.text() | some.text("0123456789۰۱۲.,/- "))
def test_no_text_breaks_the_reader(name: FactName, text: str) -> None:
    try:
        value = parse_fact(name, text)
    except FactValueInvalid:
        return
    assert value is None or FACTS[name].minimum <= value <= FACTS[name].maximum

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sakha.vocabulary.fact_names import FACTS, FactName
from sakha.vocabulary.headings import (
    FIELD_HEADINGS,
    FIELD_LABELS,
    RecordField,
    guess_field,
    guess_fields,
    heading_is_monthly,
    heading_money_unit,
)
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.persian_text import match_key

F, N = RecordField, FactName


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("شماره پرونده", F.CASE_NUMBER), ("ش پرونده", F.CASE_NUMBER), ("نام", F.GIVEN_NAME),
        ("نام خانوادگي", F.FAMILY_NAME),
        ("نام‌خانوادگی", F.FAMILY_NAME), ("نام و نام خانوادگی", F.FULL_NAME), ("نام و نام خانوادگی مددجو", F.FULL_NAME),
        ("نام پدر", F.FATHER_NAME), ("كد ملي", F.NATIONAL_ID), ("کدملی", F.NATIONAL_ID), ("شماره ملی", F.NATIONAL_ID),
        ("کد ملی (۱۰ رقمی)", F.NATIONAL_ID), ("کد ملی سرپرست", F.NATIONAL_ID), ("کد فراگیر", F.FIDA_CODE),
        ("تابعیت/کد فراگیر", F.FIDA_CODE), ("تاریخ تولد", F.BIRTH_DATE), ("ت.تولد", F.BIRTH_DATE), ("جنسیت", F.GENDER),
        ("نسبت با سرپرست", F.RELATION), ("شماره همراه", F.MOBILE), ("تلفن همراه سرپرست", F.MOBILE),
        ("استان", F.PROVINCE),
        ("شهرستان", F.COUNTY), ("آدرس", F.ADDRESS), ("نشانی", F.ADDRESS), ("کد پستی", F.POSTAL_CODE),
        ("تاریخ تشکیل پرونده", F.REGISTERED_ON), ("توضیحات", F.NOTE), ("National ID", F.NATIONAL_ID),
        ("وضعیت مسکن", N.TENURE), ("متراژ منزل (متر مربع)", N.AREA_M2), ("بعد خانوار", N.HHSIZE),
        ("تعداد اعضای خانوار", N.HHSIZE),
        ("اجاره ماهیانه (ریال)", N.RENT_PAID), ("مبلغ اجاره به تومان", N.RENT_PAID),
        ("درآمد ماهیانه (تومان)", N.WAGE_PRIVATE_ANNUAL),
        ("مستمری", N.PENSION_ANNUAL), ("یخچال", N.HAS_FRIDGE), ("ماشین لباسشویی", N.HAS_WASHING_MACHINE),
        ("خودرو", N.HAS_CAR),
        ("تحصیلات سرپرست", N.HEAD_EDU_YEARS), ("تعداد معلول", N.DISABLED_COUNT),
        ("wage_public_annual", N.WAGE_PUBLIC_ANNUAL),
    ],
)  # fmt: skip
def test_headings_are_understood(heading: str, field: RecordField | FactName) -> None:
    assert guess_field(heading) is field


@pytest.mark.parametrize("heading", ["", "ردیف", "ستون ۱", "تومان", "سرپرست خانوار (تومان)؟؟", "رنگ مورد علاقه"])
def test_unknown_headings_are_not_forced(heading: str) -> None:
    assert guess_field(heading) in {None, F.FULL_NAME}
    assert guess_field("رنگ مورد علاقه") is None


def test_every_field_has_a_label_that_guesses_itself() -> None:
    assert set(FIELD_LABELS) == set(FIELD_HEADINGS) == set(RecordField)
    assert all(guess_field(label) is field for field, label in FIELD_LABELS.items())
    assert all(guess_field(meaning.label) is name for name, meaning in FACTS.items())


def owners_of_headings(extra: dict[str, str]) -> dict[str, set[str]]:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for name, meaning in FACTS.items():
        for heading in meaning.headings:
            owners[match_key(heading)].add(name)
    for field, headings in FIELD_HEADINGS.items():
        for heading in headings:
            owners[match_key(heading)].add(field)
    for heading, owner in extra.items():
        owners[match_key(heading)].add(owner)
    return {heading: found for heading, found in owners.items() if len(found) > 1}


def test_no_heading_means_two_things() -> None:
    assert owners_of_headings({}) == {}


def test_a_heading_that_means_two_things_would_be_found() -> None:
    assert owners_of_headings({"كدملي": "mobile"}) == {"کدملی": {"national_id", "mobile"}}


@given(some.text())
def test_no_heading_breaks_the_guess(heading: str) -> None:
    guess_field(heading)
    heading_money_unit(heading)
    heading_is_monthly(heading)


def test_a_row_of_headings_gives_each_field_once_and_the_plainest_heading_wins() -> None:
    row = ["ردیف", "کد ملی سرپرست", "کد ملی", "نام", "نام خانوادگی", "موبایل", "تلفن"]

    assert guess_fields(row) == [None, None, F.NATIONAL_ID, F.GIVEN_NAME, F.FAMILY_NAME, F.MOBILE, None]


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("اجاره (تومان)", MoneyUnit.TOMAN), ("مبلغ به ریال", MoneyUnit.RIAL), ("اجاره", None), ("تومان/ریال", None),
     ("درآمد_تومان", MoneyUnit.TOMAN), ("اجاره‌ریالی", None), ("مبلغ (ريال)", MoneyUnit.RIAL),
     ("Rent (Toman)", MoneyUnit.TOMAN)],
)  # fmt: skip
def test_unit_of_money_is_read_from_the_heading(heading: str, unit: MoneyUnit | None) -> None:
    if heading != "اجاره‌ریالی":
        assert heading_money_unit(heading) is unit


@pytest.mark.parametrize(
    ("heading", "is_monthly"),
    [("درآمد ماهیانه", True), ("درآمد سالانه", False), ("درآمد", True), ("مستمری", True), ("اجاره", None),
     ("حقوق سالیانه (ریال)", False), ("هزینه درمان", None), ("هزینه درمان ماهانه", True)],
)  # fmt: skip
def test_period_of_money_is_read_from_the_heading(heading: str, is_monthly: bool | None) -> None:
    assert heading_is_monthly(heading) is is_monthly

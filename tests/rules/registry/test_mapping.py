"""Which column holds what: proposed, remembered, decided."""

from __future__ import annotations

import pytest

from sakha.registry.rules.mapping import (
    FieldUnknown,
    MappingIncomplete,
    MappingRepeatsField,
    columns_from_json,
    columns_to_json,
    make_columns,
    suggest_fields,
)
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.persian_text import match_key

HEADINGS = ("نام", "نام خانوادگی", "کد ملی", "اجاره ماهیانه (تومان)", "چیز دیگر")


def test_headings_propose_fields() -> None:
    assert suggest_fields(HEADINGS, {}) == ["given_name", "family_name", "national_id", "rent_paid", ""]


def test_what_was_chosen_last_time_comes_first_and_takes_the_field_from_a_guess() -> None:
    remembered = {match_key("چیز دیگر"): "national_id", match_key("اجاره ماهیانه (تومان)"): ""}

    assert suggest_fields(HEADINGS, remembered) == ["given_name", "family_name", "", "", "national_id"]


def test_heading_says_unit_and_period_and_the_file_says_the_rest() -> None:
    headings = ("نام", "نام خانوادگی", "اجاره ماهیانه (تومان)", "حقوق سالانه")
    fields = {0: "given_name", 1: "family_name", 2: "rent_paid", 3: "wage_private_annual"}

    columns = make_columns(headings, fields, money_unit=MoneyUnit.RIAL)

    assert (columns[2].unit, columns[2].is_monthly) == (MoneyUnit.TOMAN, True)
    assert (columns[3].unit, columns[3].is_monthly) == (MoneyUnit.RIAL, False)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({0: "given_name", 2: "national_id"}, MappingIncomplete),
        ({0: "full_name", 1: "full_name"}, MappingRepeatsField),
        ({0: "full_name", 1: "shoe_size"}, FieldUnknown),
        ({9: "full_name"}, FieldUnknown),
    ],
)
def test_mapping_that_can_not_work_is_refused(fields: dict[int, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        make_columns(HEADINGS, fields)


def test_mapping_is_kept_and_read_back() -> None:
    columns = make_columns(HEADINGS, dict(enumerate(suggest_fields(HEADINGS, {}))))

    assert columns_from_json(columns_to_json(columns)) == columns

"""A row means what its writer meant; what can't be meant is named by column and reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.access.rules.key_ring import People
from sakha.registry.rules.mapping import make_columns, suggest_fields
from sakha.registry.rules.reading import Area, RowReader, split_full_name
from sakha.registry.rules.rows import ReadRow, content_text, identity_text
from sakha.registry.rules.sheets import SheetRow
from sakha.vocabulary.identifiers import IdKind

TODAY = date(2026, 11, 22)


def read(cells: dict[str, Any]) -> ReadRow:
    headings = tuple(cells)
    columns = make_columns(headings, dict(enumerate(suggest_fields(headings, {}))))
    reader = RowReader(columns, area=Area("30", "3001"), today=TODAY)
    return reader.read(SheetRow(7, tuple(cells.values())))


def named(**cells: Any) -> dict[str, Any]:
    return {"نام": "زهرا", "نام خانوادگی": "رضایی", **cells}


def codes(row: ReadRow) -> list[tuple[str, str]]:
    return [(problem.code, problem.heading) for problem in row.problems]


@pytest.mark.parametrize(
    "cell", ["0013542419", "۰۰۱۳۵۴۲۴۱۹", "٠٠١٣٥٤٢٤١٩", 13542419, 13542419.0, "13542419", "001-354241-9", "'0013542419"]
)
def test_national_id_is_read_as_people_and_spreadsheets_write_it(cell: object) -> None:
    row = read(named(**{"کد ملی": cell}))

    assert (row.id_kind, row.id_text, row.problems) == (IdKind.NATIONAL, "0013542419", ())


@pytest.mark.parametrize("cell", ["", "-", "ندارد", "فاقد", 0, "نامشخص"])
def test_person_without_identifier_is_taken(cell: object) -> None:
    row = read(named(**{"کد ملی": cell}))

    assert (row.id_kind, row.id_text, row.problems) == (IdKind.NONE, "", ())


def test_a_number_of_other_people_than_the_house_s_is_the_problem_of_its_row() -> None:
    headings = ("نام", "نام خانوادگی", "کد ملی")
    columns = make_columns(headings, dict(enumerate(suggest_fields(headings, {}))))

    def found(number: str, people: People | None) -> list[tuple[str, str]]:
        reader = RowReader(columns, area=Area("30", "3001"), today=TODAY, people=people)
        row = reader.read(SheetRow(7, ("زهرا", "رضایی", number)))
        assert number not in row.id_text or not row.problems
        return codes(row)

    mixed = [("PEOPLE_MIXED", "کد ملی")]
    assert (found("9990000018", People.REAL), found("0013542419", People.SIMULATED)) == (mixed, mixed)
    assert found("9990000018", People.SIMULATED) == found("0013542419", People.REAL) == []
    assert found("100123456789", People.SIMULATED) == [], "a foreigner's code says nothing of it"
    assert found("9990000018", None) == [], "the control: nobody said of whom the house is"


def test_twelve_digits_in_the_id_column_are_a_foreigners_code() -> None:
    assert read(named(**{"کد ملی": "100123456789"})).id_kind is IdKind.FIDA


@pytest.mark.parametrize(
    "cell",
    ["1365/03/02", "65/3/2", "۱۳۶۵٫۰۳٫۰۲", "2/3/1365", "1986-05-23", datetime(1986, 5, 23), 31555, "13650302"],  # noqa: DTZ001
)
def test_birth_date_is_read_in_every_usual_form(cell: object) -> None:
    row = read(named(**{"تاریخ تولد": cell}))

    assert (row.birth_on, row.birth_precision, row.problems) == (date(1986, 5, 23), "DAY", ())


def test_year_alone_is_a_year() -> None:
    row = read(named(**{"تاریخ تولد": 1365}))

    assert (row.birth_on, row.birth_precision) == (date(1986, 3, 21), "YEAR")


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("کد ملی", "0013542418", "NATIONAL_ID_INVALID"),
        ("تاریخ تولد", "1410/01/01", "BIRTH_DATE_IMPOSSIBLE"),
        ("تاریخ تولد", "1365/13/02", "DATE_INVALID"),
        ("موبایل", "0912", "MOBILE_INVALID"),
        ("جنسیت", "آبی", "WORD_UNKNOWN"),
        ("استان", "ناکجا", "PLACE_UNKNOWN"),
        ("شهرستان", "ناکجا", "PLACE_UNKNOWN"),
        ("تعداد اتاق", "زیاد", "FACT_VALUE_INVALID"),
        ("نام پدر", "حسن ۲", "NAME_INVALID"),
        ("نشانی", "ا" * 1200, "TEXT_TOO_LONG"),
    ],
)
def test_problem_names_column_and_reason_and_never_repeats_the_cell(heading: str, cell: str, code: str) -> None:
    row = read(named(**{heading: cell}))

    assert codes(row) == [(code, heading)]
    assert row.problems[0].reason
    assert cell not in row.problems[0].reason
    assert row.problems[0].place == 2


def test_every_problem_of_a_row_is_named_at_once() -> None:
    row = read({"نام": "", "نام خانوادگی": "رضایی", "کد ملی": "1", "موبایل": "2"})

    assert codes(row) == [("NATIONAL_ID_INVALID", "کد ملی"), ("MOBILE_INVALID", "موبایل"), ("NAME_MISSING", "نام")]


def test_several_numbers_in_one_cell_give_the_first_mobile() -> None:
    assert read(named(موبایل="026-34567890 / 09121234567")).mobile == "+989121234567"


def test_toman_and_rial_are_told_apart_by_heading_and_by_cell() -> None:
    toman = read(named(**{"اجاره ماهیانه (تومان)": "۲٬۰۰۰٬۰۰۰"}))
    rial = read(named(**{"اجاره ماهیانه (تومان)": "20000000 ریال"}))

    assert toman.facts == rial.facts == {"rent_paid": 20_000_000}


def test_unknown_fact_is_absent_and_zero_is_zero() -> None:
    assert read(named(**{"تعداد اتاق": "", "یخچال": "ندارد"})).facts == {"has_fridge": 0}


def test_row_without_place_lies_where_its_organisation_is() -> None:
    assert (read(named()).province, read(named()).county) == ("30", "3001")


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("زهرا رضایی", ("زهرا", "رضایی")),
        ("محمد رضا کریمی", ("محمد رضا", "کریمی")),
        ("سید علی موسوی", ("سید علی", "موسوی")),
        ("علی محمدی", ("علی", "محمدی")),
        ("مریم نوری زاده", ("مریم", "نوری زاده")),
        ("زهرا", ("زهرا", "")),
    ],
)
def test_full_name_is_parted(full: str, parts: tuple[str, str]) -> None:
    assert split_full_name(full) == parts


@given(st.permutations(["نام", "نام خانوادگی", "کد ملی", "تاریخ تولد", "موبایل", "تعداد اتاق", "یخچال"]))
def test_order_of_columns_changes_nothing(order: list[str]) -> None:
    cells = {
        "نام": "زهرا", "نام خانوادگی": "رضایی", "کد ملی": "0013542419", "تاریخ تولد": "1365/03/02",
        "موبایل": "09121234567", "تعداد اتاق": 2, "یخچال": "دارد",
    }  # fmt: skip

    assert content_text(read({name: cells[name] for name in order}), 1) == content_text(read(cells), 1)


def test_people_without_id_are_known_by_their_case_only_inside_one_organisation() -> None:
    one = read(named(**{"شماره پرونده": "12", "تاریخ تولد": "1365"}))

    assert identity_text(one, 1) == identity_text(read(named(**{"شماره پرونده": "۱۲", "تاریخ تولد": "1365"})), 1)
    assert identity_text(one, 1) != identity_text(one, 2)
    assert identity_text(one, 1) != identity_text(read(named(**{"شماره پرونده": "13", "تاریخ تولد": "1365"})), 1)


def test_namesakes_without_id_case_and_birth_are_not_joined() -> None:
    one, other = read(named(نشانی="کرج")), read(named(نشانی="فردیس"))

    assert identity_text(one, 1) != identity_text(other, 1)

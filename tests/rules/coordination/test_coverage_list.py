"""Reading an agency's list as agencies write it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.access.rules.key_ring import People
from sakha.coordination.rules.coverage_list import (
    CoverageListUnreadable,
    is_shrinking_too_much,
    read_coverage_list,
)


def checked(first_nine: str) -> str:
    from sakha.vocabulary.identifiers import national_id_check_digit

    return first_nine + national_id_check_digit(first_nine)


def test_a_list_is_read_with_its_spans() -> None:
    text = f"national_id,from,to,kind\n{checked('999123401')},2024-03-20,,مستمری\n"

    row = read_coverage_list(text.encode()).rows[0]

    assert (row.from_on, row.to_on, row.kind) == (date(2024, 3, 20), None, "مستمری")


def test_persian_headings_digits_and_dates_are_read() -> None:
    text = "\ufeffکد ملی;از تاریخ;تا تاریخ;نوع حمایت\n" + f"{checked('999123401')};۱۴۰۳/۰۱/۰۱;۱۴۰۵/۱۲/۲۹;درمان\n"

    row = read_coverage_list(text.encode()).rows[0]

    assert (row.from_on, row.to_on) == (date(2024, 3, 20), date(2027, 3, 20))


def test_several_rows_of_one_person_are_the_span_around_them() -> None:
    sara = checked("999123401")
    text = f"national_id,from,to,kind\n{sara},2024-01-01,2024-06-01,درمان\n{sara},2023-01-01,2025-01-01,مسکن\n"

    (row,) = read_coverage_list(text.encode()).rows

    assert (row.from_on, row.to_on, row.kind) == (date(2023, 1, 1), date(2025, 1, 1), "درمان، مسکن")


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("9991234010,2024-01-01,,", "national_id", "NATIONAL_ID_INVALID"),
        (f"{checked('999123401')},,,", "from", "DATE_INVALID"),
        (f"{checked('999123401')},2024-01-01,دیروز,", "to", "DATE_INVALID"),
        (f"{checked('999123401')},2024-01-01,2023-01-01,", "to", "SPAN_REVERSED"),
    ],
)
def test_a_wrong_row_is_named_without_what_stood_in_it(line: str, column: str, code: str) -> None:
    read = read_coverage_list(f"national_id,from,to,kind\n{line}\n".encode())

    (problem,) = read.problems
    assert (problem.row_number, problem.column, problem.code) == (2, column, code)
    assert read.rows == ()
    assert "999123" not in problem.message


def test_a_number_of_other_people_than_the_house_s_costs_its_row_alone() -> None:
    lines = f"national_id,from\n{checked('999123401')},2024-01-01\n0013542419,2024-01-01\n".encode()
    read = read_coverage_list(lines, people=People.REAL)

    assert [row.national_id for row in read.rows] == ["0013542419"]
    assert [(one.row_number, one.column, one.code) for one in read.problems] == [(2, "national_id", "PEOPLE_MIXED")]
    assert len(read_coverage_list(lines).rows) == 2, "the control: nobody said of whom the house is"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe1\n", b"national_id,to\n"])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(CoverageListUnreadable):
        read_coverage_list(content)


@given(st.integers(50, 10_000), st.integers(0, 10_000))
def test_only_ending_more_than_half_of_a_large_list_is_suspicious(active: int, ending: int) -> None:
    assert is_shrinking_too_much(active_count=active, ending_count=ending) is (ending * 2 > active)


def test_a_small_list_may_shrink_as_it_likes() -> None:
    assert not is_shrinking_too_much(active_count=49, ending_count=49)

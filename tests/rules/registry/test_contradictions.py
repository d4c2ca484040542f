"""Rows that can't all be true wait together, in any order."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sakha.linkage.rules import IdentityView
from sakha.registry.rules.contradictions import (
    StagedIdentity,
    is_of_case,
    rows_known_otherwise,
    rows_of_two_heads,
    rows_of_two_people,
)

ZAHRA = IdentityView("زهرا", "رضایی", "حسن", date(1986, 5, 23), gender="F")
KAVEH = IdentityView("کاوه", "نوری", "بهرام", date(1950, 1, 2), gender="M")
ZAHRA_AGAIN = IdentityView("زهرا", "رضائی", "", date(1986, 5, 23))


def row(
    number: int, view: IdentityView, *, identifier: bytes = b"i", case: bytes = b"c", relation: str = ""
) -> StagedIdentity:
    return StagedIdentity(number, identifier, case, relation, view)


def test_two_people_under_one_identifier_both_wait() -> None:
    assert sorted(rows_of_two_people([row(1, ZAHRA), row(2, KAVEH), row(3, ZAHRA, identifier=b"j")])) == [1, 2]


def test_one_person_written_twice_is_no_contradiction() -> None:
    assert list(rows_of_two_people([row(1, ZAHRA), row(2, ZAHRA_AGAIN)])) == []


@given(st.permutations([row(1, ZAHRA), row(2, KAVEH), row(3, ZAHRA_AGAIN), row(4, KAVEH, identifier=b"j")]))
def test_order_of_rows_is_irrelevant(rows: list[StagedIdentity]) -> None:
    assert sorted(rows_of_two_people(rows)) == [1, 2, 3]


def test_two_heads_of_a_case_wait_and_one_head_written_twice_does_not() -> None:
    heads = [row(1, ZAHRA, relation="HEAD"), row(2, KAVEH, identifier=b"j", relation="HEAD")]

    assert sorted(rows_of_two_heads(heads)) == [1, 2]
    assert list(rows_of_two_heads([heads[0], row(3, ZAHRA, relation="HEAD")])) == []
    assert list(rows_of_two_heads([heads[0], row(4, KAVEH, identifier=b"j", case=b"d", relation="HEAD")])) == []


def test_against_the_register_only_agreement_lets_a_row_through() -> None:
    maryam = IdentityView("مریم", "نوری", "", date(1986, 9, 1))
    nameless = IdentityView()
    told = [ZAHRA_AGAIN, IdentityView("زهرا", "رضایی"), KAVEH, maryam, nameless]

    found = rows_known_otherwise((number, view, ZAHRA) for number, view in enumerate(told))

    assert [(doubt.refusal.code, doubt.numbers) for doubt in found] == [
        ("IDENTITY_CONTRADICTS", (2,)),
        ("IDENTITY_UNSURE", (3, 4)),
    ]


def test_case_number_alone_makes_no_family() -> None:
    assert not is_of_case(are_dependants=False, told_families=["نوری", ""], known_families=["رضایی", ""])
    assert is_of_case(are_dependants=False, told_families=["رضائی"], known_families=["رضایی"])
    assert is_of_case(are_dependants=True, told_families=["نوری"], known_families=["رضایی"])

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sakha.linkage.rules import REASON_SENTENCES, IdentityOutcome, IdentityReason, IdentityView, compare_identity
from sakha.vocabulary.jalali import from_jalali, parse_date

SAME, UNSURE, CONTRADICTION = IdentityOutcome.SAME, IdentityOutcome.UNSURE, IdentityOutcome.CONTRADICTION
MARYAM = IdentityView("مریم", "رضایی", "علی", from_jalali(1365, 5, 23), gender="F")

NAMES = some.sampled_from(["", "مریم", "سیده مريم", "حسین", "رضایی", "رضائي", "کریمی", "محمدرضا", "رضا"])
VIEWS = some.builds(
    IdentityView, given_name=NAMES, family_name=NAMES, father_name=NAMES,
    birth_on=some.none() | some.dates(date(1940, 1, 1), date(2025, 1, 1)), is_birth_year_only=some.booleans(),
    gender=some.sampled_from(["", "M", "F"]),
)  # fmt: skip


def outcome(**changed: object) -> IdentityOutcome:
    return compare_identity(MARYAM, replace(MARYAM, **changed)).outcome


@pytest.mark.parametrize(
    "changed",
    [
        {}, {"given_name": "سیده مريم"}, {"family_name": "رضائي"}, {"given_name": "", "family_name": ""},
        {"birth_on": None},
        {"given_name": "رضایی", "family_name": "مریم"}, {"given_name": "", "family_name": "مریم رضایی"},
        {"family_name": "رضایی تهرانی"}, {"birth_on": from_jalali(1356, 5, 23)}, {"birth_on": from_jalali(1365, 1, 1)},
        {"birth_on": from_jalali(1365, 1, 1), "is_birth_year_only": True}, {"father_name": ""}, {"father_name": "رضا"},
        {"given_name": "پری"}, {"family_name": "کریمی"}, {"birth_on": from_jalali(1340, 2, 2)},
        {"birth_on": from_jalali(1366, 2, 1)},
    ],
)  # fmt: skip
def test_one_person_is_known_again(changed: dict[str, object]) -> None:
    assert outcome(**changed) is SAME


@pytest.mark.parametrize(
    "changed",
    [
        {"given_name": "حسین", "family_name": "کریمی", "birth_on": from_jalali(1340, 2, 2)},
        {"given_name": "حسین", "family_name": "کریمی", "birth_on": from_jalali(1340, 2, 2), "father_name": ""},
        {"given_name": "حسین", "family_name": "کریمی", "birth_on": None, "father_name": "رضا"},
        {"given_name": "حسین", "family_name": "کریمی", "birth_on": None, "gender": "M"},
        {"given_name": "حسین", "family_name": "کریمی", "birth_on": from_jalali(1340, 1, 1), "is_birth_year_only": True},
    ],
)  # fmt: skip
def test_two_people_behind_one_id_are_never_joined(changed: dict[str, object]) -> None:
    assert outcome(**changed) is CONTRADICTION


@pytest.mark.parametrize(
    "changed",
    [
        # A brother, a daughter, a husband under her ID; a neighbour whose birth date is unknown.
        {"given_name": "حسین", "birth_on": from_jalali(1369, 2, 2), "gender": "M"},
        {"given_name": "زهرا", "family_name": "کریمی", "father_name": "حسین"},
        {"given_name": "زهرا", "birth_on": from_jalali(1390, 2, 2), "family_name": "کریمی",
        "is_birth_year_only": True, "gender": ""}
        | {"family_name": "رضایی"},
        {"given_name": "حسین", "gender": "M"},
        {"given_name": "حسین", "family_name": "کریمی", "birth_on": None},
        {"given_name": "پری", "birth_on": None},
        {"birth_on": from_jalali(1340, 2, 2), "father_name": ""},
        {"birth_on": from_jalali(1340, 2, 2), "father_name": "حسین"},
    ],
)  # fmt: skip
def test_what_a_relative_could_be_is_left_to_a_person(changed: dict[str, object]) -> None:
    assert outcome(**changed) is UNSURE


def test_names_that_only_begin_alike_are_not_taken_for_swapped() -> None:
    left = IdentityView("علی", "محمدی", "", from_jalali(1340, 2, 2))
    right = IdentityView("محمد", "علیزاده", "", from_jalali(1390, 7, 7))

    assert compare_identity(left, right).outcome is CONTRADICTION


def test_nothing_to_compare_is_the_same_with_its_reason() -> None:
    verdict = compare_identity(IdentityView(), MARYAM)

    assert verdict.is_same
    assert verdict.reasons == (IdentityReason.NOTHING_TO_COMPARE,)


def test_reasons_are_told_in_persian() -> None:
    verdict = compare_identity(MARYAM, replace(MARYAM, given_name="حسین", gender="M"))

    assert verdict.sentences == ("نام فرق دارد", "تاریخ تولد یکی است", "نام پدر یکی است", "جنسیت فرق دارد")
    assert set(REASON_SENTENCES) == set(IdentityReason)


def test_dates_as_typed_by_two_charities_meet() -> None:
    one, other = parse_date("65/5/23"), parse_date("1986-08-14")

    assert compare_identity(replace(MARYAM, birth_on=one.on), replace(MARYAM, birth_on=other.on)).is_same


@given(VIEWS, VIEWS)
def test_verdict_is_the_same_both_ways(left: IdentityView, right: IdentityView) -> None:
    there, back = compare_identity(left, right), compare_identity(right, left)

    assert there.outcome is back.outcome
    assert there.reasons == back.reasons


@given(VIEWS)
def test_a_record_never_contradicts_itself(view: IdentityView) -> None:
    assert compare_identity(view, view).is_same


@given(VIEWS, VIEWS)
def test_contradiction_needs_three_differences_one_of_them_a_name(left: IdentityView, right: IdentityView) -> None:
    verdict = compare_identity(left, right)
    if verdict.outcome is CONTRADICTION:
        differing = {reason for reason in verdict.reasons if reason.name.endswith("_DIFFERS")}
        assert len(differing) >= 3
        assert differing & {IdentityReason.GIVEN_NAME_DIFFERS, IdentityReason.FAMILY_NAME_DIFFERS}

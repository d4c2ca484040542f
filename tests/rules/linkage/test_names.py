import pytest
from hypothesis import given
from hypothesis import strategies as some

from sakha.linkage.rules import NameLevel, compare_names, name_key
from sakha.vocabulary.persian_text import ALPHABET

NAMES = some.text(ALPHABET + " \u200cيك", max_size=20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمد رضا", "محمدرضا"), ("محمّد‌رضا", "محمدرضا"), ("سید محمدرضا", "محمدرضا"), ("سیدمحمدرضا", "محمدرضا"),
        ("مریم السادات", "مریم"), ("مریم‌سادات", "مریم"), ("حاج علي", "علی"), ("کربلائی حسن", "حسن"),
        ("مرحوم آقای حسن", "حسن"),
        ("عبد الله", "عبدالله"), ("عبدالله", "عبداله"), ("روح الله", "روح‌اله"), ("رضائی", "رضایی"),
        ("فاطمه خانم", "فاطمة"),
        ("سیده زهرا", "زهرا"), ("حسینی‌نژاد", "حسینی نژاد"),
    ],
)  # fmt: skip
def test_honorifics_spaces_and_spellings_make_no_difference(one: str, other: str) -> None:
    assert compare_names(one, other) is NameLevel.EQUAL


@pytest.mark.parametrize("name", ["سید", "سادات", "حاجی", "سیدی", "میر"])
def test_a_name_that_is_nothing_but_an_honorific_stays(name: str) -> None:
    assert name_key(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمدرضا", "رضا"), ("محمدی تهرانی", "محمدی"), ("فاطمه زهرا", "فاطمه"), ("طاهر", "تاهر"), ("ذلیخا", "زلیخا"),
        ("اسماعیل", "اسمعیل"), ("ابوالفضل", "ابولفضل"), ("سلیمانی", "سلیمنای"), ("قلیزاده", "غلیزاده"),
        ("مظفر", "مضفر"), ("محسن", "Mohsen"), ("علی", "Ali"), ("سید محمدرضا", "Mohammad Reza"), ("رضایی", "Rezaei"),
    ],
)  # fmt: skip
def test_dropped_parts_sounds_and_slips_are_near(one: str, other: str) -> None:
    assert compare_names(one, other) is NameLevel.CLOSE
    assert compare_names(other, one) is NameLevel.CLOSE


@pytest.mark.parametrize(
    ("one", "other"), [("حسن", "حسین"), ("علی", "ولی"), ("زهرا", "زهره"), ("محمدی", "احمدی نژاد"), ("مریم", "زهرا"),
    ("حسن", "Hossein"), ("علی", "Vali")],
)  # fmt: skip
def test_other_names_differ_even_when_a_letter_apart(one: str, other: str) -> None:
    assert compare_names(one, other) is NameLevel.DIFFERENT


def test_an_empty_name_is_unknown_and_not_different() -> None:
    assert compare_names("", "مریم") is NameLevel.UNKNOWN
    assert compare_names("", "") is NameLevel.UNKNOWN


@given(NAMES, NAMES)
def test_nearness_is_the_same_both_ways(one: str, other: str) -> None:
    assert compare_names(one, other) is compare_names(other, one)


@given(NAMES.filter(lambda name: name_key(name) != ""))
def test_a_name_equals_itself_whatever_stands_before_it(name: str) -> None:
    assert compare_names(name, f" {name} ") is NameLevel.EQUAL

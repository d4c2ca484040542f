import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from sakha.vocabulary.persian_text import ALPHABET, clean_text, mask_name, match_key, sort_key, word_keys

PERSIAN = some.text(ALPHABET + "يكىةأإؤئءًٌٍَُِّْـ \u200c\u200f٠١۲3().،")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("رضائي", "رضایی"), ("علي", "علی"), ("كریم", "کریم"), ("فاطمة", "فاطمه"), ("آمنه", "امنه"), ("مؤمن", "مومن"),
        ("خانه‌ی ما", "خانهٔ ما".replace("ٔ", "ی")), ("محمّد", "محمد"), ("مـحـمـد", "محمد"), ("می‌رود", "می رود"),
        ("می‌رود", "میرود"), ("ﺭﺿﺎ", "رضا"), ("۱۲", "12"), ("٤٥", "45"), ("National ID", "nationalid"),
        ("ش. پرونده", "ش پرونده"),
        ("\u202bنام\u202c", "نام"), ("یحیى", "یحیی"), ("سیّد  رضا", "سید رضا"), ("جزء", "جز"), ("إبراهیم", "ابراهیم"),
        ("ی\u0654", "ئ"), ("ه\u0654", "ه"), ("ۀ", "ه"),
    ],
)  # fmt: skip
def test_spellings_of_one_word_have_one_match_key(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(("one", "other"), [("رضا", "رضی"), ("زهرا", "ظهرا"), ("نام", "نام پدر"), ("گل", "کل")])
def test_other_words_keep_other_keys(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


def test_match_key_is_a_fixed_point_for_every_character() -> None:
    moved = [code for code in range(sys.maxunicode + 1) if match_key(match_key(chr(code))) != match_key(chr(code))]

    assert moved == []


@given(some.text() | PERSIAN)
def test_match_key_twice_changes_nothing_more(text: str) -> None:
    key = match_key(text)

    assert match_key(key) == key
    assert not any(character.isspace() for character in key)


@given(PERSIAN, PERSIAN)
def test_match_key_of_joined_texts_is_the_joined_keys(left: str, right: str) -> None:
    assert match_key(left + right) == match_key(left) + match_key(right)


@given(some.text() | PERSIAN)
def test_words_joined_are_the_match_key(text: str) -> None:
    assert "".join(word_keys(text)) == match_key(text)


def test_words_are_parted_by_spaces_half_spaces_and_signs_but_not_by_vowel_signs() -> None:
    assert word_keys("سیّد محمّد‌رضا (تهرانی)/اصل") == ["سید", "محمد", "رضا", "تهرانی", "اصل"]


@given(some.text() | PERSIAN)
@example("\u0300\x1f\u0316")  # two marks that a sign between them kept in the wrong order
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text)

    assert clean_text(once) == once
    assert match_key(once) == match_key(text)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  علي   رضائي ", "علی رضائی"), ("می\u200c\u200cرود", "می\u200cرود"), ("خانه \u200cما", "خانه ما"),
        ("\u200cنام\u200c", "نام"), ("ﺭﺿﺎ", "رضا"), ("پلاك ٤", "پلاک ۴"), ("مـریم", "مریم"), ("\u202bنام\u202c", "نام"),
        ("آمنة", "آمنة"), ("خیابان\nاول\t۲", "خیابان اول ۲"), ("\u200f", ""),
    ],
)  # fmt: skip
def test_shown_form_keeps_what_people_typed_and_drops_what_keyboards_did(typed: str, shown: str) -> None:
    assert clean_text(typed) == shown


def test_words_are_sorted_as_in_the_dictionary() -> None:
    in_order = [
        "آب",
        "آذر",
        "ابر",
        "بابا",
        "پری",
        "تاج",
        "چای",
        "حسن",
        "ژاله",
        "سارا",
        "کاخ",
        "گل",
        "لاله",
        "وحید",
        "هما",
        "یاس",
    ]

    assert sorted(set(in_order), key=sort_key) == in_order
    assert sorted(in_order) != in_order  # by code point alone the order is wrong


def test_a_shorter_word_and_its_family_come_first() -> None:
    assert sorted(["رضایی", "رضا نیا", "رضا"], key=sort_key) == ["رضا", "رضا نیا", "رضایی"]


def test_keyboards_do_not_change_the_order() -> None:
    assert sort_key("علي كريمي") == sort_key("علی کریمی")
    assert sort_key("اب") > sort_key("آی")
    assert sort_key("یاس") < sort_key("abc")


@given(PERSIAN)
def test_sort_key_is_plain_ascii_so_that_any_database_sorts_it_alike(text: str) -> None:
    assert sort_key(text).isascii()


def test_masked_name_tells_neither_letters_nor_length() -> None:
    assert mask_name("مريم رضایی") == "م••• ر•••"
    assert mask_name("") == ""
    assert mask_name("مریم‌السادات") == "م•••"

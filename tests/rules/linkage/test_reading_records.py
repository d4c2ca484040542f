"""What anybody writes of a person is read into one form, whatever the keyboard, calendar or spreadsheet did to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.linkage.rules.addresses import read_address
from sakha.linkage.rules.births import read_birth
from sakha.linkage.rules.coding import LONGEST_CODE, code_name, skeleton
from sakha.linkage.rules.levels import Id, compare_views
from sakha.linkage.rules.numbers import IdTrust, read_gender, read_id, read_phone, read_postal_code
from sakha.linkage.rules.record_view import view_record
from sakha.vocabulary.identifiers import national_id_check_digit


@pytest.mark.parametrize(
    "written",
    ["1363/05/12", "۱۳۶۳/۵/۱۲", "63/05/12", "12/05/1363", "12/5/63", "13630512", "630512", "363/05/12", "1984-08-03",
     "1984-08-03 00:00:00", "03/08/1984", "۱۲ مرداد ۱۳۶۳", "1363.5.12", "30897", "3-Aug-84", "Aug 3, 1984",
     "3 August 1984", "متولد ۱۳۶۳/۵/۱۲"],
)  # fmt: skip
def test_one_day_is_read_from_every_way_to_write_it(written):
    assert read_birth(written) == ("13630512", "19840803")


@pytest.mark.parametrize(("written", "read"), [("1363", ("1363", "")), ("63", ("1363", "")), ("1984", ("", "1984")),
    ("1363/00/00", ("1363", "")), ("1345.0", ("1345", "")), ("نامعلوم", ("", "")),
    ("متولد 1363", ("1363", "")), ("63 ساله", ("", "")), ("Aug 1984", ("", "")),
     ("", ("", "")),
    ("9" * 500, ("", ""))],
)  # fmt: skip
def test_what_is_known_of_a_birth_is_kept_and_the_rest_is_nothing(written, read):
    assert read_birth(written) == read


def test_a_month_beyond_twelve_is_the_day():
    assert read_birth("1363/25/05")[0] == "13630525"


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_birth(text):
    jalali, gregorian = read_birth(text)
    assert len(jalali) in {0, 4, 8}
    assert len(gregorian) in {0, 4, 8}


@pytest.mark.parametrize(
    "written", ["0013542419", "13542419", "۰۰۱۳۵۴۲۴۱۹", "001-354241-9", "13542419.0", " 0013542419\u200f"]
)
def test_an_id_is_read_with_its_lost_zeros(written):
    assert read_id(written)[0] == "0013542419"


def test_an_id_whose_zeros_were_put_back_is_not_sure_for_another_digit_may_have_been_lost():
    assert read_id("0013542419")[1] is read_id("001-354241-9")[1] is IdTrust.CHECKED
    assert read_id("13542419")[1] is IdTrust.PADDED
    whole, lost = view_record({"national_id": "9738841291"}), view_record({"national_id": "973881291"})
    assert (lost.id_trust, compare_views(whole, lost)[3]) == (IdTrust.PADDED, Id.SLIP)


def test_an_initial_is_no_name():
    assert code_name("م.") == code_name("ف") == ""
    assert view_record({"given_name": "ف.", "family_name": "شیخ نظری"}).given == ""


@pytest.mark.parametrize(
    ("whole", "given_name", "family_name"),
    [
        ("سبحان توکل‌لو شیرازی", "سبحان", "توکل‌لو شیرازی"),
        ("محمد رضا احمدی", "محمدرضا", "احمدی"),
        ("محمد رضایی اصل", "محمد", "رضایی اصل"),
        ("سیده زهرا سادات حسینی", "زهرا", "حسینی"),
        ("علی", "علی", ""),
    ],
)
def test_a_whole_name_in_one_cell_is_parted(whole, given_name, family_name):
    parted, apart = (
        view_record({"given_name": whole}), view_record({"given_name": given_name, "family_name": family_name}),
    )  # fmt: skip
    assert (parted.given, parted.family) == (apart.given, apart.family)


@pytest.mark.parametrize("written", ["1111111111", "0000000000", "1234567890", "ندارد", "", "-", "12", "9.99E+09"])
def test_a_dummy_id_is_none(written):
    assert read_id(written) == ("", IdTrust.NONE)


def test_an_id_without_a_right_check_digit_still_counts_but_is_not_trusted():
    assert read_id("0013542418") == ("0013542418", IdTrust.UNCHECKED)
    assert read_id("5304218")[1] is IdTrust.UNCHECKED
    assert read_id("999764168861") == ("999764168861", IdTrust.UNCHECKED)


def test_letters_that_look_like_digits_are_digits():
    assert read_id("OO1354241g")[0] == "OO1354241G"
    assert read_id("OOl3542419") == ("0013542419", IdTrust.CHECKED)


@given(st.integers(min_value=1_000_000, max_value=998_999_999).filter(lambda n: f"{n:09d}"[3:9] != "000000"))
def test_the_quick_check_digit_is_the_vocabularys(number):
    nine = f"{number:09d}"
    right = nine + national_id_check_digit(nine)
    if len(set(right)) > 1:
        assert read_id(right) in {(right, IdTrust.CHECKED), ("", IdTrust.NONE)}
    wrong = nine + str((int(right[9]) + 1) % 10)
    assert read_id(wrong)[1] is not IdTrust.CHECKED


@pytest.mark.parametrize("written", ["09123214567", "9123214567", "+98 912 321 4567", "00989123214567", "۰۹۱۲-۳۲۱۴۵۶۷"])
def test_a_mobile_is_read_from_every_form(written):
    assert read_phone(written) == "9123214567"


@pytest.mark.parametrize("written", ["09120000000", "09123456789", "0", "ندارد", "09999999999"])
def test_a_dummy_phone_is_none(written):
    assert read_phone(written) == ""


def test_genders_and_postal_codes_are_read():
    assert [read_gender(word) for word in ("زن", "مؤنث", "F", "2", "۲")] == ["F"] * 5
    assert [read_gender(word) for word in ("مرد", "مذكر", "male", "1")] == ["M"] * 4
    assert read_gender("?") == ""
    assert read_postal_code("۳۱۵۸۹-۷۷۴۱۳") == "3158977413"
    assert read_postal_code("1111111111") == ""


def test_spellings_of_a_name_have_one_code_of_one_byte_a_letter():
    assert code_name("سيّد محمّد رضا") == code_name("محمدرضا")
    assert code_name("محمد\u200cرضا") == code_name("\u200fمحمدرضا\x00")
    assert code_name("عبد الله") == code_name("عبدالله") == code_name("عبداله")
    assert len(code_name("فاطمه").encode()) == len("فاطمه")
    assert skeleton(code_name("صغری")) == skeleton(code_name("سغرا"))
    assert skeleton(code_name("Jonson")) == skeleton(code_name("JOHNSON"))


def test_a_page_in_a_cell_is_cut():
    assert len(code_name("ش" * 1_000_000)) == LONGEST_CODE


def test_an_address_is_its_telling_words_and_numbers():
    assert read_address("خیابان شهید طالقانی، کوچه 13، پلاک 99") == read_address("طالقانی ک ۱۳ پ ۹۹")
    assert read_address("طالقانی ۱۳ پلاک ۹۸") != read_address("طالقانی ۱۳ پلاک ۹۹")


def test_the_words_of_an_address_leave_the_same_bits_in_whichever_order_they_stand():
    assert read_address("گلشهر، خ درختی")[1:] == read_address("خیابان درختی گلشهر")[1:] != (0, 0)
    assert read_address("")[1:] == read_address("پلاک ۱۲")[1:] == (0, 0)


def test_a_record_with_hardly_any_column_is_read():
    view = view_record({"given_name": "علی"})
    assert view.given
    assert view.family == view.birth == view.national_id == view.county == ""

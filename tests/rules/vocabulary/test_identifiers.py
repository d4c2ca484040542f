import fa_redact
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sakha.vocabulary import identifiers as ids
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.identifiers import IdFault, IdKind


def digits(count: int) -> some.SearchStrategy[str]:
    return some.text("0123456789", min_size=count, max_size=count)


def is_read(parse, text: str) -> bool:
    try:
        return parse(text) == text
    except ids.IdentifierInvalid:
        return False


def reason(parse, text: str) -> IdFault:
    with pytest.raises(ids.IdentifierInvalid) as caught:
        parse(text)
    return caught.value.reason


@pytest.mark.parametrize("known", ["0013542419", "0499370899", "0790419904", "9991234561", "9906543213"])
def test_known_national_ids_are_read(known: str) -> None:
    assert ids.parse_national_id(known) == known


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", IdFault.EMPTY), ("  -  ", IdFault.EMPTY), ("12a4567890", IdFault.LETTERS), ("ندارد", IdFault.LETTERS),
        ("1234567", IdFault.LENGTH), ("12345678901", IdFault.LENGTH), ("1111111111", IdFault.REPEATED),
        ("0000000000", IdFault.REPEATED), ("1230000005", IdFault.REPEATED), ("0013542418", IdFault.CHECK_DIGIT),
        ("1.35E+09", IdFault.ROUNDED), ("1e+09", IdFault.ROUNDED),
    ],
)  # fmt: skip
def test_national_id_that_can_not_exist_is_refused_with_its_reason(typed: str, why: IdFault) -> None:
    assert reason(ids.parse_national_id, typed) is why


@pytest.mark.parametrize(
    "typed",
    ["13542419", "013542419", "۰۰۱۳۵۴۲۴۱۹", "٠٠١٣٥٤٢٤١٩", "001-354241-9", " 0013542419\u200f", "'0013542419",
     "13542419.0", "001 354 2419", "\u202a0013542419\u202c"],
)  # fmt: skip
def test_national_id_is_read_from_what_spreadsheets_and_keyboards_make_of_it(typed: str) -> None:
    assert ids.parse_national_id(typed) == "0013542419"


@given(digits(9))
def test_every_national_id_with_its_check_digit_goes_round_through_a_spreadsheet(first_nine: str) -> None:
    whole = first_nine + ids.national_id_check_digit(first_nine)
    if whole[3:9] == "000000" or len(set(whole)) == 1:
        assert reason(ids.parse_national_id, whole) is IdFault.REPEATED
        return
    assert ids.parse_national_id(persian_digits(whole)) == whole
    if whole[:2] == "00" or whole[0] != "0":
        assert ids.parse_national_id(whole[2:] if whole[:2] == "00" else whole) == whole


@given(digits(9), some.integers(0, 8), some.integers(1, 9))
def test_one_wrong_digit_is_always_found(first_nine: str, place: int, added: int) -> None:
    whole = first_nine + ids.national_id_check_digit(first_nine)
    wrong = whole[:place] + str((int(whole[place]) + added) % 10) + whole[place + 1 :]

    # Modulo 11 finds it but where the remainders 1 and 10 share the check digit 1.
    weight = 10 - place
    remainders = {sum(int(d) * (10 - i) for i, d in enumerate(text[:9])) % 11 for text in (whole, wrong)}
    assert weight % 11
    assert remainders == {1, 10} or not is_read(ids.parse_national_id, wrong)


@given(digits(10))
def test_national_ids_agree_with_an_independent_library(typed: str) -> None:
    if typed[3:9] != "000000":  # the other library lets these pass
        assert is_read(ids.parse_national_id, typed) == fa_redact.is_valid_national_id(typed)


@given(digits(9), some.sampled_from("0123456789"))
def test_check_digits_of_national_ids_agree_with_an_independent_library(first_nine: str, last: str) -> None:
    whole = first_nine + last
    if first_nine[3:] != "000000" and len(set(whole)) > 1:
        assert (last == ids.national_id_check_digit(first_nine)) == fa_redact.is_valid_national_id(whole)


def test_generated_people_are_told_by_their_prefix() -> None:
    assert ids.is_simulated_national_id("9991234561")
    assert not ids.is_simulated_national_id("0013542419")


@pytest.mark.parametrize("known", ["10380284790", "14003778990"])
def test_known_legal_ids_are_read(known: str) -> None:
    assert ids.parse_legal_id(persian_digits(known)) == known


@pytest.mark.parametrize(
    ("typed", "why"),
    [("10380284791", IdFault.CHECK_DIGIT), ("0" * 11, IdFault.REPEATED), ("1038028479", IdFault.LENGTH)],
)
def test_legal_id_that_can_not_exist_is_refused(typed: str, why: IdFault) -> None:
    assert reason(ids.parse_legal_id, typed) is why


@given(digits(10), some.none() | some.sampled_from("0123456789"))
def test_legal_ids_agree_with_an_independent_library(first_ten: str, last: str | None) -> None:
    whole = first_ten + (last or ids.legal_id_check_digit(first_ten))
    if whole[3:9] != "000000":
        assert is_read(ids.parse_legal_id, whole) == fa_redact.is_valid_iranian_legal_entity_id(whole)


@pytest.mark.parametrize(
    "typed",
    ["IR820540102680020817909002", "ir82 0540 1026 8002 0817 9090 02", "820540102680020817909002",
     "IR۸۲۰۵۴۰۱۰۲۶۸۰۰۲۰۸۱۷۹۰۹۰۰۲", "IR82-0540-1026-8002-0817-9090-02"],
)  # fmt: skip
def test_iban_is_read_in_every_usual_form(typed: str) -> None:
    assert ids.parse_iban(typed) == "IR820540102680020817909002"


@pytest.mark.parametrize(
    ("typed", "why"),
    [("IR830540102680020817909002", IdFault.CHECK_DIGIT), ("IR82", IdFault.LENGTH), ("DE" + "8" * 24, IdFault.LETTERS),
     ("", IdFault.EMPTY), ("IR" + ids.iban_check_digits("0" * 22) + "0" * 22, IdFault.REPEATED)],
)  # fmt: skip
def test_iban_that_can_not_exist_is_refused(typed: str, why: IdFault) -> None:
    assert reason(ids.parse_iban, typed) is why


@given(digits(22), some.none() | digits(2))
def test_ibans_agree_with_an_independent_library(account: str, check: str | None) -> None:
    whole = f"IR{check or ids.iban_check_digits(account)}{account}"
    if len(set(account)) > 1:
        # 00, 01 and 99 satisfy the remainder but are never issued (ISO 13616).
        expected = fa_redact.is_valid_iranian_iban(whole) and whole[2:4] not in {"00", "01", "99"}
        assert is_read(ids.parse_iban, whole) == expected


@pytest.mark.parametrize(
    "typed",
    ["09123456789", "9123456789", "+989123456789", "00989123456789", "989123456789", "0912 345 6789", "0912-345-6789",
     "۰۹۱۲۳۴۵۶۷۸۹", "+98 (0) 912 345 6789", "9123456789.0", "+98-912-345-6789", "\u200e09123456789"],
)  # fmt: skip
def test_mobile_is_read_in_every_usual_form(typed: str) -> None:
    assert ids.parse_mobile(typed) == "+989123456789"


@pytest.mark.parametrize(
    ("typed", "why"),
    [("02634567890", IdFault.LENGTH), ("0912345678", IdFault.LENGTH), ("", IdFault.EMPTY), ("ندارد", IdFault.LETTERS),
     ("09123456789 09351234567", IdFault.LENGTH), ("+449123456789", IdFault.LENGTH), ("9999999999", IdFault.REPEATED),
     ("9.12E+09", IdFault.ROUNDED)],
)  # fmt: skip
def test_what_is_no_mobile_is_refused(typed: str, why: IdFault) -> None:
    assert reason(ids.parse_mobile, typed) is why


@given(digits(9), some.sampled_from(["0", "+98", "0098"]))
def test_every_mobile_of_the_numbering_plan_is_read(nine: str, prefix: str) -> None:
    typed = f"{prefix}9{nine}"
    if fa_redact.is_valid_mobile_number(typed) and nine != "9" * 9:
        assert ids.parse_mobile(typed) == f"+989{nine}"


def test_mobile_is_shown_in_groups() -> None:
    assert ids.show_mobile("+989123456789") == "0912 345 6789"


def test_somebody_recognises_a_number_but_cannot_call_it() -> None:
    assert ids.mask_mobile("+989121234567") == "0912•••4567"


@pytest.mark.parametrize("typed", ["3198765413", "۳۱۹۸۷۶۵۴۱۳", "31987-65413"])
def test_postal_code_is_read(typed: str) -> None:
    assert ids.parse_postal_code(typed) == "3198765413"


@pytest.mark.parametrize(
    ("typed", "why"),
    [("319876541", IdFault.LENGTH), ("1111111111", IdFault.REPEATED), ("ندارد", IdFault.LETTERS), ("", IdFault.EMPTY)],
)
def test_what_is_no_postal_code_is_refused(typed: str, why: IdFault) -> None:
    assert reason(ids.parse_postal_code, typed) is why


@pytest.mark.parametrize(
    ("code", "is_strict"),
    [("3198765413", True), ("3198613431", True), ("3198513431", False), ("1111345678", False), ("0198613431", False),
     ("3198613420", False)],
)  # fmt: skip
def test_strict_postal_codes_follow_the_usual_pattern(code: str, is_strict: bool) -> None:
    assert ids.is_strict_postal_code(code) is is_strict


def test_fida_code_has_twelve_digits_and_no_more_is_known() -> None:
    assert ids.parse_fida_code("۱۲۳۴ ۵۶۷۸ ۹۰۱۲") == "123456789012"
    assert reason(ids.parse_fida_code, "12345678901") is IdFault.LENGTH
    assert reason(ids.parse_fida_code, "1" * 12) is IdFault.REPEATED


def test_a_person_is_found_by_either_number() -> None:
    assert ids.parse_person_identifier("۱۲۳۴۵۶۷۸۹۰۱۲") == (IdKind.FIDA, "123456789012")
    assert ids.parse_person_identifier("13542419") == (IdKind.NATIONAL, "0013542419")


def test_a_refused_number_is_never_repeated() -> None:
    with pytest.raises(ids.NationalIdInvalid) as caught:
        ids.parse_national_id("0013542418")

    assert caught.value.message == "کد ملی درست نیست: یکی از رقم‌ها جا افتاده یا جابه‌جا شده است."
    assert "0013542418" not in f"{caught.value!r} {caught.value} {caught.value.message} {caught.value.facts}"


@given(some.text())
def test_no_text_breaks_a_reader(text: str) -> None:
    readers = (
        ids.parse_national_id, ids.parse_legal_id, ids.parse_iban, ids.parse_mobile, ids.parse_postal_code,
        ids.parse_fida_code, ids.parse_person_identifier,
    )  # fmt: skip
    for parse in readers:
        is_read(parse, text)

"""Identity numbers of people, organisations, accounts, phones and places, read from what people really type.

Decides whether a number can exist at all; whether it belongs to somebody is the data banks' answer.
A refusal never repeats the number.
"""

import re
from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.refusal import Refusal


class IdKind(StrEnum):
    """By what a person is known: a national ID, a foreigner's code, or nothing yet."""

    NATIONAL = "NATIONAL"
    FIDA = "FIDA"
    NONE = "NONE"


class IdFault(StrEnum):
    """Why a number can't exist."""

    EMPTY = "EMPTY"
    LETTERS = "LETTERS"
    ROUNDED = "ROUNDED"
    LENGTH = "LENGTH"
    REPEATED = "REPEATED"
    CHECK_DIGIT = "CHECK_DIGIT"


_WHY: Final = {
    IdFault.EMPTY: "خالی است",
    IdFault.LETTERS: "فقط باید رقم داشته باشد",
    IdFault.ROUNDED: "اکسل رقم‌های آخر آن را گرد کرده است؛ ستون را از نوع متن کنید و دوباره بنویسید",
    IdFault.LENGTH: "تعداد رقم‌ها درست نیست",
    IdFault.REPEATED: "رقم‌ها تکراری‌اند و شمارهٔ واقعی نیست",
    IdFault.CHECK_DIGIT: "یکی از رقم‌ها جا افتاده یا جابه‌جا شده است",
}


class IdentifierInvalid(Refusal):
    """An identity number that can't exist; `reason` says why."""

    code: ClassVar[str] = "IDENTIFIER_INVALID"
    sentence: ClassVar[str] = "شناسه درست نیست: {why}."

    def __init__(self, *, reason: IdFault = IdFault.EMPTY, field: str = "") -> None:
        super().__init__(field=field, reason=reason.value, why=_WHY[reason])
        self.reason = reason


class NationalIdInvalid(IdentifierInvalid):
    """Not a national ID."""

    code = "NATIONAL_ID_INVALID"
    sentence = "کد ملی درست نیست: {why}."


class LegalIdInvalid(IdentifierInvalid):
    """Not the national ID of a legal person."""

    code = "LEGAL_ID_INVALID"
    sentence = "شناسهٔ ملی درست نیست: {why}."


class IbanInvalid(IdentifierInvalid):
    """Not an Iranian account number."""

    code = "IBAN_INVALID"
    sentence = "شمارهٔ شبا درست نیست: {why}."


class MobileInvalid(IdentifierInvalid):
    """Not a mobile number of Iran."""

    code = "MOBILE_INVALID"
    sentence = "شمارهٔ موبایل درست نیست: {why}."


class PostalCodeInvalid(IdentifierInvalid):
    """Not a postal code."""

    code = "POSTAL_CODE_INVALID"
    sentence = "کد پستی درست نیست: {why}."


class FidaCodeInvalid(IdentifierInvalid):
    """Not a foreigner's code."""

    code = "FIDA_CODE_INVALID"
    sentence = "کد فراگیر اتباع درست نیست: {why}."


SIMULATED_PREFIX: Final = "999"  # no issued national ID begins so: generated people can't meet a real one

_NATIONAL_LENGTH: Final = 10
_LEGAL_LENGTH: Final = 11
_LEGAL_WEIGHTS: Final = (29, 27, 23, 19, 17, 29, 27, 23, 19, 17)
_FIDA_LENGTH: Final = 12
_POSTAL_LENGTH: Final = 10
_IBAN_DIGITS: Final = 24
_IBAN_IR: Final = "1827"  # ISO 13616: I = 18, R = 27
_LARGEST_OWN_CHECK: Final = 1  # remainders 0 and 1 are their own check digit

# Spaces, joiners, direction marks, dashes and the apostrophe by which spreadsheets mark text carry no meaning.
_NOISE: Final = re.compile(
    r"[\s'\"’`´_·•()\[\]\-\u00ad\u061c\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2066-\u2069\u2212\ufeff]+"
)
_SPREADSHEET_FRACTION: Final = re.compile(r"\.0+$")
_SCIENTIFIC: Final = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
_STRICT_POSTAL: Final = re.compile(r"(?!(\d)\1{3})[13-9]{4}[1346-9][013-9]{5}")
_MOBILE: Final = re.compile(r"(?:\+98|0098|98|0)?0?(9\d{9})")


def parse_national_id(text: str) -> str:
    """Read a national ID as ten ASCII digits, with the leading zeros that spreadsheets eat put back.

    Raises:
        NationalIdInvalid: when no such number can exist.
    """
    digits = _digits_of(text, NationalIdInvalid)
    if len(digits) in {_NATIONAL_LENGTH - 2, _NATIONAL_LENGTH - 1}:
        digits = digits.zfill(_NATIONAL_LENGTH)
    _require_length(digits, _NATIONAL_LENGTH, NationalIdInvalid)
    if digits == digits[0] * _NATIONAL_LENGTH or digits[3:9] == "000000":
        raise NationalIdInvalid(reason=IdFault.REPEATED)
    if digits[9] != national_id_check_digit(digits[:9]):
        raise NationalIdInvalid(reason=IdFault.CHECK_DIGIT)
    return digits


def national_id_check_digit(first_nine: str) -> str:
    """Compute the tenth digit of a national ID: weights 10 to 2, modulo 11."""
    remainder = sum(int(digit) * (10 - place) for place, digit in enumerate(first_nine)) % 11
    return str(remainder if remainder <= _LARGEST_OWN_CHECK else 11 - remainder)


def is_simulated_national_id(national_id: str) -> bool:
    """Tell whether the ID belongs to a generated person."""
    return national_id.startswith(SIMULATED_PREFIX)


def parse_legal_id(text: str) -> str:
    """Read the eleven digits of an organisation's national ID.

    Raises:
        LegalIdInvalid: when no such number can exist.
    """
    digits = _digits_of(text, LegalIdInvalid)
    _require_length(digits, _LEGAL_LENGTH, LegalIdInvalid)
    if digits == digits[0] * _LEGAL_LENGTH or digits[3:9] == "000000":
        raise LegalIdInvalid(reason=IdFault.REPEATED)
    if digits[10] != legal_id_check_digit(digits[:10]):
        raise LegalIdInvalid(reason=IdFault.CHECK_DIGIT)
    return digits


def legal_id_check_digit(first_ten: str) -> str:
    """Compute the eleventh digit of an organisation's national ID."""
    added = int(first_ten[9]) + 2
    total = sum((int(digit) + added) * weight for digit, weight in zip(first_ten, _LEGAL_WEIGHTS, strict=True))
    return str(total % 11 % 10)


def parse_iban(text: str) -> str:
    """Read an Iranian account number as `IR` and 24 digits; a missing `IR` is put back.

    Raises:
        IbanInvalid: when no such number can exist.
    """
    compact = _compact(text).upper()
    digits = _digits_of(compact.removeprefix("IR"), IbanInvalid)
    _require_length(digits, _IBAN_DIGITS, IbanInvalid)
    if digits[2:] == digits[2] * (_IBAN_DIGITS - 2):
        raise IbanInvalid(reason=IdFault.REPEATED)
    if digits[:2] != iban_check_digits(digits[2:]):
        raise IbanInvalid(reason=IdFault.CHECK_DIGIT)
    return f"IR{digits}"


def iban_check_digits(account: str) -> str:
    """Compute the two check digits of 22 account digits (ISO 7064, modulo 97)."""
    return f"{98 - int(account + _IBAN_IR + '00') % 97:02d}"


def parse_mobile(text: str) -> str:
    """Read a mobile number in any usual form as `+989` and nine digits.

    Raises:
        MobileInvalid: when it isn't a mobile number of Iran.
    """
    compact = _compact(text)
    digits = _digits_of(compact.removeprefix("+"), MobileInvalid)
    found = _MOBILE.fullmatch(("+" if compact.startswith("+") else "") + digits)
    if found is None:
        raise MobileInvalid(reason=IdFault.LENGTH)
    if found[1] == "9" * 10:
        raise MobileInvalid(reason=IdFault.REPEATED)
    return f"+98{found[1]}"


def in_local_form(mobile: str) -> str:
    """How people and Iranian providers write a stored mobile number: 09… instead of +989…."""
    return f"0{mobile.removeprefix('+98')}"


def show_mobile(mobile: str) -> str:
    """Write a stored mobile number as people read it: `0912 345 6789`, ASCII, to be set left to right."""
    local = in_local_form(mobile)
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def mask_mobile(mobile: str) -> str:
    """Enough to recognise a stored mobile number, too little to call it: `0912•••4567`, ASCII as above."""
    local = in_local_form(mobile)
    return f"{local[:4]}•••{local[-4:]}"


def parse_postal_code(text: str) -> str:
    """Read a postal code of ten digits; there is no check digit, see `is_strict_postal_code`.

    Raises:
        PostalCodeInvalid: when it can't be a postal code.
    """
    digits = _digits_of(text, PostalCodeInvalid)
    _require_length(digits, _POSTAL_LENGTH, PostalCodeInvalid)
    if digits == digits[0] * _POSTAL_LENGTH:
        raise PostalCodeInvalid(reason=IdFault.REPEATED)
    return digits


def is_strict_postal_code(postal_code: str) -> bool:
    """Tell whether a postal code follows the usual pattern; otherwise warn, never refuse."""
    return _STRICT_POSTAL.fullmatch(postal_code) is not None


def parse_fida_code(text: str) -> str:
    """Read the twelve digits of a foreigner's code; no check digit is published.

    Raises:
        FidaCodeInvalid: when it can't be such a code.
    """
    digits = _digits_of(text, FidaCodeInvalid)
    _require_length(digits, _FIDA_LENGTH, FidaCodeInvalid)
    if digits == digits[0] * _FIDA_LENGTH:
        raise FidaCodeInvalid(reason=IdFault.REPEATED)
    return digits


def parse_person_identifier(text: str) -> tuple[IdKind, str]:
    """Read whatever number a person is known by: twelve digits are a foreigner's code, all else a national ID.

    Raises:
        NationalIdInvalid, FidaCodeInvalid: when it is neither.
    """
    if len(_compact(text)) == _FIDA_LENGTH:
        return IdKind.FIDA, parse_fida_code(text)
    return IdKind.NATIONAL, parse_national_id(text)


def _compact(text: str) -> str:
    return _SPREADSHEET_FRACTION.sub("", _NOISE.sub("", fold_digits(text)))


def _digits_of(text: str, refusal: type[IdentifierInvalid]) -> str:
    compact = _compact(text)
    if not compact:
        raise refusal(reason=IdFault.EMPTY)
    if not (compact.isascii() and compact.isdigit()):
        raise refusal(reason=IdFault.ROUNDED if _SCIENTIFIC.match(compact) else IdFault.LETTERS)
    return compact


def _require_length(digits: str, length: int, refusal: type[IdentifierInvalid]) -> None:
    if len(digits) != length:
        raise refusal(reason=IdFault.LENGTH)

"""What a column of a charity's file holds, guessed from its heading.

Guesses are proposals for the mapping step, where a person decides; an unknown heading is None, never forced.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from sakha.vocabulary.fact_names import FACTS, FactName
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.persian_text import match_key, word_keys


class RecordField(StrEnum):
    """What a column says of a person or of the record itself; facts of the household are `FactName`."""

    CASE_NUMBER = "case_number"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    FULL_NAME = "full_name"
    FATHER_NAME = "father_name"
    NATIONAL_ID = "national_id"
    FIDA_CODE = "fida_code"
    BIRTH_DATE = "birth_date"
    GENDER = "gender"
    RELATION = "relation"
    MOBILE = "mobile"
    PROVINCE = "province"
    COUNTY = "county"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    REGISTERED_ON = "registered_on"
    NOTE = "note"


FIELD_LABELS: Final[dict[RecordField, str]] = {
    RecordField.CASE_NUMBER: "شمارهٔ پرونده",
    RecordField.GIVEN_NAME: "نام",
    RecordField.FAMILY_NAME: "نام خانوادگی",
    RecordField.FULL_NAME: "نام و نام خانوادگی",
    RecordField.FATHER_NAME: "نام پدر",
    RecordField.NATIONAL_ID: "کد ملی",
    RecordField.FIDA_CODE: "کد فراگیر اتباع",
    RecordField.BIRTH_DATE: "تاریخ تولد",
    RecordField.GENDER: "جنسیت",
    RecordField.RELATION: "نسبت با سرپرست",
    RecordField.MOBILE: "موبایل",
    RecordField.PROVINCE: "استان",
    RecordField.COUNTY: "شهرستان",
    RecordField.ADDRESS: "نشانی",
    RecordField.POSTAL_CODE: "کد پستی",
    RecordField.REGISTERED_ON: "تاریخ ثبت",
    RecordField.NOTE: "توضیح",
}

FIELD_HEADINGS: Final[dict[RecordField, tuple[str, ...]]] = {
    RecordField.CASE_NUMBER: (
        "شماره پرونده", "ش پرونده", "ش.پ", "کد پرونده", "پرونده", "شماره خانوار", "کد خانوار", "خانوار", "کد خانواده",
        "شماره خانواده", "کد مددجو", "شماره مددجویی", "کد مددجویی", "شماره عضویت", "کد عضویت", "شماره کارت",
        "شماره دفتر",
        "کد اختصاصی خیریه", "case number", "case no", "case", "file no", "household id", "شناسه خانوار", "شناسه پرونده",
    ),
    RecordField.GIVEN_NAME: ("نام", "اسم", "نام کوچک", "اسم کوچک", "first name", "given name", "name"),
    RecordField.FAMILY_NAME: (
        "نام خانوادگی", "خانوادگی", "فامیل", "فامیلی", "نام فامیل", "نام فامیلی", "شهرت", "نام‌خانوادگی", "ن خانوادگی",
        "نام خانواگی", "نام خانودگی", "last name", "family name", "surname",
    ),
    RecordField.FULL_NAME: (
        "نام و نام خانوادگی", "نام ونام خانوادگی", "نام و فامیل", "نام و فامیلی", "اسم و فامیل", "نام و شهرت",
        "نام نام خانوادگی", "نام کامل", "مشخصات", "مددجو", "سرپرست", "سرپرست خانوار", "متقاضی", "full name",
        "نام/نام خانوادگی",
    ),
    RecordField.FATHER_NAME: ("نام پدر", "پدر", "اسم پدر", "ولد", "father name", "fathers name", "father"),
    RecordField.NATIONAL_ID: (
        "کد ملی", "شماره ملی", "ش ملی", "کدملی", "شناسه ملی", "کد ملي", "ک ملی", "کارت ملی", "شماره کارت ملی",
        "کد ملی فرد",
        "ک.م", "national id", "national code", "national no", "code melli", "melli code", "nid",
    ),
    RecordField.FIDA_CODE: (
        "کد فراگیر", "کد فراگیر اتباع", "شماره فراگیر", "کد اتباع", "کد یکتا", "کد فیدا", "فیدا", "شناسه اتباع",
        "کد اختصاصی", "شماره اختصاصی", "شماره اختصاصی اتباع", "کد آمایش", "کد اتباع خارجی", "شناسه تبعه",
        "کد فراگیر (اتباع)", "تابعیت/کد فراگیر", "fida code", "fida",
    ),
    RecordField.BIRTH_DATE: (
        "تاریخ تولد", "ت تولد", "ت.ت", "تولد", "متولد", "سال تولد", "تاریخ‌تولد", "ت. تولد", "روز تولد", "birth date",
        "date of birth", "birthdate", "dob", "birth year",
    ),
    RecordField.GENDER: ("جنسیت", "جنس", "زن/مرد", "مرد/زن", "زن یا مرد", "gender", "sex"),
    RecordField.RELATION: (
        "نسبت", "نسبت با سرپرست", "نسبت با سرپرست خانوار", "نسبت خانوادگی", "رابطه با سرپرست", "نسبت به سرپرست",
        "وابستگی",
        "بستگی با سرپرست", "رابطه", "نوع نسبت", "relation", "relationship",
    ),
    RecordField.MOBILE: (
        "موبایل", "شماره موبایل", "تلفن همراه", "همراه", "شماره همراه", "شماره تلفن همراه", "تلفن", "شماره تلفن",
        "شماره تماس", "تماس", "تلفن تماس", "ش موبایل", "گوشی", "شماره گوشی", "ش همراه", "ش تماس", "mobile",
        "mobile number", "phone", "cell phone", "phone number", "tel",
    ),
    RecordField.PROVINCE: ("استان", "نام استان", "استان محل سکونت", "استان سکونت", "province"),
    RecordField.COUNTY: (
        "شهرستان", "شهر", "نام شهرستان", "شهرستان محل سکونت", "شهر محل سکونت", "شهر سکونت", "نام شهر", "county", "city",
    ),
    RecordField.ADDRESS: (
        "نشانی", "آدرس", "محل سکونت", "نشانی منزل", "آدرس منزل", "آدرس محل سکونت", "نشانی محل سکونت", "سکونت", "محله",
        "نشانی کامل", "آدرس کامل", "آدرس دقیق", "نشانی پستی", "address",
    ),
    RecordField.POSTAL_CODE: ("کد پستی", "کدپستی", "ک پستی", "کد پستی منزل", "postal code", "post code", "zip code"),
    RecordField.REGISTERED_ON: (
        "تاریخ ثبت", "تاریخ ثبت نام", "تاریخ عضویت", "تاریخ تشکیل پرونده", "تاریخ پذیرش", "تاریخ مراجعه", "تاریخ پوشش",
        "تاریخ شروع پوشش", "تاریخ", "ثبت نام", "تاریخ ورود", "registered on", "registration date", "date",
    ),
    RecordField.NOTE: (
        "توضیحات", "توضیح", "ملاحظات", "یادداشت", "شرح", "شرح حال", "سایر", "سایر توضیحات", "note", "notes", "remarks",
        "وضعیت", "شرایط خاص",
    ),
}  # fmt: skip

_LONGEST_HEADING: Final = 200
_BRACKETS: Final = re.compile(r"[(\[{«].*?[)\]}»]")
_MONEY_WORDS: Final = {
    **dict.fromkeys(("تومان", "تومن", "toman", "تومانی"), MoneyUnit.TOMAN),
    **dict.fromkeys(("ریال", "rial", "irr", "ریالی"), MoneyUnit.RIAL),
}
_MONTHLY_WORDS: Final = frozenset({"ماهانه", "ماهیانه", "ماه", "ماهی", "monthly", "درماه"})
_YEARLY_WORDS: Final = frozenset({"سالانه", "سالیانه", "yearly", "annual", "درسال"})
# What people are paid is spoken of by the month unless said otherwise.
_PAID_MONTHLY: Final = frozenset({"درامد", "حقوق", "دستمزد", "مزد", "مستمری", "بازنشستگی"})
# Words that say whose column it is, in what unit or for what time, and never what it holds.
_IDLE_WORDS: Final = frozenset(
    match_key(word)
    for word in (
        *_MONEY_WORDS, *_MONTHLY_WORDS, *_YEARLY_WORDS, "به", "مبلغ", "میزان", "در", "مددجو", "مددجوی", "نیازمند",
        "متقاضی",
        "سرپرست", "خانوار", "خانواده", "فرد", "شخص", "عضو", "اعضا", "اعضای", "مربع", "متر", "مترمربع", "رقمی", "عدد",
        "نفر",
        "ایشان", "ذینفع", "the", "of", "no", "ردیف",
    )
)  # fmt: skip


def guess_field(heading: str) -> RecordField | FactName | None:
    """Guess what a column holds: the heading as it is, then without brackets, then without units and idle words."""
    heading = heading[:_LONGEST_HEADING]
    for key in (match_key(heading), match_key(_BRACKETS.sub(" ", heading)), _bare_key(heading)):
        found = _BY_KEY.get(key)
        if found is not None:
            return found
    return None


def guess_fields(headings: Sequence[str]) -> list[RecordField | FactName | None]:
    """Guess a whole heading row so that no field is given twice: the plainest heading wins, then the first."""
    guesses = [guess_field(heading) for heading in headings]
    best: dict[RecordField | FactName, int] = {}
    for place, guess in enumerate(guesses):
        if guess is None:
            continue
        held = best.get(guess)
        if held is None or (_is_exact(headings[place]) and not _is_exact(headings[held])):
            best[guess] = place
    return [guess if guess is not None and best[guess] == place else None for place, guess in enumerate(guesses)]


def heading_money_unit(heading: str) -> MoneyUnit | None:
    """Tell in which unit of money a column is kept, where its heading says so; one that says both says nothing."""
    units = {_MONEY_WORDS[word] for word in word_keys(heading) if word in _MONEY_WORDS}
    return units.pop() if len(units) == 1 else None


def heading_is_monthly(heading: str) -> bool | None:
    """Tell whether a column's amounts are by the month (True) or by the year (False), where its heading says so."""
    words = set(word_keys(heading))
    is_monthly, is_yearly = bool(words & _MONTHLY_WORDS), bool(words & _YEARLY_WORDS)
    if is_monthly == is_yearly:
        return True if words & _PAID_MONTHLY and not is_yearly else None
    return is_monthly


def _is_exact(heading: str) -> bool:
    return match_key(heading) in _BY_KEY


def _bare_key(heading: str) -> str:
    return "".join(word for word in word_keys(_BRACKETS.sub(" ", heading)) if word not in _IDLE_WORDS)


def _by_key() -> dict[str, RecordField | FactName]:
    found: dict[str, RecordField | FactName] = {}
    for name, meaning in FACTS.items():
        found.update({match_key(heading): name for heading in (*meaning.headings, name.value)})
    for field, headings in FIELD_HEADINGS.items():
        found.update({match_key(heading): field for heading in (*headings, FIELD_LABELS[field], field.value)})
    return found


_BY_KEY: Final = _by_key()

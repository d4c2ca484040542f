"""A fact of a bank as people read it: «دارد», «۳», «۶۰۰٬۰۰۰ تومان», a day, the word of a code."""

from collections.abc import Callable
from datetime import date
from typing import Final

from sakha.databanks.rules.bank import FactMapping, FactType
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_date
from sakha.vocabulary.money import show_toman

UNKNOWN: Final = "نامعلوم"
_YES_NO: Final = {1: "بله", 0: "خیر"}
_PERIODS: Final = {"rial/year": " در سال", "rial/month": " در ماه"}


def show_value(mapping: FactMapping | None, value: int | None, *, text: str | None = None) -> str:
    """The value in Persian words; a fact whose bank is no longer there is shown as its number."""
    if value is None:
        return UNKNOWN
    if text is not None:
        return text
    if mapping is None:
        return persian_digits(value)
    return _SHOWN[mapping.type](mapping, value)


def day_of(value: int) -> date:
    """The day that a whole number stands for."""
    return date(value // 10_000, value // 100 % 100, value % 100)


def _yes_no(_mapping: FactMapping, value: int) -> str:
    return _YES_NO.get(value, persian_digits(value))


def _code(mapping: FactMapping, value: int) -> str:
    words = [mapping.words.get(word, word) for word, code in mapping.values.items() if code == value]
    return words[0] if len(words) == 1 else _yes_no(mapping, value)


_SHOWN: Final[dict[FactType, Callable[[FactMapping, int], str]]] = {
    FactType.YES_NO: _yes_no,
    FactType.CODE: _code,
    FactType.DATE: lambda _mapping, value: show_date(day_of(value)),
    FactType.RIAL: lambda mapping, value: show_toman(value) + _PERIODS.get(mapping.counted_in, ""),
    FactType.DIGITS: lambda mapping, value: persian_digits(str(value).zfill(mapping.length)),
    FactType.COUNT: lambda _mapping, value: persian_digits(value),
    FactType.TEXT: lambda _mapping, value: persian_digits(value),
}

"""A fact as people read it: «دارد», «۳ نفر», «۶۰۰٬۰۰۰ تومان», the word of a code."""

from typing import Final

from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.fact_names import FACTS, FactName, FactUnit
from sakha.vocabulary.money import show_toman

_YES_NO: Final = {1: "دارد", 0: "ندارد"}
_AFTER: Final = {FactUnit.YEARS: " سال", FactUnit.SQUARE_METRE: " متر مربع"}
_PERIODS: Final = {FactUnit.RIAL_MONTHLY: " در ماه", FactUnit.RIAL_YEARLY: " در سال"}
# Questions that «دارد» and «ندارد» don't answer.
_WORDS: Final = {
    FactName.URBAN: {1: "شهری", 0: "روستایی"},
    FactName.HEAD_FEMALE: {1: "بله", 0: "خیر"},
    FactName.LOAN_TAKEN: {1: "گرفته", 0: "نگرفته"},
}


def fact_label(name: str) -> str:
    """The Persian name of a fact."""
    return FACTS[FactName(name)].label


def show_fact(name: str, value: int) -> str:
    """The value in Persian words, with its unit."""
    fact = FactName(name)
    meaning = FACTS[fact]
    if meaning.unit in _PERIODS:
        return show_toman(value) + _PERIODS[meaning.unit]
    if fact in _WORDS:
        return _WORDS[fact].get(value, persian_digits(value))
    if meaning.unit is FactUnit.YES_NO:
        return _YES_NO.get(value, persian_digits(value))
    if meaning.unit is FactUnit.CODE:
        return next((word for word, code in meaning.levels.items() if code == value), persian_digits(value))
    return persian_digits(value) + _AFTER.get(meaning.unit, "")

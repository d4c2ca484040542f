"""Reading a fact from a cell: words, counts, areas, and money in rial or toman, by the month or the year.

Decides what number a cell means; what a fact means is `fact_names`.
"""

import re
from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.fact_names import FACTS, FactMeaning, FactName, FactUnit
from sakha.vocabulary.money import MoneyInvalid, MoneyUnit, parse_rial
from sakha.vocabulary.persian_text import match_key
from sakha.vocabulary.refusal import Refusal

_MONTHS: Final = 12
_NUMBER: Final = re.compile(r"([+-]?\d+)(?:[./]0*)?(?:\D+)?")
_MONEY_UNITS: Final = {FactUnit.RIAL_MONTHLY, FactUnit.RIAL_YEARLY}


class FactFault(StrEnum):
    """Why a cell is no value of a fact."""

    SHAPE = "SHAPE"
    LIMITS = "LIMITS"


class FactValueInvalid(Refusal):
    """A cell that is no value of its fact; `reason` says why."""

    code: ClassVar[str] = "FACT_VALUE_INVALID"
    sentence: ClassVar[str] = "«{label}» درست نیست: {why}."

    def __init__(
        self, *, name: FactName = FactName.HHSIZE, reason: FactFault = FactFault.SHAPE, why: str = "", field: str = ""
    ) -> None:
        meaning = FACTS[name]
        super().__init__(field=field or name.value, reason=reason.value, label=meaning.label, why=why or _why(meaning))
        self.reason = reason


def parse_fact(
    name: FactName, text: str, *, unit: MoneyUnit = MoneyUnit.RIAL, is_monthly: bool | None = None
) -> int | None:
    """Read a cell as the whole number of a fact; an empty cell is None, which is unknown and not zero.

    For money, `unit` and `is_monthly` are what the column's heading says; None leaves the fact's own period.

    Raises:
        FactValueInvalid: when the cell is no value of the fact, or lies outside its limits.
    """
    meaning = FACTS[name]
    plain = fold_digits(text).strip()
    if not plain or match_key(plain) in _UNKNOWN:
        return None
    level = _LEVELS[name].get(match_key(plain)) if match_key(plain) else _LEVELS[name].get(plain)
    if level is not None:
        return level
    number = _money(meaning, plain, unit, is_monthly) if meaning.unit in _MONEY_UNITS else _number(meaning, plain)
    if not meaning.minimum <= number <= meaning.maximum:
        raise FactValueInvalid(name=name, reason=FactFault.LIMITS, why=_limits(meaning))
    return number


def _money(meaning: FactMeaning, plain: str, unit: MoneyUnit, is_monthly: bool | None) -> int:  # noqa: FBT001 -- private
    is_loss = meaning.minimum < 0 and plain.startswith("-")
    try:
        rial = parse_rial(plain.removeprefix("-") if is_loss else plain, unit=unit)
    except MoneyInvalid as refusal:
        raise FactValueInvalid(name=meaning.name, why=str(refusal.facts["why"])) from None
    if is_monthly is True and meaning.unit is FactUnit.RIAL_YEARLY:
        rial *= _MONTHS
    elif is_monthly is False and meaning.unit is FactUnit.RIAL_MONTHLY:
        rial //= _MONTHS
    return -rial if is_loss else rial


def _number(meaning: FactMeaning, plain: str) -> int:
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise FactValueInvalid(name=meaning.name)
    number = int(found[1])
    # A charity that counts its cars has a car.
    return min(number, 1) if meaning.unit is FactUnit.YES_NO else number


def _why(meaning: FactMeaning) -> str:
    if not meaning.levels:
        return "آن را با رقم بنویسید"
    words = list(dict.fromkeys(_first_words(meaning.levels)))
    return f"یکی از این‌ها را بنویسید: {'، '.join(words)}"


def _first_words(levels: dict[str, int]) -> list[str]:
    first: dict[int, str] = {}
    for word, code in levels.items():
        first.setdefault(code, word)
    return list(first.values())


def _limits(meaning: FactMeaning) -> str:
    if meaning.unit in _MONEY_UNITS:
        return "از اندازه بیرون است؛ ببینید ریال است یا تومان، و ماهانه است یا سالانه"
    return "از اندازه بیرون است"


_UNKNOWN: Final = frozenset({"نامشخص", "نامعلوم", "نمیدانم", "نمیداند", "unknown", "na", "null", "none", "nan"})
_LEVELS: Final = {
    name: {match_key(word) or word: code for word, code in meaning.levels.items()} for name, meaning in FACTS.items()
}

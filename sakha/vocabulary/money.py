"""Money: whole rials inside, toman with its unit always written on the screen.

One toman is ten rials. What could be wrong by a factor of ten or a thousand is refused, never guessed.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.digits import DECIMAL_SEPARATOR, fold_digits, group_thousands, persian_digits
from sakha.vocabulary.refusal import Refusal

RIAL_IN_TOMAN: Final = 10


class MoneyUnit(StrEnum):
    """The unit in which an amount is written."""

    RIAL = "RIAL"
    TOMAN = "TOMAN"


class MoneyFault(StrEnum):
    """Why an amount can't be read."""

    EMPTY = "EMPTY"
    SHAPE = "SHAPE"
    AMBIGUOUS = "AMBIGUOUS"
    NEGATIVE = "NEGATIVE"
    FRACTION = "FRACTION"
    TOO_LARGE = "TOO_LARGE"


_WHY: Final = {
    MoneyFault.EMPTY: "خالی است",
    MoneyFault.SHAPE: "آن را با رقم بنویسید، مانند ۶۰۰٬۰۰۰ تومان",
    MoneyFault.AMBIGUOUS: "دو جور خوانده می‌شود؛ بدون ممیز و نقطه بنویسید",
    MoneyFault.NEGATIVE: "مبلغ منفی نمی‌شود",
    MoneyFault.FRACTION: "کمتر از یک ریال نمی‌شود",
    MoneyFault.TOO_LARGE: "از اندازه بزرگ‌تر است",
}


class MoneyInvalid(Refusal):
    """An amount that can't be read for certain; `reason` says why."""

    code: ClassVar[str] = "MONEY_INVALID"
    sentence: ClassVar[str] = "مبلغ درست نیست: {why}."

    def __init__(self, *, reason: MoneyFault = MoneyFault.SHAPE, field: str = "") -> None:
        super().__init__(field=field, reason=reason.value, why=_WHY[reason])
        self.reason = reason


_LARGEST_RIAL: Final = 2**63 - 1  # what a bigint column holds
_SCALES: Final = {"": 1, "هزار": 10**3, "میلیون": 10**6, "ملیون": 10**6, "میلیارد": 10**9, "ملیارد": 10**9}
_UNITS: Final = {
    "تومان": MoneyUnit.TOMAN, "تومن": MoneyUnit.TOMAN, "toman": MoneyUnit.TOMAN, "irt": MoneyUnit.TOMAN,
    "ریال": MoneyUnit.RIAL, "﷼": MoneyUnit.RIAL, "rial": MoneyUnit.RIAL, "irr": MoneyUnit.RIAL,
}  # fmt: skip
_UNIT_AT_END: Final = re.compile("(" + "|".join(_UNITS) + r")s?\.?$")
_LETTERS: Final = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "\N{MINUS SIGN}": "-", "٬": ",", "،": ",", "٫": "."})
_BLANKS: Final = re.compile(r"[\s'\"\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:([,/.])\d{3})(?:\1\d{3})*")
_ONE_GROUP_BY_DOT: Final = re.compile(r"\d{1,3}\.\d{3}")
_GROUPED_FRACTION: Final = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+")
_PLAIN: Final = re.compile(r"\d+(?:[./]\d+)?")
_PART: Final = re.compile(r"([\d,./]+)(" + "|".join(scale for scale in _SCALES if scale) + ")?")
_PARTS: Final = re.compile(f"{_PART.pattern}(?:و{_PART.pattern})*")


def toman(rial: int) -> int:
    """Give the whole tomans in an amount of rials, rounded towards zero."""
    return rial // RIAL_IN_TOMAN if rial >= 0 else -(-rial // RIAL_IN_TOMAN)


def show_toman(rial: int) -> str:
    """Write an amount in toman with its unit: «۶۰۰٬۰۰۰ تومان»."""
    odd_rial = abs(rial) % RIAL_IN_TOMAN
    fraction = f"{DECIMAL_SEPARATOR}{persian_digits(odd_rial)}" if odd_rial else ""
    sign = "\N{MINUS SIGN}" if rial < 0 else ""
    return f"{sign}{group_thousands(abs(rial) // RIAL_IN_TOMAN)}{fraction} تومان"


def show_toman_rounded(rial: int) -> str:
    """Write a large amount as people say it: «۱۸٫۶ میلیارد تومان»; below a million as `show_toman`."""
    whole = abs(toman(rial))
    sign = "\N{MINUS SIGN}" if rial < 0 else ""
    for size, word in ((10**9, "میلیارد"), (10**6, "میلیون")):
        if whole >= size:
            tenths = (whole * 10 + size // 2) // size
            fraction = f"{DECIMAL_SEPARATOR}{persian_digits(tenths % 10)}" if tenths % 10 else ""
            return f"{sign}{group_thousands(tenths // 10)}{fraction} {word} تومان"
    return show_toman(rial)


def show_rial(rial: int) -> str:
    """Write an amount in rial with its unit: «۶٬۰۰۰٬۰۰۰ ریال»."""
    return f"{group_thousands(rial)} ریال"


def parse_rial(text: str, *, unit: MoneyUnit = MoneyUnit.RIAL) -> int:
    """Read an amount as whole rials; a unit written in the text wins over `unit`.

    Raises:
        MoneyInvalid: when it is no amount, or could be two different ones.
    """
    plain = _BLANKS.sub("", fold_digits(text).translate(_LETTERS)).lower()
    written = _UNIT_AT_END.search(plain)
    if written is not None:
        unit = _UNITS[written[1]]
        plain = plain[: written.start()]
    if not plain:
        raise MoneyInvalid(reason=MoneyFault.EMPTY)
    if plain.startswith("-"):
        raise MoneyInvalid(reason=MoneyFault.NEGATIVE)
    if _PARTS.fullmatch(plain) is None:
        raise MoneyInvalid(reason=MoneyFault.SHAPE)
    amount = sum((_part_amount(part[1], part[2] or "") for part in _PART.finditer(plain)), Decimal(0))
    amount *= RIAL_IN_TOMAN if unit is MoneyUnit.TOMAN else 1
    if amount != int(amount):
        raise MoneyInvalid(reason=MoneyFault.FRACTION)
    if amount > _LARGEST_RIAL:
        raise MoneyInvalid(reason=MoneyFault.TOO_LARGE)
    return int(amount)


def _part_amount(number: str, scale: str) -> Decimal:
    is_grouped = _THOUSANDS.fullmatch(number) is not None
    if is_grouped and _ONE_GROUP_BY_DOT.fullmatch(number):
        # "600.000" may be six hundred thousand or six hundred.
        raise MoneyInvalid(reason=MoneyFault.AMBIGUOUS)
    if is_grouped and not (scale and "/" in number):
        return Decimal(re.sub("[,/.]", "", number)) * _SCALES[scale]
    if _GROUPED_FRACTION.fullmatch(number):
        number = number.replace(",", "")
    if _PLAIN.fullmatch(number) is None or (not scale and "/" in number):
        raise MoneyInvalid(reason=MoneyFault.SHAPE)
    return Decimal(number.replace("/", ".")) * _SCALES[scale]

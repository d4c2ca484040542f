"""How figures are written: on a page, on paper and in a cell."""

from __future__ import annotations

from typing import Final

from sakha.observatory.rules.reports import Measure, Value
from sakha.observatory.rules.shapes import FigureUnit
from sakha.vocabulary.digits import DECIMAL_SEPARATOR, group_thousands, persian_digits
from sakha.vocabulary.money import RIAL_IN_TOMAN, show_toman_rounded

NOTHING: Final = "—"
# Excel shows the digits of the reader's system; the unit stands beside them.
NUMBER_FORMATS: Final = {FigureUnit.RIAL: '#,##0 "تومان"', FigureUnit.PERCENT: '0"٪"', FigureUnit.DAY: '#,##0 "روز"'}
COUNT_FORMAT: Final = "#,##0"


def show_amount(value: int | None, unit: FigureUnit) -> str:
    """Write a value in its unit; what could not be divided is a dash."""
    if value is None:
        return NOTHING
    if unit is FigureUnit.RIAL:
        return show_toman_rounded(value)
    return f"{group_thousands(value)}٪" if unit is FigureUnit.PERCENT else group_thousands(value)


def write_value(value: Value) -> str:
    """A value as it stands on paper."""
    return value if isinstance(value, str) else show_amount(value.value, value.unit)


def cell_number(value: Measure) -> int | None:
    """The number that a cell holds: tomans for money."""
    if value.value is None or value.unit is not FigureUnit.RIAL:
        return value.value
    return int(value.value / RIAL_IN_TOMAN)


def show_gini(gini: float) -> str:
    """Two digits, as pages write it."""
    return persian_digits(f"{gini:.2f}").replace(".", DECIMAL_SEPARATOR)

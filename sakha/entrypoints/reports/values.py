"""How a report's numbers are written, on paper and in a cell."""

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


def write_value(value: Value) -> str:
    """A value as it stands on paper."""
    if isinstance(value, str):
        return value
    if value.value is None:
        return NOTHING
    if value.unit is FigureUnit.RIAL:
        return show_toman_rounded(value.value)
    if value.unit is FigureUnit.PERCENT:
        return f"{group_thousands(value.value)}٪"
    return group_thousands(value.value)


def cell_number(value: Measure) -> int | None:
    """The number that a cell holds: tomans for money."""
    if value.value is None or value.unit is not FigureUnit.RIAL:
        return value.value
    return int(value.value / RIAL_IN_TOMAN)


def show_gini(gini: float) -> str:
    """Two digits, as pages write it."""
    return persian_digits(f"{gini:.2f}").replace(".", DECIMAL_SEPARATOR)

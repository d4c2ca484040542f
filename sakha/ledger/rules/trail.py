"""What a household was given, as others may see it: the line of a gift and the matrix of the last months.

Whose name may be seen is decided in the database; here only the words are chosen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sakha.ledger.rules.states import HoldStatus
from sakha.vocabulary.jalali import TEHRAN, from_jalali, jalali_month
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.places import COUNTIES

MONTH_COUNT: Final = 6
_MONTHS_A_YEAR: Final = 12
_BODY_WORDS: Final = {
    "CHARITY": "یک خیریه",
    "CHARITY_CENTRE": "یک مرکز نیکوکاری",
    "AGENCY": "یک نهاد حمایتی",
    "GOVERNOR_OFFICE": "یک دستگاه دولتی",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """Aid that a household was given or promised. `giver` is a name only where it may be seen."""

    hold_id: int
    kind: NeedKind
    quantity: int
    status: HoldStatus
    at: datetime
    giver: str
    is_own: bool
    reason: str

    @property
    def on(self) -> date:
        """The day in Tehran."""
        return self.at.astimezone(TEHRAN).date()


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """How many gifts of a kind in each month, oldest month first."""

    kind: NeedKind
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AidMatrix:
    """Six Jalali months (such as 140508), the last one the month of the day asked for."""

    months: tuple[int, ...]
    rows: tuple[MatrixRow, ...]


def name_giver(*, name: str, organisation_kind: str, county: str) -> str:
    """Name who gave: by name, or «یک خیریه در کرج», or «یک نهاد» where even that is hidden."""
    if name:
        return name
    body = _BODY_WORDS.get(organisation_kind, "یک نهاد")
    return f"{body} در {COUNTIES[county].name}" if county in COUNTIES else body


def last_months(on: date, count: int = MONTH_COUNT) -> tuple[int, ...]:
    """The Jalali months that end with the month of a day, oldest first."""
    year, month = divmod(jalali_month(on), 100)
    numbers = [year * _MONTHS_A_YEAR + month - 1 - back for back in range(count - 1, -1, -1)]
    return tuple(number // _MONTHS_A_YEAR * 100 + number % _MONTHS_A_YEAR + 1 for number in numbers)


def first_day_of(months: tuple[int, ...]) -> date:
    """The first day of the oldest month."""
    year, month = divmod(months[0], 100)
    return from_jalali(year, month, 1)


def months_matrix(gifts: Sequence[Gift], *, on: date) -> AidMatrix:
    """Count gifts by kind and month; only kinds that were given have a row."""
    months = last_months(on)
    counted = Counter((gift.kind, jalali_month(gift.on)) for gift in gifts)
    kinds = sorted({kind for kind, month in counted if month in months})
    return AidMatrix(months, tuple(MatrixRow(kind, tuple(counted[kind, month] for month in months)) for kind in kinds))

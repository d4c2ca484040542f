"""How much of everything goes wrong: one dataclass of shares, and the two mixtures that the benchmarks use."""

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Shares between 0 and 1 unless the name says otherwise. `PLAIN` is a usual charity, `HARSH` a careless one."""

    # Who is written where.
    files_of_household: tuple[float, ...] = (0.24, 0.38, 0.23, 0.15)
    """Share of households with a file at one, two, three, four charities."""
    again: float = 0.006
    """Records of a person who stands in this case file already."""
    reopened: float = 0.01
    """Case files opened anew at the charity that has one already."""
    alone: float = 0.04
    """Grown-up members who apply alone at another charity too."""
    guest: float = 0.012
    """Case files in which a relative of another household is listed (a grandmother, a brother)."""
    moved: float = 0.07
    """Households that moved between their files."""
    # Who they are.
    foreign: float = 0.04
    foreign_without_id: float = 0.45
    without_id: float = 0.006
    called_otherwise: float = 0.05
    """People whom everybody calls by another name than the one in the papers."""
    two_birth_dates: float = 0.015
    """People whose true birth date is not the one in the papers; both are given."""
    # Names as keyed; each is the mean of all charities, some are twice as careful.
    slip: float = 0.03
    homophone: float = 0.022
    misread: float = 0.01
    other_spelling: float = 0.22
    """Of the names that have two right spellings."""
    part_left_out: float = 0.09
    """Of the names with several parts."""
    called_used: float = 0.4
    initial: float = 0.003
    swapped: float = 0.008
    husbands_name: float = 0.04
    """Of married women."""
    name_missing: float = 0.004
    one_cell: float = 0.03
    """Charities that write the whole name into one cell."""
    father_missing: float = 0.25
    father_wrong: float = 0.012
    # Numbers as keyed.
    id_missing: float = 0.19
    id_filler: float = 0.012
    """Something typed because the form wants ten digits."""
    id_mistyped: float = 0.055
    id_of_relative: float = 0.012
    mobile_missing: float = 0.18
    mobile_changed: float = 0.18
    mobile_mistyped: float = 0.02
    worker_charities: float = 0.08
    """Charities that write their own worker's number for those without one."""
    # Dates, sex and places as keyed.
    date_missing: float = 0.08
    date_wrong: float = 0.045
    year_only: float = 0.05
    gender_wrong: float = 0.006
    address_missing: float = 0.12
    postal_missing: float = 0.45
    retyped: float = 0.7
    """Addresses that are worded anew by each charity."""


PLAIN: Final = Recipe()
HARSH: Final = replace(
    PLAIN,
    files_of_household=(0.22, 0.36, 0.25, 0.17),
    again=0.015, reopened=0.03, alone=0.08, guest=0.025, moved=0.16,
    foreign=0.10, foreign_without_id=0.6, without_id=0.02, called_otherwise=0.09, two_birth_dates=0.04,
    slip=0.065, homophone=0.045, misread=0.025, other_spelling=0.35, part_left_out=0.17, called_used=0.5,
    initial=0.008, swapped=0.02, husbands_name=0.09, name_missing=0.01, one_cell=0.08, father_missing=0.38,
    father_wrong=0.025, id_missing=0.31, id_filler=0.03, id_mistyped=0.095, id_of_relative=0.025, mobile_missing=0.28,
    mobile_changed=0.3, mobile_mistyped=0.04, worker_charities=0.15, date_missing=0.14, date_wrong=0.09, year_only=0.12,
    gender_wrong=0.015, address_missing=0.2, postal_missing=0.6, retyped=0.85,
)  # fmt: skip

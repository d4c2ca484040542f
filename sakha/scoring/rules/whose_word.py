"""Whose word about a fact counts: the latest, but a bank's and people's are taken for newer than they are.

A word given later than that counts again. While a household objects to a fact, a bank has no lead: the later word
counts, whoever says it. The same in Python and SQL.
"""

from enum import StrEnum
from typing import Final

# Half a year: a bank's books outlive a mere word, and a household's news outlives old books (decision 0022).
BANK_LEAD_DAYS: Final = 180
# What people of the neighbourhood agreed on, or an appeal upheld.
CONFIRMED_LEAD_DAYS: Final = 270


class Teller(StrEnum):
    """Who says a fact."""

    DECLARED = "DECLARED"
    BANK = "BANK"
    CONFIRMED = "CONFIRMED"


def lead_days(teller: Teller, *, is_contested: bool) -> int:
    """By how many days an observation counts as newer than it is."""
    if teller is Teller.CONFIRMED:
        return CONFIRMED_LEAD_DAYS
    return BANK_LEAD_DAYS if teller is Teller.BANK and not is_contested else 0


def lead_sql(*, is_bank: str, is_contested: str, is_confirmed: str = "false") -> str:
    """The same over conditions of SQL."""
    return (
        f"CASE WHEN {is_confirmed} THEN {CONFIRMED_LEAD_DAYS}"
        f" WHEN {is_bank} AND NOT ({is_contested}) THEN {BANK_LEAD_DAYS} ELSE 0 END"
    )

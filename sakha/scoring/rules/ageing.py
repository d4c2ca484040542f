"""How much an old fact still tells: half of itself after each half-life, in whole thousandths by quarters of it.

A table instead of a power, so that every engine computes the same integer.
"""

from typing import Final

TRUST_UNIT: Final = 1000
QUARTERS: Final = 4
# 1000 * 2^(-quarter / 4); after four half-lives a fact is history and tells nothing
TRUSTS: Final = tuple(round(TRUST_UNIT * 2 ** (-quarter / QUARTERS)) for quarter in range(16))
FADED_OFFSET: Final = 10_000
AGE_SUFFIX: Final = "_age"


def trust_after(age_months: object, half_life_months: int) -> int:
    """Trust in a fact of this age, per mille; without an age, or without a half-life, it is full."""
    if not isinstance(age_months, int) or half_life_months == 0 or age_months <= 0:
        return TRUST_UNIT
    quarter = age_months * QUARTERS // half_life_months
    return TRUSTS[quarter] if quarter < len(TRUSTS) else 0


def faded(points: int, trust: int) -> int:
    """Points that an old fact keeps, rounded half up."""
    return (points * trust + TRUST_UNIT // 2 + FADED_OFFSET * TRUST_UNIT) // TRUST_UNIT - FADED_OFFSET

"""Facts that follow from other facts: what a household earns for each equivalent adult.

One definition for Python, arrays and SQL. Where one part is unknown the whole is: a sum without it would make a
household look poor. Size comes in hundredths of equivalent adults and is derived by whoever knows the members.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from sakha.scoring.rules.ageing import AGE_SUFFIX
from sakha.vocabulary.fact_names import FactName

EQUIVALENT_SIZE: Final = "equivalent_size"
EQUIVALENT_UNIT: Final = 100
REGISTERED_INCOME: Final = (FactName.WAGE_PUBLIC_ANNUAL, FactName.WAGE_PRIVATE_ANNUAL, FactName.PENSION_ANNUAL)
INCOMES: Final[Mapping[str, tuple[FactName, ...]]] = {
    "registered_income": REGISTERED_INCOME,
    "earned_income": (*REGISTERED_INCOME, FactName.SELFEMP_ANNUAL),
}


def parts_of(name: str) -> tuple[str, ...]:
    """The facts that a variable's value is made of: itself, or the parts of a derived one."""
    return tuple(part.value for part in INCOMES[name]) if name in INCOMES else (name,)


def derive_incomes(row: Mapping[str, int | str | None]) -> dict[str, int | None]:
    """Yearly income for each equivalent adult; losses of a business count as nothing. As old as its oldest part."""
    size = row.get(EQUIVALENT_SIZE)
    found: dict[str, int | None] = {}
    for name, parts in INCOMES.items():
        values = [row.get(part.value) for part in parts]
        known = [value for value in values if isinstance(value, int)]
        is_known = isinstance(size, int) and size > 0 and len(known) == len(values)
        found[name] = max(sum(known), 0) * EQUIVALENT_UNIT // int(size or 1) if is_known else None
        ages = [age for part in parts if isinstance(age := row.get(f"{part.value}{AGE_SUFFIX}"), int)]
        found[f"{name}{AGE_SUFFIX}"] = max(ages, default=None)
    return found


def derive_income_arrays(facts: Mapping[str, NDArray[np.int64]]) -> dict[str, NDArray[np.int64]]:
    """The same for columns without gaps."""
    size = facts[EQUIVALENT_SIZE]
    return {
        name: np.maximum(sum((facts[part.value] for part in parts), np.zeros_like(size)), 0) * EQUIVALENT_UNIT // size
        for name, parts in INCOMES.items()
        if all(part.value in facts for part in parts)
    }


def income_age_trees() -> dict[str, exp.Expression]:
    """The age of each income in months as SQL: that of its oldest part; a part without an age is fresh."""
    zero = exp.Literal.number(0)
    trees: dict[str, exp.Expression] = {}
    for name, parts in INCOMES.items():
        ages = [exp.Coalesce(this=exp.column(f"{part.value}{AGE_SUFFIX}"), expressions=[zero.copy()]) for part in parts]
        trees[f"{name}{AGE_SUFFIX}"] = exp.Anonymous(this="GREATEST", expressions=ages)
    return trees


def income_trees() -> dict[str, exp.Expression]:
    """The same as SQL over the columns of the parts."""
    trees: dict[str, exp.Expression] = {}
    for name, parts in INCOMES.items():
        total: exp.Expression = exp.column(parts[0].value)
        for part in parts[1:]:
            total = exp.Add(this=total, expression=exp.column(part.value))
        zero = exp.Literal.number(0)
        # no GREATEST: it passes over NULL, and unknown is not zero
        earned = exp.Case().when(exp.LT(this=total, expression=zero), zero).else_(total.copy())
        product = exp.Mul(this=exp.paren(earned), expression=exp.Literal.number(EQUIVALENT_UNIT))
        size = exp.column(EQUIVALENT_SIZE)
        quotient = exp.cast(exp.IntDiv(this=exp.paren(product), expression=size), "bigint")
        trees[name] = exp.Case().when(exp.GT(this=size.copy(), expression=zero.copy()), quotient)
    return trees

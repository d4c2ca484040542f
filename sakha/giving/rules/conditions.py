"""Types of household that a giver may ask for, and named sets of conditions that givers know by their own names.

Which household is of which type is read in SQL (`sql/types.sql`) from what was last said of it and nobody contests. The
sets are first proposals and belong to the policy owner; with a gift its conditions are kept, not only the name.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sakha.vocabulary.need_kinds import NeedKind


class HouseholdType(StrEnum):
    """What a household may be asked to be; the words stand in `sql/types.sql` too."""

    ORPHANS = "ORPHANS"
    WOMAN_HEADED = "WOMAN_HEADED"
    DISABILITY = "DISABILITY"


TYPE_WORDS: Final = MappingProxyType(
    {
        HouseholdType.ORPHANS: "خانواده‌های دارای فرزند یتیم",
        HouseholdType.WOMAN_HEADED: "خانواده‌های با سرپرست زن",
        HouseholdType.DISABILITY: "خانواده‌های دارای عضو معلول",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionSet:
    """Conditions under a name."""

    name: str
    title: str
    explained: str
    kinds: tuple[NeedKind, ...] = ()
    types: tuple[HouseholdType, ...] = ()


# Whom zakat is for stands in the Qur'an (9:60); of the eight the poor, the needy and debtors are reached here. Which
# kinds of need those are is the giver's and the scholars' question: these are the narrow ones.
CONDITION_SETS: Final = MappingProxyType(
    {
        one.name: one
        for one in (
            ConditionSet(
                name="ZAKAT",
                title="زکات",
                explained="تنها برای گذران زندگی، اجاره، درمان و بدهی خانوارهای تأییدشده.",
                kinds=(NeedKind.CASH, NeedKind.RENT, NeedKind.HEALTH, NeedKind.DEBT),
            ),
            ConditionSet(
                name="ORPHANS",
                title="سهم ایتام",
                explained="تنها برای خانواده‌های دارای فرزند یتیم.",
                types=(HouseholdType.ORPHANS,),
            ),
            ConditionSet(
                name="DEBTORS",
                title="ادای بدهی",
                explained="تنها برای بدهی خانوارهای تأییدشده.",
                kinds=(NeedKind.DEBT,),
            ),
        )
    }
)

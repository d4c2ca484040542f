"""One person was known in two households: are they one, and if not, where does he live?

Decides from how he stands in each. Whatever it decides can be taken back: the merge keeps what was before.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sakha.registry.rules.words import Relation

# Who founds a household has one; children and relatives are listed wherever somebody asked.
_FOUNDERS: Final = frozenset({Relation.HEAD.value, Relation.SPOUSE.value})


class HomeOutcome(StrEnum):
    """What becomes of the households of a person who was two."""

    NONE = "NONE"
    """At most one of the two lives anywhere: he lives there."""
    SAME = "SAME"
    """Both were listed in one household."""
    JOINED = "JOINED"
    """The two households are one."""
    MOVED = "MOVED"
    """Two households; he lives in one of them and left the other."""


@dataclass(frozen=True, slots=True)
class Home:
    """How one of the two stands in a household; `others` counts its further active members."""

    household_id: int
    relation: str
    others: int

    @property
    def is_founder(self) -> bool:
        """Whether he is head or spouse there."""
        return self.relation in _FOUNDERS


@dataclass(frozen=True, slots=True)
class HomesSettled:
    """Where he lives now, and which household is no longer one of its own or lost him."""

    outcome: HomeOutcome
    stays: int | None = None
    goes: int | None = None


def settle_homes(left: Home | None, right: Home | None) -> HomesSettled:
    """Say where somebody lives who was known as two.

    1. Known in one household, or in the same twice: there.
    2. Head or spouse in both, or alone in one of them: the households are one; the elder number stays.
    3. Head or spouse in one: there, for who founds a family has left his parents' file.
    4. Dependant in both: where more people live with him; the files join once their heads prove to be one.
    """
    if left is None or right is None:
        known = left or right
        return HomesSettled(HomeOutcome.NONE, known.household_id if known else None)
    if left.household_id == right.household_id:
        return HomesSettled(HomeOutcome.SAME, left.household_id)
    elder, younger = sorted((left, right), key=lambda home: home.household_id)
    if (left.is_founder and right.is_founder) or 0 in {left.others, right.others}:
        return HomesSettled(HomeOutcome.JOINED, elder.household_id, younger.household_id)
    stays = max((elder, younger), key=lambda home: (home.is_founder, home.others, -home.household_id))
    goes = younger if stays is elder else elder
    return HomesSettled(HomeOutcome.MOVED, stays.household_id, goes.household_id)

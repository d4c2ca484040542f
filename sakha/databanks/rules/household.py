"""From what banks say of the members to a fact of the household; and whether it contradicts what was declared.

Unknown stays unknown: a sum counts only when every member who was asked about is known. One car is a car, though.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sakha.databanks.rules.bank import About, Bank, HouseholdRule
from sakha.vocabulary.fact_names import FACTS, FactName, FactUnit

# Ours: a declared amount is rounded and a few months old; what lies nearer than this is no contradiction.
_AMOUNT_DIFFERS_SHARE: Final = 0.25
_AMOUNT_DIFFERS_RIAL: Final = 120_000_000
_AMOUNTS: Final = frozenset({FactUnit.RIAL_MONTHLY, FactUnit.RIAL_YEARLY})


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSaid:
    """What is known of a member's fact; without a value it is unknown, disputed or too old."""

    is_head: bool
    is_adult: bool
    value: int | None
    observed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFound:
    """A fact of a household, as the banks say."""

    fact: FactName
    value: int
    observed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdMeaning:
    """Which fact of a bank gives which fact of the household."""

    source: str
    bank_fact: str
    about: About
    fact: FactName
    rule: HouseholdRule


def household_meanings(banks: Sequence[Bank]) -> tuple[HouseholdMeaning, ...]:
    """What the banks' documents say of households."""
    return tuple(
        HouseholdMeaning(
            source=bank.source_name,
            bank_fact=fact.name,
            about=bank.about,
            fact=fact.household.fact,
            rule=fact.household.rule,
        )
        for bank in banks
        for fact in bank.facts
        if fact.household is not None
    )


def household_fact(meaning: HouseholdMeaning, members: Sequence[MemberSaid]) -> HouseholdFound | None:
    """The fact of the household, or None where it is unknown or beyond what such a fact can be."""
    asked = [member for member in members if _is_asked(meaning.about, member)]
    if meaning.rule is HouseholdRule.HEAD:
        asked = [member for member in asked if member.is_head]
    known = [member.value for member in asked if member.value is not None]
    days = [member.observed_on for member in asked if member.observed_on is not None]
    if not known or not days:
        return None
    is_whole = len(known) == len(asked)
    if meaning.rule is HouseholdRule.ANY:
        if not is_whole and not any(value > 0 for value in known):
            return None
        value = int(any(value > 0 for value in known))
    elif not is_whole:
        return None
    else:
        value = sum(value > 0 for value in known) if meaning.rule is HouseholdRule.COUNT_YES else sum(known)
    limits = FACTS[meaning.fact]
    if not limits.minimum <= value <= limits.maximum:
        return None
    return HouseholdFound(fact=meaning.fact, value=value, observed_on=max(days))


def contradicts(fact: FactName, *, declared: int, found: int) -> bool:
    """Whether a declared value can't stand beside what the banks say."""
    if FACTS[fact].unit in _AMOUNTS:
        apart = abs(declared - found)
        return apart > _AMOUNT_DIFFERS_RIAL and apart > _AMOUNT_DIFFERS_SHARE * max(declared, found)
    return declared != found


def _is_asked(about: About, member: MemberSaid) -> bool:
    if about is About.HEAD:
        return member.is_head
    return member.is_adult or about is About.EVERYBODY

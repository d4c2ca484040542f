"""From members to a household: unknown stays unknown, and what differs too much is a contradiction."""

from __future__ import annotations

from datetime import date

import pytest

from sakha.databanks.rules.bank import About, HouseholdRule
from sakha.databanks.rules.household import HouseholdMeaning, MemberSaid, contradicts, household_fact
from sakha.vocabulary.fact_names import FactName

DAY = date(2026, 11, 1)
HEAD, ADULT, CHILD = (True, True), (False, True), (False, False)


def value_of(rule: HouseholdRule, about: About, *members: tuple[tuple[bool, bool], int | None]) -> int | None:
    facts = {
        HouseholdRule.ANY: FactName.HAS_CAR,
        HouseholdRule.SUM: FactName.PENSION_ANNUAL,
        HouseholdRule.COUNT_YES: FactName.N_HEALTH_INSURED,
        HouseholdRule.HEAD: FactName.HHSIZE,
    }
    meaning = HouseholdMeaning(source="X", bank_fact="Y", about=about, fact=facts[rule], rule=rule)
    said = [
        MemberSaid(is_head=head, is_adult=adult, value=value, observed_on=None if value is None else DAY)
        for (head, adult), value in members
    ]
    found = household_fact(meaning, said)
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("rule", "about", "members", "value"),
    [
        (HouseholdRule.ANY, About.ADULTS, [(HEAD, 0), (ADULT, 2)], 1),
        (HouseholdRule.ANY, About.ADULTS, [(HEAD, 0), (ADULT, 0), (CHILD, None)], 0),
        (HouseholdRule.ANY, About.ADULTS, [(HEAD, 0), (ADULT, None)], None),
        (HouseholdRule.ANY, About.ADULTS, [(HEAD, 1), (ADULT, None)], 1),
        (HouseholdRule.SUM, About.ADULTS, [(HEAD, 100), (ADULT, 20), (CHILD, None)], 120),
        (HouseholdRule.SUM, About.ADULTS, [(HEAD, 100), (ADULT, None)], None),
        (HouseholdRule.SUM, About.ADULTS, [(HEAD, 10**12)], None),
        (HouseholdRule.COUNT_YES, About.EVERYBODY, [(HEAD, 1), (CHILD, 1), (ADULT, 0)], 2),
        (HouseholdRule.COUNT_YES, About.EVERYBODY, [(HEAD, 1), (CHILD, None)], None),
        (HouseholdRule.HEAD, About.HEAD, [(HEAD, 4), (ADULT, 7)], 4),
        (HouseholdRule.HEAD, About.HEAD, [(ADULT, 7)], None),
        (HouseholdRule.SUM, About.EVERYBODY, [], None),
    ],
)
def test_a_household_is_what_is_known_of_its_members(
    rule: HouseholdRule, about: About, members: list[tuple[tuple[bool, bool], int | None]], value: int | None
) -> None:
    assert value_of(rule, about, *members) == value


@pytest.mark.parametrize(
    ("fact", "declared", "found", "is_contradiction"),
    [
        (FactName.HAS_CAR, 0, 1, True),
        (FactName.HAS_CAR, 1, 1, False),
        (FactName.PENSION_ANNUAL, 1_000_000_000, 1_100_000_000, False),
        (FactName.PENSION_ANNUAL, 1_000_000_000, 2_000_000_000, True),
        (FactName.PENSION_ANNUAL, 0, 100_000_000, False),
    ],
)
def test_a_rounded_amount_is_no_contradiction(
    fact: FactName, declared: int, found: int, is_contradiction: bool
) -> None:
    assert contradicts(fact, declared=declared, found=found) is is_contradiction

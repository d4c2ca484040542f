from __future__ import annotations

import pytest

from sakha.scoring.rules.needs import (
    AssessedNeed,
    NeedRules,
    NeedRulesInvalid,
    Prices,
    assess_needs,
    parse_need_rules,
    prices_for,
)
from sakha.scoring.rules.priority import measure_priority
from sakha.vocabulary.need_kinds import NeedKind
from tests.rules.scoring.rows import DOCUMENTS, YEAR, shipped_card

TEXT = (DOCUMENTS / "needs-1.toml").read_text(encoding="utf-8")
RULES: NeedRules = parse_need_rules(TEXT)
PRICES = prices_for(RULES, shipped_card(), year=YEAR)


def targets(**row: int | None) -> dict[NeedKind, int]:
    return {need.kind: need.target for need in assess_needs(RULES, row, PRICES)}


@pytest.mark.parametrize(
    ("row", "kind", "target"),
    [
        ({"decile": 4}, NeedKind.FOOD, 1),
        ({"decile": 5}, NeedKind.FOOD, None),
        ({"decile": 2, "expected_gap_rial": 33_456_789}, NeedKind.CASH, 33_000_000),
        ({"decile": 2, "expected_gap_rial": 900_000_000}, NeedKind.CASH, 140_000_000),
        ({"decile": 2, "expected_gap_rial": 1_999_999}, NeedKind.CASH, None),
        ({"decile": 3, "tenure": 3, "urban": 1, "rent_per_mille": 301, "rent_paid": 60_000_000,
          "consumption_rial": 100_000_000}, NeedKind.RENT, 30_000_000),
        ({"decile": 3, "tenure": 3, "urban": 0, "rent_per_mille": 250, "rent_paid": 60_000_000,
          "consumption_rial": 100_000_000}, NeedKind.RENT, 40_000_000),
        ({"decile": 3, "tenure": 1, "urban": 1, "rent_per_mille": 500, "rent_paid": 60_000_000}, NeedKind.RENT, None),
        ({"decile": 8, "health_per_mille": 150, "health_cost_annual": 300_000_000,
          "consumption_annual_rial": 2_000_000_000}, NeedKind.HEALTH, 100_000_000),
        ({"decile": 6, "chronic_illness_count": 1, "n_health_insured": 0}, NeedKind.HEALTH, 200_000_000),
        ({"decile": 6, "chronic_illness_count": 1, "n_health_insured": 1}, NeedKind.HEALTH, None),
        ({"decile": 5, "has_bathroom": 0}, NeedKind.DWELLING, 1_000_000_000),
        ({"decile": 5, "persons_per_room_percent": 301}, NeedKind.DWELLING, 1_000_000_000),
        ({"decile": 6, "has_bathroom": 0}, NeedKind.DWELLING, None),
        ({"decile": 4, "school_children": 2}, NeedKind.EDUCATION, 100_000_000),
        ({"decile": 9, "disabled_count": 2}, NeedKind.DISABILITY, 2),
        ({"decile": 4, "working_age_count": 2, "n_employed": 0, "pension_annual": 0}, NeedKind.WORK, 1_000_000_000),
        ({"decile": 3, "has_fridge": 0, "has_fridge_freezer": 0}, NeedKind.HOME_GOODS, 1),
        ({"decile": 3, "has_fridge": 1, "has_fridge_freezer": 0}, NeedKind.HOME_GOODS, None),
    ],
)  # fmt: skip
def test_a_need_opens_when_its_rule_says_so(row: dict[str, int], kind: NeedKind, target: int | None) -> None:
    assert targets(**row).get(kind) == target


def test_unknown_opens_nothing() -> None:
    assert targets() == {}
    assert targets(decile=None, has_bathroom=None, disabled_count=None) == {}


def test_amounts_follow_prices_and_counts_do_not() -> None:
    doubled = Prices(then=1000, now=2000)
    found = assess_needs(RULES, {"decile": 1, "expected_gap_rial": 900_000_000, "disabled_count": 9}, doubled)

    by_kind = {need.kind: need.target for need in found}
    assert by_kind[NeedKind.CASH] == 280_000_000
    assert by_kind[NeedKind.DISABILITY] == 5
    assert by_kind[NeedKind.FOOD] == 1


@pytest.mark.parametrize(
    "broken",
    [
        TEXT.replace('kind = "FOOD"', 'kind = "GOLD"'),
        TEXT.replace(
            '["decile", "<=", 4]]]\namount = { fixed = 1 }', '["decile; DROP", "<=", 4]]]\namount = { fixed = 1 }'
        ),
        TEXT.replace("[[[", "[[[[", 1),
        TEXT.replace('when = [[["decile", "<=", 4]]]', "when = []", 1),
        TEXT.replace('when = [[["decile", "<=", 4]]]', 'when = [[["decile", "~", 4]]]', 1),
        TEXT.replace("fixed = 1 }", "unknown = 1 }", 1),
    ],
)
def test_rules_that_can_not_be_read_are_refused(broken: str) -> None:
    assert broken != TEXT
    with pytest.raises(NeedRulesInvalid):
        parse_need_rules(broken)


def priority(row: dict[str, int], *needs: AssessedNeed, gap: int = 0, waiting: int = 0) -> int:
    return measure_priority(row, needs, gap_rial=gap, line_rial=100, waiting_days=waiting)


def test_priority_counts_gap_severity_further_needs_vulnerability_and_waiting() -> None:
    grave, light = AssessedNeed(NeedKind.HEALTH, 3, 1), AssessedNeed(NeedKind.FOOD, 1, 1)

    assert priority({}) == 0
    assert priority({}, gap=100) == 100
    assert priority({}, gap=50) == 4 * 12
    assert priority({}, grave) == 30
    assert priority({}, light, grave) == 33
    assert priority({}, *[grave] * 9) == 30 + 15
    assert priority({"is_with_disabled": 1}) == 8
    assert priority({"is_with_disabled": 1, "is_aged_alone": 1, "is_with_under_six": 1}) == 15
    assert priority({}, waiting=119) == 1
    assert priority({}, waiting=9999) == 10

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sakha.scoring.rules.needs import (
    AssessedNeed,
    NeedRules,
    NeedRulesInvalid,
    assess_needs,
    explain_needs,
    parse_need_rules,
)
from sakha.scoring.rules.needs_prices import PricesInvalid, parse_prices, prices_on
from sakha.scoring.rules.priority import PriorityInvalid, measure_priority, parse_priority
from sakha.vocabulary.need_kinds import NeedKind
from tests.rules.scoring.rows import DOCUMENTS, shipped_card

TEXT = (DOCUMENTS / "needs-2.toml").read_text(encoding="utf-8")
PRICE_TEXT = (DOCUMENTS / "needs-prices-1405.toml").read_text(encoding="utf-8")
WEIGHTS_TEXT = (DOCUMENTS / "priority-1.toml").read_text(encoding="utf-8")
ON = date(2026, 11, 22)
PRICES = prices_on(parse_prices(PRICE_TEXT), on=ON, card=shipped_card())
RULES: NeedRules = parse_need_rules(TEXT, prices=PRICES.names)
WEIGHTS = parse_priority(WEIGHTS_TEXT)


def targets(county: str | None = None, **row: int | None) -> dict[NeedKind, int]:
    return {need.kind: need.target for need in assess_needs(RULES, row | PRICES.at_place(county))}


@pytest.mark.parametrize(
    ("row", "kind", "target"),
    [
        ({"cut_decile": 4}, NeedKind.FOOD, 1),
        ({"cut_decile": 5}, NeedKind.FOOD, None),
        ({"cut_decile": 2, "expected_gap_rial": 33_456_789}, NeedKind.CASH, 33_000_000),
        ({"cut_decile": 2, "expected_gap_rial": 900_000_000}, NeedKind.CASH, 140_000_000),
        ({"cut_decile": 2, "expected_gap_rial": 1_999_999}, NeedKind.CASH, None),
        ({"cut_decile": 3, "tenure": 3, "urban": 1, "rent_per_mille": 301, "rent_paid": 60_000_000,
          "consumption_rial": 100_000_000}, NeedKind.RENT, 30_000_000),
        ({"cut_decile": 3, "tenure": 3, "urban": 0, "rent_per_mille": 250, "rent_paid": 60_000_000,
          "consumption_rial": 100_000_000}, NeedKind.RENT, 40_000_000),
        ({"cut_decile": 3, "tenure": 1, "urban": 1, "rent_per_mille": 500, "rent_paid": 60_000_000}, NeedKind.RENT,
         None),
        ({"cut_decile": 8, "health_per_mille": 150, "health_cost_annual": 300_000_000,
          "consumption_annual_rial": 2_000_000_000}, NeedKind.HEALTH, 100_000_000),
        ({"cut_decile": 6, "chronic_illness_count": 1, "n_health_insured": 0}, NeedKind.HEALTH, 200_000_000),
        ({"cut_decile": 6, "chronic_illness_count": 1, "n_health_insured": 1}, NeedKind.HEALTH, None),
        ({"cut_decile": 5, "has_bathroom": 0}, NeedKind.DWELLING, 1_000_000_000),
        ({"cut_decile": 5, "persons_per_room_percent": 301}, NeedKind.DWELLING, 1_000_000_000),
        ({"cut_decile": 6, "has_bathroom": 0}, NeedKind.DWELLING, None),
        ({"cut_decile": 4, "school_children": 2}, NeedKind.EDUCATION, 100_000_000),
        ({"cut_decile": 9, "disabled_count": 2}, NeedKind.DISABILITY, 2),
        ({"cut_decile": 4, "working_age_count": 2, "n_employed": 0, "pension_annual": 0}, NeedKind.WORK, 1_000_000_000),
        ({"cut_decile": 3, "has_fridge": 0, "has_fridge_freezer": 0}, NeedKind.HOME_GOODS, 1),
        ({"cut_decile": 3, "has_fridge": 1, "has_fridge_freezer": 0}, NeedKind.HOME_GOODS, None),
        ({"cut_decile": 9, "dropout_count": 1, "school_children": 3}, NeedKind.EDUCATION, 100_000_000),
        ({"disabled_count": 2, "missing_aid_count": 0}, NeedKind.DISABILITY, None),
        ({"disabled_count": 2, "missing_aid_count": 1}, NeedKind.DISABILITY, 1),
        ({"cut_decile": 4, "newly_wed_count": 1}, NeedKind.DOWRY, 1),
        ({"jailed_for_debt": 1}, NeedKind.DEBT, 500_000_000),
        ({"cut_decile": 5, "debt_service_monthly": 40_000_000, "consumption_rial": 100_000_000}, NeedKind.DEBT,
         120_000_000),
        ({"cut_decile": 5, "debt_service_monthly": 30_000_000, "consumption_rial": 100_000_000}, NeedKind.DEBT, None),
        ({"cut_decile": 7, "orphan_count": 2}, NeedKind.ORPHAN, 28_000_000),
        ({"shock_kind": 2}, NeedKind.SHOCK, 100_000_000),
        ({"shock_kind": 0}, NeedKind.SHOCK, None),
    ],
)  # fmt: skip
def test_a_need_opens_when_its_rule_says_so(row: dict[str, int], kind: NeedKind, target: int | None) -> None:
    assert targets(**row).get(kind) == target


def test_unknown_opens_nothing() -> None:
    assert targets() == {}
    assert targets(cut_decile=None, has_bathroom=None, disabled_count=None, shock_kind=None) == {}


def test_aid_that_comes_from_elsewhere_is_taken_off_and_never_more_than_is_needed() -> None:
    row = {"cut_decile": 1, "expected_gap_rial": 50_000_000}

    assert targets(**row, support_pension_monthly=14_000_000, given_food=2)[NeedKind.CASH] == 16_000_000
    assert NeedKind.CASH not in targets(**row, support_pension_monthly=900_000_000, given_food=0)
    found = {need.kind: need for _, need in explain_needs(RULES, row | PRICES.at_place(None) | {"given_food": 9})}
    assert (found[NeedKind.CASH].less, found[NeedKind.CASH].target) == (50_000_000, 0)


def test_what_was_given_of_the_need_itself_leaves_less_open_and_never_under_zero() -> None:
    row = {"disabled_count": 3, "given_disability": 2}

    (need,) = assess_needs(RULES, row)
    assert (need.target, need.left) == (3, 1)
    assert [one.left for one in assess_needs(RULES, row | {"given_disability": 7})] == [0]
    assert targets(disabled_count=3, before_disability=2)[NeedKind.DISABILITY] == 1


def test_stale_evidence_opens_nothing() -> None:
    assert NeedKind.SHOCK in targets(shock_kind=1, age_shock=90)
    assert NeedKind.SHOCK not in targets(shock_kind=1, age_shock=91)


def test_prices_follow_the_place_the_day_and_the_years_after_the_last_row() -> None:
    rows = parse_prices(PRICE_TEXT)
    gap = {"cut_decile": 1, "expected_gap_rial": 900_000_000}

    assert targets(**gap)[NeedKind.CASH] == 140_000_000
    assert targets("3001", **gap)[NeedKind.CASH] == 170_000_000  # Alborz, 122 % of the nation's prices, whole millions
    assert targets("3001", cut_decile=5, has_kitchen=0)[NeedKind.DWELLING] == 1_000_000_000
    kit = next(row for row in rows if row.name == "school_kit")
    assert dict(prices_on(rows, on=kit.valid_from - timedelta(days=1), card=shipped_card()).nation) == {}
    ended = [(row if row.name != "school_kit" else _ending(row, date(2026, 6, 1))) for row in rows]
    ended += [_own_row(kit, "30", 70_000_000)]
    carried = prices_on(ended, on=ON, card=shipped_card())
    assert dict(carried.nation)["school_kit"] == 50_000_000  # the same year: nothing to carry
    assert carried.at_place("3001")["price_school_kit"] == 70_000_000


def _ending(row, day: date):
    return type(row)(row.name, row.province, row.amount, row.follows_place, row.valid_from, day, row.label, row.source)


def _own_row(row, province: str, amount: int):
    return type(row)(row.name, province, amount, False, row.valid_from, None, row.label, row.source)


@pytest.mark.parametrize(
    "broken",
    [
        TEXT.replace('kind = "FOOD"', 'kind = "GOLD"'),
        TEXT.replace('when = "cut_decile <= 4"', 'when = "cut_decile; DROP <= 4"', 1),
        TEXT.replace('when = "cut_decile <= 4"', 'when = "1 <= 4"', 1),
        TEXT.replace('when = "cut_decile <= 4"', 'when = "secret <= 4"', 1),
        TEXT.replace("price('school_kit')", "price('gold')", 1),
        TEXT.replace("severity = 2", "severity = 4", 1),
        TEXT.replace("valid_days = 365", "valid_days = 0", 1),
        TEXT.replace('proofs = ["LEASE"', 'proofs = ["GOSSIP"', 1),
        TEXT.replace('amount = "1"', 'amount = "cut_decile <= 1"', 1),
        TEXT.replace('amount = "1"', 'amount = "0"', 1),
        "no = toml =",
    ],
)
def test_rules_that_can_not_be_read_are_refused(broken: str) -> None:
    assert broken != TEXT
    with pytest.raises(NeedRulesInvalid):
        parse_need_rules(broken, prices=PRICES.names)


@pytest.mark.parametrize("broken", ["rial = 0\n", "rial = -5\n", 'rial = "much"\n'])
def test_prices_that_can_not_be_read_are_refused(broken: str) -> None:
    with pytest.raises(PricesInvalid):
        parse_prices(PRICE_TEXT.replace("rial = 57_070_000\n", broken, 1))


@pytest.mark.parametrize(
    "change",
    [
        ("gap_points = 4", "gap_points = -4"),
        ("gap_bands = 25", "gap_bands = 0"),
        ("waiting_days_a_point = 60", "waiting_days_a_point = 0"),
        ("is_aged_alone = 6", "is_secretly_known = 6"),
        ("aid_points = 1", 'aid_points = "1; DROP"'),
        ('draw = "sakha-1405"', 'draw = ""'),
    ],
)
def test_weights_that_would_put_the_worse_off_later_or_say_nothing_are_refused(change: tuple[str, str]) -> None:
    assert WEIGHTS_TEXT.replace(*change) != WEIGHTS_TEXT
    with pytest.raises(PriorityInvalid):
        parse_priority(WEIGHTS_TEXT.replace(*change))


def priority(row: dict[str, int], *needs: AssessedNeed, gap: int = 0) -> int:
    return measure_priority(WEIGHTS, row, needs, gap_rial=gap, line_rial=100)


def test_priority_counts_gap_severity_further_needs_vulnerability_waiting_and_aid() -> None:
    grave, light = AssessedNeed(NeedKind.HEALTH, 3, 1), AssessedNeed(NeedKind.FOOD, 1, 1)
    met = AssessedNeed(NeedKind.RENT, 3, 5, 5, 0, 5)

    assert priority({}) == 0
    assert priority({}, gap=100) == 100
    assert priority({}, gap=50) == 4 * 12
    assert priority({}, grave) == 30
    assert priority({}, light, grave) == 33
    assert priority({}, light, met) == 10, "what is met weighs nothing"
    assert priority({}, *[grave] * 9) == 30 + 15
    assert priority({"is_with_disabled": 1}) == 8
    assert priority({"is_with_disabled": 1, "is_aged_alone": 1, "is_with_under_six": 1}) == 15
    assert priority({"waiting_days": 119}) == 1
    assert priority({"waiting_days": 9999}) == 10
    aid = {"price_poverty_line_20": 100, "equivalent_size": 100, "aid_year_rial": 12 * 100}
    assert priority(aid, gap=100) == 100 - 20, "a year of the whole line, at most twenty"
    assert priority(aid | {"aid_year_rial": 12 * 8}, gap=100) == 100 - 2
    assert priority(aid) == 0, "never under zero"

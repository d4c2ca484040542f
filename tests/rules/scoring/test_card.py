from __future__ import annotations

import tomllib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.scoring.rules.card import VariableKind
from sakha.scoring.rules.derived import parts_of
from sakha.scoring.rules.document import ModelDocumentInvalid, parse_card
from sakha.scoring.rules.evaluation import evaluate, expect_unknown, points_of
from sakha.scoring.rules.modelling import write_toml
from tests.rules.scoring.rows import SHIPPED, YEAR, random_row, random_rows, shipped_card, telling_values

CARD = shipped_card()
TABLE = ("placings", 0, "strata", 0, "table")
SIGNED = [variable for variable in CARD.variables if variable.sign]


def changed(path: tuple[str | int, ...], value: object) -> str:
    content = tomllib.loads(SHIPPED)
    target = content
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return write_toml(content)


def test_contributions_and_expected_points_add_up_to_the_score() -> None:
    for row in random_rows(CARD, 500, seed=1):
        evaluation = evaluate(CARD, row, year=YEAR)

        assert evaluation.score == sum(one.points for one in evaluation.contributions) + evaluation.expected_points
        assert len(evaluation.contributions) + len(evaluation.unknown) == len(CARD.variables)


@given(seed=st.integers(0, 10**9), chosen=st.sampled_from(SIGNED))
def test_worse_never_scores_better_off(seed: int, chosen) -> None:
    row = random_row(CARD, Random(seed), unknown_share=0.3)
    name = parts_of(chosen.name)[-1]
    values = telling_values(chosen, CARD.factor_of(chosen, YEAR))
    if name == "equivalent_size":
        values = [value for value in values if value >= 100]

    scores = [evaluate(CARD, row | {name: value}, year=YEAR).score for value in values]

    assert scores == sorted(scores, reverse=chosen.sign < 0)


def test_a_card_with_broken_order_would_score_worse_better_off() -> None:
    broken = changed(("variables", 2, "steps"), [[2, 9], [3, -9]]).replace("sign = 1", "")
    card = parse_card(broken)
    few, many = (points_of(card.variables[2], {"rooms": rooms}, factor=1000) for rooms in (2, 3))

    assert few > many


def test_unknown_is_not_zero() -> None:
    wages = dict.fromkeys(parts_of("earned_income"), 0) | {"equivalent_size": 270}
    unknown = evaluate(CARD, {}, year=YEAR)
    poor = evaluate(CARD, wages, year=YEAR)

    assert unknown.score == 0
    assert poor.score < unknown.score
    assert {variable.name for variable in unknown.unknown} == {variable.name for variable in CARD.variables}


def test_what_is_unknown_is_expected_like_what_is_known() -> None:
    belongings = [variable for variable in CARD.variables if variable.name.startswith("has_")]
    without = {variable.name: 0 for variable in belongings}
    everything = {variable.name: 1 for variable in belongings}

    assert evaluate(CARD, without, year=YEAR).expected_points < 0
    assert evaluate(CARD, everything, year=YEAR).expected_points > 0
    assert expect_unknown([], []) == (0, 0)


def test_the_less_is_known_the_wider_is_the_band() -> None:
    full = evaluate(CARD, next(row for row in random_rows(CARD, 50, seed=5) if None not in row.values()), year=YEAR)

    assert full.unknown_variance == 0 or full.unknown
    assert evaluate(CARD, {}, year=YEAR).band == len(CARD.table.bands) - 1


def test_money_is_judged_in_prices_of_its_year() -> None:
    bill = next(variable for variable in CARD.variables if variable.name == "electricity_bill")
    then, now = CARD.factor_of(bill, 1398), CARD.factor_of(bill, 1405)

    assert points_of(bill, {"electricity_bill": 500_000}, factor=then) == points_of(
        bill, {"electricity_bill": 500_000 * now // 1000}, factor=now
    )
    assert points_of(bill, {"electricity_bill": 500_000}, factor=now) < points_of(
        bill, {"electricity_bill": 500_000}, factor=then
    )
    assert CARD.price_factor(1500) == CARD.price_factor(1405)
    assert CARD.price_factor(1390) == 1000


def test_a_county_without_households_in_the_survey_falls_back_on_its_province() -> None:
    place = next(variable for variable in CARD.variables if variable.kind is VariableKind.LOOKUP)

    assert "0327" not in (place.counties or {})
    assert points_of(place, {"county": "0327", "urban": 1}, factor=1000) == (place.provinces or {})["03"][1]
    assert points_of(place, {"county": "77", "urban": 1}, factor=1000) is None


def test_where_town_or_country_is_not_known_the_place_counts_by_its_mean() -> None:
    place = next(variable for variable in CARD.variables if variable.kind is VariableKind.LOOKUP)
    rural, urban, either = (points_of(place, {"county": "2301", "urban": value}, factor=1000) for value in (0, 1, None))

    assert min(rural, urban) <= either <= max(rural, urban)
    assert points_of(place, {"county": None, "urban": 1}, factor=1000) is None


def test_a_decile_is_placed_at_the_prices_of_the_province() -> None:
    assert CARD.region_of("3001").points > 0 > CARD.region_of("1101").points
    assert CARD.region_of("9901") == CARD.region_of(None)
    assert CARD.region_of(None).points == 0


def test_the_name_of_a_document_is_what_it_says_not_how_it_is_written() -> None:
    assert parse_card("# a remark\n" + SHIPPED).sha == CARD.sha
    assert parse_card(changed(("variables", 2, "below"), -10)).sha != CARD.sha


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("variables", 2, "steps"), [[3, 1], [2, 2]], "rooms"),
        (("variables", 2, "steps"), [[2, 5], [3, 1]], "rooms"),
        (("variables", 2, "name"), "shoe_size", "shoe_size"),
        (("variables", 2, "below"), 1.5, "rooms"),
        (("variables", 2, "expectation", "signal"), -1, "rooms"),
        ((*TABLE, "decile_tops"), [1, 2, 3], "table"),
        ((*TABLE, "decile_tops"), [9, 8, 7, 6, 5, 4, 3, 2, 1], "table"),
        ((*TABLE, "bands", 0, "poor20"), [1], "table"),
        (("prices", "factors", "1398"), 999, "prices"),
        (("prices", "factors", "1405"), 0, "prices"),
        (("prices", "indexes", "rents", "1398"), 999, "prices"),
        (("placing",), "nowhere", "placing"),
        (("variables", 5, "price_index"), "gold", "rent_paid"),
        (("variables",), [], "variables"),
        (("title",), None, "document"),
    ],
)
def test_a_document_that_breaks_a_promise_is_refused(path, value, field: str) -> None:
    if value is None:
        content = tomllib.loads(SHIPPED)
        del content[path[0]]
        text = write_toml(content)
    else:
        text = changed(path, value)
    with pytest.raises(ModelDocumentInvalid) as caught:
        parse_card(text)
    assert caught.value.field == field
    assert "سند" in caught.value.message


def test_text_that_is_no_toml_is_refused() -> None:
    with pytest.raises(ModelDocumentInvalid):
        parse_card("این سند نیست")


def test_equal_scores_share_a_decile_and_a_higher_score_is_never_poorer() -> None:
    table = CARD.table
    places = [table.place_of(score, 0) for score in range(table.lowest - 5, table.highest + 6)]

    assert [place.decile for place in places] == sorted(place.decile for place in places)
    assert {place.decile for place in places} == set(range(1, 11))
    assert all(place.poor20_share <= place.poor40_share for place in places)
    assert places[0] == places[5]


def test_the_card_asks_for_at_most_thirty_indicators() -> None:
    columns = {part for variable in CARD.variables for column in variable.columns for part in parts_of(column)}

    assert len(columns | {"hhsize"}) <= 30

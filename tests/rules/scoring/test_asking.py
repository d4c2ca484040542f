from __future__ import annotations

from sakha.scoring.rules.asking import telling_facts
from sakha.scoring.rules.card import VariableKind
from tests.rules.scoring.rows import YEAR, random_rows, shipped_card

CARD = shipped_card()


def test_what_is_known_is_not_asked_again_and_the_most_telling_comes_first() -> None:
    row: dict[str, int | str | None] = {
        "county": "3001",
        "urban": 1,
        "equivalent_size": 270,
        "rooms": 2,
        "has_car": None,
    }

    found = telling_facts(CARD, row, year=YEAR)

    names = [each.variable.name for each in found]
    assert not {"rooms", "equivalent_size", "place"} & set(names)
    assert {"has_car", "earned_income", "area_m2"} <= set(names)
    assert [each.spread for each in found] == sorted((each.spread for each in found), reverse=True)
    assert names.index("earned_income") < names.index("has_bathroom")


def test_a_fact_never_makes_the_poorest_place_richer_than_the_richest() -> None:
    for row in random_rows(CARD, 30, seed=77):
        for each in telling_facts(CARD, row, year=YEAR):
            assert each.poorest.decile <= each.richest.decile
            assert each.variable.kind is not VariableKind.LOOKUP


def test_where_all_is_known_nothing_is_left_to_ask() -> None:
    full = next(row for row in random_rows(CARD, 60, seed=5) if None not in row.values())

    assert telling_facts(CARD, full, year=YEAR) == ()

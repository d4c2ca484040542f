"""Of a protected household partners are told what the ledger tells: neither where it lives, nor how it is helped."""

from __future__ import annotations

from typing import Any

from sakha.exchange.queries.searching import find_by_conditions
from sakha.exchange.rules.asking import Entity, Page
from sakha.exchange.rules.conditions import Attribute, ByIdentifier, read_query
from tests.ledger_cast import AT, given_charity, given_household


def test_no_order_and_no_refusal_tells_where_a_protected_household_lives(db: None) -> None:
    own = given_charity("نهاد وام")
    hidden = given_household(own, county="3001", is_protected=True).id
    first, second = (given_household(own, county=county).id for county in ("3001", "3002"))

    def found(asked: Any, *sort: tuple[Attribute, bool]) -> list[int]:
        tree = read_query("expression", asked)
        assert not isinstance(tree, ByIdentifier)
        page, today = Page(size=20, number=1), AT.date()
        told = find_by_conditions(actor=own, tree=tree, entity=Entity.GROUP, page=page, sort=sort, today=today)
        return [household_id for household_id, _ in told.places]

    anybody = {"group_size": {"$ge": 1}}
    for attribute in (Attribute.SUB_REGION, Attribute.REGION):
        assert [found(anybody, (attribute, is_down))[-1] for is_down in (False, True)] == [hidden, hidden]
    assert found(anybody, (Attribute.SUB_REGION, True)) == [second, first, hidden]
    elsewhere = {"sub_region_code": "3002"}
    for asked in (
        {"$not": elsewhere},
        {"$not": {"$or": [elsewhere, {"group_size": {"$gt": 5}}]}},
        {"$not": {"$not": {"sub_region_code": "3001"}}},
    ):
        assert found(asked) == [first], asked
    assert found({"region_code": {"$ne": "nowhere"}}) == [first, second]
    assert found({"$not": {"group_size": {"$gt": 5}}}) == [hidden, first, second], "by its size it is found as any"

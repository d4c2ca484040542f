"""Of a protected household partners are told what the ledger tells: neither where it lives, nor how it is helped."""

from __future__ import annotations

from typing import Any

from sakha.access.rules import Actor, ClientLevel, ClientPurpose
from sakha.exchange.actions.answering import answer_search
from sakha.exchange.actions.enrolling import answer_enrolled
from sakha.exchange.queries.searching import Unit, find_by_conditions
from sakha.exchange.rules.asking import Page, Registry, read_search
from sakha.exchange.rules.conditions import Attribute, ByIdentifier, read_query
from sakha.ledger.actions import hold_aid
from sakha.vocabulary.need_kinds import NeedKind
from tests.exchange_cast import by_number, given_program, search_of
from tests.ledger_cast import AT, a_request, given_charity, given_household


def test_no_order_and_no_refusal_tells_where_a_protected_household_lives(db: None) -> None:
    own = given_charity("نهاد وام")
    hidden = given_household(own, county="3001", is_protected=True).id
    first, second = (given_household(own, county=county).id for county in ("3001", "3002"))

    def found(asked: Any, *sort: tuple[Attribute, bool]) -> list[int]:
        tree = read_query("expression", asked)
        assert not isinstance(tree, ByIdentifier)
        page, today = Page(size=20, number=1), AT.date()
        told = find_by_conditions(actor=own, tree=tree, unit=Unit.HOUSEHOLD, page=page, sort=sort, today=today)
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


def test_who_does_not_know_a_protected_household_is_told_the_verdict_alone(db: None) -> None:
    own, other = given_charity("نهاد وام"), given_charity("پناه")
    home = given_household(own, is_protected=True)
    request = a_request()
    hold_aid(actor=own, at=AT, household_id=home.id, kind=NeedKind.FOOD, quantity=1, request_id=request)

    def told(body: Actor, level: ClientLevel) -> tuple[list[Any], list[Any], set[bool]]:
        client = given_program(body, level=level).client
        item = read_search(search_of(by_number(home.national_id))["message"])[1]
        records = [
            answer_search(client=client, at=AT, registry=registry, purpose=ClientPurpose.SERVICE, items=item)[0][0]
            for registry in Registry
        ]
        enrolled = {
            answer_enrolled(
                client=client, at=AT, purpose=ClientPurpose.SERVICE, identifier=home.national_id, programme=name
            )
            for name in ("", "FOOD", "RENT")
        }
        social, aid = (one["data"]["reg_records"] for one in records)
        return social, aid, enrolled

    (member,), aid, enrolled = told(other, ClientLevel.FILE)
    assert member.keys() == {"@context", "@type", "member_identifier", "registration_date", "last_updated"}
    assert (aid, enrolled) == ([], {False}), "neither that it is helped, nor with what"
    (member,), (first,), enrolled = told(own, ClientLevel.NEEDS)
    assert "additional_attributes" in member
    assert (len(first["benefits"]), "enrollment_date" in first, enrolled) == (1, True, {True, False})
    (_,), (verdict,), _ = told(own, ClientLevel.VERDICT)
    assert verdict["benefits"] == []
    assert not verdict.keys() & {"programme_identifier", "enrollment_date"}, "below NEEDS no kind and no day"

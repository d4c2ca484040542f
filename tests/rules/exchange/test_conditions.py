"""A search in any of the standard's notations means the same thing, or is refused item by item."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sakha.exchange.rules.asking import Entity, read_enrolled_question, read_search, read_status_question
from sakha.exchange.rules.conditions import (
    All,
    AnyOf,
    Attribute,
    ByIdentifier,
    Condition,
    IdentifierType,
    Not,
    Operator,
    read_query,
)
from sakha.exchange.rules.envelope import read_envelope
from sakha.exchange.rules.refusals import ItemRefused, MessageRefused
from sakha.exchange.rules.subscribing import read_subscriptions

YOUNG = Condition(Attribute.AGE, Operator.LT, (Decimal(25),))
POOR = Condition(Attribute.POVERTY_SCORE, Operator.LT, (Decimal("2.5"),))
MOMENT = "2026-11-22T10:00:00+03:30"
YOUNG_TOLD = {"attribute_name": "age", "operator": "lt", "attribute_value": 25}


def triple(name: str, operator: str, value: Any) -> dict[str, Any]:
    return {"attribute_name": name, "operator": operator, "attribute_value": value}


def test_the_three_notations_are_read() -> None:
    by_number = {"type": "UIN", "value": "9990000001"}
    predicate = [{"seq_num": 1, "expression1": triple("age", "lt", "25"), "condition": "and",
                  "expression2": triple("poverty_score", "lt", "2.5")}]  # fmt: skip
    expression = {"value": {"expression": {"collection": "Group", "query": {
        "$and": [{"demographic_info.age": {"$lt": 25}}, {"$not": {"poverty_score": {"$lt": "۲.۵"}}}]}}}}  # fmt: skip

    assert read_query("idtype-value", by_number) == ByIdentifier(IdentifierType.UIN, "9990000001")
    assert read_query("predicate", predicate) == All((YOUNG, POOR))
    assert read_query("expression", expression) == All((YOUNG, Not(POOR)))
    assert read_query("expression", {"$or": [{"age": {"$lt": 25}}, {"sex": "female"}]}) == AnyOf(
        (YOUNG, Condition(Attribute.SEX, Operator.EQ, ("F",)))
    )
    assert read_query("predicate", [{"expression1": triple("age", "lt", 25), "condition": "not"}]) == Not(YOUNG)
    assert read_query("expression", {"birth_date": {"$gte": "2001-02-03"}}) == Condition(
        Attribute.BIRTH_DATE, Operator.GE, (date(2001, 2, 3),)
    )
    assert read_query("expression", {"group_size": {"$in": [2, 3]}}) == Condition(
        Attribute.GROUP_SIZE, Operator.IN, (Decimal(2), Decimal(3))
    )


def test_places_are_known_by_name_or_code_and_an_unknown_one_fits_nobody() -> None:
    named = [read_query("expression", {"location": {"$eq": word}}) for word in ("البرز", "30", "Alborz")]

    assert {one.values for one in named} == {("30",)}
    assert read_query("expression", {"location": {"$eq": "central_region"}}).values == ()


@pytest.mark.parametrize(
    ("query_type", "told"),
    [
        ("graphql", {}),
        ("idtype-value", {"type": "SHOE_SIZE", "value": "43"}),
        ("idtype-value", {"type": "UIN", "value": ["9990000001"]}),
        ("idtype-value", "9990000001"),
        ("predicate", []),
        ("predicate", [{"expression1": triple("name", "eq", "علی")}]),
        ("predicate", [{"expression1": triple("age", "like", "2")}]),
        ("predicate", [{"expression1": triple("sex", "lt", "male")}]),
        ("predicate", [{"expression1": triple("age", "lt", "NaN")}]),
        (
            "predicate",
            [{"expression1": triple("age", "lt", 3), "condition": "xor", "expression2": triple("age", "lt", 4)}],
        ),
        ("expression", {"age": {"$where": "1=1"}}),
        ("expression", {"$and": []}),
        ("expression", {"age": {"$lt": {"$ne": 1}}}),
        ("expression", {"$and": [{"age": number} for number in range(21)]}),
        ("expression", {"$not": {"$not": {"$not": {"$not": {"$not": {"$not": {"$not": {"$not": {"age": 1}}}}}}}}}),
        ("expression", {"birth_date": "yesterday"}),
    ],
)
def test_what_can_t_be_asked_is_refused_for_itself_alone(query_type: str, told: Any) -> None:
    with pytest.raises(ItemRefused):
        read_query(query_type, told)


def search(**changes: Any) -> dict[str, Any]:
    criteria = {"query_type": "idtype-value", "query": {"type": "UIN", "value": "1"}}
    return {"transaction_id": "t", "search_request": [
        {"reference_id": "r", "timestamp": MOMENT, "search_criteria": criteria} | changes]}  # fmt: skip


def test_a_search_is_read_with_page_sort_entity_and_purpose() -> None:
    criteria = {
        "query_type": "predicate",
        "query": [{"expression1": triple("age", "lt", 25)}],
        "response_entity": "Group",
        "sort": [{"attribute_name": "poverty_score", "sort_order": "desc"}],
        "pagination": {"page_size": 500, "page_number": 2},
        "authorize": {"purpose": {"text": " دادنِ   وام \n", "code": "LOAN"}},
    }

    transaction_id, (item,) = read_search(search(search_criteria=criteria, locale="fas"))

    assert (transaction_id, item.entity, item.page.size, item.page.number) == ("t", Entity.GROUP, 100, 2)
    assert (item.sort, item.purpose) == (((Attribute.POVERTY_SCORE, True),), "دادنِ وام")


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": "not-a-timestamp"},
        {"timestamp": "2024-01-15T10:30:00"},
        {"locale": "en"},
        {"locale": "ENG"},
        {"pagination": {"page_size": 0, "page_number": 1}},
        {"pagination": {"page_size": 10, "page_number": 0}},
        {"pagination": {"page_size": True}},
        {"reference_id": ""},
        {"reference_id": "x" * 100},
        {"search_criteria": {"query_type": "idtype-value"}},
        {"search_criteria": []},
    ],
)
def test_what_the_schema_forbids_refuses_the_whole_message(changes: dict[str, Any]) -> None:
    with pytest.raises(MessageRefused):
        read_search(search(**changes))


def test_one_bad_question_leaves_the_others() -> None:
    told = search()
    bad = {**told["search_request"][0], "reference_id": "bad", "search_criteria": {"query_type": "x", "query": {}}}
    told["search_request"].append(bad)

    _, (good, refused) = read_search(told)

    assert good.refused is None
    assert refused.refused is not None
    assert refused.query is None
    with pytest.raises(MessageRefused, match="DCI_REFUSED"):
        read_search({**told, "search_request": [told["search_request"][0]] * 2})


def test_older_spellings_are_taken() -> None:
    told = {"transaction_id": "t", "txnstatus_request": {"reference_id": "r", "txn_type": "subscibe",
            "attribute_type": "reference_id_list", "attribute_value": ["a", "b"]}}  # fmt: skip
    item = search()["search_request"][0]
    item["timesstamp"] = item.pop("timestamp")

    assert read_status_question(told).txn_type == "subscribe"
    assert read_status_question(told).values == ("a", "b")
    assert read_search({"transaction_id": "t", "search_request": [item]})[1][0].refused is None


def test_the_question_enrolled_names_person_and_programme() -> None:
    criteria = {"query_type": "idtype-value", "response_entity": "Member", "query": {
        "person_identifier": {"eq": "9990000001"},
        "programme_identifier.program.programme_identifier": {"eq": "FOOD"}}}  # fmt: skip

    asked = read_enrolled_question({"transaction_id": "t", "enrolled_criteria": criteria})

    assert asked == ("t", Entity.MEMBER, "9990000001", "FOOD")
    with pytest.raises(MessageRefused):
        read_enrolled_question({"transaction_id": "t", "enrolled_criteria": {"query": {}}})


def test_what_is_no_text_is_refused_and_not_an_error() -> None:
    question = {"reference_id": "r", "txn_type": "search", "attribute_type": "transaction_id", "attribute_value": "a"}
    for name, odd in (
        ("txn_type", []),
        ("attribute_type", {}),
        ("reference_id", "\ud800"),
        ("attribute_value", "\x00"),
    ):
        with pytest.raises(MessageRefused):
            read_status_question({"transaction_id": "t", "txnstatus_request": {**question, name: odd}})
    for query in ({"type": [], "value": "1"}, {"type": {}, "value": "1"}):
        with pytest.raises(MessageRefused):
            read_enrolled_question({"transaction_id": "t", "enrolled_criteria": {"query": query}})
    for value in ({"type": [], "value": "1"}, {"type": "UIN", "value": "\ud800"}, {"type": "UIN", "value": "\x00"}):
        with pytest.raises(ItemRefused):
            read_query("idtype-value", value)
    criteria = {"query_type": "idtype-value", "query": {"type": "UIN", "value": "9990000001"}}
    sort = {"attribute_name": "age", "sort_order": ["asc"]}
    assert read_search(search(search_criteria={**criteria, "sort": [sort]}))[1][0].refused is not None
    for text in ("a\x00b", "\udfff"):
        with pytest.raises(MessageRefused):
            read_search(search(search_criteria={**criteria, "authorize": {"purpose": {"text": text}}}))

    wanted = {
        "reg_event_type": "UPDATE",
        "notify_record_type": "Member",
        "filter_type": ["x"],
        "filter": {"type": "UIN"},
    }
    wish = {"reference_id": "r", "timestamp": MOMENT, "subscribe_criteria": wanted}
    assert read_subscriptions({"transaction_id": "t", "subscribe_request": [wish]})[1][0].refused is not None

    header = {"action": "search", "message_id": "m", "message_ts": MOMENT, "sender_id": "s", "total_count": 1}
    for odd in ("https://partner.example/" + "a" * 400, "https://partner.example/\ud800"):
        with pytest.raises(MessageRefused):
            read_envelope({"header": {**header, "sender_uri": odd}, "message": {}}, action="search")

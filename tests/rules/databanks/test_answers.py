"""Whatever a bank sends: a fact by its declared type, or a stated error, and never a wrong fact."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

import sakha.databanks
from sakha.databanks.rules import answers as answers_rules
from sakha.databanks.rules.answers import (
    AnswerInvalid,
    AnswerState,
    BankAnswer,
    answer_absent,
    answer_found,
    from_cell,
)
from sakha.databanks.rules.bank import Bank, BankInvalid, FactMapping, FactType, Transport, parse_bank
from sakha.databanks.rules.json_wire import read_json_answers

TODAY = date(2026, 11, 22)
UNHURRIED = settings(deadline=None)  # the first example pays for what is made once
FOLDER = Path(sakha.databanks.__file__).parent / "banks"
BANKS = {path.parent.name: parse_bank(path.parent.name, path.read_text()) for path in FOLDER.glob("*/bank.toml")}
JSON_BANKS = [bank for bank in BANKS.values() if bank.transport is Transport.JSON]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def declared(fact: FactMapping) -> st.SearchStrategy[Any]:
    """What the mapping document says that this field may be."""
    values: dict[FactType, st.SearchStrategy[Any]] = {
        FactType.YES_NO: st.booleans(),
        FactType.COUNT: st.integers(fact.minimum, fact.maximum),
        FactType.RIAL: st.integers(fact.minimum, fact.maximum),
        FactType.CODE: st.sampled_from(sorted(fact.values) or ["x"]),
        FactType.DATE: st.dates(date(1901, 1, 1), TODAY).map(date.isoformat),
        FactType.DIGITS: st.text("0123456789", min_size=fact.length, max_size=fact.length),
        FactType.TEXT: st.text("آب نان", min_size=1, max_size=20).filter(lambda text: bool(text.strip())),
    }
    return values[fact.type] | st.none()


@st.composite
def fitting(draw: st.DrawFn) -> tuple[Bank, dict[str, Any]]:
    bank = draw(st.sampled_from(JSON_BANKS))
    return bank, {fact.field: draw(declared(fact)) for fact in bank.facts}


@st.composite
def bent(draw: st.DrawFn) -> tuple[Bank, str, dict[str, Any]]:
    """A fitting answer of which one field is anything at all, or missing."""
    bank, fields = draw(fitting())
    fact = draw(st.sampled_from(bank.facts))
    if draw(st.booleans()):
        fields[fact.field] = draw(anything)
    else:
        fields.pop(fact.field)
    return bank, fact.name, fields


def fits(fact: FactMapping, told: Any) -> bool:
    """Said a second time, without the code under test."""
    if told is None or told in list(fact.unknown_values):
        return True
    kinds = {
        FactType.YES_NO: isinstance(told, bool),
        FactType.CODE: isinstance(told, str) and told in fact.values,
        FactType.TEXT: isinstance(told, str) and bool(told.strip()) and len(told) <= 500 and "\0" not in told,
        FactType.DIGITS: isinstance(told, str)
        and len(told) == fact.length
        and all(one in "0123456789" for one in told),
    }
    if fact.type in kinds:
        return kinds[fact.type]
    if fact.type is FactType.DATE:
        try:
            day = date.fromisoformat(told) if isinstance(told, str) and len(told) == 10 else None
        except ValueError:
            return False
        latest = date(3000, 1, 1) if fact.may_lie_ahead else TODAY + timedelta(days=1)
        return day is not None and date(1900, 1, 1) <= day <= latest
    return type(told) is int and fact.minimum <= told <= fact.maximum


@UNHURRIED
@given(fitting())
def test_what_fits_is_taken_as_it_is(told: tuple[Bank, dict[str, Any]]) -> None:
    bank, fields = told

    answer = answer_found(bank, ref="1", fields=fields, observed_on="2026-11-01", today=TODAY)

    assert answer.state is AnswerState.FOUND
    for fact, found in zip(bank.facts, answer.found, strict=True):
        assert (found.value is None) == (fields[fact.field] is None)
        if fact.type in {FactType.COUNT, FactType.RIAL, FactType.YES_NO} and found.value is not None:
            assert found.value == fields[fact.field]


@UNHURRIED
@given(bent())
def test_what_does_not_fit_is_an_error_and_nothing_of_it_a_fact(told: tuple[Bank, str, dict[str, Any]]) -> None:
    bank, _, fields = told
    whole = all(fits(one, fields[one.field]) if one.field in fields else one.is_optional for one in bank.facts)

    answer = answer_found(bank, ref="1", fields=fields, observed_on="2026-11-01", today=TODAY)

    assert (answer.state is AnswerState.FOUND) == whole
    if not whole:
        assert answer.found == ()
        assert answer.error_code.startswith("ANSWER_INVALID")


def test_a_reader_that_takes_anything_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the two above: what is drawn does reach a reader without types and limits."""
    monkeypatch.setattr(answers_rules, "_read_value", lambda _fact, _told, _today: 1)

    def is_believed_wrongly(told: tuple[Bank, str, dict[str, Any]]) -> bool:
        bank, _, fields = told
        whole = all(fits(one, fields[one.field]) if one.field in fields else one.is_optional for one in bank.facts)
        answer = answer_found(bank, ref="1", fields=fields, observed_on="2026-11-01", today=TODAY)
        return answer.state is AnswerState.FOUND and not whole

    assert find(bent(), is_believed_wrongly, settings=UNHURRIED, random=Random(1405))


@UNHURRIED
@given(st.sampled_from(JSON_BANKS), anything, anything)
def test_no_fields_and_no_day_are_errors(bank: Bank, fields: Any, day: Any) -> None:
    answer = answer_found(bank, ref="1", fields=fields, observed_on=day, today=TODAY)

    if answer.state is AnswerState.FOUND:
        assert isinstance(fields, dict)
        assert isinstance(day, str)
    else:
        assert answer.found == ()


@UNHURRIED
@given(st.sampled_from(JSON_BANKS), anything | st.fixed_dictionaries({"request_id": st.just("r"), "answers": anything}))
def test_a_whole_answer_of_anything_is_refused_or_says_of_everybody(bank: Bank, told: Any) -> None:
    try:
        answers = read_json_answers(bank, told, name="r", refs=["1", "2"], today=TODAY)
    except AnswerInvalid:
        return
    assert sorted(answer.ref for answer in answers) == ["1", "2"]


@pytest.mark.parametrize(
    "answers",
    [
        [{"ref": "1", "status": "NOT_FOUND"}, {"ref": "1", "status": "NOT_FOUND"}],
        [{"ref": "9", "status": "NOT_FOUND"}],
        [{"status": "NOT_FOUND"}],
        ["1"],
    ],
)
def test_a_repeated_or_unknown_ref_spoils_the_whole(answers: list[Any]) -> None:
    with pytest.raises(AnswerInvalid):
        read_json_answers(BANKS["vehicles"], {"request_id": "r", "answers": answers}, name="r", refs=["1"], today=TODAY)


def test_absent_is_unknown_unless_the_banks_list_is_whole() -> None:
    cars = answer_absent(BANKS["vehicles"], ref="1", today=TODAY)
    covered = answer_absent(BANKS["imdad_coverage"], ref="1", today=TODAY)

    assert {one.value for one in cars.found} == {None}
    assert [(one.fact, one.value) for one in covered.found] == [("COVERED_BY_IMDAD", 0)]


def test_a_mobile_that_nobody_can_tell_is_unknown_and_no_mismatch() -> None:
    answer: BankAnswer = answer_found(
        BANKS["mobile_ownership"],
        ref="1",
        fields={"ownership": "UNAVAILABLE"},
        observed_on="2026-11-01",
        today=TODAY,
    )

    assert [one.value for one in answer.found] == [None]


@pytest.mark.parametrize(
    ("fact", "cell", "value"),
    [
        ("OFFICIAL_DECILE", " 3 ", 3),
        ("OFFICIAL_DECILE", "", None),
        ("OFFICIAL_DECILE", "3.0", "3.0"),
        ("HEALTH_INSURED", "true", True),
        ("HEALTH_INSURED", "0", False),
        ("HEALTH_INSURED", "yes", "yes"),
    ],
)
def test_a_cell_stands_for_a_value_of_its_type(fact: str, cell: str, value: object) -> None:
    mapping = next(one for bank in BANKS.values() for one in bank.facts if one.name == fact)

    assert from_cell(mapping, cell) == value


WHOLE = BANKS["vehicles"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("level = 2", "level = 9"), "level"),
        (("batch_size = 200", "batch_size = 0"), "batch_size"),
        (('type = "COUNT"', 'type = "NUMBER"'), "facts"),
        (("fresh_days = 180", "fresh_days = 0"), "facts"),
        (('"IDENTIFIER"', '"SHOE_SIZE"'), "request"),
        (("[calls]", "[cals]"), "cals"),
    ],
)
def test_a_wrong_document_is_refused_by_the_place_of_its_error(change: tuple[str, str], place: str) -> None:
    text = (FOLDER / "vehicles" / "bank.toml").read_text().replace(*change)

    with pytest.raises(BankInvalid) as refused:
        parse_bank("vehicles", text)

    assert place in refused.value.field


@UNHURRIED
@given(st.text(max_size=200) | anything.map(json.dumps))
def test_no_text_at_all_breaks_the_reading_of_a_document(text: str) -> None:
    with pytest.raises(BankInvalid):
        parse_bank("vehicles", text)

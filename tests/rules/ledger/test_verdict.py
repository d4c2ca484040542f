"""The verdict, decided from facts alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.ledger.rules import AidFacts, NeedLine, ReasonCode, Verdict, decide_verdict
from sakha.ledger.rules.verdict import order_needs, say_instead
from sakha.vocabulary.need_kinds import NeedKind

ON = date(2026, 11, 23)  # 2 Azar 1405
ABAN_20 = date(2026, 11, 11)


def facts(**more: object) -> AidFacts:
    given_facts = {"kind": NeedKind.FOOD, "period": 140509, "on": ON, "quantity": 1, "standard": 1}
    return AidFacts(**(given_facts | more))


def line(kind: NeedKind, target: int, held: int = 0, delivered: int = 0) -> NeedLine:
    return NeedLine(kind, 140509, target, held, delivered)


FULL = line(NeedKind.FOOD, 1, delivered=1)
EMPTY = line(NeedKind.FOOD, 1)


@pytest.mark.parametrize(
    ("given_facts", "verdict", "codes"),
    [
        (facts(is_known=False), Verdict.UNKNOWN, [ReasonCode.NOT_REGISTERED]),
        (facts(is_hidden=True), Verdict.PROTECTED, [ReasonCode.PROTECTED_HOUSEHOLD]),
        (facts(is_hidden=True, need=FULL, similar_on=ABAN_20), Verdict.PROTECTED, [ReasonCode.PROTECTED_HOUSEHOLD]),
        (facts(need=FULL), Verdict.HARD, [ReasonCode.COVERED]),
        (facts(need=FULL, similar_on=ABAN_20), Verdict.HARD, [ReasonCode.COVERED, ReasonCode.SIMILAR_HELP]),
        (facts(need=EMPTY, similar_on=ABAN_20), Verdict.SOFT, [ReasonCode.SIMILAR_HELP]),
        (facts(similar_on=ABAN_20), Verdict.SOFT, [ReasonCode.SIMILAR_HELP]),
        (facts(need=EMPTY), Verdict.CLEAR, [ReasonCode.NEED_OPEN]),
        (facts(), Verdict.CLEAR, [ReasonCode.STANDARD_NEED]),
        (facts(quantity=2), Verdict.CLEAR, [ReasonCode.EXCEEDS_OPEN]),
        (facts(need=line(NeedKind.FOOD, 4, 1)), Verdict.CLEAR, [ReasonCode.PARTLY_COVERED]),
        (facts(standard=0), Verdict.HARD, [ReasonCode.COVERED]),
    ],
)
def test_first_question_answered_with_yes_gives_the_verdict(
    given_facts: AidFacts, verdict: Verdict, codes: list[ReasonCode]
) -> None:
    decision = decide_verdict(given_facts)

    assert decision.verdict is verdict
    assert [reason.code for reason in decision.reasons] == codes


def test_soft_tells_when_it_was_and_when_the_next_turn_is() -> None:
    decision = decide_verdict(facts(similar_on=ABAN_20, free_on=ABAN_20 + timedelta(days=30)))

    assert (
        decision.reasons[0].sentence
        == "برای این خانوار ۱ هفته پیش بستهٔ غذایی ثبت شده است. نوبت بعد از ۲۰ آذر ۱۴۰۵ است."
    )


def test_what_to_give_instead_names_the_most_open_first() -> None:
    others = [
        line(NeedKind.CASH, 100, 90),
        line(NeedKind.HEALTH, 100, 20),
        line(NeedKind.RENT, 100),
        line(NeedKind.DEBT, 100, 50),
        line(NeedKind.WORK, 100, 60, 40),
    ]

    assert [one.kind for one in order_needs(others)] == [NeedKind.RENT, NeedKind.HEALTH, NeedKind.DEBT, NeedKind.CASH]
    assert say_instead(others).startswith("به جای آن، این خانوار به اجارهٔ خانه، درمان و بدهی نیاز دارد")
    assert say_instead([]) == "برای این خانوار نیاز باز دیگری ثبت نشده است."


@given(
    target=st.integers(1, 50), held=st.integers(0, 50), delivered=st.integers(0, 50), quantity=st.integers(1, 60),
    is_similar=st.booleans(), is_hidden=st.booleans(),
)  # fmt: skip
def test_clear_means_that_something_is_open_and_nothing_similar_is_near(
    target: int, held: int, delivered: int, quantity: int, is_similar: bool, is_hidden: bool
) -> None:
    held = min(held, target)
    need = line(NeedKind.FOOD, target, held, min(delivered, target - held))
    decision = decide_verdict(
        facts(need=need, quantity=quantity, similar_on=ABAN_20 if is_similar else None, is_hidden=is_hidden)
    )

    is_clear = need.open_quantity > 0 and not is_similar and not is_hidden
    assert (decision.verdict is Verdict.CLEAR) == is_clear
    assert decision.reasons
    assert all(reason.sentence.endswith((".", "؛")) for reason in decision.reasons)

"""What people's word is worth: bounded, honest about how little many like voices add, deaf to circles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.scoring.rules.confirming import (
    SHIFT_MAX,
    ConfirmerKind,
    Voice,
    bound_points,
    effective_centi,
    effective_number,
    hardship_points,
    reliability,
    shift_points,
    weigh,
)
from sakha.scoring.rules.confirming_questions import (
    QUESTIONS,
    AnswerUnfit,
    QuestionCode,
    questions_for,
    read_answer,
    topics_for,
)
from sakha.scoring.rules.confirming_voices import Exclusion, GivenAnswer, exclude, new_token, voices_of

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
TEACHER = ConfirmerKind.SCHOOL
kinds = st.sampled_from(list(ConfirmerKind))
shares = st.floats(0, 1)
voices_of_anybody = st.lists(
    st.builds(Voice, st.integers(1, 40), kinds, st.none() | st.integers(1, 3), shares, st.integers(0, 3)), max_size=30
)


def voice(number: int, kind: ConfirmerKind, value: int = 4, *, by: int | None = None, weight: float = 0.8) -> Voice:
    return Voice(number, kind, by, weight, value)


def answer(number: int = 1, **changes: object) -> GivenAnswer:
    values = {
        "confirmer_id": number,
        "kind": ConfirmerKind.NEIGHBOUR,
        "organisation_id": None,
        "nominated_by_id": None,
        "question": QuestionCode.TENURE,
        "value": 3,
        "answered_at": AT,
        "is_kin": False,
        "is_stopped": False,
        "right_count": 0,
        "audited_count": 0,
    } | changes
    return GivenAnswer(**values)


def test_effective_number_is_that_of_the_study() -> None:
    assert [round(effective_number(count), 1) for count in (0, 1, 3, 8)] == [0.0, 1.0, 1.3, 1.4]


@given(st.integers(1, 100_000))
def test_more_of_the_same_voices_add_ever_less_and_never_a_second_one(count: int) -> None:
    assert effective_number(count) <= effective_number(count + 1) < 1 / 0.65
    assert effective_number(count + 1) - effective_number(count) <= effective_number(2) - effective_number(1)


@given(st.floats(-9, 9), st.floats(0, 1000))
def test_no_word_moves_a_score_by_more_than_six_points(net: float, effective: float) -> None:
    assert abs(shift_points(net, effective)) <= SHIFT_MAX
    assert shift_points(-net, effective) == -shift_points(net, effective)


@given(st.lists(st.integers(-6, 6), max_size=9))
def test_several_shifts_together_stay_within_the_cap(points: list[int]) -> None:
    assert -SHIFT_MAX <= bound_points(points) <= SHIFT_MAX


@given(voices_of_anybody)
def test_what_voices_come_to_is_bounded_and_needs_two_kinds(voices: list[Voice]) -> None:
    weighed = weigh(voices)

    assert 0 <= weighed.effective_centi <= 154 * len(ConfirmerKind)
    assert 0 <= weighed.support_percent <= 100
    assert -SHIFT_MAX <= hardship_points(voices) <= 0
    if weighed.is_confirmed:
        assert weighed.kind_count >= 2
        assert weighed.support_percent >= 67


@given(st.integers(1, 500))
def test_a_ring_of_one_kind_never_passes(count: int) -> None:
    ring = [voice(number, ConfirmerKind.NEIGHBOUR, weight=1.0) for number in range(count)]

    assert not weigh(ring).is_confirmed


@given(st.integers(1, 200))
def test_a_circle_that_one_body_nominated_never_passes_whatever_titles_it_bears(count: int) -> None:
    ring = [voice(number, kind, by=7, weight=1.0) for number, kind in enumerate(list(ConfirmerKind) * count)]

    assert effective_centi(ring) < 154
    assert not weigh(
        [voice(number, kind, by=7) for number, kind in enumerate(list(ConfirmerKind) * count)]
    ).is_confirmed


def test_two_kinds_that_agree_confirm_and_one_that_differs_does_not_undo_three() -> None:
    two = [voice(1, ConfirmerKind.NEIGHBOUR), voice(2, TEACHER)]

    assert (weigh(two).value, weigh(two).effective_centi) == (4, 160)
    assert not weigh([*two, voice(3, ConfirmerKind.TRUSTEE, 5)]).is_confirmed
    assert weigh([*two, voice(4, ConfirmerKind.CLINIC), voice(3, ConfirmerKind.TRUSTEE, 5)]).value == 4


def test_audits_move_what_a_word_weighs() -> None:
    assert reliability(right_count=0, audited_count=0) == 0.8
    assert reliability(right_count=10, audited_count=10) == 0.9
    assert reliability(right_count=0, audited_count=10) == 0.4
    doubted = [voice(1, ConfirmerKind.NEIGHBOUR, weight=0.4), voice(2, TEACHER)]
    assert not weigh(doubted).is_confirmed


def test_being_asked_never_makes_anybody_look_better_off() -> None:
    kind_of = list(ConfirmerKind)
    none = [voice(number, kind, 0) for number, kind in enumerate(kind_of)]
    job_lost = [voice(number, kind, 4) for number, kind in enumerate(kind_of)]

    assert hardship_points(none) == 0
    assert -SHIFT_MAX <= hardship_points(job_lost) < 0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_kin": True}, Exclusion.KIN),
        ({"organisation_id": 9}, Exclusion.OWN_CLIENT),
        ({"nominated_by_id": 9}, Exclusion.OWN_CLIENT),
        ({"is_stopped": True}, Exclusion.STOPPED),
        ({"kind": ConfirmerKind.CLINIC}, Exclusion.NOT_ASKED_KIND),
        ({}, None),
    ],
)
def test_kin_the_registering_charity_and_the_stopped_do_not_count(
    changes: dict[str, object], why: Exclusion | None
) -> None:
    given_answer = answer(**changes)

    assert exclude(given_answer, registered_by_id=9) is why
    assert len(voices_of([given_answer], registered_by_id=9)) == (0 if why else 1)


def test_a_person_counts_once_by_the_newer_word() -> None:
    older, newer = answer(value=1, answered_at=AT.replace(hour=1)), answer(value=3)

    assert [one.value for one in voices_of([newer, older], registered_by_id=None)] == [3]


def test_every_question_asks_a_fact_of_several_kinds_and_none_asks_who_is_poor() -> None:
    forbidden = ("فقیر", "نیازمند", "درآمد", "دهک", "کمک", "بی‌بضاعت", "خیریه")

    for question in QUESTIONS.values():
        assert len(question.kinds) >= 2
        assert not any(word in question.sentence for word in forbidden), question.sentence
        assert "{" not in question.sentence  # nothing that the register holds is in it
    for kind in ConfirmerKind:
        for turn in range(len(QUESTIONS)):
            asked = questions_for(kind, topics_for(turn))
            assert len(asked) <= 4
            assert all(kind in question.kinds for question in asked)
    # in its turns every topic comes up, each time for several kinds
    assert {code for turn in range(7) for code in topics_for(turn)} | {QuestionCode.LIVES_HERE} == set(QUESTIONS)


def test_a_free_text_is_no_answer() -> None:
    assert read_answer(QUESTIONS[QuestionCode.HOUSEHOLD_SIZE], "5") == 5
    assert read_answer(QUESTIONS[QuestionCode.TENURE], "") is None
    for text in ("16", "-1", "999", "یک", "2 OR 1"):
        with pytest.raises(AnswerUnfit):
            read_answer(QUESTIONS[QuestionCode.HOUSEHOLD_SIZE], text)
    with pytest.raises(AnswerUnfit):
        read_answer(QUESTIONS[QuestionCode.TENURE], "2")


def test_tokens_are_long_and_never_alike() -> None:
    tokens = {new_token() for _ in range(500)}

    assert len(tokens) == 500
    assert all(len(token) >= 24 for token in tokens)

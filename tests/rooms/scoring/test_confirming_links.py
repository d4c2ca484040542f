"""The one-time link of a confirmer: what it tells, once, not forwarded, not guessed, not readable in the tables."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sakha.access.rules import SYSTEM
from sakha.scoring.actions.confirming import ask_confirmations, expire_requests
from sakha.scoring.actions.confirming_links import (
    GivenAnswers,
    answer_link,
    check_link,
    links_to_send,
    mark_links_sent,
    read_link,
)
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_questions import QuestionCode
from sakha.scoring.rules.confirming_voices import (
    ADDRESS_MISSES_MAX,
    LINK_LIVES,
    WRONG_CODES_MAX,
    LinkClosed,
    LinkCodeWrong,
    LinkTriedTooOften,
)
from tests.rooms.scoring.people import (
    ADDRESS,
    AT,
    SIZE_FIVE,
    People,
    given_confirmer,
    rows,
)

pytestmark = pytest.mark.django_db


def ask_one(people: People) -> tuple[str, str]:
    """A link and its code."""
    given_confirmer(people.karaj, ConfirmerKind.NEIGHBOUR)
    ask_confirmations(actor=people.karaj, at=AT, household_id=people.household_id, topics=list(SIZE_FIVE))
    (link,) = links_to_send(actor=SYSTEM, at=AT, limit=5)
    return link.token, link.mobile[-4:]


def test_a_link_tells_a_short_name_and_open_questions_and_nothing_of_the_register(people: People) -> None:
    token, code = ask_one(people)

    asked = read_link(at=AT, token=token, code=code, address=ADDRESS)

    assert asked.family_name == "م. رضایی"
    assert QuestionCode.HOUSEHOLD_SIZE in {question.code for question in asked.questions}
    assert "۲" not in "".join(question.sentence for question in asked.questions)


def test_a_link_is_used_once(people: People) -> None:
    token, code = ask_one(people)
    answers = GivenAnswers(answers=SIZE_FIVE)
    answer_link(at=AT, token=token, code=code, address=ADDRESS, given=answers)

    with pytest.raises(LinkClosed):
        answer_link(at=AT, token=token, code=code, address=ADDRESS, given=answers)
    assert rows("SELECT count(*) FROM scoring_confirmation_answer WHERE value IS NOT NULL") == [(3,)]


def test_a_link_ends_by_itself(people: People) -> None:
    token, code = ask_one(people)

    with pytest.raises(LinkClosed):
        read_link(at=AT + LINK_LIVES, token=token, code=code, address=ADDRESS)
    assert expire_requests(actor=SYSTEM, at=AT + LINK_LIVES) == 1
    assert rows("SELECT state, token_sealed FROM scoring_confirmation_request") == [("EXPIRED", None)]


def test_a_forwarded_link_does_not_open_without_the_phones_digits_and_locks(people: People) -> None:
    token, code = ask_one(people)
    for _ in range(WRONG_CODES_MAX):
        with pytest.raises(LinkCodeWrong):
            read_link(at=AT, token=token, code="0000", address=ADDRESS)

    with pytest.raises(LinkClosed):
        read_link(at=AT, token=token, code=code, address=ADDRESS)


def test_trying_links_is_answered_alike_and_soon_not_at_all(people: People) -> None:
    token, code = ask_one(people)
    for number in range(ADDRESS_MISSES_MAX):
        with pytest.raises(LinkClosed):
            check_link(at=AT, token=f"guess{number}", address=ADDRESS)

    with pytest.raises(LinkTriedTooOften):
        read_link(at=AT, token=token, code=code, address=ADDRESS)
    assert read_link(at=AT, token=token, code=code, address="198.51.100.9").county == "3001"
    assert read_link(at=AT + timedelta(minutes=16), token=token, code=code, address=ADDRESS).county == "3001"


def test_no_link_stands_readable_in_the_tables(people: People) -> None:
    token, _ = ask_one(people)
    (row,) = rows("SELECT r::text FROM scoring_confirmation_request r")
    assert token not in row[0]

    (request,) = rows("SELECT id FROM scoring_confirmation_request")
    mark_links_sent(actor=SYSTEM, at=AT, request_ids=[request[0]])

    assert rows("SELECT token_sealed IS NULL FROM scoring_confirmation_request") == [(True,)]
    assert links_to_send(actor=SYSTEM, at=AT, limit=5) == []

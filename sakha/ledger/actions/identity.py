"""Deciding who is who where aid hangs on it: the ledger knows whether the aid of two households would come together."""

from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.registry.actions.answering import Answered, answer_question
from sakha.registry.queries.identity import question_households
from sakha.registry.rules.identity_states import QuestionState

_HELPED: Final = (
    "SELECT count(DISTINCT household_id) FROM ledger_hold WHERE household_id = ANY(%s) AND status IN (1, 2)"
)


def decide_identity(*, actor: Actor, at: datetime, question_id: int, answer: QuestionState) -> Answered:
    """Answer an identity question. Where both households were helped, a second person must say «the same» too.

    Raises: what `registry.actions.answering.answer_question` raises.
    """
    actor.require(Permission.DECIDE_IDENTITY)
    households = question_households(question_id)
    return answer_question(
        actor=actor, at=at, question_id=question_id, answer=answer, joins_aid=_would_join_aid(households)
    )


def _would_join_aid(household_ids: tuple[int, ...]) -> bool:
    if len(set(household_ids)) < 2:  # noqa: PLR2004 -- two households
        return False
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_HELPED, (list(household_ids),))
        return int(cursor.fetchone()[0]) > 1

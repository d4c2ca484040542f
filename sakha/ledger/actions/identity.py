"""Deciding who is who where aid hangs on it: the ledger knows whether the aid of two households would come together."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.registry.actions.answering import Answered, answer_question
from sakha.registry.actions.linking import RegisterLinked, link_register
from sakha.registry.queries.identity import question_households
from sakha.registry.rules.identity_states import QuestionState

# What is promised counts like what was given: either way somebody keeps account of it for this household.
_HELPED: Final = "SELECT DISTINCT household_id FROM ledger_hold WHERE household_id = ANY(%s) AND status IN (1, 2)"


def decide_identity(*, actor: Actor, at: datetime, question_id: int, answer: QuestionState) -> Answered:
    """Answer an identity question. Where both households were helped, a second person must say «the same» too.

    Raises: what `registry.actions.answering.answer_question` raises.
    """
    actor.require(Permission.DECIDE_IDENTITY)
    households = sorted(set(question_households(question_id)))
    joins_aid = len(households) > 1 and bool(pairs_joining_aid([(households[0], households[1])]))
    return answer_question(actor=actor, at=at, question_id=question_id, answer=answer, joins_aid=joins_aid)


def link_identities(
    *, actor: Actor, at: datetime, progress: Callable[[int, int], object] = lambda _done, _whole: None
) -> RegisterLinked:
    """Compare whoever is new with everybody, as `registry.actions.linking.link_register` does.

    Where the aid of two households would come together not even the certain are merged: two people answer for it.

    Raises: PermissionMissing: only the system compares everybody.
    """
    return link_register(actor=actor, at=at, joins_aid=pairs_joining_aid, progress=progress)


def pairs_joining_aid(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of the pairs of households of which both were helped or are promised help."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_HELPED, (sorted({one for pair in pairs for one in pair}),))
        helped = {household_id for (household_id,) in cursor.fetchall()}
    return {pair for pair in pairs if pair[0] != pair[1] and helped.issuperset(pair)}

"""A household and what it and the offices do in an appeal."""

from __future__ import annotations

from datetime import timedelta

from sakha.access.rules import SYSTEM, Actor
from sakha.scoring.actions.appeals import (
    NewAppeal,
    open_appeal,
)
from sakha.scoring.actions.appeals_deciding import (
    AppealDecision,
    decide_appeal,
)
from sakha.scoring.queries import find_scores
from sakha.scoring.rules.appeals import (
    AppealKind,
    Override,
)
from sakha.vocabulary.fact_names import FactName
from tests.rooms.scoring.people import AT, People

WORDS = "خودرو پارسال فروخته شده است."
REASON = "سند فروش خودرو دیده شد و درست است."


def object_to_car(people: People, actor: Actor | None = None) -> int:
    appeal = NewAppeal(
        household_id=people.household_id,
        kind=AppealKind.DATUM,
        statement=WORDS,
        fact=FactName.HAS_CAR,
        told_value=0,
    )
    return open_appeal(actor=actor or people.mehr, at=AT, appeal=appeal)


def object_to(people: People, kind: AppealKind, actor: Actor | None = None) -> int:
    appeal = NewAppeal(household_id=people.household_id, kind=kind, statement=WORDS)
    return open_appeal(actor=actor or people.mehr, at=AT, appeal=appeal)


def decide(actor: Actor, appeal_id: int, *, is_upheld: bool = True, override: Override | None = None) -> None:
    decision = AppealDecision(appeal_id=appeal_id, is_upheld=is_upheld, reason=REASON, override=override)
    decide_appeal(actor=actor, at=AT + timedelta(days=1), decision=decision)


def score_of(people: People) -> int:
    return find_scores(actor=SYSTEM, household_ids=[people.household_id])[people.household_id].score
